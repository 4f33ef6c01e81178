"""Series of calls of the Step Functions API, each with what it gives: tests/cases/states/api_calls.json.

A call says what its answer has at least (`gives`), must have or must lack by name, or how it is refused.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from turnstile.gate.errors import ServiceError

CASES = json.loads((Path(__file__).parent.parent / "cases" / "states" / "api_calls.json").read_text())
STATES = "arn:aws:states:us-east-1:123456789012"
VALUES = {
    "$pass": '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}',
    "$wait": '{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "End": true}}}',
    "$role": "arn:aws:iam::123456789012:role/r",
    "$other": "arn:aws:iam::123456789012:role/o",
    "$81": "x" * 81,
    "$m": f"{STATES}:stateMachine:m",
    "$a": f"{STATES}:activity:a",
}
WORDS = frozenset(("gives", "has", "lacks", "refused", "refused_as"))


def filled(value):
    """A value of a case with the texts that its tokens stand for."""
    if isinstance(value, dict):
        return {name: filled(member) for name, member in value.items()}
    if isinstance(value, list):
        return [filled(item) for item in value]
    for token in sorted(VALUES, key=len, reverse=True) if isinstance(value, str) else ():
        value = value.replace(token, VALUES[token])
    return value


def assert_within(expected, answer):
    """Objects may have more members than expected, everything else is equal."""
    if isinstance(expected, dict):
        for name, member in expected.items():
            assert_within(member, answer[name])
    elif isinstance(expected, list):
        assert len(expected) == len(answer)
        for wanted, item in zip(expected, answer, strict=True):
            assert_within(wanted, item)
    else:
        assert answer == expected


async def outcome(client, operation, parameters):
    try:
        return await client.ask(operation, **parameters)
    except ServiceError as error:
        return error


@pytest.mark.parametrize("case", CASES, ids=[case["says"] for case in CASES])
async def test_the_api_answers_and_refuses(api, case):
    """Each call of a series gives what the case says."""
    async with api() as client:
        for call in filled(case["calls"]):
            operation = next(name for name in call if name not in WORDS)
            answer = await outcome(client, operation, call[operation])
            if "refused" in call or "refused_as" in call:
                assert isinstance(answer, ServiceError), operation
                assert str(answer) == call.get("refused", str(answer))
                assert answer.code == call.get("refused_as", answer.code)
                continue
            assert not isinstance(answer, ServiceError), answer
            assert_within(call.get("gives", {}), answer)
            assert set(call.get("has", ())) <= answer.keys()
            assert not set(call.get("lacks", ())) & answer.keys()
