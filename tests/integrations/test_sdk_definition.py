"""What CreateStateMachine refuses in Tasks of SDK integrations, and what it helps with."""

from __future__ import annotations

import pytest

from turnstile.asl.finding import SCHEMA
from turnstile.backends.task_models import TaskModels
from turnstile.faults import Rejected
from turnstile.integrations.definition import findings
from turnstile.running import run

SDK = "arn:aws:states:::aws-sdk:"
UNKNOWN = (
    "The resource provided {} is not recognized. "
    "The value is not a valid resource ARN, or the resource is not available in this region."
)


def found(state, **machine):
    """What is found in a machine of one Task: message, place and help."""
    document = {"StartAt": "A", "States": {"A": {"Type": "Task", "End": True, **state}}, **machine}
    wrong = findings(document, TaskModels())
    assert {each.code for each in wrong} <= {SCHEMA}
    return [(each.message, each.location, each.help) for each in wrong]


@pytest.mark.parametrize(
    ("resource", "help_"),
    [
        ("dynamo:getItem", "the AWS SDK integration has no `dynamo`"),
        ("stepfunction:startExecution", "the AWS SDK integration has no `stepfunction`"),
        (
            "cloudwatchlog:getLogEvents",
            "the AWS SDK integration has no `cloudwatchlog`: did you mean `cloudwatchlogs`?",
        ),
        ("apigatewaymanagementapi:postToConnection", "the AWS SDK integration has no `apigatewaymanagementapi`"),
        ("sqs:sendMesage", "`sqs` has no `sendMesage`: did you mean `sendMessage`?"),
        ("sqs:SendMessage", "`sqs` has no `SendMessage`: did you mean `sendMessage`?"),
        ("sts:assumeRole", "Step Functions does not offer `assumeRole` of `sts`"),
        ("kinesis:subscribeToShard", "Step Functions does not offer `subscribeToShard` of `kinesis`"),
        ("glue:startJobRun.sync", "SDK integrations have no `.sync`: poll, or use the optimized integration"),
        ("sqs", "say what to call: `aws-sdk:sqs:<action>`"),
    ],
)
def test_what_is_not_offered_is_not_recognized(resource, help_):
    """By AWS's text at the Resource; the nearest spelling is our help."""
    [(message, place, remedy)] = found({"Resource": SDK + resource})
    assert (message, place) == (UNKNOWN.format(SDK + resource), "/States/A/Resource")
    assert remedy.startswith(help_)


@pytest.mark.parametrize(
    ("resource", "parameters", "wrong"),
    [
        ("dynamodb:getItem", {"TableName": "t", "Key.$": "$.key"}, []),
        ("dynamodb:getItem", {"TableName": "t", "Key": {"id": {"S.$": "$.id"}}}, []),
        (
            "dynamodb:getItem",
            {"tableName": "t", "Key.$": "$"},
            [
                ('The field "tableName" is not supported by Step Functions', "", "did you mean `TableName`?"),
                ("The field 'TableName' is required but was missing", "", "add it, or compute it"),
            ],
        ),
        (
            "ecs:runTask",
            {"TaskDefinition": "t", "NetworkConfiguration": {"awsVpcConfiguration": {"Subnets": ["s"]}}},
            [
                (
                    'The field "awsVpcConfiguration" is not supported by Step Functions',
                    "/NetworkConfiguration",
                    "did you mean `AwsvpcConfiguration`?",
                )
            ],
        ),
        (
            "rds:describeDBInstances",
            {"DBInstanceIdentifier.$": "$.id"},
            [
                (
                    'The field "DBInstanceIdentifier" is not supported by Step Functions',
                    "",
                    "did you mean `DbInstanceIdentifier`?",
                )
            ],
        ),
        (
            "ec2:describeSnapshots",
            {"Filter": [{"Name": "n"}]},
            [('The field "Filter" is not supported by Step Functions', "", "did you mean `Filters`?")],
        ),
        (
            "sqs:sendMessage.waitForTaskToken",
            {"QueueUrl": "q", "MessageBody": {"t.$": "$$.Task.Token"}, "DelaySeconds": [1]},
            [("The value of the field 'DelaySeconds' has an invalid format", "/DelaySeconds", "give it a value")],
        ),
        ("s3:listBuckets", {}, []),
        ("sfn:startExecution", {"StateMachineArn": "a", "Input": {"lower": [1]}}, []),
    ],
)
def test_parameters_are_held_against_the_operation(resource, parameters, wrong):
    """Names, kinds and required members, as far as they stand in the definition."""
    actual = found({"Resource": SDK + resource, "Parameters": parameters})
    expected = [(message, f"/States/A/Parameters{place}", remedy) for message, place, remedy in wrong]
    assert [each[:2] for each in actual] == [each[:2] for each in expected]
    assert all(given[2].startswith(wanted[2]) for given, wanted in zip(actual, expected, strict=True))


def test_expressions_are_not_known_yet():
    """A member of Arguments, or all of them."""
    task = {"Resource": SDK + "dynamodb:getItem"}
    arguments = {"TableName": "{% $states.input.t %}", "Key": {"id": "{% $states.input.id %}"}}
    assert found({**task, "Arguments": arguments}, QueryLanguage="JSONata") == []
    assert found({**task, "Arguments": "{% $states.input %}"}, QueryLanguage="JSONata") == []
    [(message, place, _)] = found({**task, "Arguments": {**arguments, "A": 1}}, QueryLanguage="JSONata")
    assert (message, place) == ('The field "A" is not supported by Step Functions', "/States/A/Arguments")


def test_tasks_are_found_wherever_they_stand():
    """In branches and item processors, with the language of the state."""
    task = {"Type": "Task", "Resource": SDK + "sqs:nothing", "End": True}
    lone = {"StartAt": "B", "States": {"B": task}}
    document = {
        "StartAt": "P",
        "States": {
            "P": {"Type": "Parallel", "Branches": [lone], "Next": "M"},
            "M": {"Type": "Map", "ItemProcessor": {"StartAt": "C", "States": {"C": task}}, "End": True},
        },
    }
    places = [each.location for each in findings(document, TaskModels())]
    assert places == [
        "/States/P/Branches[0]/States/B/Resource",
        "/States/M/ItemProcessor/States/C/Resource",
    ]


def test_a_definition_of_another_shape_is_left_to_the_language():
    """Nothing that is no state is looked into."""
    assert findings([], TaskModels())
    assert findings({"StartAt": "A", "States": {"A": 1, "B": {"Type": "Parallel", "Branches": 2}}}, TaskModels())


def test_a_definition_that_is_run_is_refused_at_its_place():
    """Before anything is made, as every fault of a user's file is."""
    state = {"Type": "Task", "Resource": SDK + "dynamodb:getItm", "End": True}
    with pytest.raises(Rejected) as rejected:
        run({"StartAt": "A", "States": {"A": state}})
    [fault] = rejected.value.faults
    assert fault.where.pointer == "/States/A/Resource"
    assert fault.help == "`dynamodb` has no `getItm`: did you mean `getItem`?"
