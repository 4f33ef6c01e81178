"""Scenarios made of refusals: they run as written, and show the refusal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from turnstile.importers.failing_case import NotWritten, failing_case
from turnstile.importers.history import read_evidence
from turnstile.importers.likely_tasks import TASKS
from turnstile.scenario.run import run_files

MESSAGES = json.loads(
    (Path(__file__).parent.parent / "cases" / "importers" / "denials" / "messages.json").read_text("utf-8")
)
WORK = "arn:aws:sts::111122223333:assumed-role/WorkflowRole/abc"
ACTIONS = {
    "dynamodb:GetItem": "arn:aws:dynamodb:us-east-1:111122223333:table/t",
    "dynamodb:PutItem": "arn:aws:dynamodb:us-east-1:111122223333:table/t",
    "dynamodb:DeleteItem": "arn:aws:dynamodb:us-east-1:111122223333:table/t",
    "dynamodb:Query": "arn:aws:dynamodb:us-east-1:111122223333:table/t",
    "dynamodb:UpdateItem": "arn:aws:dynamodb:us-east-1:111122223333:table/t",
    "batch:SubmitJob": "arn:aws:batch:us-east-1:111122223333:job-queue/q",
    "codebuild:StartBuild": "arn:aws:codebuild:us-east-1:111122223333:project/p",
    "ecs:RunTask": "arn:aws:ecs:us-east-1:111122223333:task-definition/t:1",
    "kms:Decrypt": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "kms:Encrypt": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "kms:GenerateDataKey": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "s3:DeleteObject": "arn:aws:s3:::bucket/folder/key",
    "s3:ListBucket": "arn:aws:s3:::bucket",
    "events:PutEvents": "arn:aws:events:us-east-1:111122223333:event-bus/b",
    "glue:StartJobRun": "arn:aws:glue:us-east-1:111122223333:job/j",
    "lambda:InvokeFunction": "arn:aws:lambda:us-east-1:111122223333:function:f",
    "s3:GetObject": "arn:aws:s3:::bucket/folder/key",
    "s3:PutObject": "arn:aws:s3:::bucket/folder/key",
    "secretsmanager:GetSecretValue": "arn:aws:secretsmanager:us-east-1:111122223333:secret:s-AbCdEf",
    "sns:Publish": "arn:aws:sns:us-east-1:111122223333:t",
    "sqs:SendMessage": "arn:aws:sqs:us-east-1:111122223333:q",
    "states:StartExecution": "arn:aws:states:us-east-1:111122223333:stateMachine:Child",
}


def ran(text, folder):
    """The only case of the scenario that is made of a text."""
    evidence = read_evidence("t", text)
    path = folder / "refused.scenario.yaml"
    path.write_text(failing_case(evidence.refused[0], evidence), "utf-8")
    (file,) = run_files([path]).files
    assert file.faults == ()
    (case,) = file.cases
    return case


@pytest.mark.parametrize("action", ACTIONS)
def test_shows_refusals_of_frequent_calls(action, tmp_path):
    """The Task that is written makes just the call that was refused."""
    text = (
        f"User: {WORK} is not authorized to perform: {action} on resource: {ACTIONS[action]} "
        f"because no identity-based policy allows the {action} action"
    )
    case = ran(text, tmp_path)
    assert case.findings == ()
    assert len(case.refused) == 1


def test_every_task_that_is_known_is_tried():
    """No Task is offered that has not made its call here."""
    assert set(ACTIONS) == set(TASKS)


def test_shows_the_border_between_two_partitions(tmp_path):
    """Where the two ARNs are of different partitions, that is what the case shows."""
    text = (
        "The role arn:aws:iam::111122223333:role/WorkflowRole is not authorized to assume the task state's role, "
        "arn:aws-cn:iam::444455556666:role/InvokeRole."
    )
    case = ran(text, tmp_path)
    assert (case.findings, case.status) == ((), "FAILED")
    assert [one.link.value for one in case.refused[0].ruling.barriers] == ["partition"]


@pytest.mark.parametrize("row", MESSAGES, ids=[str(number) for number in range(len(MESSAGES))])
def test_is_as_expected_or_is_not_written(row, tmp_path):
    """Whatever the text is, a case that is made of it ends as it says."""
    try:
        case = ran(row["text"], tmp_path)
    except NotWritten:
        return
    assert case.findings == ()


def test_what_can_be_written_is_written():
    """Of the messages that name role, action and resource, no more than a few are left without a case."""
    written = 0
    for row in MESSAGES:
        evidence = read_evidence("t", row["text"])
        try:
            failing_case(evidence.refused[0], evidence)
            written += 1
        except NotWritten:
            continue
    assert written >= 20


def test_takes_state_and_parameters_from_a_history(tmp_path):
    """With a history the case has its state, its Task, its input and its roles."""
    role, target = "arn:aws:iam::111122223333:role/Run", "arn:aws:iam::444455556666:role/Take"
    cause = f"The role {role} is not authorized to assume the task state's role, {target}."
    scheduled = {"resourceType": "sqs", "resource": "sendMessage", "region": "eu-west-1"}
    scheduled["parameters"] = '{"QueueUrl":"https://sqs.eu-west-1.amazonaws.com/444455556666/q","MessageBody":"m"}'
    scheduled["taskCredentials"] = {"roleArn": target}
    details = [
        ("ExecutionStarted", "executionStarted", {"input": '{"n":1}', "roleArn": role}),
        ("TaskStateEntered", "stateEntered", {"name": "Send it: now", "input": "{}"}),
        ("TaskScheduled", "taskScheduled", scheduled),
        ("TaskFailed", "taskFailed", {"error": "States.TaskFailed", "cause": cause}),
        ("ExecutionFailed", "executionFailed", {"error": "States.TaskFailed", "cause": cause}),
    ]
    events = [
        {"id": number, "previousEventId": number - 1, "type": kind, "timestamp": 0, f"{field}EventDetails": members}
        for number, (kind, field, members) in enumerate(details, 1)
    ]
    case = ran(json.dumps({"events": events}), tmp_path)
    assert (case.findings, case.error, case.cause) == ((), "States.TaskFailed", cause)
    assert case.refused[0].call.site.state == "Send it: now"
