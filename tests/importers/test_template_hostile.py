"""Templates that are large, deep, endless or nonsense: refused in words, quickly, never by a crash."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from turnstile.faults import Rejected
from turnstile.importers.importing import import_stacks
from turnstile.importers.kinds import Stack
from turnstile.importers.resources import KINDS
from turnstile.importers.stacks import StackTemplate
from turnstile.importers.template import open_template, read_template
from turnstile.source import Source

_STACK = Stack("shop", "111111111111", "eu-west-1")
_QUEUE = "Resources: {Q: {Type: AWS::SQS::Queue}}\n"
_BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
_REFUSED = [
    ("", "not-a-template"),
    ("[]", "not-a-template"),
    ("just text", "not-a-template"),
    ("Resources: []", "not-a-template"),
    ("{", "yaml-syntax"),
    (_BOMB + _QUEUE, "yaml-alias"),
    ("Metadata: &m {a: *m}\n" + _QUEUE, "yaml-alias"),
    ("Metadata: !Join &m ['', *m]\n" + _QUEUE, "yaml-alias"),
    ("Resources: {Q: {Type: AWS::SQS::Queue}, Q: {Type: AWS::SQS::Queue}}", "duplicate-key"),
    ("Resources: {? [a, b] : {Type: AWS::SQS::Queue}}", "yaml-key"),
    ("Resources: {Q: {Type: !Foo AWS::SQS::Queue}}", "yaml-tag"),
    (_QUEUE + "Metadata: " + "[" * 150 + "]" * 150, "too-deep"),
    (_QUEUE + "Metadata: " + "[" * 5000 + "]" * 5000, "too-deep"),
    (_QUEUE + "Metadata: " + "!If [" * 300 + "]" * 300, "too-deep"),
    ("{" * 200_000, "too-deep"),
    (_QUEUE + "# " + "x" * (1024 * 1024), "file-too-large"),
    (_QUEUE + "---\n" + _QUEUE, "yaml-documents"),
    (_QUEUE + "Metadata: {\N{NULL}: 1}", "yaml-syntax"),
    ('{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}, "Q": {}}}', "duplicate-key"),
    ('{"Resources": ' + '{"Q":' * 100_000, "too-deep"),
    ('{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"N": NaN}}}}', "json-syntax"),
]
_SHAPES = json.loads((Path(__file__).parents[1] / "cases/importers/templates/shapes.json").read_text())
_MANY = "Resources:\n" + "".join(f"  Q{n}: {{Type: AWS::SQS::Queue}}\n" for n in range(501))
_GROWING = "Resources: {Q: {Type: AWS::SQS::Queue, Properties: {Tags: !Sub [TEXT, {A: LETTERS}]}}}"
_FAULTY = [
    *((case["text"], case["code"]) for case in _SHAPES),
    (_MANY, "too-many-resources"),
    (_GROWING.replace("TEXT", f"'{'${A}' * 9000}'").replace("LETTERS", "a" * 900), "wrong-arguments"),
]


def _names(text):
    name = text if len(text) < 60 else f"{text[:57]}..."
    return name if name.isprintable() else ascii(name)


@pytest.mark.parametrize(("text", "code"), _REFUSED, ids=_names)
def test_a_text_that_is_no_template_is_refused(text, code):
    """Nothing crashes or hangs the reader; the text is refused by one fault."""
    begun = time.perf_counter()
    with pytest.raises(Rejected) as refused:
        read_template(Source("t.json" if text.startswith('{"') else "t.yaml", text))
    assert [fault.code for fault in refused.value.faults] == [code]
    assert time.perf_counter() - begun < 20


@pytest.mark.parametrize(("text", "code"), _FAULTY, ids=_names)
def test_a_template_of_wrong_shape_is_one_fault(text, code):
    """Wrong shapes are named, one fault each."""
    with pytest.raises(Rejected) as refused:
        import_stacks([StackTemplate(_STACK, read_template(Source("t.yaml", text)))], KINDS)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_a_large_file_is_refused_unread(tmp_path):
    """Fifty megabytes are refused by their size, before anything is read."""
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    with pytest.raises(Rejected) as refused:
        open_template(path)
    assert [fault.code for fault in refused.value.faults] == ["file-too-large"]


_NAMES = st.sampled_from(["Q", "P", "L", "C", "M", "Odd", "Nothing", "AWS::Region", "AWS::NoValue", "a", "Arn", ""])
_FUNCTIONS = st.sampled_from(
    ["Ref", "Fn::Sub", "Fn::GetAtt", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::If", "Fn::FindInMap", "Fn::Base64",
     "Fn::Cidr", "Fn::GetAZs", "Fn::ImportValue", "Fn::Length", "Fn::ToJsonString", "Fn::Equals", "Fn::Transform",
     "Fn::No", "Condition"]
)  # fmt: skip
_LEAVES = st.one_of(
    _NAMES, st.none(), st.booleans(), st.integers(-3, 9), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=6),
    st.sampled_from(["${Q}", "${Q.Arn}", "${!P}", "${P", "{{resolve:ssm:a}}", "10.0.0.0/8", "Q.Arn"]),
)  # fmt: skip
_NESTED = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(_NAMES, inner, max_size=3),
        st.builds(lambda name, argument: {name: argument}, _FUNCTIONS, inner),
    ),
    max_leaves=12,
)
_BASE = {
    "Transform": ["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"],
    "Parameters": {"P": {"Type": "String", "Default": "p"}, "L": {"Type": "CommaDelimitedList", "Default": "a,b"}},
    "Mappings": {"M": {"a": {"a": "b"}}},
    "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "p"]}},
}


@given(_NESTED, _NESTED)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_nested_functions_resolve_or_are_faults(first, second):
    """Whatever stands in properties, conditions and outputs: values come out, or faults, and never anything else."""
    document = {
        **_BASE,
        "Conditions": {**_BASE["Conditions"], "D": second},
        "Resources": {
            "Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": first}},
            "R": {"Type": "AWS::SQS::Queue", "Properties": {"Tags": second}},
        },
        "Outputs": {"O": {"Value": first, "Export": {"Name": second}}},
    }
    _reads_or_refuses(document)


_SERVERLESS = st.sampled_from(
    ["Function", "StateMachine", "SimpleTable", "LayerVersion", "Api", "HttpApi", "Connector", "Application", "No"]
)
_MEMBERS = st.sampled_from(
    ["CodeUri", "InlineCode", "Policies", "Events", "Role", "AutoPublishAlias", "Definition", "DefinitionUri", "Tags",
     "Tracing", "DeadLetterQueue", "FunctionUrlConfig", "EventInvokeConfig", "PrimaryKey", "Source", "Destination",
     "Permissions", "StageName", "Environment", "ContentUri", "Type", "Properties", "Statement", "SQSPollerPolicy"]
)  # fmt: skip
_PROPERTIES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(_MEMBERS, inner, max_size=4),
        st.builds(lambda kind, rest: {"E": {"Type": kind, "Properties": rest}},
                  st.sampled_from(["SQS", "Api", "HttpApi", "SNS", "S3", "Schedule", "ScheduleV2", "No"]),
                  st.dictionaries(st.sampled_from(["Queue", "Path", "Method", "Topic", "Bucket", "RestApiId"]), inner)),
        st.builds(lambda name, argument: {name: argument}, _FUNCTIONS, inner),
    ),
    max_leaves=12,
)  # fmt: skip


@given(_SERVERLESS, st.dictionaries(_MEMBERS, _PROPERTIES, max_size=6), _PROPERTIES)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_serverless_resources_resolve_or_are_faults(kind, properties, shared):
    """Whatever stands in SAM resources and Globals: resources come out, or faults, and never anything else."""
    document = {
        **_BASE,
        "Globals": {"Function": shared},
        "Resources": {
            "Q": {"Type": "AWS::SQS::Queue"},
            "S": {"Type": f"AWS::Serverless::{kind}", "Properties": properties, "Connectors": shared},
        },
    }
    _reads_or_refuses(document)


def _reads_or_refuses(document):
    faults = _faults(document)
    assert all(fault.message and fault.code for fault in faults)


def _faults(document):
    try:
        import_stacks([StackTemplate(_STACK, read_template(Source("t.json", json.dumps(document))))], KINDS)
    except Rejected as refused:
        return refused.faults
    return ()
