"""Remedies: what they say, as a table, and the proof that they help."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from turnstile.iam.evaluate import evaluate
from turnstile.iam.parse import parse
from turnstile.iam.remedy import Change, apply, remedies
from turnstile.iam.request import Policies, Request
from turnstile.source import unwritten

CASES = json.loads((Path(__file__).parents[1] / "cases" / "iam" / "remedies.json").read_text("utf-8"))


def written(remedy):
    return remedy.text if remedy.kind is Change.ASSUME_ROLE else json.loads(remedy.text)


def remedied(policies, found):
    for remedy in found:
        policies = apply(policies, remedy)
    return policies


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_remedy(case, asked):
    """Layer, kind, place and text are those of the table; all together allow the request, and none is superfluous."""
    request, policies = asked(case, "remedies")
    found = remedies(evaluate(request, policies))
    assert len(found) == len(case["remedies"])
    for remedy, expected in zip(found, case["remedies"], strict=True):
        assert expected.keys() <= {"layer", "kind", "pointer", "policy", "text"}
        assert (remedy.layer.name, remedy.kind.value) == (expected["layer"], expected["kind"])
        assert remedy.statement_pointer == expected.get("pointer", remedy.statement_pointer)
        assert (remedy.policy and remedy.policy.name) == expected.get("policy", remedy.policy and remedy.policy.name)
        assert written(remedy) == expected.get("text", written(remedy))
    possible = all(remedy.kind is not Change.ASSUME_ROLE for remedy in found)
    assert evaluate(request, remedied(policies, found)).allowed is possible
    for left_out in found:
        rest = [remedy for remedy in found if remedy is not left_out]
        assert not evaluate(request, remedied(policies, rest)).allowed


def test_the_text_is_what_is_applied(asked):
    """A new policy that is read back from its text is the one that was applied."""
    request, policies = asked({"context": {"sts:ExternalId": "a${b}*"}, "action": "sts:AssumeRole"})
    (remedy, *_) = remedies(evaluate(request, policies))
    applied = apply(policies, remedy).resource
    again = parse(json.loads(remedy.text), kind=applied.kind, name="again", origin=unwritten("<again>"))
    assert [statement.conditions[0].values for statement in again.statements] == [("a${$}{b}*",)]
    assert applied.document == json.loads(remedy.text)
    assert evaluate(request, Policies(resource=again)).allowed


def test_the_policies_are_not_changed(asked):
    """Applying a remedy gives new policies and leaves the old ones as they were."""
    request, policies = asked({"identity": [{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}]})
    before = policies.identity[0].statements
    for remedy in remedies(evaluate(request, policies)):
        apply(policies, remedy)
    assert policies.identity[0].statements == before


def test_a_policy_attached_twice_changes_once(asked):
    """One policy at two levels needs one remedy, and it counts at both."""
    request, policies = asked(
        {
            "identity": [{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}],
            "scps": [[{"Statement": {"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}}]],
        }
    )
    twice = Policies(identity=policies.identity, scps=policies.scps * 2)
    found = remedies(evaluate(request, twice))
    assert [remedy.kind for remedy in found] == [Change.CHANGE, Change.ADD]
    assert evaluate(request, remedied(twice, found)).allowed


def test_nothing_wider_than_the_request(asked):
    """After a remedy the same caller still may not do a neighbouring action or reach a neighbouring resource."""
    request, policies = asked({"identity": [{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}]})
    better = remedied(policies, remedies(evaluate(request, policies)))
    for action, resource in (("sqs:DeleteQueue", request.resource), (request.action, request.resource + "2")):
        other = Request(request.principal, action, resource, request.resource_account, request.context)
        assert not evaluate(other, better).allowed
