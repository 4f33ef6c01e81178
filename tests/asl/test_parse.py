"""From definitions to trees: what is read, what is refused, and where."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile.asl.definition import Choice, Fail, Pass, Retrier, Succeed, Task, Wait
from turnstile.asl.parse import parse, parse_document
from turnstile.asl.path import ROOT, ROOT_REFERENCE
from turnstile.faults import Rejected, Unsupported
from turnstile.source import Origin, Source, read

_ALL = {
    "Comment": "every state type",
    "StartAt": "P",
    "Version": "1.0",
    "TimeoutSeconds": 60,
    "States": {
        "P": {"Type": "Pass", "Comment": "c", "Result": None, "Assign": {"v": 1}, "Next": "T"},
        "T": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "f"},
            "Credentials": {"RoleArn": "arn"},
            "ResultSelector": {"p.$": "$.Payload"},
            "ResultPath": "$.t",
            "TimeoutSeconds": 9,
            "HeartbeatSecondsPath": "$.h",
            "Retry": [
                {"ErrorEquals": ["A"]},
                {
                    "ErrorEquals": ["States.ALL"],
                    "IntervalSeconds": 2,
                    "MaxAttempts": 0,
                    "BackoffRate": 1,
                    "MaxDelaySeconds": 5,
                    "JitterStrategy": "FULL",
                },
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "F", "ResultPath": None}],
            "Next": "C",
        },
        "C": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "W"}], "Default": "S"},
        "W": {"Type": "Wait", "SecondsPath": "$.s", "Next": "S"},
        "S": {"Type": "Succeed", "InputPath": "$.t", "OutputPath": None},
        "F": {"Type": "Fail", "Error": "E", "CausePath": "$.c"},
    },
}


def _rejected(call, *arguments, **more):
    with pytest.raises(Rejected) as caught:
        call(*arguments, **more)
    return caught.value.faults


def test_every_field_arrives_in_the_tree():
    """Values, defaults and compiled parts of all six state types."""
    machine = parse(_ALL)
    assert (machine.start_at, machine.comment, machine.timeout_seconds) == ("P", "every state type", 60)
    assert machine.document is _ALL
    assert list(machine.states) == list("PTCWSF")
    assert [type(state) for state in machine.states.values()] == [Pass, Task, Choice, Wait, Succeed, Fail]
    first, task, choice, wait, succeed, fail = machine.states.values()
    assert (first.has_result, first.result, first.comment, first.pointer) == (True, None, "c", "/States/P")
    assert (first.input_path, first.result_path, first.next) == (ROOT, ROOT_REFERENCE, "T")
    assert task.retry == (Retrier(("A",)), Retrier(("States.ALL",), 2, 0, 1.0, 5, jitter=True))
    assert (task.catch[0].next, task.catch[0].result_path) == ("F", None)
    assert (task.result_path.text, task.timeout_seconds, task.heartbeat_seconds.text) == ("$.t", 9, "$.h")
    assert (task.credentials.source, task.parameters.constant) == ({"RoleArn": "arn"}, True)
    assert ([rule.next for rule in choice.rules], choice.default, choice.next) == (["W"], "S", None)
    assert (wait.seconds, wait.seconds_path.text, wait.timestamp) == (None, "$.s", None)
    assert (succeed.input_path.text, succeed.output_path) == ("$.t", None)
    assert (fail.error, fail.cause, fail.cause_path.text) == ("E", None, "$.c")


def test_a_file_text_or_document_gives_the_same_tree(tmp_path):
    """JSON and YAML, as a file, as text, as a dict."""
    text = json.dumps(_ALL, indent=1)
    file = tmp_path / "machine.asl.json"
    file.write_text(text)
    yaml = "StartAt: A\nStates:\n  A:\n    Type: Succeed\n"
    (tmp_path / "machine.yaml").write_text(yaml)
    for definition in (file, str(file), text, json.dumps(_ALL)):
        assert parse(definition).states == parse(_ALL).states
    for definition in (tmp_path / "machine.yaml", yaml):
        assert parse(definition).states["A"].pointer == "/States/A"


def test_every_fault_has_its_line():
    """All faults of a text are raised at once, in order of place."""
    text = """{
  "StartAt": "Frist",
  "States": {
    "First": {"Type": "Pass",
      "InputPath": "x",
      "Next": "Last"},
    "Last": {"Type": "Succed"}
  }
}"""
    faults = _rejected(parse, text, name="machine.json")
    assert [(fault.where.line, fault.where.column, fault.code) for fault in faults] == [
        (2, 3, "MISSING_TRANSITION_TARGET"),
        (4, 5, "MISSING_TRANSITION_TARGET"),
        (5, 7, "SCHEMA_VALIDATION_FAILED"),
        (7, 5, "MISSING_TRANSITION_TARGET"),
        (7, 14, "SCHEMA_VALIDATION_FAILED"),
    ]
    assert faults[0].where.file == "machine.json"
    assert faults[0].help == "did you mean `First`?"
    assert faults[4].help == "did you mean `Succeed`?"


def test_a_definition_inside_another_file_keeps_its_place():
    """Pointers count from the root of the file."""
    source = Source("scenario.yaml", "machines:\n  m:\n    StartAt: A\n    States:\n      A: {Type: Pass}\n")
    origin = Origin(source).at("machines", "m")
    (fault,) = _rejected(parse_document, read(source)["machines"]["m"], origin)
    assert str(fault.where) == "scenario.yaml:5:7"
    assert fault.where.pointer == "/machines/m/States/A"


@pytest.mark.parametrize(
    ("state", "feature"),
    [
        ({"Type": "Pass", "InputPath": "$[?(@.a type 'b')]"}, "JSONPath filter operator `type`"),
        ({"Type": "Pass", "Parameters": {"a.$": "$.a.concat()"}}, "JSONPath function `concat()`"),
    ],
)
def test_what_is_not_emulated_is_refused_by_name(state, feature):
    """A sound definition that we cannot run says what we lack, and where."""
    with pytest.raises(Unsupported) as caught:
        parse({"StartAt": "A", "States": {"A": {**state, "End": True}}})
    assert caught.value.feature == feature
    assert caught.value.where.pointer.startswith("/States/A")


def test_faults_come_before_what_is_not_emulated():
    """A definition with a Parallel state still gets its faults told."""
    (fault,) = _rejected(parse, {"StartAt": "A", "States": {"A": {"Type": "Parallel", "Branches": [], "End": True}}})
    assert fault.message == "Value cannot be empty"


@pytest.mark.parametrize(
    ("definition", "code"),
    [("{", "json-syntax"), ("a: [\n", "yaml-syntax"), ("nowhere.json", "unreadable-file"), ("", "unreadable-file")],
)
def test_what_cannot_be_read_is_rejected(definition, code):
    """Broken text and missing files are faults too."""
    assert [fault.code for fault in _rejected(parse, definition)] == [code]


_SCRAPS = st.sampled_from(
    [
        '"',
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\n",
        "StartAt",
        "States",
        "Type",
        "Pass",
        "$",
        "a",
        "-",
        " ",
        "\0",
        "1",
        "&a",
        "*a",
        "!!",
    ]
)


@given(text=st.lists(_SCRAPS, max_size=25).map("".join) | st.text(max_size=20))
def test_any_text_is_read_or_refused(text):
    """Parsing raises nothing but Rejected and Unsupported."""
    with suppress(Rejected, Unsupported):
        parse(text)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["A", "$.a", "$", "States.UUID()", "{% 1 %}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b.$", "A"]), inner, max_size=3),
    max_leaves=6,
)


def _places(value, here=()):
    yield here
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _places(inner, (*here, key))


_PLACES = [place for place in _places(_ALL) if place]


@given(place=st.sampled_from(_PLACES), value=_JSON)
def test_any_change_of_a_sound_definition_is_read_or_refused(place, value):
    """Whatever stands in any field, parsing raises nothing but Rejected and Unsupported."""
    changed = json.loads(json.dumps(_ALL))
    parent = changed
    for key in place[:-1]:
        parent = parent[key]
    parent[place[-1]] = value
    with suppress(Rejected, Unsupported):
        parse(changed)


def test_endless_nesting_is_rejected():
    """A document deeper than the stack is refused, wherever the stack ends."""
    for depth in (50, 200, 300, 450, 600, 900, 100_000):
        value = {"x.$": "$.a"}
        for _ in range(depth):
            value = {"a": value}
        try:
            parse({"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": value, "End": True}}})
        except Rejected as error:
            assert [fault.code for fault in error.faults] == ["TOO_DEEPLY_NESTED"]  # noqa: PT017 - depends on depth
