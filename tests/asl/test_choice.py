"""Choice rules: every operator, every recorded comparison."""

import json
from pathlib import Path

import pytest

from turnstile.asl.choice import OPERATORS, compile_rule
from turnstile.asl.errors import StatesError
from turnstile.asl.scope import Scope

_FILE = Path(__file__).parents[1] / "cases" / "asl" / "choices.json"
_SCOPE = Scope({"Execution": {"Input": {"n": 42}}}, {"answer": 42})


def _cases():
    return [
        pytest.param(case, id=f"{json.dumps(case['rule'])} {json.dumps(case['given'])}")
        for group in json.loads(_FILE.read_text(encoding="utf-8"))
        for case in group["cases"]
    ]


@pytest.mark.parametrize("case", _cases())
def test_a_rule_matches_when_aws_says_so(case):
    """Every case file entry gives its verdict, or its cause."""
    rule = compile_rule({**case["rule"], "Next": "Elsewhere"})
    assert rule.next == "Elsewhere"
    if "error" in case:
        with pytest.raises(StatesError) as caught:
            rule.test(_SCOPE, case["given"])
        assert (caught.value.error, caught.value.cause) == (case["error"], case["cause"])
        assert caught.value.located
    else:
        assert rule.test(_SCOPE, case["given"]) is case["result"]


_PAIRS = {"String": ("a", "b"), "Numeric": (1, 2.5), "Timestamp": ("2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z")}
_VERDICTS = {
    "Equals": (False, True, False),
    "LessThan": (True, False, False),
    "GreaterThan": (False, False, True),
    "LessThanEquals": (True, True, False),
    "GreaterThanEquals": (False, True, True),
}


@pytest.mark.parametrize("kind", _PAIRS)
@pytest.mark.parametrize("relation", _VERDICTS)
def test_orders_agree_in_both_forms(kind, relation):
    """Each order compares less, equal and greater values alike, with a constant and with a path."""
    small, large = _PAIRS[kind]
    for (value, operand), expected in zip(
        ((small, large), (small, small), (large, small)), _VERDICTS[relation], strict=True
    ):
        constant = compile_rule({"Variable": "$.v", kind + relation: operand, "Next": "N"})
        path = compile_rule({"Variable": "$.v", f"{kind}{relation}Path": "$.o", "Next": "N"})
        assert constant.test(_SCOPE, {"v": value}) is expected
        assert path.test(_SCOPE, {"v": value, "o": operand}) is expected


@pytest.mark.parametrize("name", sorted(name for name in OPERATORS if not name.startswith("Is")))
@pytest.mark.parametrize("value", [None, [], {}, [1]])
def test_other_kinds_never_match(name, value):
    """null, arrays and objects match no comparison."""
    operand = "$.same" if name.endswith("Path") else {"N": 1, "B": True}.get(name[0], "2020-01-01T00:00:00Z")
    rule = compile_rule({"Variable": "$.v", name: operand, "Next": "N"})
    assert rule.test(_SCOPE, {"v": value, "same": value}) is False


def test_rules_stop_at_the_first_answer():
    """And ends at the first failing part, so a later path may lead nowhere."""
    parts = [{"Variable": "$.v", "IsPresent": True}, {"Variable": "$.v", "NumericEquals": 1}]
    assert compile_rule({"And": parts, "Next": "N"}).test(_SCOPE, {}) is False
    parts = [{"Variable": "$.v", "IsPresent": False}, {"Variable": "$.v", "NumericEquals": 1}]
    assert compile_rule({"Or": parts, "Next": "N"}).test(_SCOPE, {}) is True


def test_there_are_thirty_nine_operators():
    """The table has every operator of the specification."""
    assert len(OPERATORS) == 39


@pytest.mark.parametrize(("tail", "result"), [("", False), ("b", True)])
def test_many_wildcards_take_no_time_to_speak_of(tail, result):
    """A pattern with fifty of them is held against 200,000 characters in one go, whether it matches or not."""
    rule = compile_rule({"Variable": "$", "StringMatches": "*a" * 50 + "*b", "Next": "Elsewhere"})
    assert rule.test(_SCOPE, "a" * 200_000 + tail) is result
