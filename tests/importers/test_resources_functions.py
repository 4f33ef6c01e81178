"""Functions of templates: their code, versions, aliases, layers and policies."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from turnstile.importers.importing import import_stacks
from turnstile.importers.kinds import Draft, Stack
from turnstile.importers.resources import KINDS
from turnstile.importers.stacks import StackTemplate
from turnstile.importers.template import read_template
from turnstile.source import Source
from turnstile.world.answers import Script
from turnstile.world.function import Archive, Folder, Function

if TYPE_CHECKING:
    from pathlib import Path

_STACK = Stack("demo", "111122223333", "us-east-1", "staging")
_ARN = "arn:aws:lambda:us-east-1:111122223333:function:f"
_ROLE = "arn:aws:iam::111122223333:role/r"
_INLINE = {"ZipFile": "def handler(event, context):\n    return 1\n"}


def _draft(resources: dict[str, Any], **more: Any) -> Draft:
    source = Source("t.json", json.dumps({"Resources": resources}, indent=1))
    (imported,) = import_stacks([StackTemplate(_STACK, read_template(source), **more)], KINDS)
    into = Draft(_STACK)
    imported.declare(into, KINDS)
    assert into.faults == []
    return into


def _function(**more: Any) -> dict[str, Any]:
    plain = {"FunctionName": "f", "Handler": "index.handler", "Role": _ROLE, "Code": _INLINE}
    return {"Type": "AWS::Lambda::Function", "Properties": {**plain, **more}}


def _lambda(type_: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::Lambda::{type_}", "Properties": properties}


def _one(resources: dict[str, Any], **more: Any) -> Function:
    return _draft(resources, **more).functions[_ARN]


def test_a_function_has_the_settings_of_its_template() -> None:
    """Numbers may be text; the environment, the queue for failures and the runtime are kept."""
    function = _one(
        {
            "F": _function(
                Timeout="30",
                MemorySize=256,
                Runtime="python3.12",
                Environment={"Variables": {"A": 1, "B": True}},
                DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:111122223333:dead"},
            )
        }
    )
    assert (function.timeout, function.memory, function.runtime, function.role) == (30.0, 256, "python3.12", _ROLE)
    assert function.environment == {"A": "1", "B": "true"}
    assert function.dead_letter.endswith(":dead")


@pytest.mark.parametrize(("runtime", "file"), [("python3.12", "index.py"), ("nodejs22.x", "index.js")])
def test_inline_code_is_an_archive_of_one_file(runtime: str, file: str) -> None:
    """The file is called `index`, as CloudFormation calls it, and the archive is the same each time."""
    code = _one({"F": _function(Runtime=runtime)}).code
    again = _one({"F": _function(Runtime=runtime)}).code
    assert isinstance(code, Archive)
    assert code == again
    with zipfile.ZipFile(io.BytesIO(code.data)) as archive:
        assert archive.namelist() == [file]
        assert archive.read(file).decode() == _INLINE["ZipFile"]


def test_local_code_is_its_folder(tmp_path: Path) -> None:
    """A folder given for a function whose code is in a bucket runs as it lies there."""
    (tmp_path / "index.py").write_text(_INLINE["ZipFile"])
    code = _one({"F": _function(Code={"S3Bucket": "b", "S3Key": "k"})}, code={"F": tmp_path}).code
    assert code == Folder(tmp_path, "index.handler")


def test_a_function_with_declared_answers_needs_no_code() -> None:
    """Its script is empty until somebody fills it."""
    function = _one({"F": _function(Code={"S3Bucket": "b", "S3Key": "k"})}, answered=frozenset({"F"}))
    assert isinstance(function.code, Script)


def test_versions_and_aliases_belong_to_the_function() -> None:
    """The first version is 1, an alias leads to it, and its settings for events are kept by qualifier."""
    function = _one(
        {
            "F": _function(),
            "Version": _lambda("Version", FunctionName={"Ref": "F"}),
            "Alias": _lambda(
                "Alias", FunctionName={"Ref": "F"}, FunctionVersion={"Fn::GetAtt": ["Version", "Version"]}, Name="live"
            ),
            "Events": _lambda(
                "EventInvokeConfig",
                FunctionName={"Ref": "F"},
                Qualifier="live",
                MaximumRetryAttempts=0,
                DestinationConfig={"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:111122223333:failed"}},
            ),
        }
    )
    assert function.published.versions["1"].version == "1"
    assert function.published.aliases["live"].version == "1"
    assert (function.published.events["live"].retries, function.published.last) == (0, 1)
    assert function.published.events["live"].on_failure.endswith(":failed")


def test_layers_of_the_template_are_folders(tmp_path: Path) -> None:
    """A layer from elsewhere is noted, and the function runs without it."""
    elsewhere = "arn:aws:lambda:us-east-1:017000801446:layer:Powertools:1"
    into = _draft(
        {
            "Layer": _lambda("LayerVersion", LayerName="shared", Content={"S3Bucket": "b", "S3Key": "k"}),
            "F": _function(Layers=[{"Ref": "Layer"}, elsewhere]),
        },
        code={"Layer": tmp_path},
    )
    assert into.functions[_ARN].layers == (tmp_path,)
    assert [note.code for note in into.ignored] == ["missing-layer"]


def test_permissions_are_statements_at_their_own_lines() -> None:
    """Each condition and each statement leads to the property that it comes from."""
    function = _one(
        {
            "F": _function(),
            "First": _lambda(
                "Permission",
                FunctionName={"Ref": "F"},
                Action="lambda:InvokeFunction",
                Principal="s3.amazonaws.com",
                SourceArn="arn:aws:s3:::data",
                SourceAccount="111122223333",
            ),
            "Second": _lambda(
                "Permission",
                FunctionName={"Fn::GetAtt": ["F", "Arn"]},
                Action="lambda:InvokeFunction",
                Principal="444455556666",
            ),
        }
    )
    policy = function.policy
    assert policy is not None
    first, second = policy.statements
    assert second.principals is not None
    assert second.principals.entries == (("AWS", "arn:aws:iam::444455556666:root"),)
    assert (first.resources, second.resources) == ((_ARN,), (_ARN,))
    places = [policy.origin.within(each.pointer).where() for each in (first, *first.conditions, second)]
    assert [place.pointer.removeprefix("/Resources/") for place in places] == [
        "First/Properties",
        "First/Properties/SourceAccount",
        "First/Properties/SourceArn",
        "Second/Properties",
    ]
    assert places[0].line < places[1].line < places[3].line
    assert [each["Sid"] for each in policy.document["Statement"]] == [first.sid, second.sid]


def test_a_permission_for_an_alias_is_its_own() -> None:
    """It stands neither for the function nor for other aliases."""
    function = _one(
        {
            "F": _function(),
            "P": _lambda(
                "Permission",
                FunctionName={"Fn::Sub": "${F.Arn}:live"},
                Action="lambda:InvokeFunction",
                Principal="events.amazonaws.com",
            ),
        }
    )
    assert function.policy is None
    assert function.published.policies["live"].statements[0].resources == (f"{_ARN}:live",)


def test_a_whole_policy_takes_the_place_of_permissions() -> None:
    """`AWS::Lambda::ResourcePolicy` may say anything that a policy says."""
    denied = {"Effect": "Deny", "Principal": "*", "Action": "lambda:InvokeFunction", "Resource": _ARN}
    function = _one(
        {
            "F": _function(),
            "P": _lambda(
                "ResourcePolicy",
                ResourceArn={"Fn::GetAtt": ["F", "Arn"]},
                PolicyDocument={"Version": "2012-10-17", "Statement": [denied]},
            ),
        }
    )
    assert function.policy is not None
    assert function.policy.statements[0].effect.value == "Deny"


def test_functions_of_other_stacks_are_reached_by_calls() -> None:
    """What the stack does not declare is left to Lambda."""
    into = _draft(
        {
            "V": _lambda("Version", FunctionName="other"),
            "A": _lambda("Alias", FunctionName="other", FunctionVersion="1", Name="live"),
            "P": _lambda("Permission", FunctionName="other", Action="lambda:InvokeFunction", Principal="*"),
        }
    )
    assert [call.operation for call in into.resources] == ["PublishVersion", "CreateAlias", "AddPermission"]
