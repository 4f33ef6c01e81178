"""Compiled and plain evaluation agree, whatever the request and the policies."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnstile.iam.evaluate import evaluate
from turnstile.iam.operators import OPERATORS
from turnstile.iam.parse import parse
from turnstile.iam.plain import trace
from turnstile.iam.policy import Effect, Kind
from turnstile.iam.request import Policies, Request
from turnstile.iam.trace import Layer
from turnstile.source import unwritten

HOME, ABROAD = "111122223333", "444455556666"
ROLE, LINKED = f"arn:aws:iam::{HOME}:role/x/Exec", f"arn:aws:iam::{HOME}:role/aws-service-role/s/Linked"
SESSION, USER = f"arn:aws:sts::{HOME}:assumed-role/Exec/run", f"arn:aws:iam::{HOME}:user/alice"
ROOT, SERVICE = f"arn:aws:iam::{HOME}:root", "states.amazonaws.com"

ACTIONS = (
    *("*", "*:*", "sqs:*", "sqs:SendMessage", "SQS:sendmessage", "sqs:Send*", "sqs:?endMessage", "sqs:Receive*"),
    *("s3:*", "kms:Decrypt", "kms:*", "sts:AssumeRole", "sts:Assume*"),
)
ASKED = ("sqs:SendMessage", "s3:GetObject", "kms:Decrypt", "sts:AssumeRole", "SQS:SENDMESSAGE", "nonsense")
VALUES = (
    *("*", "a", "A", "a*", "?", "", "true", "false", "1", "1.0", "2", "2026-03-01", "2026-03-01T00:00:00Z", "MQ=="),
    *("10.0.0.0/8", "10.0.0.1", "::1", "${aws:x}", "${aws:absent}", "${aws:absent, 'a'}", "${*}", "x${$}", HOME, ROLE),
    *(f"arn:aws:iam::{HOME}:role/*", f"arn:aws:iam::*:role/{'${aws:x}'}", "arn:aws:iam:*", "${aws:many}"),
)
FOUND = ("a", "A", "", "true", "1", "1.0", "3", "2026-03-01", "MQ==", "10.0.0.1", "::1", "*", HOME, ROLE, ABROAD)
KEYS = ("aws:x", "AWS:X", "aws:many", "aws:absent", "aws:PrincipalArn", "sts:ExternalId")
RESOURCES = (
    *("*", "arn:aws:sqs:us-east-1:111122223333:q", "arn:aws:sqs:*:*:q*", "arn:aws:sqs:us-east-?:*:?", "arn:aws:sqs"),
    *("arn:aws:s3:::b/${aws:x}", "arn:aws:s3:::b/*", "arn:aws:s3:::b/${*}", "arn:*:*:*:*:*", "arn:aws:sqs:::${aws:x}*"),
    *(ROLE, f"arn:aws:iam::{HOME}:role/*", "arn:aws-cn:sqs:*:*:*", "execute-api:/prod/*", "arn:aws:sqs:us-east-1:*:q"),
)
TARGETS = (
    *("arn:aws:sqs:us-east-1:111122223333:q", "arn:aws:sqs:us-east-1:444455556666:q:1", "arn:aws:s3:::b/a", ROLE, "*"),
    *("arn:aws:s3:::b/*", "arn:aws-cn:sqs:cn-north-1:111122223333:q", "arn:aws:sqs:::a", "", "text"),
    "arn:aws:execute-api:us-east-1:111122223333:id/prod/GET",
)
NAMES = (ROLE, SESSION, USER, ROOT, HOME, ABROAD, "*", "AROAEXAMPLE0000000", f"arn:aws:iam::{ABROAD}:role/other")
PRINCIPALS = st.sampled_from(
    ["*", {"Service": SERVICE}, {"Service": "states.us-east-1.amazonaws.com"}, {"Federated": "accounts.google.com"}]
) | st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(lambda names: {"AWS": names})
CONDITIONS = st.dictionaries(
    st.sampled_from(sorted(OPERATORS)),
    st.dictionaries(st.sampled_from(KEYS), st.lists(st.sampled_from(VALUES), min_size=1, max_size=2), max_size=2),
    max_size=2,
)


def some(values):
    return st.lists(st.sampled_from(values), min_size=1, max_size=3)


@st.composite
def statements(draw, kind):
    written = {"Effect": "Deny" if kind is Kind.RCP else draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    negated = kind is not Kind.RCP and draw(st.integers(0, 5)) == 0
    written["NotAction" if negated else "Action"] = draw(some(ACTIONS))
    if kind is not Kind.TRUST:
        written["Resource" if draw(st.integers(0, 4)) else "NotResource"] = draw(some(RESOURCES))
    if kind is Kind.RCP:
        written["Principal"] = "*"
    elif kind in {Kind.RESOURCE, Kind.TRUST}:
        without = kind is Kind.RESOURCE and draw(st.integers(0, 4)) == 0
        written["NotPrincipal" if without else "Principal"] = draw(PRINCIPALS)
    if condition := draw(CONDITIONS):
        written["Condition"] = condition
    return written


def policies_of(kind):
    version = st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17"])
    documents = st.builds(
        lambda version, written: {"Version": version, "Statement": written},
        version,
        st.lists(statements(kind), min_size=1, max_size=3),
    )
    origin = unwritten("<test>")
    return documents.map(lambda document: parse(document, kind=kind, name=kind.value, origin=origin))


def tuples(values, most):
    return st.lists(values, max_size=most).map(tuple)


def levels(kind):
    return tuples(tuples(policies_of(kind), 2), 2)


POLICIES = st.builds(
    Policies,
    identity=tuples(policies_of(Kind.IDENTITY), 2),
    resource=st.none() | policies_of(Kind.RESOURCE) | policies_of(Kind.TRUST),
    boundaries=tuples(policies_of(Kind.BOUNDARY), 1),
    sessions=tuples(policies_of(Kind.SESSION), 2),
    scps=levels(Kind.SCP),
    rcps=levels(Kind.RCP),
    principal_in_management_account=st.booleans(),
    resource_in_management_account=st.booleans(),
)
CONTEXTS = st.dictionaries(
    st.sampled_from(["aws:x", "aws:Many", "aws:userid", "aws:RequestedRegion", "aws:FederatedProvider"]),
    st.sampled_from([*FOUND, (), ("a",), ("a", "b"), "AROAEXAMPLE0000000:run", "us-east-1", "accounts.google.com"]),
    max_size=4,
)
REQUESTS = st.builds(
    lambda who, action, resource, account, context: Request(who[0], action, resource, account, context | who[1]),
    st.sampled_from(
        [
            (SESSION, {"aws:PrincipalArn": ROLE}),
            (SESSION, {"aws:PrincipalArn": LINKED}),
            (SESSION, {}),
            (USER, {}),
            (ROOT, {}),
            (SERVICE, {}),
            ("states.eu-west-1.amazonaws.com", {}),
        ]
    ),
    st.sampled_from(ASKED),
    st.sampled_from(TARGETS),
    st.sampled_from([HOME, ABROAD, ""]),
    CONTEXTS,
)


def agree(request, policies):
    """Reason and refusing layers are the same, and what grants is a matching Allow of each group that has one."""
    decision, full = evaluate(request, policies), trace(request, policies)
    assert (decision.reason, decision.refusing) == (full.reason, full.refusing)
    if not decision.allowed:
        assert decision.granting == ()
        return
    matching = [
        (judged.layer, id(judged.policy), judged.statement.pointer)
        for judged in full.judged
        if judged.matched and judged.statement.effect is Effect.ALLOW
    ]
    granting = [(layer, id(policy), statement.pointer) for layer, policy, statement in decision.granting]
    assert set(granting) <= set(matching)
    assert {layer for layer, *_ in matching} - {Layer.RCP} <= {layer for layer, *_ in granting}


@settings(deadline=None, max_examples=200)
@given(REQUESTS, POLICIES)
def test_compiled_and_plain_evaluation_agree(request, policies):
    """A few hundred random questions have one answer each."""
    agree(request, policies)


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(deadline=None, max_examples=6_000)
@given(REQUESTS, POLICIES)
def test_compiled_and_plain_evaluation_agree_at_length(request, policies):
    """Thousands of random questions have one answer each."""
    agree(request, policies)


@settings(deadline=None, max_examples=100)
@given(st.lists(REQUESTS, min_size=2, max_size=5), POLICIES)
def test_what_was_asked_before_changes_no_answer(requests, policies):
    """Policies that have been asked already answer as new ones do."""
    for request in (*requests, *requests):
        agree(request, policies)
