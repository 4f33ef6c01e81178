"""Decisions with their reasons, as a table."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from turnstile.iam.decision import Layer, Part, Reason, Verdict
from turnstile.iam.evaluate import evaluate
from turnstile.iam.nearest import nearest

CASES = json.loads((Path(__file__).parents[1] / "cases" / "iam" / "decisions.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_decision(case, asked):
    """Reason, refusing layers, verdicts, mismatches and the nearest statement are those of the table."""
    decision = evaluate(*asked(case, "reason", "refusing", "verdicts", "mismatches", "nearest"))
    assert decision.reason.value == case["reason"]
    assert [layer.name for layer in decision.refusing] == case["refusing"]
    assert decision.allowed is not bool(decision.refusing)
    if "verdicts" in case:
        assert {layer.name: verdict.value for layer, verdict in decision.verdicts} == case["verdicts"]
    if "mismatches" in case:
        assert [
            f"{judged.layer.name} {mismatch.pointer}" for judged in decision.judged for mismatch in judged.mismatches
        ] == case["mismatches"]
    if "nearest" in case:
        judged = nearest(decision, decision.refusing[0])
        assert (judged and f"{judged.layer.name} {judged.statement.pointer}") == case["nearest"]


def test_a_mismatch_tells_what_was_wanted_and_what_was_found(asked):
    """Each mismatch has the statement's values, the request's value, and the condition where it is one."""
    request, policies = asked(
        {
            "context": {"sts:ExternalId": "67890", "aws:TagKeys": ["a", "b"]},
            "action": "sts:AssumeRole",
            "resource": "arn:aws:iam::111122223333:role/R",
            "trust": {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"AWS": "444455556666"},
                    "Action": "sts:TagSession",
                    "Condition": {
                        "StringEquals": {"sts:ExternalId": "12345", "aws:SourceAccount": "1"},
                        "ForAnyValue:StringEquals": {"aws:tagkeys": "c"},
                    },
                },
            },
        }
    )
    (judged,) = evaluate(request, policies).judged
    assert [(mismatch.part, mismatch.wanted, mismatch.found) for mismatch in judged.mismatches] == [
        (Part.PRINCIPAL, ("444455556666",), request.principal),
        (Part.ACTION, ("sts:TagSession",), "sts:AssumeRole"),
        (Part.CONDITION, ("12345",), "67890"),
        (Part.CONDITION, ("1",), None),
        (Part.CONDITION, ("c",), ("a", "b")),
    ]
    assert [mismatch.condition and mismatch.condition.key for mismatch in judged.mismatches[1:3]] == [
        None,
        "sts:ExternalId",
    ]


def test_nearest_of_an_allowing_layer_is_its_allow(asked):
    """Where a layer did allow, the statement that allowed is the nearest one."""
    everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    decision = evaluate(*asked({"identity": [everything], "scps": [[everything], []]}))
    (identity,) = (layer for layer, _ in decision.verdicts if layer.name == "IDENTITY")
    assert nearest(decision, identity).matched


def test_a_request_from_no_arn_is_a_bug(asked):
    """A principal that begins like an ARN and is none is not taken for a service."""
    request, policies = asked({"principal": "arn:aws"})
    with pytest.raises(ValueError, match="is not an ARN"):
        evaluate(request, policies)


def test_every_reason_verdict_and_layer_has_a_case():
    """The table shows each reason, each layer refusing, and each verdict of a layer."""
    assert {case["reason"] for case in CASES} == {reason.value for reason in Reason}
    assert {layer for case in CASES for layer in case["refusing"]} == {layer.name for layer in Layer}
    assert {word for case in CASES for word in case.get("verdicts", {}).values()} == {word.value for word in Verdict}


def test_an_allow_carries_the_granting_statements_and_is_explained_later(asked):
    """The first statement of each layer that grants; everything else is worked out when it is asked for."""
    everything = {"Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}, EVERYTHING, EVERYTHING]}
    decision = evaluate(*asked({"identity": [everything], "scps": [[{"Statement": EVERYTHING}]]}))
    assert [(one.layer.name, one.statement.index) for one in decision.granting] == [("SCP", 0), ("IDENTITY", 1)]
    assert "trace" not in vars(decision)
    assert [judged.matched for judged in decision.judged] == [True, False, True, True]
    assert "trace" in vars(decision)
    with pytest.raises(FrozenInstanceError):
        decision.reason = Reason.EXPLICIT_DENY


EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
