"""A Task's result is what an API answers: the one it calls, or the one it asks about a job."""

from __future__ import annotations

import pytest
from botocore.session import Session

from turnstile.integrations import answered as table
from turnstile.integrations.answered import Answer, answered

STATES = "arn:aws:states:::"


@pytest.mark.parametrize(
    ("resource", "answer"),
    [
        ("lambda:invoke", Answer("lambda", "Invoke", free=frozenset({"Payload"}))),
        ("events:putEvents", Answer("events", "PutEvents")),
        ("states:startExecution", Answer("stepfunctions", "StartExecution")),
        ("states:startExecution.sync", Answer("stepfunctions", "DescribeExecution")),
        (
            "states:startExecution.sync:2",
            Answer("stepfunctions", "DescribeExecution", free=frozenset({"Input", "Output"})),
        ),
        ("batch:submitJob.sync", Answer("batch", "DescribeJobs", ("jobs",))),
        ("elasticmapreduce:addStep", Answer("emr", "AddJobFlowSteps")),
        ("aws-sdk:sfn:describeExecution", Answer("stepfunctions", "DescribeExecution", sdk=True)),
        ("aws-sdk:s3:listObjectsV2", Answer("s3", "ListObjectsV2", sdk=True)),
        ("aws-sdk:cloudwatchlogs:getLogEvents", Answer("logs", "GetLogEvents", sdk=True)),
        ("aws-sdk:nothing:getNothing", None),
        ("sqs:sendMessage.waitForTaskToken", None),
        ("aws-sdk:s3:getObject.waitForTaskToken", None),
        ("http:invoke", None),
        ("apigateway:invoke", None),
        ("eks:call", None),
        ("eks:runJob.sync", None),
        ("codebuild:startBuild.sync", None),
    ],
)
def test_the_api_behind_a_resource(resource, answer):
    """Some results come from no API, and then no model says what they are."""
    assert answered(STATES + resource) == answer


@pytest.mark.parametrize(
    "resource", ["arn:aws:lambda:us-east-1:1:function:f", "arn:aws:states:us-east-1:1:activity:a", "x"]
)
def test_functions_and_activities_answer_what_they_like(resource):
    """Their results are any JSON."""
    assert answered(resource) is None


def test_every_job_is_described_by_an_api_that_exists():
    """Each way leads through the API's output."""
    session = Session()
    for service, api in table._JOBS:
        answer = answered(f"{STATES}{service}:{api}.sync")
        shape = session.get_service_model(answer.service).operation_model(answer.operation).output_shape
        for name in answer.path:
            shape = shape.members[name]
            shape = shape.member if shape.type_name == "list" else shape
        assert shape.type_name == "structure"
