"""AWS's denial sentences, as a table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from turnstile.iam.evaluate import evaluate
from turnstile.iam.message import message

CASES = json.loads((Path(__file__).parents[1] / "cases" / "iam" / "messages.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_message(case, asked):
    """The sentence, or its end, is the one of the table."""
    decision = evaluate(*asked(case, "message", "ending", "settings"))
    text = message(decision, **case.get("settings", {}))
    assert case.get("message", text) == text
    assert text.endswith(case.get("ending", text))


def test_an_allowed_request_has_no_message(asked):
    """There is no denial to print for an allow."""
    everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    with pytest.raises(ValueError, match="no denial"):
        message(evaluate(*asked({"identity": [everything]})))
