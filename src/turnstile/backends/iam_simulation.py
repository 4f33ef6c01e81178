"""IAM: the policy simulator, SimulatePrincipalPolicy and SimulateCustomPolicy, by the same evaluation as every call.

As AWS's simulator it takes policies, not calls: the context is what the request gives, besides the keys that follow
from caller and resource. Unlike AWS's it knows the world's control policies of organizations only where the principal's
own are simulated (*inferred* to be what users expect of `OrganizationsDecisionDetail`). Shapes: IAM API Reference.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.arn import parse as parse_arn
from turnstile.backends.iam_entities import page
from turnstile.faults import Rejected
from turnstile.gate.errors import ServiceError
from turnstile.iam.decision import Layer, Reason
from turnstile.iam.evaluate import evaluate
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind, Policy
from turnstile.iam.request import Policies, Request
from turnstile.source import Origin, Source
from turnstile.world.managed import as_boundary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from turnstile.backends.iam_entities import Operation, Parameters
    from turnstile.document import Json
    from turnstile.gate.call import Output
    from turnstile.iam.decision import Decision
    from turnstile.iam.request import ContextValue
    from turnstile.world.role import Role
    from turnstile.world.user import Group, User
    from turnstile.world.world import Account, World


def _principal(world: World, account: Account, parameters: Parameters) -> Output:
    """The policies of a user, group or role, with more if they are given."""
    arn = str(parameters["PolicySourceArn"])
    found = account.roles.get(arn) or account.users.get(arn) or account.groups.get(arn)
    if found is None:
        raise ServiceError("NoSuchEntity", f"The entity with ARN {arn} cannot be found.", 404)
    identity = (*_held(world, account, found), *_listed(parameters, "PolicyInputList", Kind.IDENTITY))
    boundary = getattr(found, "boundary", "")
    managed = world.managed(boundary) if boundary else None
    own = (as_boundary(managed.policy),) if managed is not None else ()
    boundaries = _listed(parameters, "PermissionsBoundaryPolicyInputList", Kind.BOUNDARY) or own
    member = world.organization.members.get(account.id) if world.organization else None
    scps = member.scps if member is not None else ()
    return _results(account, parameters, arn, Policies(identity, _resource(parameters), boundaries, (), scps))


def _held(world: World, account: Account, entity: Role | User | Group) -> Iterator[Policy]:
    yield from entity.policies
    found = (world.managed(arn) for arn in entity.managed)
    yield from (managed.policy for managed in found if managed is not None)
    for arn in getattr(entity, "groups", ()):
        if arn in account.groups:
            yield from _held(world, account, account.groups[arn])


def _custom(_world: World, account: Account, parameters: Parameters) -> Output:
    policies = Policies(
        _listed(parameters, "PolicyInputList", Kind.IDENTITY),
        _resource(parameters),
        _listed(parameters, "PermissionsBoundaryPolicyInputList", Kind.BOUNDARY),
    )
    return _results(account, parameters, account.root.arn, policies)


def _listed(parameters: Parameters, name: str, kind: Kind) -> tuple[Policy, ...]:
    texts = parameters.get(name) or ()
    return tuple(_parsed(str(text), kind, f"{name}.{place}") for place, text in enumerate(texts, 1))


def _resource(parameters: Parameters) -> Policy | None:
    text = parameters.get("ResourcePolicy")
    return None if text is None else _parsed(str(text), Kind.RESOURCE, "ResourcePolicy")


def _parsed(text: str, kind: Kind, name: str) -> Policy:
    try:
        return parse(json.loads(text), kind=kind, name=name, origin=Origin(Source(name, text)))
    except (ValueError, Rejected):
        raise ServiceError("InvalidInput", f"{name} is not a valid policy document") from None


def _results(account: Account, parameters: Parameters, principal: str, policies: Policies) -> Output:
    caller = str(parameters.get("CallerArn", principal))
    resources = parameters.get("ResourceArns") or ["*"]
    context = _context(parameters)
    found = [
        _result(evaluate(_request(caller, action, resource, account, parameters, context), policies), policies)
        for action in map(str, parameters["ActionNames"])
        for resource in map(str, resources)
    ]
    return page("EvaluationResults", found, parameters)


def _request(
    caller: str, action: str, resource: str, account: Account, parameters: Parameters, context: dict[str, ContextValue]
) -> Request:
    """A group is nobody, so its policies are asked for the root of the account."""
    try:
        asked = parse_arn(caller).account
        owner = parse_arn(str(parameters.get("ResourceOwner", resource))).account or asked
    except ValueError:
        asked = owner = account.id
    who = (
        account.root.arn.replace(":root", ":user/simulated")
        if ":group/" in caller or caller.endswith(":root")
        else caller
    )
    known: dict[str, ContextValue] = {
        "aws:PrincipalArn": who,
        "aws:PrincipalAccount": asked,
        "aws:ResourceAccount": owner,
    }
    return Request(who, action, resource, owner, {**known, **context})


def _context(parameters: Parameters) -> dict[str, ContextValue]:
    found: dict[str, ContextValue] = {}
    for entry in parameters.get("ContextEntries") or ():
        values = tuple(map(str, entry.get("ContextKeyValues") or ()))
        several = str(entry.get("ContextKeyType", "string")).endswith("List")
        found[str(entry["ContextKeyName"])] = values if several else next(iter(values), "")
    return found


def _result(decision: Decision, policies: Policies) -> Json:
    denied = decision.reason is Reason.EXPLICIT_DENY
    result: dict[str, Json] = {
        "EvalActionName": decision.request.action,
        "EvalResourceName": decision.request.resource,
        "EvalDecision": "allowed" if decision.allowed else "explicitDeny" if denied else "implicitDeny",
        "MatchedStatements": list(_matched(decision, denied=denied)),
        "MissingContextValues": [],
    }
    if policies.boundaries:
        allowed = Layer.BOUNDARY not in decision.refusing
        result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": allowed}
    if policies.scps:
        result["OrganizationsDecisionDetail"] = {"AllowedByOrganizations": Layer.SCP not in decision.refusing}
    return result


def _matched(decision: Decision, *, denied: bool) -> Iterator[Json]:
    """The statements that decided: those that deny where one does, else those that allow."""
    for judged in decision.judged:
        if not judged.mismatches and (judged.statement.effect.value == "Deny") is denied:
            yield {"SourcePolicyId": judged.policy.name, "SourcePolicyType": _type(judged.layer, judged.policy)}


def _type(layer: Layer, policy: Policy) -> str:
    """What kind of policy a statement is of; those that came with the request are of none (*inferred*)."""
    if layer is Layer.RESOURCE:
        return "resource"
    if policy.arn is not None:
        return "aws-managed" if ":iam::aws:" in policy.arn else "user-managed"
    return "none"


def _keys_of(policies: Iterable[Policy]) -> Output:
    keys = (
        condition.key for policy in policies for statement in policy.statements for condition in statement.conditions
    )
    return {"ContextKeyNames": sorted(set(keys))}


def _custom_keys(_world: World, _account: Account, parameters: Parameters) -> Output:
    return _keys_of(_listed(parameters, "PolicyInputList", Kind.IDENTITY))


def _principal_keys(world: World, account: Account, parameters: Parameters) -> Output:
    arn = str(parameters["PolicySourceArn"])
    found = account.roles.get(arn) or account.users.get(arn) or account.groups.get(arn)
    if found is None:
        raise ServiceError("NoSuchEntity", f"The entity with ARN {arn} cannot be found.", 404)
    return _keys_of((*_held(world, account, found), *_listed(parameters, "PolicyInputList", Kind.IDENTITY)))


SIMULATION: Mapping[str, Operation] = {
    "GetContextKeysForCustomPolicy": _custom_keys,
    "GetContextKeysForPrincipalPolicy": _principal_keys,
    "SimulateCustomPolicy": _custom,
    "SimulatePrincipalPolicy": _principal,
}
"""By operation of `iam`."""
