"""AWS's denial sentences, as a table."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from turnstile.iam.decision import Layer, Reason
from turnstile.iam.evaluate import evaluate
from turnstile.iam.message import message

CASES = json.loads((Path(__file__).parents[1] / "cases" / "iam" / "messages.json").read_text("utf-8"))
GOLDEN = Path(__file__).parents[1] / "golden" / "messages.txt"


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


def test_every_message_is_the_golden_one(asked):
    """The whole sentence of every case, as a decision gives it; GOLDEN=write writes them down."""
    decisions = [(case["title"], evaluate(*asked(case, "message", "ending", "settings"))) for case in CASES]
    lines = [f"{title}\n    {decision.layer.name}: {decision.message}\n" for title, decision in decisions]
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text("\n".join(lines), "utf-8")
    assert "\n".join(lines) == GOLDEN.read_text("utf-8")


def test_every_layer_refuses_in_both_ways(asked):
    """Each layer is named by a message without a Deny and by one with; an RCP cannot be silent."""
    decisions = [evaluate(*asked(case, "message", "ending", "settings")) for case in CASES]
    found = {(decision.layer, decision.reason) for decision in decisions}
    ways = (Reason.EXPLICIT_DENY, Reason.IMPLICIT_DENY)
    assert found == {(layer, reason) for layer in Layer for reason in ways} - {(Layer.RCP, Reason.IMPLICIT_DENY)}
