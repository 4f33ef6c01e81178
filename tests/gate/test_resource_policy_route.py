"""Across accounts without Credentials: both the caller's policies and the resource's own must let the call pass."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from turnstile.backends.moto import Moto
from turnstile.gate.call import Call, Site
from turnstile.gate.errors import AccessDenied
from turnstile.gate.gate import Gate
from turnstile.iam.policy import Kind
from turnstile.report.explanation import explanation
from turnstile.world.caller import Session
from turnstile.world.organization import FULL_ACCESS, Controls, Organization, Unit

CALLER, OWNER, THIRD = "111122223333", "444455556666", "777788889999"
REGION = "us-east-1"
SITE = Site(f"arn:aws:states:us-east-1:{CALLER}:execution:Orders:one", "Call")
QUEUE = f"https://sqs.us-east-1.amazonaws.com/{OWNER}/jobs"
TABLE = {
    "TableName": "orders",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def arn(service, resource, account=OWNER):
    return f"arn:aws:{service}:{REGION}:{account}:{resource}"


FUNCTION, TOPIC, BUS = arn("lambda", "function:f"), arn("sns", "news"), arn("events", "event-bus/orders")
ORDERS = arn("dynamodb", "table/orders")
SERVICES = {
    "sqs": (
        [("sqs", "CreateQueue", {"QueueName": "jobs"})],
        lambda text, _: ("sqs", "SetQueueAttributes", {"QueueUrl": QUEUE, "Attributes": {"Policy": text}}),
        lambda _: ("sqs", "SendMessage", {"QueueUrl": QUEUE, "MessageBody": "x"}),
    ),
    "sns": (
        [("sns", "CreateTopic", {"Name": "news"})],
        lambda text, _: (
            "sns",
            "SetTopicAttributes",
            {"TopicArn": TOPIC, "AttributeName": "Policy", "AttributeValue": text},
        ),
        lambda _: ("sns", "Publish", {"TopicArn": TOPIC, "Message": "x"}),
    ),
    "s3": (
        [("s3", "CreateBucket", {"Bucket": "data"}), ("s3", "PutObject", {"Bucket": "data", "Key": "a", "Body": "x"})],
        lambda text, _: ("s3", "PutBucketPolicy", {"Bucket": "data", "Policy": text}),
        lambda _: ("s3", "GetObject", {"Bucket": "data", "Key": "a"}),
    ),
    "events": (
        [("events", "CreateEventBus", {"Name": "orders"})],
        lambda text, _: ("events", "PutPermission", {"EventBusName": "orders", "Policy": text}),
        lambda _: ("events", "PutEvents", {"Entries": [{"EventBusName": BUS, "Source": "shop"}]}),
    ),
    "kms": (
        [("kms", "CreateKey", {})],
        lambda text, made: ("kms", "PutKeyPolicy", {"KeyId": made, "PolicyName": "default", "Policy": text}),
        lambda made: ("kms", "Encrypt", {"KeyId": made, "Plaintext": "x"}),
    ),
    "secretsmanager": (
        [("secretsmanager", "CreateSecret", {"Name": "token", "SecretString": "x"})],
        lambda text, made: ("secretsmanager", "PutResourcePolicy", {"SecretId": made, "ResourcePolicy": text}),
        lambda made: ("secretsmanager", "GetSecretValue", {"SecretId": made}),
    ),
    "dynamodb": (
        [("dynamodb", "CreateTable", TABLE)],
        lambda text, _: ("dynamodb", "PutResourcePolicy", {"ResourceArn": ORDERS, "Policy": text}),
        lambda _: ("dynamodb", "GetItem", {"TableName": ORDERS, "Key": {"id": {"S": "1"}}}),
    ),
    "lambda": ([], None, lambda _: ("lambda", "Invoke", {"FunctionName": FUNCTION})),
}
ACTIONS = {
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "s3": "s3:GetObject",
    "events": "events:PutEvents",
    "kms": "kms:Encrypt",
    "secretsmanager": "secretsmanager:GetSecretValue",
    "dynamodb": "dynamodb:GetItem",
    "lambda": "lambda:InvokeFunction",
}
WHOLE = {
    "sqs": arn("sqs", "jobs"), "sns": TOPIC, "s3": "arn:aws:s3:::data/a", "events": BUS, "dynamodb": ORDERS,
    "lambda": FUNCTION,
}  # fmt: skip
"""Resources in policies; of keys and secrets it is `*`, which only they take."""


class Answering:
    """Stands for Lambda: the world keeps the function and its policy."""

    async def perform(self, call, owner):
        return {}


@pytest.fixture
def gate(accounts):
    moto = Moto(accounts.world)
    accounts.function(accounts.target, "f", lambda event, _context: event)
    yield Gate(accounts.world, {"lambda": Answering()}, lambda: moto)
    moto.close()


def session(role, *, chained=False):
    name = f"arn:aws:sts::{role.account}:assumed-role/{role.name}/one"
    return Session(name, role.arn, role.id, role.account, "one", 0.0, 4102444800.0, "somebody", chained)


def resource_policy(service, accounts, resource_side):
    """The document of one side, None for no policy."""
    execution = accounts.execution.arn
    principals = {"role": execution, "account": CALLER, "root": f"arn:aws:iam::{CALLER}:root", "deny": execution,
                  "other role": accounts.source.arn("iam", "role/Other"), "other account": THIRD}  # fmt: skip
    if resource_side == "none":
        return None
    statement = {
        "Sid": "TheirSide",
        "Effect": "Deny" if resource_side == "deny" else "Allow",
        "Principal": {"AWS": principals.get(resource_side, execution)},
        "Action": ACTIONS[service],
        "Resource": WHOLE.get(service, "*"),
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


async def prepared(gate, accounts, write_policy, service, document):
    """The resource with its policy; the call that is judged."""
    make, put, ask = SERVICES[service]
    made = None
    for each in make:
        output = (await gate.call(Call(accounts.target.root, *each, REGION))).output
        made = made or output.get("ARN") or output.get("KeyMetadata", {}).get("Arn")
    if document is not None and service == "lambda":
        function = accounts.target.functions[FUNCTION]
        policy = write_policy(*document["Statement"], kind=Kind.RESOURCE, name="function policy")
        accounts.target.functions[FUNCTION] = replace(function, policy=policy)
    elif document is not None:
        await gate.call(Call(accounts.target.root, *put(json.dumps(document), made), REGION))
    return Call(session(accounts.execution), *ask(made), REGION, SITE)


SIDES = [
    ("allowed", "role", []),
    ("allowed", "account", []),
    ("allowed", "root", []),
    ("allowed", "none", ["resource-policy"]),
    ("allowed", "other role", ["resource-policy"]),
    ("allowed", "other account", ["resource-policy"]),
    ("allowed", "deny", ["resource-policy"]),
    ("silent", "role", ["caller-policy"]),
    ("silent", "account", ["caller-policy"]),
    ("silent", "none", ["caller-policy", "resource-policy"]),
    ("denied", "role", ["caller-policy"]),
    ("denied", "deny", ["caller-policy", "resource-policy"]),
]


def own_side(write_policy, service, kind):
    """The policy of the execution role."""
    allow = {"Sid": "OurSide", "Effect": "Allow", "Action": ACTIONS[service], "Resource": "*"}
    match kind:
        case "allowed":
            return write_policy(allow)
        case "silent":
            return write_policy({**allow, "Resource": "arn:aws:other:::resource"})
        case "denied":
            return write_policy({**allow, "Sid": "Always"}, {**allow, "Effect": "Deny"})


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("own", "theirs", "links"), SIDES)
async def test_both_sides_must_allow(gate, accounts, write_policy, service, own, theirs, links):
    """The links that refuse, and the statement that each is explained by."""
    accounts.role(accounts.source, "ExecutionRole", accounts.execution.trust, own_side(write_policy, service, own))
    call = await prepared(gate, accounts, write_policy, service, resource_policy(service, accounts, theirs))
    if not links:
        await gate.call(call)
        return
    with pytest.raises(AccessDenied) as caught:
        await gate.call(call)
    told = {link.link: link for link in explanation(caught.value.entry).refusals}
    assert sorted(told) == links
    if "caller-policy" in told:
        assert told["caller-policy"].nearest.statement == "`OurSide`"
    if theirs in ("deny", "other role", "other account"):
        assert told["resource-policy"].nearest.statement == "`TheirSide`"
    elif "resource-policy" in told and service != "kms":  # a key has a policy from the beginning
        assert told["resource-policy"].nearest is None or told["resource-policy"].nearest.statement != "`TheirSide`"


@pytest.mark.parametrize("service", SERVICES)
async def test_a_role_of_the_owning_account_needs_no_policy_of_the_resource(gate, accounts, write_policy, service):
    """With Credentials it is a call inside one account, but for keys, whose policy always has a say; a Deny stands."""
    target = accounts.role(
        accounts.target, "InvokeRole", accounts.invoke.trust, own_side(write_policy, service, "allowed")
    )
    call = await prepared(gate, accounts, write_policy, service, None)
    chained = replace(call, caller=session(target, chained=True))
    await gate.call(chained)
    denying = resource_policy(service, accounts, "deny")
    denying["Statement"][0]["Principal"] = {"AWS": target.arn}
    if service == "lambda":
        await prepared(gate, accounts, write_policy, service, denying)
    else:
        made = call.parameters.get("KeyId") or call.parameters.get("SecretId")
        await gate.call(Call(accounts.target.root, *SERVICES[service][1](json.dumps(denying), made), REGION))
    with pytest.raises(AccessDenied) as caught:
        await gate.call(chained)
    assert [link.value for link in {each.link for each in caught.value.entry.ruling.broken}] == ["resource-policy"]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("role_allows", "resource_allows"), [(True, True), (True, False), (False, True), (False, False)]
)
async def test_a_target_role_reaches_a_third_account_by_both_sides(
    gate, accounts, write_policy, service, role_allows, resource_allows
):
    """The execution role's own rights play no part."""
    third = accounts.world.add_account(THIRD)
    rights = own_side(write_policy, service, "allowed" if role_allows else "silent")
    target = accounts.role(third, "Target", accounts.invoke.trust, rights)
    document = resource_policy(service, accounts, "role" if resource_allows else "none")
    if document:
        document["Statement"][0]["Principal"] = {"AWS": target.arn}
    call = replace(
        await prepared(gate, accounts, write_policy, service, document), caller=session(target, chained=True)
    )
    wanted = {"target-policy"} if not role_allows else set()
    wanted |= {"resource-policy"} if not resource_allows else set()
    if not wanted:
        await gate.call(call)
        return
    with pytest.raises(AccessDenied) as caught:
        await gate.call(call)
    assert {each.link.value for each in caught.value.entry.ruling.broken} == wanted


MACHINE = arn("states", "stateMachine:Child")
ROLE_ONLY = {
    "batch": ("batch", "SubmitJob", {"jobName": "n", "jobQueue": arn("batch", "job-queue/q"), "jobDefinition": "d"}),
    "ecs": (
        "ecs",
        "RunTask",
        {"cluster": arn("ecs", "cluster/c"), "taskDefinition": arn("ecs", "task-definition/t:1")},
    ),
    "state machine": ("stepfunctions", "StartExecution", {"stateMachineArn": MACHINE}),
    "state machine, synchronously": ("stepfunctions", "StartSyncExecution", {"stateMachineArn": MACHINE}),
    "execution": ("stepfunctions", "DescribeExecution", {"executionArn": arn("states", "execution:Child:one")}),
    "activity": ("stepfunctions", "DescribeActivity", {"activityArn": arn("states", "activity:a")}),
}


@pytest.mark.parametrize("name", ROLE_ONLY)
async def test_a_resource_that_can_have_no_policy_is_reached_by_a_role_over_there_only(gate, accounts, name):
    """Whatever the execution role may do; the report says what to do instead."""
    call = Call(session(accounts.execution), *ROLE_ONLY[name], REGION, SITE)
    with pytest.raises(AccessDenied) as caught:
        await gate.call(call)
    told = explanation(caught.value.entry).refusals
    assert {link.link for link in told} == {"resource-policy"}
    assert told[0].sentence == (
        f"it has no resource policy and cannot have one: use `Credentials` with a role of account `{OWNER}`"
    )
    assert [advice.kind for advice in told[0].advice] == ["assume-role"]
    assert gate.decide(replace(call, caller=session(accounts.invoke, chained=True))).allowed


async def test_a_resource_that_has_no_policy_yet_can_have_one(gate, accounts, write_policy):
    """So the report says that only its own account can call, and offers the statement."""
    call = await prepared(gate, accounts, write_policy, "dynamodb", None)
    with pytest.raises(AccessDenied) as caught:
        await gate.call(call)
    (told,) = explanation(caught.value.entry).refusals
    assert told.sentence == "it has none, so that only its own account can call"
    assert accounts.execution.arn in told.advice[0].text


COVERED = ("s3", "sqs", "dynamodb", "events", "codebuild", "kms", "secretsmanager", "logs", "ecr", "sts")
NOT_COVERED = ("lambda", "sns", "states", "batch", "glue", "ecs", "athena", "kinesis")
CONTROLLED = {
    "s3": ("s3", "GetObject", {"Bucket": "data", "Key": "a"}),
    "sqs": ("sqs", "SendMessage", {"QueueUrl": QUEUE, "MessageBody": "x"}),
    "dynamodb": ("dynamodb", "GetItem", {"TableName": ORDERS, "Key": {"id": {"S": "1"}}}),
    "events": ("events", "PutEvents", {"Entries": [{"EventBusName": BUS, "Source": "shop"}]}),
    "codebuild": ("codebuild", "StartBuild", {"projectName": "p"}),
    "kms": ("kms", "Encrypt", {"KeyId": arn("kms", "key/k"), "Plaintext": "x"}),
    "secretsmanager": ("secretsmanager", "GetSecretValue", {"SecretId": arn("secretsmanager", "secret:s-abcdef")}),
    "logs": ("logs", "DescribeLogStreams", {"logGroupName": "g"}),
    "ecr": ("ecr", "DescribeImages", {"repositoryName": "images"}),
    "sts": ("sts", "AssumeRole", {"RoleArn": f"arn:aws:iam::{OWNER}:role/InvokeRole", "RoleSessionName": "abc"}),
    "lambda": ("lambda", "Invoke", {"FunctionName": FUNCTION}),
    "sns": ("sns", "Publish", {"TopicArn": TOPIC, "Message": "x"}),
    "states": ("stepfunctions", "StartExecution", {"stateMachineArn": MACHINE}),
    "batch": ("batch", "SubmitJob", {"jobName": "n", "jobQueue": "q", "jobDefinition": "d"}),
    "glue": ("glue", "StartJobRun", {"JobName": "j"}),
    "ecs": ("ecs", "DescribeClusters", {"clusters": ["c"]}),
    "athena": ("athena", "GetWorkGroup", {"WorkGroup": "w"}),
    "kinesis": ("kinesis", "PutRecord", {"StreamARN": arn("kinesis", "stream/c"), "Data": "x", "PartitionKey": "k"}),
}


@pytest.mark.parametrize("service", COVERED + NOT_COVERED)
def test_resource_control_policies_reach_the_listed_services_only(gate, accounts, write_policy, service):
    """A policy of the owner's account that denies everything breaks the link where the service is on AWS's list."""
    deny = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    guard = write_policy(deny, kind=Kind.RCP, name="Guard")
    guarded = {OWNER: Controls((FULL_ACCESS,), rcps=(guard,))}
    accounts.world.organization = Organization("o-1", "999999999999", Unit("r-1", "Root", Controls(), guarded))
    accounts.world.known.buckets["aws", "data"] = OWNER
    caller = accounts.execution if service == "sts" else accounts.invoke
    ruling = gate.decide(Call(session(caller), *CONTROLLED[service], REGION, SITE))
    assert ("resource-control-policy" in {each.link.value for each in ruling.broken}) is (service in COVERED)
