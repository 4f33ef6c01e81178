"""Reading policies: faulty ones as a table, good ones element by element."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnstile.faults import Rejected
from turnstile.iam.parse import parse
from turnstile.iam.policy import Effect, Kind
from turnstile.source import Origin, Source, read, unwritten

FAULTY = json.loads((Path(__file__).parents[1] / "cases" / "iam" / "faulty.json").read_text("utf-8"))


def policy(document, kind=Kind.IDENTITY):
    return parse(document, kind=kind, name="test", origin=unwritten("<test>"))


def statement(kind=Kind.IDENTITY, **elements):
    (only,) = policy({"Version": "2012-10-17", "Statement": {"Effect": "Allow", **elements}}, kind).statements
    return only


@pytest.mark.parametrize("case", FAULTY, ids=[case["title"] for case in FAULTY])
def test_faulty_policy(case):
    """A faulty policy is refused with every code at its line, and with the help line named."""
    assert case.keys() <= {"title", "text", "kind", "submitted", "faults", "help"}
    source = Source("policy.json", case["text"])
    with pytest.raises(Rejected) as caught:
        parse(
            read(source),
            kind=Kind(case.get("kind", "identity")),
            name="test",
            origin=Origin(source),
            submitted=case.get("submitted", False),
        )
    faults = caught.value.faults
    assert sorted(f"{fault.code} {fault.where.line}" for fault in faults) == sorted(case["faults"])
    assert case.get("help", faults[0].help) in {fault.help for fault in faults}
    assert all(fault.help for fault in faults)


@pytest.mark.parametrize(
    "action",
    ["sts:AssumeRole", "STS:assumerole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession",
     "sts:SetSourceIdentity", "sts:SetContext"],
)  # fmt: skip
def test_iam_takes_the_actions_that_make_a_session(action):
    """In upper or lower case, one or a list of them."""
    trust = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": "*", "Action": ["sts:AssumeRole", action]},
    }
    assert parse(trust, kind=Kind.TRUST, name="test", origin=unwritten("<test>"), submitted=True).statements


@pytest.mark.parametrize("action", ["logs:*", "*", "sts:*"])
def test_evaluation_takes_any_action_in_a_trust_policy(action):
    """What IAM would have refused is judged like any other policy where nobody submits it."""
    assert statement(Kind.TRUST, Action=action, Principal="*").actions == (action,)


def test_every_code_is_tried():
    """The table has a case for each fault code the room can raise."""
    room = Path(parse.__code__.co_filename).parent
    written = "".join((room / name).read_text("utf-8") for name in ("parse.py", "reading.py", "principal_grammar.py"))
    tried = {fault.rpartition(" ")[0] for case in FAULTY for fault in case["faults"]}
    built = {"action-and-not-action", "resource-and-not-resource", "principal-and-not-principal"}
    built |= {"unknown-policy-element", "unknown-statement-element"}
    assert {code for code in tried if f'"{code}"' not in written} == built


def test_single_values_become_lists_and_one_statement_a_list():
    """Texts and lists, an object and a list of objects, read the same."""
    single = statement(Action="s3:Get*", Resource="*")
    listed = policy(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:Get*"], "Resource": ["*"]}]}
    ).statements[0]
    assert (single.actions, single.resources) == (listed.actions, listed.resources) == (("s3:Get*",), ("*",))
    assert (single.pointer, listed.pointer) == ("/Statement", "/Statement/0")


def test_negations_are_kept():
    """NotAction and NotResource are the same lists, marked."""
    found = statement(NotAction="iam:*", NotResource=["arn:aws:s3:::a", "arn:aws:s3:::b"])
    assert (found.actions, found.not_actions) == (("iam:*",), True)
    assert (found.resources, found.not_resources) == (("arn:aws:s3:::a", "arn:aws:s3:::b"), True)


def test_condition_values_become_text():
    """Numbers and booleans in conditions are written as JSON writes them."""
    block = {"Bool": {"aws:a": True}, "NumericEquals": {"aws:b": [1, 2.5]}}
    found = statement(Action="*", Resource="*", Condition=block)
    assert [condition.values for condition in found.conditions] == [("true",), ("1", "2.5")]
    assert found.conditions[1].pointer == "/Statement/Condition/NumericEquals/aws:b"


def test_principals_of_several_kinds():
    """A Principal object becomes one entry per value; a bare star is its own kind."""
    found = statement(
        Kind.TRUST,
        Action="sts:AssumeRole",
        Principal={
            "AWS": ["111122223333", "AROAEXAMPLEID000000", "arn:aws:iam::cloudfront:user/CloudFront E1"],
            "Service": "states.amazonaws.com",
            "Federated": "accounts.google.com",
        },
    )
    assert [kind for kind, _ in found.principals.entries] == ["AWS", "AWS", "AWS", "Service", "Federated"]
    assert statement(Kind.TRUST, Action="sts:AssumeRole", Principal="*").principals.entries == (("*", "*"),)


def test_a_resource_policy_needs_no_resource():
    """It is about what it is attached to then, as the topic policy in the User Guide's page of variables."""
    found = statement(Kind.RESOURCE, Action="sns:*", Principal={"AWS": "999999999999"})
    assert (found.resources, found.not_resources) == ((), False)


@pytest.mark.parametrize(
    "key", ["oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:sub", "accounts.google.com:aud", "aws:x/y"]
)
def test_keys_of_identity_providers(key):
    """The prefix of such a key is the address of the provider, which can have a path."""
    found = statement(Action="*", Resource="*", Condition={"StringEquals": {key: "x"}})
    assert found.conditions[0].key == key


def test_the_version_decides_about_variables():
    """Only version 2012-10-17 has variables; no version means the old one."""
    written = {"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
    assert policy(written | {"Version": "2012-10-17"}).variables
    assert not policy(written | {"Version": "2008-10-17"}).variables
    assert not policy(written).variables


def test_full_access_may_be_written_as_a_resource_control_policy():
    """RCPFullAWSAccess is the one RCP that allows."""
    found = statement(Kind.RCP, Principal="*", Action="*", Resource="*")
    assert found.effect is Effect.ALLOW


_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=6)
    | st.sampled_from(
        ["*", "Allow", "Deny", "sqs:*", "2012-10-17", "111122223333", "arn:aws:iam::1:root", "StringEquals", "aws:x"]
    )
)
_WORDS = """
    Version Id Statement Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition
    StringEquals Bool aws:x AWS Service Federated
""".split()  # noqa: SIM905 - words are easier to read than quoted ones
_KEYS = st.text(max_size=4) | st.sampled_from(_WORDS)
_DOCUMENTS = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=6), max_leaves=25
)


@settings(max_examples=150)
@given(_DOCUMENTS | st.fixed_dictionaries({"Statement": st.lists(_DOCUMENTS, max_size=3)}), st.sampled_from(Kind))
def test_whatever_is_written_is_read_or_rejected(document, kind):
    """No document makes the reader fail in any other way than with faults."""
    try:
        found = policy(document, kind)
    except Rejected:
        return
    assert found.statements
