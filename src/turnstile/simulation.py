"""Asking the policies directly: `explain` for one request, `simulate` for a file of them.

No world, no calls: policies and a request go in, decisions come out. The context holds what follows from the principal
and the resource, and what is given; times and addresses are in it only if they are given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from turnstile import arn as arns
from turnstile.faults import Fault, Rejected, Where
from turnstile.iam.asked import slips
from turnstile.iam.case import read_case
from turnstile.iam.evaluate import evaluate
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.iam.principal import role_of
from turnstile.iam.request import Policies, Request
from turnstile.source import Origin, open_source, read, unwritten

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike

    from turnstile.document import Json
    from turnstile.iam.decision import Decision
    from turnstile.iam.policy import Policy
    from turnstile.iam.request import ContextValue

Written: TypeAlias = "dict[str, Json] | str | PathLike[str]"
"""A policy: the document, or the path of a JSON or YAML file."""


def explain(
    *,
    principal: str,
    action: str,
    resource: str,
    resource_account: str | None = None,
    context: Mapping[str, ContextValue] | None = None,
    identity: Sequence[Written] = (),
    resource_policy: Written | None = None,
    trust: Written | None = None,
    boundary: Sequence[Written] = (),
    session: Sequence[Written] = (),
    scps: Sequence[Sequence[Written]] = (),
    rcps: Sequence[Sequence[Written]] = (),
) -> Decision:
    """Decide one request and say why: `.allowed`, `.message` as AWS words it, `.layer`, and `.judged` in full.

    Policies are documents or paths of files; `scps` and `rcps` are levels, root first, each of which needs an allow.
    Without `resource_account` the account in the resource's ARN counts, else the caller's own. Keys of `context` go
    before those that follow from principal and resource.

    Raises:
        Rejected: a policy is faulty or cannot be read, or principal, action or resource are none.
    """
    _check(principal, action, resource)
    account = resource_account if resource_account is not None else _account(resource) or _account(principal)
    given = context or {}
    taken = {key.lower() for key in given}
    known = {key: value for key, value in _derived(principal, resource, account).items() if key.lower() not in taken}
    policies = Policies(
        identity=_policies(identity, Kind.IDENTITY),
        resource=_side(resource_policy, trust),
        boundaries=_policies(boundary, Kind.BOUNDARY),
        sessions=_policies(session, Kind.SESSION),
        scps=tuple(_policies(level, Kind.SCP) for level in scps),
        rcps=tuple(_policies(level, Kind.RCP) for level in rcps),
    )
    return evaluate(Request(principal, action, resource, account, {**known, **given}), policies)


_REQUEST = Where("<request>")


def _check(principal: str, action: str, resource: str) -> None:
    """Refuse what nobody is, asks for or owns."""
    for _, code, told, remedy in slips(principal, action, resource):
        raise Rejected([Fault(_REQUEST, code, told, remedy)])


def _account(text: str) -> str:
    return arns.parse(text).account if text.startswith("arn:") else ""


_TYPES = (
    ("root", "Account"),
    ("user/", "User"),
    ("federated-user/", "FederatedUser"),
    ("assumed-role/", "AssumedRole"),
    ("role/", "AssumedRole"),
)


def _derived(principal: str, resource: str, account: str) -> dict[str, ContextValue]:
    """Keys that follow from the request itself. reference/iam-evaluation.md section 4."""
    found: dict[str, ContextValue] = {"aws:SecureTransport": "true", "aws:ViaAWSService": "false"}
    if account:
        found["aws:ResourceAccount"] = account
    if resource.startswith("arn:") and (region := arns.parse(resource).region):
        found["aws:RequestedRegion"] = region
    if not principal.startswith("arn:"):
        return found | {"aws:PrincipalServiceName": principal, "aws:PrincipalIsAWSService": "true"}
    parsed = arns.parse(principal)
    found |= {"aws:PrincipalArn": role_of(principal), "aws:PrincipalAccount": parsed.account}
    found["aws:PrincipalIsAWSService"] = "false"
    kind = next((kind for start, kind in _TYPES if parsed.resource.startswith(start)), "")
    return found | ({"aws:PrincipalType": kind} if kind else {})


def _policies(written: Iterable[Written], kind: Kind) -> tuple[Policy, ...]:
    return tuple(_policy(one, kind, number) for number, one in enumerate(written, 1))


def _policy(written: Written, kind: Kind, number: int = 1) -> Policy:
    from pathlib import Path  # noqa: PLC0415 - a document that is at hand needs no files

    if isinstance(written, dict):
        name = f"{kind.value} policy {number}"
        return parse(written, kind=kind, name=name, origin=unwritten(f"<{name}>"))
    path = Path(written)
    source = open_source(path)
    return parse(read(source), kind=kind, name=path.name, origin=Origin(source))


def _side(resource_policy: Written | None, trust: Written | None) -> Policy | None:
    if trust is not None:
        return _policy(trust, Kind.TRUST)
    return None if resource_policy is None else _policy(resource_policy, Kind.RESOURCE)


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """A case and its decision; `expected` and `expected_reason` are empty where the case does not say."""

    name: str
    decision: Decision
    expected: str = ""
    expected_reason: str = ""

    @property
    def verdict(self) -> str:
        """`allow` or `deny`."""
        return "allow" if self.decision.allowed else "deny"

    @property
    def passed(self) -> bool:
        """Nothing else was expected."""
        reason = self.decision.reason.value
        return self.expected in ("", self.verdict) and self.expected_reason in ("", reason)


def simulate(cases: list[Json] | str | PathLike[str]) -> tuple[Simulated, ...]:
    """Decide every case of a list, or of a JSON or YAML file that holds one.

    The fields of a case: `turnstile.iam.case`, docs/policies.md.

    Raises:
        Rejected: the file cannot be read, or with every fault of every case.
    """
    document, origin = _cases(cases)
    faults: list[Fault] = []
    found = []
    for number, case in enumerate(document):
        try:
            asked = read_case(case, origin.at(number), number + 1)
        except Rejected as rejected:
            faults += rejected.faults
        else:
            decision = evaluate(asked.request, asked.policies)
            found.append(Simulated(asked.name, decision, asked.expected, asked.expected_reason))
    if faults:
        raise Rejected(faults)
    return tuple(found)


def _cases(cases: list[Json] | str | PathLike[str]) -> tuple[list[Json], Origin]:
    from pathlib import Path  # noqa: PLC0415 - a list that is at hand needs no files

    if isinstance(cases, list):
        return cases, unwritten("<cases>")
    source = open_source(Path(cases))
    document, origin = read(source), Origin(source)
    if not isinstance(document, list):
        remedy = "write `[{...}, {...}]`, each with `principal`, `action` and `resource`"
        raise Rejected([origin.fault("not-a-list", "a file of requests holds a list of cases", remedy)])
    return document, origin
