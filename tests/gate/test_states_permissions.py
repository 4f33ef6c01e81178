"""Which permission each operation of Step Functions needs, as its refusal names it."""

from __future__ import annotations

import pytest

from turnstile.gate.call import Call
from turnstile.gate.errors import AccessDenied, ServiceError
from turnstile.gate.gate import Gate
from turnstile.world.caller import Session

STATES = "arn:aws:states:us-east-1:111122223333"
MACHINE = f"{STATES}:stateMachine:m"
ACTIVITY = f"{STATES}:activity:a"
EXECUTION = f"{STATES}:execution:m:e"
ROUTES = [{"stateMachineVersionArn": f"{MACHINE}:1", "weight": 100}]
ALLOW = {"Effect": "Allow", "Resource": "*"}

NEEDED = [
    ("CreateActivity", {"name": "a"}, ACTIVITY),
    ("CreateStateMachineAlias", {"name": "live", "routingConfiguration": ROUTES}, MACHINE),
    ("DeleteActivity", {"activityArn": ACTIVITY}, ACTIVITY),
    ("DeleteStateMachine", {"stateMachineArn": MACHINE}, MACHINE),
    ("DeleteStateMachineAlias", {"stateMachineAliasArn": f"{MACHINE}:live"}, MACHINE),
    ("DeleteStateMachineVersion", {"stateMachineVersionArn": f"{MACHINE}:1"}, MACHINE),
    ("DescribeActivity", {"activityArn": ACTIVITY}, ACTIVITY),
    ("DescribeStateMachineAlias", {"stateMachineAliasArn": f"{MACHINE}:live"}, MACHINE),
    ("DescribeStateMachineForExecution", {"executionArn": EXECUTION}, EXECUTION),
    ("GetActivityTask", {"activityArn": ACTIVITY}, ACTIVITY),
    ("ListActivities", {}, "*"),
    ("ListExecutions", {"stateMachineArn": MACHINE}, MACHINE),
    ("ListStateMachineAliases", {"stateMachineArn": MACHINE}, MACHINE),
    ("ListStateMachineVersions", {"stateMachineArn": MACHINE}, MACHINE),
    ("ListStateMachines", {}, "*"),
    ("ListTagsForResource", {"resourceArn": ACTIVITY}, ACTIVITY),
    ("PublishStateMachineVersion", {"stateMachineArn": MACHINE}, MACHINE),
    ("RedriveExecution", {"executionArn": EXECUTION}, EXECUTION),
    ("StartExecution", {"stateMachineArn": f"{MACHINE}:live"}, f"{MACHINE}:live"),
    ("StartSyncExecution", {"stateMachineArn": MACHINE}, MACHINE),
    ("TagResource", {"resourceArn": MACHINE, "tags": []}, MACHINE),
    ("UntagResource", {"resourceArn": MACHINE, "tagKeys": []}, MACHINE),
    ("UpdateStateMachine", {"stateMachineArn": MACHINE}, MACHINE),
    ("UpdateStateMachineAlias", {"stateMachineAliasArn": f"{MACHINE}:live"}, MACHINE),
    ("ValidateStateMachineDefinition", {"definition": "{}"}, "*"),
]


class Silent:
    """A backend that does nothing."""

    async def perform(self, _call, _owner):
        return {}


@pytest.fixture
def ask(accounts, write_policy, write_trust):
    """Makes a call as a role of account 111122223333 with these statements."""

    async def asked(operation, parameters, *statements):
        role = accounts.role(
            accounts.source,
            "Caller",
            write_trust({"Principal": {"Service": "states.amazonaws.com"}}),
            *([write_policy(*statements)] if statements else []),
        )
        arn = f"arn:aws:sts::{role.account}:assumed-role/{role.name}/session"
        session = Session(arn, role.arn, role.id, role.account, "session", 0.0, 4102444800.0, "somebody")
        gate = Gate(accounts.world, {"stepfunctions": Silent()}, Silent)
        return await gate.call(Call(session, "stepfunctions", operation, parameters, "us-east-1"))

    return asked


@pytest.mark.parametrize(("operation", "parameters", "resource"), NEEDED, ids=[each[0] for each in NEEDED])
async def test_an_operation_needs_its_action_on_its_resource(ask, operation, parameters, resource):
    """Refused without, allowed with exactly that."""
    with pytest.raises(AccessDenied) as refused:
        await ask(operation, parameters)
    assert f"perform: states:{operation} on resource: {resource} " in f"{refused.value.message} "
    allowed = {"Effect": "Allow", "Action": f"states:{operation}", "Resource": resource}
    await ask(operation, parameters, allowed)


async def test_a_new_role_must_be_passed(ask, accounts):
    """UpdateStateMachine with a role needs iam:PassRole as well."""
    parameters = {"stateMachineArn": MACHINE, "roleArn": accounts.execution.arn}
    update = {**ALLOW, "Action": "states:UpdateStateMachine"}
    with pytest.raises(AccessDenied, match="iam:PassRole"):
        await ask("UpdateStateMachine", parameters, update)
    await ask("UpdateStateMachine", parameters, update, {**ALLOW, "Action": "iam:PassRole"})


async def test_the_qualifier_of_an_alias_is_a_condition_key(ask):
    """A policy can admit one alias of a machine and no other."""
    statement = {
        **ALLOW,
        "Action": "states:UpdateStateMachineAlias",
        "Condition": {"StringEquals": {"states:StateMachineQualifier": "test"}},
    }
    await ask("UpdateStateMachineAlias", {"stateMachineAliasArn": f"{MACHINE}:test"}, statement)
    with pytest.raises(AccessDenied):
        await ask("UpdateStateMachineAlias", {"stateMachineAliasArn": f"{MACHINE}:live"}, statement)


@pytest.mark.parametrize(
    ("operation", "parameter"),
    [
        ("UpdateStateMachineAlias", "stateMachineAliasArn"),
        ("TagResource", "resourceArn"),
        ("ListExecutions", "mapRunArn"),
    ],
)
async def test_text_that_is_no_arn_is_refused_before_it_is_judged(ask, operation, parameter):
    """There is no resource to judge."""
    with pytest.raises(ServiceError, match="InvalidArn: Invalid Arn: 'Invalid ARN prefix: nonsense'"):
        await ask(operation, {parameter: "nonsense"})
