"""A call is let through exactly when no link refuses it by itself, and together the links refuse as they do alone."""

from __future__ import annotations

from itertools import chain, combinations

import pytest

from turnstile.gate.call import Call, Site
from turnstile.gate.gate import Gate
from turnstile.gate.judge import judged
from turnstile.gate.policies import Side
from turnstile.gate.reference import permissions
from turnstile.gate.trail import Entry
from turnstile.iam.policy import Kind
from turnstile.report.explanation import explanation
from turnstile.world.caller import Session
from turnstile.world.managed import ManagedPolicy
from turnstile.world.organization import FULL_ACCESS, Controls, Organization, Unit
from turnstile.world.role import Role

SOURCE, TARGET = "111122223333", "444455556666"
MACHINE = f"arn:aws:states:us-east-1:{SOURCE}:stateMachine:Orders"
SITE = Site(f"arn:aws:states:us-east-1:{SOURCE}:execution:Orders:one", "Call")
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
OTHER = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}

ASSUMING = {
    "rights": "caller-policy",
    "boundary": "permissions-boundary",
    "scp": "service-control-policy",
    "partition": "partition",
    "role": "role-exists",
    "rcp": "resource-control-policy",
    "trust": "trust-policy",
    "condition": "external-id",
}
CALLING = {
    "region": "region",
    "rights": "target-policy",
    "boundary": "permissions-boundary",
    "session": "session-policy",
    "scp": "service-control-policy",
    "resource": "resource-policy",
    "rcp": "resource-control-policy",
}
"""What is broken, and the reason code that it has by itself, in the order of the chain."""
SPOKEN = ("region", "scp", "rcp", "resource", "rights", "boundary", "session")
"""Of a call, which link the service's message comes from: a border, explicit denials, then what is silent."""


def subsets(names):
    """Every choice of up to three, and all at once."""
    few = chain.from_iterable(combinations(names, size) for size in range(4))
    return [frozenset(each) for each in (*few, tuple(names))]


def expected(broken):
    """The codes of a combination: what stands beyond a border, or at a role that is not there, cannot be judged."""
    seen = broken - {"role", "rcp", "trust", "condition"} if "partition" in broken else broken
    seen = seen - {"trust", "condition"} if "role" in seen else seen
    return seen - {"condition"} if "trust" in seen else seen


def guard(write_policy, kind):
    """A control policy that denies everything."""
    principal = {"Principal": "*"} if kind is Kind.RCP else {}
    return write_policy({"Effect": "Deny", "Action": "*", "Resource": "*", **principal}, kind=kind, name="Guard")


def organized(world, write_policy, broken, caller):
    """Both accounts in one organization; the caller's has the service control policy, the target the other."""
    scps = (FULL_ACCESS, guard(write_policy, Kind.SCP)) if "scp" in broken else (FULL_ACCESS,)
    rcps = (guard(write_policy, Kind.RCP),) if "rcp" in broken else ()
    levels = {SOURCE: Controls(), TARGET: Controls()}
    levels[caller] = Controls(scps)
    levels[TARGET] = Controls(levels[TARGET].scps, rcps)
    world.organization = Organization("o-1", "999999999999", Unit("r-1", "Root", Controls(), levels))


def role_with(account, name, trust, write_policy, broken):
    """A role with or without the rights, under a boundary that allows the call or does not."""
    boundary = account.arn("iam", "policy/Boundary")
    limit = write_policy(OTHER if "boundary" in broken else EVERYTHING)
    account.policies[boundary] = ManagedPolicy(boundary, "Boundary", account.id, {"v1": limit}, "v1", limit.origin)
    rights = (write_policy(OTHER if "rights" in broken else EVERYTHING),)
    arn = account.arn("iam", f"role/{name}")
    role = account.roles[arn] = Role(arn, name, account.id, trust, rights, trust.origin, boundary=boundary)
    return role


def session(role, policies=(), *, chained=False):
    name = f"arn:aws:sts::{role.account}:assumed-role/{role.name}/one"
    return Session(
        name, role.arn, role.id, role.account, "one", 0.0, 4102444800.0, "somebody", chained, policies=policies
    )


def told(call, ruling):
    """Whether the call is let through, the codes of all links that refuse as the report lists them, and the marked."""
    refusals = explanation(Entry(1, 0.0, call, ruling, "*")).refusals
    return ruling.allowed, [each.link for each in refusals], [each.link for each in refusals if each.shown]


@pytest.mark.parametrize("broken", subsets(ASSUMING), ids=lambda broken: "+".join(sorted(broken)) or "none")
def test_an_assumption_needs_every_link(accounts, write_policy, write_trust, broken):
    """Partition, role, rights, boundary, control policies of both sides, trust and its condition."""
    execution = role_with(accounts.source, "ExecutionRole", accounts.execution.trust, write_policy, broken)
    principal = accounts.source.arn("iam", "role/Other") if "trust" in broken else execution.arn
    wanted = MACHINE + ("-other" if "condition" in broken else "")
    statement = {"Principal": {"AWS": principal}, "Condition": {"StringEquals": {"sts:ExternalId": wanted}}}
    target = accounts.role(accounts.target, "InvokeRole", write_trust(statement))
    organized(accounts.world, write_policy, broken, SOURCE)
    if "role" in broken:
        del accounts.target.roles[target.arn]
    arn = target.arn.replace("arn:aws:", "arn:aws-cn:") if "partition" in broken else target.arn
    members = {"RoleArn": arn, "RoleSessionName": "abc", "ExternalId": MACHINE}
    call = Call(session(execution), "sts", "AssumeRole", members, "us-east-1", SITE)
    allowed, codes, shown = told(call, Gate(accounts.world, {}, dict).decide(call))
    assert allowed is not bool(broken)
    assert codes == [code for each, code in ASSUMING.items() if each in expected(broken)]
    assert shown == codes[:1]


@pytest.mark.parametrize("broken", subsets(CALLING), ids=lambda broken: "+".join(sorted(broken)) or "none")
def test_a_call_of_a_target_role_needs_every_link(accounts, write_policy, broken):
    """Region, rights, boundary, session policy, control policies and the policy of a key, which always has a say."""
    role = role_with(accounts.target, "InvokeRole", accounts.invoke.trust, write_policy, broken)
    organized(accounts.world, write_policy, broken, TARGET)
    limits = (write_policy(OTHER if "session" in broken else EVERYTHING, name="session policy"),)
    region = "eu-west-1" if "region" in broken else "us-east-1"
    deny = {"Effect": "Deny", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": role.arn}}
    delegate = {**EVERYTHING, "Principal": {"AWS": TARGET}}  # naming the role itself would do without its own rights
    policy = write_policy(*([deny] if "resource" in broken else []), delegate, kind=Kind.RESOURCE)
    key = f"arn:aws:kms:{region}:{TARGET}:key/k"
    call = Call(session(role, limits, chained=True), "kms", "Encrypt", {"KeyId": key}, "us-east-1", SITE)
    ruling = judged(call, permissions(call, accounts.world), accounts.world, {key: Side(policy)})
    allowed, codes, shown = told(call, ruling)
    assert allowed is not bool(broken)
    assert codes == [code for each, code in CALLING.items() if each in broken]
    assert shown == [CALLING[each] for each in SPOKEN if each in broken][:1]
