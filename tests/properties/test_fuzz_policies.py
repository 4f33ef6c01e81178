"""Whatever stands in a policy, it is judged, linted and remedied, or refused with faults; nothing else happens."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnstile.faults import Rejected
from turnstile.iam.evaluate import evaluate
from turnstile.iam.lint import warnings
from turnstile.iam.parse import parse
from turnstile.iam.plain import trace
from turnstile.iam.policy import Kind
from turnstile.iam.remedy import remedies
from turnstile.iam.request import Policies, Request
from turnstile.simulation import simulate
from turnstile.source import Origin, Source, read

WORDS = """
    * ? Allow Deny sqs:* sqs:SendMessage iam:PassRole *:* lamda:X 2012-10-17 2008-10-17 111122223333 AROAEXAMPLE0000
    arn:aws:iam::111122223333:root arn:aws:sqs:us-east-1:*:q arn:aws arn:::::: ${aws:x} ${aws:x,'y'} ${*} ${ $
    states.amazonaws.com true 10.0.0.0/8 2026-01-01 execute-api:/ arn:aws:s3:::b/*
"""
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
    | st.sampled_from(WORDS.split())
)
_ELEMENTS = "Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition"
_INSIDE = "StringEquals StringLikeIfExists ForAllValues:ArnLike ForAnyValue:Bool Null Numeric aws:x AWS Service * sts:a"
ELEMENTS, INSIDE = _ELEMENTS.split(), _INSIDE.split()
KEYS = st.text(max_size=4) | st.sampled_from(["Version", "Id", "Statement", *ELEMENTS, *INSIDE])
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=10
)
SOUND = {
    "Sid": st.text(max_size=3),
    "Effect": st.sampled_from(["Allow", "Deny"]),
    "Principal": st.sampled_from(["*", {"AWS": "111122223333"}, {"Service": "states.amazonaws.com"}]),
    "NotPrincipal": st.just({"AWS": ["111122223333"]}),
    "Action": st.sampled_from(["sqs:SendMessage", ["sqs:*", "sts:AssumeRole"], "*"]),
    "NotAction": st.just("iam:*"),
    "Resource": st.sampled_from(["*", ["arn:aws:sqs:*:*:${aws:x}"], "arn:aws:s3:::b/*"]),
    "NotResource": st.just("arn:aws:sqs:us-east-1:111122223333:q"),
    "Condition": st.dictionaries(
        st.sampled_from(INSIDE), st.dictionaries(KEYS, LEAVES | VALUES, max_size=2), max_size=2
    ),
}


@st.composite
def documents(draw):
    """A sound statement with an element less, or with one that is something else."""
    chosen = draw(st.sets(st.sampled_from(ELEMENTS), min_size=2, max_size=6)) | {"Effect", "Action"}
    statement = {name: draw(SOUND[name]) for name in sorted(chosen)}
    if draw(st.booleans()):
        statement[draw(KEYS)] = draw(VALUES)
    if draw(st.integers(0, 9)) == 0:
        return draw(VALUES)
    return {"Version": draw(st.sampled_from(["2012-10-17", "2008-10-17"])), "Statement": [statement]}


POLICIES = st.lists(st.tuples(documents(), st.sampled_from(Kind)), min_size=1, max_size=3)
SESSION = "arn:aws:sts::111122223333:assumed-role/Exec/run"
QUEUE = "arn:aws:sqs:us-east-1:111122223333:q"
CONTEXT = st.dictionaries(KEYS, st.text(max_size=3) | st.lists(st.text(max_size=3), max_size=2).map(tuple), max_size=3)


def policy(document, kind):
    source = Source("policy.json", json.dumps(document, indent=1))
    return parse(read(source), kind=kind, name="fuzzed", origin=Origin(source))


def read_or_faults(document, kind):
    """The policy, or the faults it was refused for."""
    try:
        return policy(document, kind), ()
    except Rejected as rejected:
        return None, rejected.faults


def survive(found, context):
    """Everything that can be asked of the policies has an answer."""
    outcomes = [read_or_faults(document, kind) for document, kind in found]
    assert all(one or faults for one, faults in outcomes)
    assert all(fault.where.line and fault.message for _, faults in outcomes for fault in faults)
    sound = [one for one, _ in outcomes if one]
    assert all(warning.where.line and warning.code for one in sound for warning in warnings(one))
    of = {kind: tuple(one for one in sound if one.kind is kind) for kind in Kind}
    policies = Policies(
        of[Kind.IDENTITY],
        next(iter(of[Kind.RESOURCE] + of[Kind.TRUST]), None),
        of[Kind.BOUNDARY],
        of[Kind.SESSION],
        tuple((one,) for one in of[Kind.SCP]),
        tuple((one,) for one in of[Kind.RCP]),
    )
    for principal in (SESSION, "states.amazonaws.com"):
        request = Request(principal, "sqs:SendMessage", QUEUE, "111122223333", context)
        decision = evaluate(request, policies)
        assert decision.refusing == trace(request, policies).refusing
        assert decision.allowed is not bool(decision.message)
        assert bool(remedies(decision)) is not decision.allowed


@settings(deadline=None, max_examples=150)
@given(POLICIES, CONTEXT)
def test_no_policy_breaks_anything(found, context):
    """A hundred or so."""
    survive(found, context)


@pytest.mark.slow
@pytest.mark.timeout(600)
@settings(deadline=None, max_examples=6_000)
@given(POLICIES, CONTEXT)
def test_no_policy_breaks_anything_at_length(found, context):
    """Thousands."""
    survive(found, context)


FIELDS = """
    principal action resource resource_account context identity_policies resource_policy trust_policy scps rcps
    permission_boundaries session_policies expected principal_in_management_account other
"""
CASES = st.dictionaries(
    st.sampled_from(FIELDS.split()),
    VALUES | documents() | st.lists(documents(), max_size=2) | st.just(SESSION) | st.just(QUEUE),
    max_size=8,
)


@settings(deadline=None, max_examples=150)
@given(st.lists(CASES | VALUES, max_size=2))
def test_no_case_file_breaks_anything(cases):
    """A list of cases is decided, each of them, or refused."""
    try:
        found = simulate(cases)
    except Rejected:
        return
    assert len(found) == len(cases)
