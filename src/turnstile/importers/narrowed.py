"""What declared accounts tell of the links of a refusal: which hold by their policies, and which break.

Conditions are judged as far as their keys are known here: who asks, and the external id that Step Functions sends. A
policy that allows the request is no proof that AWS's does: what is declared may have gone out of date.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.gate.link import Link
from turnstile.iam.decision import Layer, Part, Verdict
from turnstile.iam.evaluate import evaluate
from turnstile.iam.nearest import nearest
from turnstile.iam.parse import parse
from turnstile.iam.policy import Effect, Kind
from turnstile.iam.request import Policies, Request
from turnstile.importers.suspects import Standing
from turnstile.source import unwritten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.iam.decision import Decision, Judged
    from turnstile.importers.denial import Denial
    from turnstile.importers.suspects import Suspect
    from turnstile.world.declaration import Declarations
    from turnstile.world.role import Role

_ANYTHING = (
    parse(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
        kind=Kind.IDENTITY,
        name="everything",
        origin=unwritten("<everything>"),
    ),
)
"""So that the side of the resource alone decides."""
_OWN = frozenset({Link.CALLER_POLICY, Link.TARGET_POLICY})
_CONTROLS = frozenset({Link.SERVICE_CONTROL, Link.RESOURCE_CONTROL})
_TRUSTS = frozenset({Link.TRUST_POLICY, Link.EXTERNAL_ID, Link.TRUST_CONDITION})


def narrowed(found: Iterable[Suspect], denial: Denial, declarations: Declarations) -> tuple[Suspect, ...]:
    """The same links, each with what the declarations tell of it."""
    roles = [role for account in declarations.accounts for role in account.roles]
    caller, target = _role(denial.role, roles), _role(denial.resource, roles)
    accounts = {account.id for account in declarations.accounts}
    parties = (caller, target, denial.owner in accounts)
    return tuple(_beside(each, _known(each, denial, declarations, parties)) for each in found)


def _beside(named: Suspect, declared: Suspect) -> Suspect:
    """What AWS has named stays so, whatever is declared; if that should hold, it is not what is deployed."""
    if named.standing is not Standing.NAMED or declared is named:
        return declared
    differs = ", so what is deployed is not what is declared" if declared.standing is Standing.HOLDS else ""
    known = f"{named.known}; in the scenario: {declared.known}{differs}"
    return replace(declared, standing=Standing.NAMED, known=known)


def _known(
    suspect: Suspect, denial: Denial, declarations: Declarations, parties: tuple[Role | None, Role | None, bool]
) -> Suspect:
    caller, target, declared = parties
    if suspect.link is Link.ROLE_EXISTS and declared:
        return _found(suspect, target)
    if suspect.link in _OWN and caller is not None and denial.action and denial.resource:
        return _judged(suspect, _own(caller, denial, declarations))
    if suspect.link is Link.BOUNDARY and caller is not None and not caller.boundary:
        return replace(suspect, standing=Standing.HOLDS, known="the declared role has no boundary")
    if suspect.link in _CONTROLS and declarations.organization is None:
        return replace(suspect, known="no organization is declared")
    if suspect.link in _TRUSTS and caller is not None and target is not None:
        return _trusted(suspect, *_trust(caller, target, declarations))
    return suspect


def _found(suspect: Suspect, target: Role | None) -> Suspect:
    if target is None:
        return replace(suspect, standing=Standing.BROKEN, known="the account is declared, and has no such role")
    return replace(suspect, standing=Standing.HOLDS, known=f"it is declared at {target.origin.written.where()}")


def _judged(suspect: Suspect, decision: Decision) -> Suspect:
    """By the caller's own policies alone: the side of the resource is another link."""
    verdict = dict(decision.verdicts)[Layer.IDENTITY]
    wanted = Effect.DENY if verdict is Verdict.EXPLICIT_DENY else Effect.ALLOW
    spoke = [one for one in decision.judged if one.layer is Layer.IDENTITY and one.matched]
    found = next((one for one in spoke if one.statement.effect is wanted), None)
    if found is None:
        return replace(suspect, standing=Standing.BROKEN, known="no statement of the declared policies allows it")
    where = found.policy.origin.within(found.statement.pointer).written.where()
    if wanted is Effect.DENY:
        return replace(suspect, standing=Standing.BROKEN, known=f"`{found.policy.name}` denies it at {where}")
    return replace(suspect, standing=Standing.HOLDS, known=f"`{found.policy.name}` allows it at {where}")


def _own(role: Role, denial: Denial, declarations: Declarations) -> Decision:
    known = (*declarations.aws_policies, *(one for account in declarations.accounts for one in account.policies))
    managed = tuple(policy.policy for policy in known if policy.arn in role.managed)
    request = _request(role, denial.action, denial.resource, role.account)
    return evaluate(request, Policies((*role.policies, *managed)))


def _request(role: Role, action: str, resource: str, owner: str, external_id: str = "") -> Request:
    """As a session of the role asks; the resource is taken as one of its own account, for one side is judged alone."""
    session = f"{role.arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/session"
    context = {"aws:PrincipalArn": role.arn, "aws:PrincipalAccount": role.account, "aws:PrincipalType": "AssumedRole"}
    if external_id:
        context["sts:ExternalId"] = external_id
    return Request(session, action, resource, owner, context)


def _trust(caller: Role, target: Role, declarations: Declarations) -> tuple[Decision, Link | None]:
    """What the trust policy says to the role, best for any of the machines that run as it; the link that it breaks."""
    machines = [machine.arn for machine in declarations.machines if machine.role_arn == caller.arn]
    action = "sts:AssumeRole"
    asked = [_request(caller, action, target.arn, target.account, machine) for machine in (*machines, "")]
    decided = [evaluate(one, Policies(resource=target.trust, identity=_ANYTHING)) for one in asked]
    first = next((one for one in decided if one.allowed), decided[0])
    return first, _broken(nearest(first, Layer.TRUST), sent=bool(machines))


def _broken(judged: Judged | None, *, sent: bool) -> Link | None:
    """The link that certainly breaks: an external id is known where a machine is, other conditions are not."""
    mismatches = judged.mismatches if judged else ()
    if not mismatches or any(mismatch.part is not Part.CONDITION for mismatch in mismatches):
        return Link.TRUST_POLICY
    keys = {mismatch.condition.key.lower() for mismatch in mismatches if mismatch.condition}
    return Link.EXTERNAL_ID if sent and "sts:externalid" in keys else None


def _trusted(suspect: Suspect, decision: Decision, broken: Link | None) -> Suspect:
    if decision.allowed:
        return replace(suspect, standing=Standing.HOLDS, known="the declared trust policy admits the role")
    judged = nearest(decision, Layer.TRUST)
    at = f" at {judged.policy.origin.within(judged.statement.pointer).written.where()}" if judged else ""
    standing = Standing.BROKEN if suspect.link is broken else suspect.standing
    return replace(suspect, standing=standing, known=f"the declared trust policy{at} does not admit the role")


def _role(arn: str, roles: Iterable[Role]) -> Role | None:
    """The role of that ARN; sessions do not tell the path, so account and name do for them."""
    listed = list(roles)
    account, name = arn.split(":")[4:5], arn.rpartition("/")[2]
    exact = next((role for role in listed if role.arn == arn), None)
    return exact or next((role for role in listed if [role.account] == account and role.name == name), None)
