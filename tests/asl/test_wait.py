"""Wait states: when they end, and why they fail."""

import json
from pathlib import Path

import pytest

from turnstile.asl.definition import Wait
from turnstile.asl.errors import StatesError
from turnstile.asl.path import ROOT, parse_path
from turnstile.asl.scope import Scope
from turnstile.asl.timestamp import parse_timestamp
from turnstile.asl.wait import wait_until

_FILE = Path(__file__).parents[1] / "cases" / "asl" / "waits.json"
_NOW = 1000.0


def _cases():
    return [
        pytest.param(group["state"], case, id=f"{json.dumps(group['state'])} {json.dumps(case['given'])}")
        for group in json.loads(_FILE.read_text(encoding="utf-8"))
        for case in group["cases"]
    ]


def _wait(fields):
    return Wait(
        name="W",
        pointer="/States/W",
        input_path=ROOT,
        output_path=ROOT,
        seconds=fields.get("Seconds"),
        seconds_path=parse_path(fields["SecondsPath"]) if "SecondsPath" in fields else None,
        timestamp=fields.get("Timestamp"),
        timestamp_path=parse_path(fields["TimestampPath"]) if "TimestampPath" in fields else None,
    )


@pytest.mark.parametrize(("fields", "case"), _cases())
def test_a_wait_ends_when_aws_ends_it(fields, case):
    """Every case file entry, at second 1000, gives its end or its cause."""
    state = _wait(fields)
    if "cause" in case:
        with pytest.raises(StatesError) as caught:
            wait_until(state, case["given"], Scope({}, {}), _NOW)
        assert (caught.value.error, caught.value.cause) == ("States.Runtime", case["cause"])
        assert caught.value.located
    else:
        assert wait_until(state, case["given"], Scope({}, {}), _NOW) == _NOW + case["after"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2020-01-01",
        "2020-1-1T00:00:00Z",
        "2020-02-30T00:00:00Z",
        "٢٠٢٠-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
    ],
)
def test_other_text_is_no_timestamp(text):
    """What has no date, no time, or digits of another script is refused."""
    assert parse_timestamp(text) is None


def test_fractions_are_exact():
    """Nine digits of a second are kept."""
    first = parse_timestamp("2020-01-01T00:00:00.000000001Z")
    second = parse_timestamp("2020-01-01T00:00:00Z")
    assert first is not None
    assert second is not None
    assert 0 < first - second < 1e-8
