"""For random worlds: a Task gets through exactly when every link of its chain, judged by itself, lets it through."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from turnstile.emulator import Emulator
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.report.explanation import explanation
from turnstile.source import unwritten
from turnstile.world.function import Function
from turnstile.world.managed import ManagedPolicy
from turnstile.world.organization import FULL_ACCESS, Controls, Organization, Unit
from turnstile.world.role import Role
from turnstile.world.world import World

SOURCE, TARGET, MANAGEMENT = "111122223333", "444455556666", "999999999999"
EXECUTION, INVOKE = f"arn:aws:iam::{SOURCE}:role/Execution", f"arn:aws:iam::{TARGET}:role/Invoke"
FUNCTION = f"arn:aws:lambda:us-east-1:{TARGET}:function:Work"
MACHINE = f"arn:aws:states:us-east-1:{SOURCE}:stateMachine:Orders"
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}

SAYS = ("allows", "is silent", "allows something else", "denies", "denies on a condition that does not hold")
"""What one layer of policies can say of an action; the first and the last let it through."""
LINKS = {
    "assume": {
        "execution policy": "caller-policy",
        "execution boundary": "permissions-boundary",
        "source SCP": "service-control-policy",
        "target RCP": "resource-control-policy",
        "trust": "trust-policy",
    },
    "call": {
        "target policy": "target-policy",
        "target boundary": "permissions-boundary",
        "target SCP": "service-control-policy",
        "function policy": "resource-policy",
    },
}
ONLY_DENY = ("target RCP", "function policy")
"""Layers that need not allow: silence lets the call through."""

worlds = st.fixed_dictionaries({layer: st.sampled_from(SAYS) for links in LINKS.values() for layer in links})


def statements(said, action):
    """The statements of a layer that says so."""
    deny = {"Effect": "Deny", "Action": action, "Resource": "*"}
    unless = {**deny, "Condition": {"StringEquals": {"aws:PrincipalAccount": "000000000000"}}}
    return {
        "allows": [EVERYTHING],
        "is silent": [],
        "allows something else": [{**EVERYTHING, "Action": "s3:GetObject"}],
        "denies": [EVERYTHING, deny],
        "denies on a condition that does not hold": [EVERYTHING, unless],
    }[said]


def passes(layer, said):
    """One link, judged by itself."""
    return said in (SAYS[0], SAYS[4]) or (layer in ONLY_DENY and said != "denies")


def policy(found, kind=Kind.IDENTITY, **more):
    """A policy of these statements."""
    document = {"Version": "2012-10-17", "Statement": [{**statement, **more} for statement in found]}
    return parse(document, kind=kind, name="layer", origin=unwritten("<layer>"))


def layer(said, action, kind=Kind.IDENTITY):
    """The policies of a layer, none where it is silent."""
    found = statements(said, action)
    return (policy(found, kind),) if found else ()


def denying(said, action, kind):
    """The policies of a layer that only denies, for anybody."""
    found = [one for one in statements(said, action) if one["Effect"] == "Deny"]
    return (policy(found, kind, Principal="*"),) if found else ()


def trust(said):
    """A trust policy; one that is silent names somebody else."""
    principal = {"AWS": EXECUTION}
    found = [{**one, "Principal": principal, "Action": "sts:AssumeRole"} for one in statements(said, "sts:AssumeRole")]
    if said in ("is silent", "allows something else"):
        found = [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"{EXECUTION}2"}}]
    for one in found:
        one.pop("Resource", None)
    return policy(found, Kind.TRUST)


def role(account, arn, said, trusting, boundary, action):
    """A role with a policy and a boundary that say so."""
    limit_arn = f"arn:aws:iam::{account.id}:policy/Limit"
    limit = policy(statements(boundary, action) or [{**EVERYTHING, "Action": "s3:GetObject"}], Kind.BOUNDARY)
    account.policies[limit_arn] = ManagedPolicy(
        limit_arn, "Limit", account.id, {"v1": limit}, "v1", unwritten("<Limit>")
    )
    name = arn.rpartition("/")[2]
    account.roles[arn] = Role(
        arn, name, account.id, trusting, layer(said, action), unwritten(f"<{name}>"), boundary=limit_arn
    )


def scps(said, action):
    """The control policies of a level; what they leave out is the action alone, so that the machine can be made."""
    but = [{"Effect": "Allow", "NotAction": action, "Resource": "*"}]
    found = but if said in ("is silent", "allows something else") else statements(said, action)
    return (policy(found, Kind.SCP),)


def built(says):
    """A world in which every layer says what it should."""
    world = World()
    source, target = world.add_account(SOURCE), world.add_account(TARGET)
    world.add_account(MANAGEMENT)
    service = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    states = policy([service], Kind.TRUST)
    role(source, EXECUTION, says["execution policy"], states, says["execution boundary"], "sts:AssumeRole")
    role(target, INVOKE, says["target policy"], trust(says["trust"]), says["target boundary"], "lambda:InvokeFunction")
    function = Function(FUNCTION, "Work", TARGET, "us-east-1", lambda event: event, unwritten("<Work>"))
    kept = denying(says["function policy"], "lambda:InvokeFunction", Kind.RESOURCE)
    target.functions[FUNCTION] = replace(function, policy=kept[0]) if kept else function
    own = {
        SOURCE: Controls(scps(says["source SCP"], "sts:AssumeRole")),
        TARGET: Controls(
            scps(says["target SCP"], "lambda:InvokeFunction"),
            denying(says["target RCP"], "sts:AssumeRole", Kind.RCP),
        ),
        MANAGEMENT: Controls(),
    }
    world.organization = Organization("o-a1b2c3d4e5", MANAGEMENT, Unit("r-abcd", "Root", Controls((FULL_ACCESS,)), own))
    return world


async def run(world):
    """The status, and of the first refused call the links in the order of the report and those that are marked."""
    task = {
        "Type": "Task",
        "Resource": FUNCTION,
        "Credentials": {"RoleArn": INVOKE},
        "End": True,
    }
    definition = json.dumps({"StartAt": "Work", "States": {"Work": task}})
    async with Emulator(world) as emulator:
        root = world.accounts[SOURCE].root
        arn = await emulator.create_state_machine(
            root, name="Orders", definition=definition, role_arn=EXECUTION, region="us-east-1"
        )
        execution = await emulator.execute(root, arn, {})
        refused = [entry for entry in emulator.gate.trail.refused() if entry.call.site is not None]
        told = explanation(refused[0]).refusals if refused else ()
        shown = [refusal.link for refusal in told if refusal.shown]
        return execution.status.value, execution.error, [refusal.link for refusal in told], shown


@settings(max_examples=150, deadline=None)
@given(worlds)
def test_a_run_is_the_conjunction_of_its_links(says):
    """What the run does follows from each layer alone; the report names those that refuse in the order of the chain."""
    status, error, links, shown = asyncio.run(run(built(says)))
    for step, failure in (("assume", "States.TaskFailed"), ("call", "Lambda.AWSLambdaException")):
        broken = [name for name in LINKS[step] if not passes(name, says[name])]
        if broken:
            assert (status, error) == ("FAILED", failure)
            assert links == [LINKS[step][name] for name in broken]
            assert shown == [LINKS[step][broken[0] if step == "assume" else spoken(says, broken)]]
            return
    assert (status, error, links, shown) == ("SUCCEEDED", None, [], [])


def spoken(says, broken):
    """The layer that the service's message names: an explicit denial before silence, else in order of evaluation."""
    evaluated = sorted(broken, key=("target SCP", "function policy", "target policy", "target boundary").index)
    return next((name for name in evaluated if says[name] == "denies"), evaluated[0])
