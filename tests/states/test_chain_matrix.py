"""Every link of the chain, broken in every way, for every family of integrations.

One generated case is one world of two accounts with one way of failing: what AWS shows stands in history, error and
cause; what AWS hides, the link and the statement, stands in the trail. Facts: reference/cross-account.md sections 3
and 4, integrations.md section 3.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from turnstile.emulator import Emulator
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.report.explanation import explanation
from turnstile.source import unwritten
from turnstile.world.answers import Answers, Returned, Rule, Script
from turnstile.world.job_plan import JobPlan, JobPlans, JobRule
from turnstile.world.managed import ManagedPolicy
from turnstile.world.organization import FULL_ACCESS, Controls, Organization, Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.document import Json

SOURCE, TARGET, REGION = "111122223333", "444455556666", "us-east-1"
MACHINE = f"arn:aws:states:{REGION}:{SOURCE}:stateMachine:Orders"
OTHER_MACHINE = f"arn:aws:states:{REGION}:{SOURCE}:stateMachine:Other"
EXECUTION_ROLE = f"arn:aws:iam::{SOURCE}:role/ExecutionRole"
TARGET_ROLE = f"arn:aws:iam::{TARGET}:role/InvokeRole"
STATES_TRUST = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
ALLOW_ALL = {"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"}


def _arn(service, resource):
    return f"arn:aws:{service}:{REGION}:{TARGET}:{resource}"


@dataclass(frozen=True)
class Family:
    """A Task: its resource and parameters, the permission it needs, and how a denial of it looks."""

    name: str
    resource: str
    parameters: Json
    action: str
    error: str
    cause: str
    stubs: dict[str, Json] = field(default_factory=dict)
    jobs: dict[str, JobPlan] = field(default_factory=dict)
    covered: bool = False

    @property
    def by_arn(self):
        """A function's ARN stands as Resource."""
        return self.resource.startswith("arn:aws:lambda:")


_LONG = r" \(Service: {}; Status Code: \d+; Error Code: \w+; Request ID: [\w-]+; Proxy: null\)"
_SHORT = (
    r" \(Service: {}, Status Code: \d+, Request ID: [\w-]+(, Extended Request ID: \S+)?\)"
    r"( \(SDK Attempt Count: 1\))?"
)
_FUNCTION = _arn("lambda", "function:Work")
_TABLE = {"TableName": _arn("dynamodb", "table/items"), "Key": {"id": {"S": "1"}}}
_BUS = _arn("events", "event-bus/main")
_DEFINITION = _arn("batch", "job-definition/d:1")
_LABOUR = {"JobName": "nightly"}

FAMILIES = (
    Family(
        "function-arn",
        _FUNCTION,
        {},
        "lambda:InvokeFunction",
        "Lambda.AWSLambdaException",
        _LONG.format("AWSLambda"),
    ),
    Family(
        "lambda:invoke",
        "arn:aws:states:::lambda:invoke",
        {"FunctionName": _FUNCTION, "Payload": {}},
        "lambda:InvokeFunction",
        "Lambda.AWSLambdaException",
        _LONG.format("AWSLambda"),
    ),
    Family(
        "dynamodb:getItem",
        "arn:aws:states:::dynamodb:getItem",
        _TABLE,
        "dynamodb:GetItem",
        "DynamoDB.AmazonDynamoDBException",
        _LONG.format("AmazonDynamoDBv2"),
        {"dynamodb:GetItem": {}},
        covered=True,
    ),
    Family(
        "sqs:sendMessage",
        "arn:aws:states:::sqs:sendMessage",
        {"QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{TARGET}/jobs", "MessageBody": "go"},
        "sqs:SendMessage",
        "SQS.AmazonSQSException",
        _LONG.format("AmazonSQS"),
        {"sqs:SendMessage": {"MessageId": "1", "MD5OfMessageBody": "0"}},
        covered=True,
    ),
    Family(
        "sns:publish",
        "arn:aws:states:::sns:publish",
        {"TopicArn": _arn("sns", "news"), "Message": "go"},
        "sns:Publish",
        "SNS.AuthorizationErrorException",
        _LONG.format("AmazonSNS"),
        {"sns:Publish": {"MessageId": "1"}},
    ),
    Family(
        "events:putEvents",
        "arn:aws:states:::events:putEvents",
        {"Entries": [{"Source": "a", "DetailType": "b", "Detail": {}, "EventBusName": _BUS}]},
        "events:PutEvents",
        "EventBridge.AccessDeniedException",
        _LONG.format("AmazonEventBridge"),
        {"events:PutEvents": {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}},
        covered=True,
    ),
    Family(
        "states:startExecution",
        "arn:aws:states:::states:startExecution",
        {"StateMachineArn": _arn("states", "stateMachine:Child")},
        "states:StartExecution",
        "StepFunctions.AWSStepFunctionsException",
        _LONG.format("AWSStepFunctions"),
    ),
    Family(
        "states:startExecution.sync:2",
        "arn:aws:states:::states:startExecution.sync:2",
        {"StateMachineArn": _arn("states", "stateMachine:Child")},
        "states:StartExecution",
        "StepFunctions.AWSStepFunctionsException",
        _LONG.format("AWSStepFunctions"),
    ),
    Family(
        "glue:startJobRun.sync",
        "arn:aws:states:::glue:startJobRun.sync",
        _LABOUR,
        "glue:StartJobRun",
        "Glue.AccessDeniedException",
        _LONG.format("AWSGlue"),
        jobs={"glue:StartJobRun": JobPlan(answer={"JobRunId": "jr_1"})},
    ),
    Family(
        "batch:submitJob",
        "arn:aws:states:::batch:submitJob",
        {"JobName": "n", "JobQueue": _arn("batch", "job-queue/q"), "JobDefinition": _DEFINITION},
        "batch:SubmitJob",
        "Batch.AWSBatchException",
        _LONG.format("AWSBatch"),
        {"batch:SubmitJob": {"jobName": "n", "jobId": "1", "jobArn": _arn("batch", "job/1")}},
    ),
    Family(
        "ecs:runTask.sync",
        "arn:aws:states:::ecs:runTask.sync",
        {"Cluster": _arn("ecs", "cluster/c"), "TaskDefinition": _arn("ecs", "task-definition/t:1")},
        "ecs:RunTask",
        "ECS.AccessDeniedException",
        _LONG.format("AmazonECS"),
        jobs={
            "ecs:RunTask": JobPlan(
                answer={
                    "tasks": [{"taskArn": _arn("ecs", "task/c/1"), "clusterArn": _arn("ecs", "cluster/c")}],
                    "failures": [],
                },
            )
        },
    ),
    Family(
        "athena:startQueryExecution",
        "arn:aws:states:::athena:startQueryExecution",
        {"QueryString": "select 1", "WorkGroup": "primary"},
        "athena:StartQueryExecution",
        "Athena.AmazonAthenaException",
        _LONG.format("AmazonAthena"),
        {"athena:StartQueryExecution": {"QueryExecutionId": "1"}},
    ),
    Family(
        "aws-sdk:dynamodb:getItem",
        "arn:aws:states:::aws-sdk:dynamodb:getItem",
        _TABLE,
        "dynamodb:GetItem",
        "DynamoDb.DynamoDbException",
        _SHORT.format("DynamoDb"),
        {"dynamodb:GetItem": {}},
        covered=True,
    ),
    Family(
        "aws-sdk:s3:getObject",
        "arn:aws:states:::aws-sdk:s3:getObject",
        {"Bucket": "data", "Key": "k"},
        "s3:GetObject",
        "S3.AccessDeniedException",
        _SHORT.format("S3"),
        {"s3:GetObject": {"Body": "text"}},
        covered=True,
    ),
    Family(
        "aws-sdk:sfn:startExecution",
        "arn:aws:states:::aws-sdk:sfn:startExecution",
        {"StateMachineArn": _arn("states", "stateMachine:Child")},
        "states:StartExecution",
        "Sfn.SfnException",
        _SHORT.format("Sfn"),
    ),
)  # fmt: skip


def _policy(*statements, kind=Kind.IDENTITY, name="Inline"):
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return parse(document, kind=kind, name=name, origin=unwritten(f"<{name}>"))


def _deny(action, **more):
    return {"Sid": "NotThat", "Effect": "Deny", "Action": action, "Resource": "*", **more}


def _role(accounts, which, **change):
    account = accounts.source if which == "execution" else accounts.target
    arn = EXECUTION_ROLE if which == "execution" else TARGET_ROLE
    account.roles[arn] = replace(account.roles[arn], **change)


def _boundary(accounts, which, *statements):
    account = accounts.source if which == "execution" else accounts.target
    arn = f"arn:aws:iam::{account.id}:policy/Limit"
    limit = _policy(*statements, kind=Kind.BOUNDARY, name="Limit")
    account.policies[arn] = ManagedPolicy(arn, "Limit", account.id, {"v1": limit}, "v1", unwritten("<Limit>"))
    _role(accounts, which, boundary=arn)


def _controls(accounts, which, *, scps=(), rcps=(), full=True):
    kept = (*([FULL_ACCESS] if full else []), *(_policy(one, kind=Kind.SCP, name="Scp") for one in scps))
    limits = tuple(_policy(one, kind=Kind.RCP, name="Rcp") for one in rcps)
    own = {SOURCE: Controls(), TARGET: Controls()}
    own[SOURCE if which == "source" else TARGET] = Controls(kept, limits)
    accounts.world.add_account("999999999999", "management")
    root = Unit("r-abcd", "Root", Controls(), {"999999999999": Controls(), **own})
    accounts.world.organization = Organization("o-a1b2c3d4e5", "999999999999", root)


def _trust(accounts, statement):
    _role(accounts, "target", trust=_policy(statement, kind=Kind.TRUST, name="trust"))


def _trusting(**condition):
    statement = {"Sid": "Trusting", "Effect": "Allow", "Principal": {"AWS": EXECUTION_ROLE}, "Action": "sts:AssumeRole"}
    return {**statement, "Condition": condition} if condition else statement


@dataclass(frozen=True)
class Way:
    """One way of breaking one link: `at` says whether the assumption or the call fails, `sid` who is to blame."""

    name: str
    link: str
    at: str
    change: Callable[[Any, Family], None]
    sid: str = ""
    applies: Callable[[Family], bool] = lambda family: True


def _everything_but(action):
    return {"Sid": "AllButThat", "Effect": "Allow", "NotAction": action, "Resource": "*"}


def _function_policy(accounts, _family):
    statement = {**_deny("lambda:InvokeFunction"), "Principal": "*", "Resource": _FUNCTION}
    function = accounts.target.functions[_FUNCTION]
    accounts.target.functions[_FUNCTION] = replace(
        function, policy=_policy(statement, kind=Kind.RESOURCE, name="function")
    )


WAYS = (
    Way("no right to assume", "caller-policy", "assume",
        lambda a, f: _role(a, "execution", policies=())),
    Way("a right to assume another role", "caller-policy", "assume",
        lambda a, f: _role(a, "execution", policies=(_policy(
            {"Sid": "Another", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": TARGET_ROLE + "2"}),)),
        "Another"),
    Way("assuming is denied outright", "caller-policy", "assume",
        lambda a, f: _role(a, "execution", policies=(_policy(ALLOW_ALL, _deny("sts:AssumeRole")),)), "NotThat"),
    Way("the boundary leaves assuming out", "permissions-boundary", "assume",
        lambda a, f: _boundary(a, "execution", _everything_but("sts:AssumeRole")), "AllButThat"),
    Way("the boundary denies assuming", "permissions-boundary", "assume",
        lambda a, f: _boundary(a, "execution", ALLOW_ALL, _deny("sts:AssumeRole")), "NotThat"),
    Way("the SCP of the source denies assuming", "service-control-policy", "assume",
        lambda a, f: _controls(a, "source", scps=(_deny("sts:AssumeRole"),)), "NotThat"),
    Way("no SCP of the source allows assuming", "service-control-policy", "assume",
        lambda a, f: _controls(a, "source", scps=(_everything_but("sts:*"),), full=False), "AllButThat"),
    Way("the role is not there", "role-exists", "assume",
        lambda a, f: a.target.roles.pop(TARGET_ROLE)),
    Way("the RCP of the target denies assuming", "resource-control-policy", "assume",
        lambda a, f: _controls(a, "target", rcps=(_deny("sts:AssumeRole", Principal="*"),)), "NotThat"),
    Way("the role trusts somebody else", "trust-policy", "assume",
        lambda a, f: _trust(a, {**_trusting(), "Principal": {"AWS": EXECUTION_ROLE + "2"}}), "Trusting"),
    Way("the role trusts the service only", "trust-policy", "assume",
        lambda a, f: _trust(a, {**STATES_TRUST, "Sid": "Trusting"}), "Trusting"),
    Way("the role denies the execution role", "trust-policy", "assume",
        lambda a, f: _role(a, "target", trust=_policy(
            _trusting(), {**_trusting(), "Effect": "Deny", "Sid": "NotThat"}, kind=Kind.TRUST, name="trust")),
        "NotThat"),
    Way("the external id is another machine's", "external-id", "assume",
        lambda a, f: _trust(a, _trusting(StringEquals={"sts:ExternalId": OTHER_MACHINE})), "Trusting"),
    Way("the caller must be of an organization", "trust-condition", "assume",
        lambda a, f: _trust(a, _trusting(StringEquals={"aws:PrincipalOrgID": "o-other12345"})), "Trusting"),
    Way("the caller must have a tag", "trust-condition", "assume",
        lambda a, f: _trust(a, _trusting(StringEquals={"aws:PrincipalTag/team": "orders"})), "Trusting"),
    Way("the target role has no right", "target-policy", "call",
        lambda a, f: _role(a, "target", policies=())),
    Way("the target role may do anything else", "target-policy", "call",
        lambda a, f: _role(a, "target", policies=(_policy(_everything_but(f.action)),)), "AllButThat"),
    Way("the target role is denied outright", "target-policy", "call",
        lambda a, f: _role(a, "target", policies=(_policy(ALLOW_ALL, _deny(f.action)),)), "NotThat"),
    Way("the target role's boundary leaves it out", "permissions-boundary", "call",
        lambda a, f: _boundary(a, "target", _everything_but(f.action)), "AllButThat"),
    Way("the target role's boundary denies it", "permissions-boundary", "call",
        lambda a, f: _boundary(a, "target", ALLOW_ALL, _deny(f.action)), "NotThat"),
    Way("the SCP of the target denies it", "service-control-policy", "call",
        lambda a, f: _controls(a, "target", scps=(_deny(f.action),)), "NotThat"),
    Way("no SCP of the target allows it", "service-control-policy", "call",
        lambda a, f: _controls(a, "target", scps=(_everything_but(f.action),), full=False), "AllButThat"),
    Way("the RCP of the target denies it", "resource-control-policy", "call",
        lambda a, f: _controls(a, "target", rcps=(_deny(f.action, Principal="*"),)), "NotThat",
        lambda f: f.covered),
    Way("the function's own policy denies it", "resource-policy", "call", _function_policy, "NotThat",
        lambda f: f.action == "lambda:InvokeFunction"),
)  # fmt: skip

CASES = [(family, way) for family in FAMILIES for way in WAYS if way.applies(family)]


def _definition(family, role_arn=TARGET_ROLE):
    task = {"Type": "Task", "Resource": family.resource, "Credentials": {"RoleArn": role_arn}, "End": True}
    if not family.by_arn:
        task["Parameters"] = family.parameters
    return json.dumps({"StartAt": "Work", "States": {"Work": task}})


def _furnish(accounts, family):
    """What the family's call finds in the other account."""
    accounts.function(accounts.target, "Work", lambda event: event)
    accounts.function(accounts.source, "Work", lambda event: event)
    origin = unwritten("<stub>")
    for called, document in family.stubs.items():
        accounts.target.stubs[called] = Answers(Script((Rule(Returned(document, origin)),), origin))
    for called, plan in family.jobs.items():
        accounts.target.jobs[called] = JobPlans((JobRule(plan),))
    accounts.world.known.buckets.setdefault("data", TARGET)


async def _run(accounts, family, change=None, role_arn=TARGET_ROLE):
    root = accounts.source.root
    async with Emulator(accounts.world) as emulator:
        child = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})
        if family.action.startswith("states:"):
            role = accounts.role(accounts.target, "ChildRole", _policy(STATES_TRUST, kind=Kind.TRUST, name="trust"))
            await emulator.create_state_machine(
                accounts.target.root, name="Child", definition=child, role_arn=role.arn, region=REGION
            )
        if change is not None:
            change(accounts, family)
        arn = await emulator.create_state_machine(
            root, name="Orders", definition=_definition(family, role_arn), role_arn=EXECUTION_ROLE, region=REGION
        )
        execution = await emulator.execute(root, arn, {})
        refused = [entry for entry in emulator.gate.trail.refused() if entry.call.site is not None]
        return execution, refused


def _types(family):
    kind = "LambdaFunction" if family.by_arn else "Task"
    return ["TaskStateEntered", f"{kind}Scheduled", f"{kind}Started", f"{kind}Failed", "ExecutionFailed"]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
async def test_an_unbroken_chain_lets_the_task_through(accounts, family):
    """With every link in order the Task succeeds under the target role, and nothing is refused."""
    _furnish(accounts, family)
    execution, refused = await _run(accounts, family)
    assert (execution.error, execution.cause) == (None, None)
    assert execution.status == "SUCCEEDED"
    assert refused == []


@pytest.mark.parametrize(("family", "way"), CASES, ids=lambda one: one.name)
async def test_a_broken_link_is_shown_as_aws_shows_it_and_named(accounts, family, way):
    """History, error and cause are AWS's; link and statement are those that were broken, and no other."""
    _furnish(accounts, family)
    execution, refused = await _run(accounts, family, way.change)
    assert execution.status == "FAILED"
    assert [event["type"] for event in execution.history()][1:] == _types(family)
    if way.at == "assume":
        assert execution.error == "States.TaskFailed"
        assert execution.cause == (
            f"The role {EXECUTION_ROLE} is not authorized to assume the task state's role, {TARGET_ROLE}."
        )
    else:
        assert execution.error == family.error
        assert re.fullmatch(_denied(family) + family.cause, execution.cause), execution.cause
    told = explanation(refused[0])
    assert told.action == ("sts:AssumeRole" if way.at == "assume" else family.action)
    assert {refusal.link for refusal in told.refusals} == {way.link}
    assert told.refusals[0].shown
    nearest = told.refusals[0].nearest
    assert (way.sid in nearest.statement) if way.sid else nearest is None or not nearest.excerpt.lines
    assert {entry.call.caller.role_arn for entry in refused} == {EXECUTION_ROLE if way.at == "assume" else TARGET_ROLE}


def _denied(family):
    """The sentence of a denial: the session of the target role is named, and nobody else."""
    session = rf"arn:aws:sts::{TARGET}:assumed-role/InvokeRole/[A-Za-z]{{32}}"
    if family.name == "aws-sdk:s3:getObject" or family.action == "sns:Publish":
        return rf".*({session}|Access Denied).*"
    return rf"User: {session} is not authorized to perform: {family.action} .*"


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
async def test_a_role_of_another_partition_is_never_reached(accounts, family):
    """Whatever its policies say, and whatever else is missing, the partition comes first."""
    _furnish(accounts, family)
    role_arn = f"arn:aws-cn:iam::{TARGET}:role/InvokeRole"
    execution, refused = await _run(accounts, family, role_arn=role_arn)
    assert (execution.status, execution.error) == ("FAILED", "States.TaskFailed")
    assert execution.cause == (
        f"The role {EXECUTION_ROLE} is not authorized to assume the task state's role, {role_arn}."
    )
    assert [refusal.link for refusal in explanation(refused[0]).refusals if refusal.shown] == ["partition"]


def test_the_matrix_is_large_enough():
    """At least three hundred cases, and every family meets every way that can apply to it."""
    assert len(CASES) + 2 * len(FAMILIES) >= 300
