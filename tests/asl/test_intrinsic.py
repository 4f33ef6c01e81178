"""Intrinsic functions: grammar, values, failures."""

import json
from contextlib import suppress
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile.asl.errors import StatesError
from turnstile.asl.function import FUNCTIONS
from turnstile.asl.intrinsic import parse_call, parse_expression
from turnstile.asl.scope import Scope

_CASES = Path(__file__).parents[1] / "cases" / "asl"


def _called():
    for group in json.loads((_CASES / "intrinsics.json").read_text(encoding="utf-8")):
        scope = Scope(group.get("context", {}), group.get("variables", {}))
        for case in group["cases"]:
            yield pytest.param(scope, group["given"], case, id=case["expression"])


@pytest.mark.parametrize(("scope", "document", "case"), list(_called()))
def test_a_call_gives_what_aws_gives(scope, document, case):
    """Every case file entry gives its value, or its error and cause."""
    call = parse_call(case["expression"])
    if "error" in case:
        with pytest.raises(StatesError) as caught:
            call.find(scope, document)
        assert (caught.value.error, caught.value.cause) == (case["error"], case["cause"])
        assert caught.value.located
    else:
        assert json.dumps(call.find(scope, document)) == json.dumps(case["result"])


def test_every_function_has_a_case():
    """The case file calls all eighteen functions but the one whose value cannot be foreseen."""
    text = (_CASES / "intrinsics.json").read_text(encoding="utf-8")
    assert len(FUNCTIONS) == 18
    assert {name for name in FUNCTIONS if f"States.{name}(" not in text} == {"UUID"}


@pytest.mark.parametrize(
    "case", json.loads((_CASES / "malformed_calls.json").read_text()), ids=lambda case: case["call"]
)
def test_a_malformed_call_is_refused(case):
    """What is no call raises ValueError."""
    with pytest.raises(ValueError, match=r"intrinsic|`"):
        parse_call(case["call"])


def test_random_values_come_from_the_scope():
    """The same source gives the same identifiers and numbers, whatever else draws random numbers."""
    calls = [parse_call("States.UUID()"), parse_call("States.MathRandom(0, 1000000)")]
    first, second = ([call.find(Scope({}, {}, Random(7)), {}) for call in calls] for _ in range(2))
    assert first == second
    assert UUID(first[0]).version == 4
    assert [call.find(Scope({}, {}, Random(8)), {}) for call in calls] != first


def test_a_seed_fixes_the_number():
    """The third argument of MathRandom decides alone."""
    call = parse_call("States.MathRandom(0, 1000000, 3)")
    assert call.find(Scope({}, {}, Random(1)), {}) == call.find(Scope({}, {}, Random(2)), {})


def test_an_expression_is_a_path_or_a_call():
    """Both kinds answer to the same two names."""
    scope = Scope({}, {})
    assert parse_expression("$.a").find(scope, {"a": 1}) == 1
    assert parse_expression("States.Array($.a)").find(scope, {"a": 1}) == [1]
    assert parse_expression("States.Array($.a)").text == "States.Array($.a)"


@given(text=st.text(alphabet="States.Format('{}\\, $[]a1)", max_size=40))
def test_any_text_is_a_call_or_refused(text):
    """Parsing raises nothing but ValueError."""
    with suppress(ValueError):
        parse_call(text)


@given(parts=st.lists(st.text(alphabet="ab'{}\\", max_size=4), max_size=4))
def test_escaped_text_formats_to_itself(parts):
    """Escaping every special character gives the text back."""
    wanted = "".join(parts)
    escaped = "".join("\\" + char if char in "'{}\\" else char for char in wanted)
    assert parse_call(f"States.Format('{escaped}')").find(Scope({}, {}), None) == wanted
