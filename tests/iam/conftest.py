"""Cases of the policy room as requests and policies."""

from __future__ import annotations

import pytest

from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.iam.request import Policies, Request
from turnstile.source import unwritten

FIELDS = {
    *("title", "principal", "action", "resource", "account", "context", "identity", "boundaries", "sessions", "scps"),
    *("rcps", "resource_policy", "trust", "resource_in_management_account", "arns", "behind"),
}


def _request(case):
    context = {
        "aws:PrincipalArn": "arn:aws:iam::111122223333:role/flow/ExecRole",
        "aws:userid": "AROAEXAMPLEID000000:run-7",
    }
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in case.get("context", {}).items()}
    return Request(
        case.get("principal", "arn:aws:sts::111122223333:assumed-role/ExecRole/run-7"),
        case.get("action", "sqs:SendMessage"),
        case.get("resource", "arn:aws:sqs:us-east-1:111122223333:q"),
        case.get("account", "111122223333"),
        ({} if "principal" in case else context) | given,
        case.get("behind", ""),
    )


def _policies(case):
    arns = case.get("arns", {})

    def one(kind, document):
        name = kind.value
        return parse(document, kind=kind, name=name, origin=unwritten(f"<{name}>"), arn=arns.get(name))

    trust, resource = case.get("trust"), case.get("resource_policy")
    return Policies(
        identity=tuple(one(Kind.IDENTITY, document) for document in case.get("identity", ())),
        resource=one(Kind.TRUST, trust) if trust else one(Kind.RESOURCE, resource) if resource else None,
        boundaries=tuple(one(Kind.BOUNDARY, document) for document in case.get("boundaries", ())),
        sessions=tuple(one(Kind.SESSION, document) for document in case.get("sessions", ())),
        scps=tuple(tuple(one(Kind.SCP, document) for document in level) for level in case.get("scps", ())),
        rcps=tuple(tuple(one(Kind.RCP, document) for document in level) for level in case.get("rcps", ())),
        resource_in_management_account=case.get("resource_in_management_account", False),
    )


@pytest.fixture(scope="session")
def asked():
    """A function from a case to its request and policies; unknown fields of a case are refused."""

    def read(case, *expectations):
        assert case.keys() <= FIELDS | set(expectations)
        return _request(case), _policies(case)

    return read
