"""A template with every resource type, staged into a world and read back as its services tell it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.gate.errors import AccessDenied, ServiceError
from turnstile.importers.importing import import_stacks
from turnstile.importers.kinds import Draft, Stack
from turnstile.importers.resources import KINDS
from turnstile.importers.stacks import StackTemplate
from turnstile.importers.template import read_template
from turnstile.report.explanation import explanation
from turnstile.scenario.running.stage import build, stage
from turnstile.source import Source
from turnstile.world.declaration import AccountDeclaration, Declarations

if TYPE_CHECKING:
    from turnstile.importers.stacks import Imported
    from turnstile.report.explanation import Explanation

_CASES = Path(__file__).parent.parent / "cases" / "importers" / "resources"
_RESOURCES = json.loads((_CASES / "staged.json").read_text())
_READS = json.loads((_CASES / "reads.json").read_text())
_TEXT = json.dumps({"Resources": _RESOURCES}, indent=1)
_STAGING, _DEV, _REGION = "111122223333", "444455556666", "us-east-1"
_FOREIGN = [
    ("sqs:SendMessage", {"QueueUrl": "@Work", "MessageBody": "x", "MessageGroupId": "g"}, "WorkPolicy", True),
    ("sqs:ReceiveMessage", {"QueueUrl": "@Work"}, "", False),
    ("sqs:ReceiveMessage", {"QueueUrl": "@Dead"}, "DeadPolicy", False),
    ("sns:Publish", {"TopicArn": "@News", "Message": "x"}, "NewsPolicy", True),
    ("s3:GetObject", {"Bucket": "@Data", "Key": "none"}, "DataPolicy", True),
    ("s3:PutObject", {"Bucket": "@Data", "Key": "none"}, "", False),
    ("dynamodb:GetItem", {"TableName": "@Orders.Arn", "Key": {"id": {"S": "1"}}}, "Orders", True),
    ("kms:DescribeKey", {"KeyId": "@Key.Arn"}, "", False),
    ("secretsmanager:GetSecretValue", {"SecretId": "@Secret"}, "SecretPolicy", True),
    ("events:PutEvents", {"Entries": [{"EventBusName": "@Bus.Arn", "Source": "a", "DetailType": "b", "Detail": "{}"}]},
     "BusPolicy", True),
    ("lambda:Invoke", {"FunctionName": "@Function.Arn", "Payload": "1"}, "FunctionPermission", True),
]  # fmt: skip
"""Calls of another account's root user: whether a resource's policy lets them, and which resource that is."""


@dataclass(frozen=True)
class _World:
    answers: list[Any]
    foreign: list[Any]
    refused: list[Explanation]
    stack: Imported


@pytest.fixture(scope="module")
def world() -> _World:
    """The staged world's answers to all reads and to all calls from outside, and its stack."""
    stack = Stack("demo", _STAGING, _REGION, "staging")
    (imported,) = import_stacks([StackTemplate(stack, read_template(Source("all.json", _TEXT)))], KINDS)
    into = Draft(stack)
    imported.declare(into, KINDS)
    accounts = (into.account(), AccountDeclaration(_DEV, "dev", _REGION, (), (), ()))
    policies = tuple(into.aws_policies.values())
    return asyncio.run(_run(Declarations(accounts, tuple(into.machines.values()), None, policies), imported))


async def _run(declarations: Declarations, imported: Imported) -> _World:
    built = build(declarations, seed=1, start=1_700_000_000)
    definitions = {machine.text: machine.definition for machine in declarations.machines}
    async with Emulator(built, definitions=definitions) as emulator:
        await stage(emulator, declarations)
        answers = [await _ask(emulator, _STAGING, each["call"], each["parameters"], imported) for each in _READS]
        before = len(emulator.gate.trail)
        foreign = [await _ask(emulator, _DEV, each[0], each[1], imported) for each in _FOREIGN]
        refused = [explanation(entry) for entry in list(emulator.gate.trail)[before:] if not entry.ruling.allowed]
    return _World(answers, foreign, refused, imported)


async def _ask(emulator: Emulator, account: str, called: str, parameters: Any, imported: Imported) -> Any:
    service, operation = called.split(":")
    caller = emulator.world.accounts[account].root
    try:
        call = Call(caller, service, operation, _filled(parameters, imported), _REGION)
        return (await emulator.gate.call(call)).output
    except ServiceError as error:
        return error


def _filled(value: Any, imported: Imported) -> Any:
    """`@LogicalId` is what `Ref` gives, `@LogicalId.Name` an attribute."""
    match value:
        case str() if value.startswith("@"):
            name, _, attribute = value[1:].partition(".")
            item = next(each for each in imported.items if each.logical_id == name)
            kind = KINDS[item.type]
            return kind.attribute(item, attribute) if attribute else kind.reference(item)
        case dict():
            return {name: _filled(member, imported) for name, member in value.items()}
        case list():
            return [_filled(member, imported) for member in value]
    return value


def _part(wanted: Any, found: Any) -> bool:
    match wanted, found:
        case dict(), dict():
            return all(name in found and _part(value, found[name]) for name, value in wanted.items())
        case list(), list():
            return len(wanted) == len(found) and all(map(_part, wanted, found))
    return bool(wanted == found)


@pytest.mark.parametrize("place", range(len(_READS)), ids=[each["call"] for each in _READS])
def test_what_was_declared_is_there_under_its_foreseen_names(place: int, world: _World) -> None:
    """Each service tells of the resource as the template has it, by the ids that `Ref` gave before it was made."""
    wanted, found = _filled(_READS[place]["part"], world.stack), world.answers[place]
    assert not isinstance(found, ServiceError), found
    assert _part(wanted, found), found


@pytest.mark.parametrize("place", range(len(_FOREIGN)), ids=[f"{each[0]} {each[3]}" for each in _FOREIGN])
def test_policies_of_resources_are_judged(place: int, world: _World) -> None:
    """Another account may do what the policy of a resource in the template lets it do, and no more."""
    *_, allowed = _FOREIGN[place]
    found = world.foreign[place]
    assert isinstance(found, AccessDenied) is not allowed, found


def test_a_denied_call_is_explained_by_the_line_of_the_template(world: _World) -> None:
    """The statement of a queue's policy that denies a call is shown where the template has it."""
    (found,) = (each for each in world.refused if each.action == "sqs:ReceiveMessage" and "Dead" in each.resource)
    (nearest,) = {refusal.nearest.excerpt.where for refusal in found.refusals if refusal.nearest}
    written = _TEXT.splitlines()
    assert nearest.file == "all.json"
    assert '"Effect": "Deny"' in written[nearest.line - 1]
    assert nearest.pointer.startswith("/Resources/DeadPolicy/Properties/PolicyDocument/Statement/0")
