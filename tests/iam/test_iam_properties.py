"""What is true of every decision, whatever the policies."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from turnstile.iam.decision import Reason
from turnstile.iam.evaluate import evaluate
from turnstile.iam.message import message
from turnstile.iam.nearest import nearest
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.iam.remedy import Change, apply, remedies
from turnstile.iam.request import Policies, Request
from turnstile.source import unwritten

HOME, ABROAD = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{HOME}:role/Exec"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/Exec/run"
USER = f"arn:aws:iam::{HOME}:user/alice"

ACTIONS = ["sqs:SendMessage", "sqs:*", "*", "s3:GetObject", "SQS:send*"]
RESOURCES = ["*", "arn:aws:sqs:us-east-1:*:q", "arn:aws:sqs:us-east-1:*:other", "arn:aws:sqs:us-east-1:*:${aws:x}"]
PRINCIPALS = [
    "*",
    {"AWS": HOME},
    {"AWS": ROLE},
    {"AWS": [SESSION, USER]},
    {"AWS": ABROAD},
    {"Service": "states.amazonaws.com"},
]
CONDITIONS = [
    {},
    {"StringEquals": {"aws:x": ["q", "y"]}},
    {"StringNotEquals": {"aws:x": "q"}},
    {"Null": {"aws:x": True}},
    {"Bool": {"aws:y": True}},
    {"ForAnyValue:StringLike": {"aws:z": "a*"}},
    {"ArnLikeIfExists": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/*"}},
]


def policy(kind, statements):
    document = {"Version": "2012-10-17", "Statement": statements}
    return parse(document, kind=kind, name=kind.value, origin=unwritten("<test>"))


@st.composite
def statements(draw, kind, effects=("Allow", "Deny")):
    deny_only = kind is Kind.RCP
    written = {"Effect": "Deny" if deny_only else draw(st.sampled_from(effects))}
    actions = draw(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2))
    resources = draw(st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2))
    written["Action" if deny_only or draw(st.integers(0, 4)) else "NotAction"] = actions
    written["Resource" if draw(st.integers(0, 4)) else "NotResource"] = resources
    if kind in {Kind.RESOURCE, Kind.RCP}:
        written["Principal"] = "*" if deny_only else draw(st.sampled_from(PRINCIPALS))
    if condition := draw(st.sampled_from(CONDITIONS)):
        written["Condition"] = condition
    return written


def policies_of(kind):
    return st.lists(statements(kind), min_size=1, max_size=3).map(lambda written: policy(kind, written))


def level(kind):
    return st.lists(policies_of(kind), max_size=2).map(tuple)


REQUESTS = st.builds(
    lambda principal, account, context: Request(
        principal,
        "sqs:SendMessage",
        f"arn:aws:sqs:us-east-1:{account}:q",
        account,
        context | ({} if principal.startswith("states") else {"aws:PrincipalArn": principal.replace(SESSION, ROLE)}),
    ),
    st.sampled_from([SESSION, USER, "states.amazonaws.com"]),
    st.sampled_from([HOME, ABROAD]),
    st.fixed_dictionaries(
        {},
        optional={
            "aws:x": st.sampled_from(["q", "y", "Q", "*"]),
            "aws:y": st.sampled_from(["true", "false"]),
            "aws:z": st.sampled_from([(), ("a",), ("b", "ab")]),
        },
    ),
)
POLICIES = st.builds(
    Policies,
    identity=st.lists(policies_of(Kind.IDENTITY), max_size=2).map(tuple),
    resource=st.none() | policies_of(Kind.RESOURCE),
    boundaries=st.lists(policies_of(Kind.BOUNDARY), max_size=1).map(tuple),
    sessions=st.lists(policies_of(Kind.SESSION), max_size=2).map(tuple),
    scps=st.lists(level(Kind.SCP), max_size=2).map(tuple),
    rcps=st.lists(level(Kind.RCP), max_size=1).map(tuple),
)
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def with_statement(old, written):
    (new,) = policy(old.kind, [written]).statements
    return replace(old, statements=(*old.statements, new))


@settings(max_examples=80)
@given(REQUESTS, POLICIES, statements(Kind.RESOURCE, ("Allow",)))
def test_a_deny_always_wins(request, policies, allow):
    """A Deny for everybody in the resource's policy refuses whatever else is allowed."""
    denying = policy(Kind.RESOURCE, [allow, EVERYTHING | {"Effect": "Deny", "Principal": "*"}])
    decision = evaluate(request, replace(policies, resource=denying))
    assert decision.reason is Reason.EXPLICIT_DENY
    assert message(decision, reasons=True)


@settings(max_examples=80)
@given(REQUESTS, POLICIES, statements(Kind.IDENTITY, ("Allow",)))
def test_another_allow_never_denies(request, policies, allow):
    """An Allow more in any policy never turns an allow into a deny."""
    more = replace(
        policies,
        identity=(*policies.identity, policy(Kind.IDENTITY, [allow])),
        sessions=tuple(with_statement(old, allow) for old in policies.sessions),
        boundaries=tuple(with_statement(old, allow) for old in policies.boundaries),
        resource=policies.resource and with_statement(policies.resource, allow | {"Principal": "*"}),
    )
    assert evaluate(request, more).allowed or not evaluate(request, policies).allowed


@settings(max_examples=80)
@given(REQUESTS, POLICIES, policies_of(Kind.BOUNDARY), policies_of(Kind.SESSION))
def test_limits_never_allow(request, policies, boundary, session):
    """A boundary or a first session policy never turns a deny into an allow."""
    free = replace(policies, sessions=(), boundaries=())
    limited = replace(free, boundaries=(boundary,), sessions=(session,))
    assert evaluate(request, free).allowed or not evaluate(request, limited).allowed


@settings(max_examples=60)
@given(REQUESTS, POLICIES, st.text(max_size=5))
def test_sids_mean_nothing(request, policies, sid):
    """Renaming statements changes no decision."""

    def renamed(old):
        return replace(old, statements=tuple(replace(statement, sid=sid) for statement in old.statements))

    other = replace(
        policies,
        identity=tuple(map(renamed, policies.identity)),
        resource=policies.resource and renamed(policies.resource),
        boundaries=tuple(map(renamed, policies.boundaries)),
        sessions=tuple(map(renamed, policies.sessions)),
        scps=tuple(tuple(map(renamed, group)) for group in policies.scps),
        rcps=tuple(tuple(map(renamed, group)) for group in policies.rcps),
    )
    first, second = evaluate(request, policies), evaluate(request, other)
    assert (first.reason, first.refusing, first.verdicts) == (second.reason, second.refusing, second.verdicts)


@settings(max_examples=150)
@given(REQUESTS, POLICIES)
def test_remedies_allow(request, policies):
    """All remedies of a refusal together allow the request."""
    decision = evaluate(request, policies)
    found = remedies(decision)
    assert bool(found) is not decision.allowed
    assert all(remedy.kind is not Change.ASSUME_ROLE for remedy in found)
    after = policies
    for remedy in found:
        after = apply(after, remedy)
    assert evaluate(request, after).allowed
    for layer in decision.refusing:
        assert nearest(decision, layer) is None or nearest(decision, layer).layer is layer
