"""A Task that names something of another Region or partition fails as AWS shows it, and the trail says why."""

from __future__ import annotations

import json

import pytest

from turnstile.emulator import Emulator
from turnstile.states.execution import Status
from turnstile.world.activity import Activity

TARGET = "444455556666"
FUNCTION = f"arn:aws:lambda:eu-west-1:{TARGET}:function:f"
CHILD = f"arn:aws:states:eu-west-1:{TARGET}:stateMachine:Child"
TABLE = f"arn:aws:dynamodb:eu-west-1:{TARGET}:table/T"
OPTIMIZED, SDK = "arn:aws:states:::", "arn:aws:states:::aws-sdk:"
UNREACHABLE = "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"
ROWS = [
    ("a function by its ARN", FUNCTION, None, "Lambda.ResourceNotFoundException", UNREACHABLE),
    (
        "a function",
        f"{OPTIMIZED}lambda:invoke",
        {"FunctionName": FUNCTION},
        "Lambda.ResourceNotFoundException",
        UNREACHABLE,
    ),
    (
        "a function by SDK",
        f"{SDK}lambda:invoke",
        {"FunctionName": FUNCTION},
        "Lambda.ResourceNotFoundException",
        UNREACHABLE,
    ),
    (
        "a queue",
        f"{OPTIMIZED}sqs:sendMessage",
        {"QueueUrl": f"https://sqs.eu-west-1.amazonaws.com/{TARGET}/q", "MessageBody": "x"},
        "SQS.InvalidAddressException",
        "The address https://sqs.eu-west-1.amazonaws.com/ is not valid for this endpoint.",
    ),
    (
        "a topic",
        f"{OPTIMIZED}sns:publish",
        {"TopicArn": f"arn:aws:sns:eu-west-1:{TARGET}:t", "Message": "x"},
        "SNS.InvalidParameterException",
        "Invalid parameter: TopicArn",
    ),
    (
        "a table",
        f"{OPTIMIZED}dynamodb:getItem",
        {"TableName": TABLE, "Key": {"id": {"S": "1"}}},
        "DynamoDB.AmazonDynamoDBException",
        f"Invalid AWS region in '{TABLE}'",
    ),
    (
        "a bus",
        f"{OPTIMIZED}events:putEvents",
        {
            "Entries": [
                {
                    "EventBusName": f"arn:aws:events:eu-west-1:{TARGET}:event-bus/b",
                    "Source": "s",
                    "DetailType": "d",
                    "Detail": {},
                }
            ]
        },
        "EventBridge.AmazonEventBridgeException",
        "Cross-region API call is not allowed.",
    ),
    (
        "a state machine",
        f"{OPTIMIZED}states:startExecution",
        {"StateMachineArn": CHILD},
        "StepFunctions.StateMachineDoesNotExistException",
        f"State Machine Does Not Exist: '{CHILD}'",
    ),
    (
        "a state machine that is waited for",
        f"{OPTIMIZED}states:startExecution.sync:2",
        {"StateMachineArn": CHILD},
        "StepFunctions.StateMachineDoesNotExistException",
        f"State Machine Does Not Exist: '{CHILD}'",
    ),
    (
        "a secret",
        f"{SDK}secretsmanager:getSecretValue",
        {"SecretId": f"arn:aws:secretsmanager:eu-west-1:{TARGET}:secret:s-abcdef"},
        "SecretsManager.ResourceNotFoundException",
        "Secrets Manager can't find the specified secret.",
    ),
    (
        "a key",
        f"{SDK}kms:describeKey",
        {"KeyId": f"arn:aws:kms:eu-west-1:{TARGET}:key/k"},
        "Kms.NotFoundException",
        "Invalid arn eu-west-1",
    ),
    (
        "a bucket",
        f"{SDK}s3:getObject",
        {"Bucket": "far", "Key": "k"},
        "S3.S3Exception",
        "must be addressed using the specified endpoint",
    ),
]


def task(resource, parameters, role=None):
    """A machine of one Task."""
    state = {"Type": "Task", "Resource": resource, "End": True}
    state |= {} if parameters is None else {"Parameters": parameters}
    state |= {} if role is None else {"Credentials": {"RoleArn": role}}
    return {"StartAt": "Call", "States": {"Call": state}}


async def execute(accounts, definition):
    """The execution, and the calls that were refused."""
    text = json.dumps(definition)
    async with Emulator(accounts.world) as emulator:
        arn = await emulator.create_state_machine(
            accounts.source.root,
            name="Orders",
            definition=text,
            role_arn=accounts.execution.arn,
            region="us-east-1",
        )
        execution = await emulator.execute(accounts.source.root, arn, {})
        return execution, emulator.gate.trail.refused()


@pytest.mark.parametrize("credentials", [False, True])
@pytest.mark.parametrize(
    ("resource", "parameters", "error", "cause"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
async def test_another_region_is_out_of_reach(accounts, resource, parameters, error, cause, credentials):
    """With and without Credentials: a role has no Region, but the call goes to that of the machine."""
    accounts.world.known.buckets["aws", "far"] = TARGET
    accounts.world.known.bucket_regions["aws", "far"] = "eu-west-1"
    role = accounts.invoke.arn if credentials else None
    execution, (refused,) = await execute(accounts, task(resource, parameters, role))
    assert (execution.status, execution.error) == (Status.FAILED, error)
    assert cause in execution.cause
    assert refused.ruling.barriers[0].link.value == "region"
    assert refused.call.region == "us-east-1"


@pytest.mark.parametrize(
    "partition", ["aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"]
)
@pytest.mark.parametrize("built", [False, True])
async def test_a_role_of_another_partition_ends_in_the_one_sentence(accounts, partition, built):
    """Constant, or built by JSONata while the machine runs."""
    role = f"arn:{partition}:iam::{TARGET}:role/InvokeRole"
    definition = task("arn:aws:states:::lambda:invoke", {"FunctionName": "f"}, role)
    if built:
        state = definition["States"]["Call"]
        state["Arguments"] = state.pop("Parameters")
        state["Credentials"] = {"RoleArn": f"{{% 'arn:' & '{partition}' & ':iam::{TARGET}:role/InvokeRole' %}}"}
        definition["QueryLanguage"] = "JSONata"
    execution, (refused,) = await execute(accounts, definition)
    sentence = f"The role {accounts.execution.arn} is not authorized to assume the task state's role, {role}."
    assert (execution.error, execution.cause) == ("States.TaskFailed", sentence)
    assert [barrier.link.value for barrier in refused.ruling.barriers] == ["partition"]


@pytest.mark.parametrize(
    ("account", "region", "found"),
    [("111122223333", "us-east-1", True), ("111122223333", "eu-west-1", False), (TARGET, "us-east-1", False)],
)
async def test_an_activity_is_one_of_the_machines_own_account_and_region(accounts, account, region, found):
    """Another one is as good as none."""
    arn = f"arn:aws:states:{region}:{account}:activity:a"
    accounts.world.accounts[account].activities[arn] = Activity(arn, "a", 0.0)
    definition = task(arn, None)
    definition["States"]["Call"]["TimeoutSeconds"] = 5
    execution, _ = await execute(accounts, definition)
    assert execution.error == ("States.Timeout" if found else "States.Runtime")
