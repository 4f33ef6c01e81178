"""The role of a Task's Credentials in every form, on every kind of Task, wherever it stands; and what is no role."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.errors import ServiceError
from turnstile.iam.policy import Kind
from turnstile.source import unwritten
from turnstile.world.answers import Answers, Returned, Rule, Script

SOURCE, TARGET = "111122223333", "444455556666"
EXECUTION, INVOKE = f"arn:aws:iam::{SOURCE}:role/ExecutionRole", f"arn:aws:iam::{TARGET}:role/InvokeRole"
FUNCTION = f"arn:aws:lambda:us-east-1:{TARGET}:function:Work"
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}

PATHS = {
    "static": {"RoleArn": INVOKE},
    "input": {"RoleArn.$": "$.role"},
    "context": {"RoleArn.$": "$$.Execution.Input.role"},
    "variable": {"RoleArn.$": "$role"},
    "intrinsic": {"RoleArn.$": f"States.Format('arn:aws:iam::{{}}:role/{{}}', '{TARGET}', $.name)"},
}
QUERIES = {
    "jsonata static": {"RoleArn": INVOKE},
    "jsonata input": {"RoleArn": "{% $states.input.role %}"},
    "jsonata context": {"RoleArn": "{% $states.context.Execution.Input.role %}"},
    "jsonata variable": {"RoleArn": "{% $role %}"},
    "jsonata computed": {"RoleArn": f"{{% 'arn:aws:iam::{TARGET}:role/' & $states.input.name %}}"},
}
FORMS = {**PATHS, **QUERIES}
TABLE = {"TableName": f"arn:aws:dynamodb:us-east-1:{TARGET}:table/t", "Key": {"id": {"S": "1"}}}
TASKS = {
    "function ARN": (FUNCTION, {}),
    "lambda:invoke": ("arn:aws:states:::lambda:invoke", {"FunctionName": FUNCTION, "Payload": {}}),
    "optimized": ("arn:aws:states:::dynamodb:getItem", TABLE),
    "SDK": ("arn:aws:states:::aws-sdk:dynamodb:getItem", TABLE),
}
INPUT = {"role": INVOKE, "name": "InvokeRole", "execution": EXECUTION}


def _states(form, kind, credentials=None):
    """The states of a branch: the Task, with a variable before it where the form needs one."""
    resource, parameters = TASKS[kind]
    queried = form in QUERIES
    fields = {("Arguments" if queried else "Parameters"): parameters} if parameters else {}
    task = {"Type": "Task", "Resource": resource, "Credentials": credentials or FORMS[form], "End": True, **fields}
    assign = {"role": "{% $states.input.role %}"} if queried else {"role.$": "$.role"}
    return {"Set": {"Type": "Pass", "Assign": assign, "Next": "Work"}, "Work": task}


def _machine(form, states, wrapping):
    inner = {"StartAt": next(iter(states)), "States": states}
    match wrapping:
        case "alone":
            outer = inner
        case "parallel":
            both = {"Type": "Parallel", "Branches": [inner], "End": True}
            outer = {"StartAt": "All", "States": {"All": both}}
        case _:
            config = {"ProcessorConfig": {"Mode": wrapping, "ExecutionType": "STANDARD"}}
            each = {
                "Type": "Map",
                "ItemProcessor": {**inner, **(config if wrapping != "INLINE" else {})},
                "End": True,
                **({"Items": "{% [$states.input] %}"} if form in QUERIES else {"ItemsPath": "$.items"}),
            }
            states = {"All": each}
            if form not in QUERIES:
                listed = {"items.$": "States.Array($)"}
                states = {"Pack": {"Type": "Pass", "Parameters": listed, "Next": "All"}, **states}
            outer = {"StartAt": next(iter(states)), "States": states}
    return {**outer, **({"QueryLanguage": "JSONata"} if form in QUERIES else {})}


@pytest.fixture
def world(accounts):
    """A function and a table of the target account."""
    accounts.function(accounts.target, "Work", lambda event: event)
    origin = unwritten("<stub>")
    accounts.target.stubs["dynamodb:GetItem"] = Answers(Script((Rule(Returned({}, origin)),), origin))
    return accounts.world


async def run(world, definition, document=None):
    """The execution, and the calls of its Tasks."""
    async with Emulator(world) as emulator:
        root = world.accounts[SOURCE].root
        arn = await emulator.create_state_machine(
            root, name="Orders", definition=json.dumps(definition), role_arn=EXECUTION, region="us-east-1"
        )
        execution = await emulator.execute(root, arn, INPUT if document is None else document)
        return execution, [entry for entry in emulator.gate.trail if entry.call.site is not None]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", TASKS)
@pytest.mark.parametrize("wrapping", ["alone", "parallel", "INLINE", "DISTRIBUTED"])
async def test_a_role_in_every_form(world, form, kind, wrapping):
    """The call is made under the role, and Scheduled shows its ARN, however it was written."""
    execution, calls = await run(world, _machine(form, _states(form, kind), wrapping))
    assert (execution.error, execution.cause) == (None, None)
    made = [entry.call.caller.role_arn for entry in calls if entry.call.operation in ("Invoke", "GetItem")]
    assert made == [INVOKE]
    if wrapping != "DISTRIBUTED":
        details = next(event for event in execution.history() if event["type"].endswith("Scheduled"))
        shown = details[f"{details['type'][0].lower()}{details['type'][1:]}EventDetails"]
        assert shown["taskCredentials"] == {"roleArn": INVOKE}


async def _failed(world, credentials, kind="lambda:invoke", document=None, form="input"):
    execution, calls = await run(world, _machine(form, _states(form, kind, credentials), "alone"), document)
    assert execution.status.value == "FAILED"
    return execution, calls


NO_ROLES = ["nothing of the sort", "arn:aws:iam::444455556666:user/somebody", "arn:aws:iam::444455556666:root", "",
            "arn:aws:sts::444455556666:assumed-role/InvokeRole/s", "arn:aws:iam:::role/InvokeRole",
            "arn:aws:iam::444455556666:role/invokerole"]  # fmt: skip


@pytest.mark.parametrize("kind", ["lambda:invoke", "function ARN"])
@pytest.mark.parametrize("text", NO_ROLES)
async def test_a_text_that_names_no_role_ends_in_the_one_sentence(world, kind, text):
    """Scheduled and Started come first; nothing is called (inferred but for a role that is not there)."""
    execution, calls = await _failed(world, {"RoleArn.$": "$.text"}, kind, {"text": text, "role": INVOKE})
    sentence = f"The role {EXECUTION} is not authorized to assume the task state's role, {text}."
    assert (execution.error, execution.cause) == ("States.TaskFailed", sentence)
    types = [event["type"] for event in execution.history()]
    family = "Task" if kind == "lambda:invoke" else "LambdaFunction"
    assert types[-4:] == [f"{family}Scheduled", f"{family}Started", f"{family}Failed", "ExecutionFailed"]
    assert {entry.call.operation for entry in calls} == {"AssumeRole"}
    assert not any(entry.ruling.allowed for entry in calls)


@pytest.mark.parametrize("value", [7, None, True, [INVOKE], {"RoleArn": INVOKE}])
async def test_a_value_that_is_no_text_is_a_runtime_error(world, value):
    """Before the Task is scheduled; neither Retry nor Catch of States.ALL takes it (text inferred)."""
    execution, calls = await _failed(world, {"RoleArn.$": "$.text"}, document={"text": value, "role": INVOKE})
    assert execution.error == "States.Runtime"
    assert "The RoleArn parameter does not reference a string value" in execution.cause
    assert "TaskScheduled" not in [event["type"] for event in execution.history()]
    assert calls == []


@pytest.mark.parametrize(
    ("credentials", "form", "error"),
    [
        ({"RoleArn.$": "$.nowhere"}, "input", "States.Runtime"),
        ({"RoleArn.$": "$$.Execution.Nowhere"}, "input", "States.Runtime"),
        ({"RoleArn.$": "States.Format('arn:{}', $.nowhere)"}, "input", "States.Runtime"),
        ({"RoleArn": "{% $states.input.nowhere %}"}, "jsonata input", "States.QueryEvaluationError"),
        ({"RoleArn": "{% 1 + 1 %}"}, "jsonata input", "States.QueryEvaluationError"),
        ({"RoleArn": "{% $error('no') %}"}, "jsonata input", "States.QueryEvaluationError"),
    ],
)
async def test_an_expression_that_leads_nowhere_fails_the_state(world, credentials, form, error):
    """As any path or expression does; nothing is called."""
    execution, calls = await _failed(world, credentials, form=form)
    assert execution.error == error
    assert calls == []


@pytest.mark.parametrize(
    ("credentials", "text"),
    [
        ({}, "The field 'RoleArn' is required but was missing at /States/Work/Credentials"),
        ({"Role": INVOKE}, "The field 'RoleArn' is required but was missing at /States/Work/Credentials"),
        ({"RoleArn": 7}, "/States/Work/Credentials"),
        ({"RoleArn.$": "role"}, "/States/Work/Credentials"),
        ("role", "/States/Work/Credentials"),
    ],
)
async def test_credentials_of_another_shape_are_refused_with_the_definition(world, credentials, text):
    """The text about a missing RoleArn is recorded, the others are inferred."""
    states = _states("input", "lambda:invoke")
    states["Work"]["Credentials"] = credentials
    with pytest.raises(ServiceError) as caught:
        await run(world, _machine("input", states, "alone"))
    assert caught.value.code == "InvalidDefinition"
    assert text in caught.value.message


@pytest.mark.parametrize(
    ("principal", "own_right", "allowed"),
    [
        (EXECUTION, False, True),
        (EXECUTION, True, True),
        (f"arn:aws:iam::{SOURCE}:root", False, False),
        (f"arn:aws:iam::{SOURCE}:root", True, True),
        (SOURCE, False, False),
        ("*", False, True),
        (f"arn:aws:iam::{SOURCE}:role/Somebody", True, False),
    ],
)
async def test_a_target_role_of_the_own_account(
    world, accounts, write_trust, write_policy, principal, own_right, allowed
):
    """A trust policy that names the execution role is enough; one that names the account needs the role's own right."""
    own = {"Effect": "Allow", "Action": "sts:AssumeRole" if own_right else "logs:*", "Resource": "*"}
    accounts.source.roles[EXECUTION] = replace(accounts.source.roles[EXECUTION], policies=(write_policy(own),))
    local = accounts.role(
        accounts.source, "LocalRole", write_trust({"Principal": {"AWS": principal}}), write_policy(EVERYTHING)
    )
    admit = {**EVERYTHING, "Action": "lambda:InvokeFunction", "Resource": FUNCTION, "Principal": {"AWS": SOURCE}}
    policy = write_policy(admit, kind=Kind.RESOURCE, name="function")
    accounts.target.functions[FUNCTION] = replace(accounts.target.functions[FUNCTION], policy=policy)
    states = _states("static", "lambda:invoke", {"RoleArn": local.arn})
    execution, calls = await run(world, _machine("static", states, "alone"))
    assert (execution.status.value == "SUCCEEDED") is allowed, execution.cause
    if allowed:
        assert calls[-1].call.caller.role_arn == local.arn
    else:
        assert execution.error == "States.TaskFailed"
