"""Policies of resources decide, service by service, as the emulated services give them back."""

from __future__ import annotations

import json

import pytest

from turnstile.backends.moto import Moto
from turnstile.faults import Unsupported
from turnstile.gate.call import Call
from turnstile.gate.errors import AccessDenied, ServiceError
from turnstile.gate.gate import Gate
from turnstile.gate.link import Link
from turnstile.gate.permission import Permission
from turnstile.world.caller import Session

OWNER, CALLER = "444455556666", "111122223333"
REGION = "us-east-1"
QUEUE = f"https://sqs.us-east-1.amazonaws.com/{OWNER}/jobs"
ECR = f"arn:aws:ecr:us-east-1:{OWNER}:repository/images"


def arn(service, resource):
    return f"arn:aws:{service}:{REGION}:{OWNER}:{resource}"


def document(action, resource, principal, effect="Allow", **more):
    statement = {
        "Sid": "One",
        "Effect": effect,
        "Principal": {"AWS": principal},
        "Action": action,
        "Resource": resource,
        **more,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def keeps(service, make, put, ask, action, resource):
    """A row: calls that make the resource and give it a policy, the call that is judged, and what it is judged as."""
    return pytest.param(make, put, (service, *ask), action, resource, id=service)


ROWS = [
    keeps(
        "s3",
        [("s3", "CreateBucket", {"Bucket": "data"}), ("s3", "PutObject", {"Bucket": "data", "Key": "a", "Body": "x"})],
        lambda text: ("s3", "PutBucketPolicy", {"Bucket": "data", "Policy": text}),
        ("GetObject", {"Bucket": "data", "Key": "a"}),
        "s3:GetObject",
        "arn:aws:s3:::data/a",
    ),
    keeps(
        "sqs",
        [("sqs", "CreateQueue", {"QueueName": "jobs"})],
        lambda text: ("sqs", "SetQueueAttributes", {"QueueUrl": QUEUE, "Attributes": {"Policy": text}}),
        ("SendMessage", {"QueueUrl": QUEUE, "MessageBody": "x"}),
        "sqs:SendMessage",
        arn("sqs", "jobs"),
    ),
    keeps(
        "sns",
        [("sns", "CreateTopic", {"Name": "news"})],
        lambda text: (
            "sns",
            "SetTopicAttributes",
            {"TopicArn": arn("sns", "news"), "AttributeName": "Policy", "AttributeValue": text},
        ),
        ("Publish", {"TopicArn": arn("sns", "news"), "Message": "x"}),
        "sns:Publish",
        arn("sns", "news"),
    ),
    keeps(
        "dynamodb",
        [
            (
                "dynamodb",
                "CreateTable",
                {
                    "TableName": "orders",
                    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                    "BillingMode": "PAY_PER_REQUEST",
                },
            )
        ],
        lambda text: (
            "dynamodb",
            "PutResourcePolicy",
            {"ResourceArn": arn("dynamodb", "table/orders"), "Policy": text},
        ),
        ("GetItem", {"TableName": arn("dynamodb", "table/orders"), "Key": {"id": {"S": "1"}}}),
        "dynamodb:GetItem",
        arn("dynamodb", "table/orders"),
    ),
    keeps(
        "kinesis",
        [("kinesis", "CreateStream", {"StreamName": "clicks", "ShardCount": 1})],
        lambda text: (
            "kinesis",
            "PutResourcePolicy",
            {"ResourceARN": arn("kinesis", "stream/clicks"), "Policy": text},
        ),
        ("PutRecord", {"StreamARN": arn("kinesis", "stream/clicks"), "Data": "x", "PartitionKey": "k"}),
        "kinesis:PutRecord",
        arn("kinesis", "stream/clicks"),
    ),
    keeps(
        "events",
        [("events", "CreateEventBus", {"Name": "orders"})],
        lambda text: ("events", "PutPermission", {"EventBusName": "orders", "Policy": text}),
        ("PutEvents", {"Entries": [{"EventBusName": arn("events", "event-bus/orders"), "Source": "shop"}]}),
        "events:PutEvents",
        arn("events", "event-bus/orders"),
    ),
    keeps(
        "glue",
        [("glue", "CreateDatabase", {"DatabaseInput": {"Name": "lake"}})],
        lambda text: ("glue", "PutResourcePolicy", {"PolicyInJson": text}),
        ("GetDatabase", {"CatalogId": OWNER, "Name": "lake"}),
        "glue:GetDatabase",
        "*",
    ),
    keeps(
        "ecr",
        [("ecr", "CreateRepository", {"repositoryName": "images"})],
        lambda text: ("ecr", "SetRepositoryPolicy", {"repositoryName": "images", "policyText": text}),
        ("DescribeImages", {"registryId": OWNER, "repositoryName": "images"}),
        "ecr:DescribeImages",
        ECR,
    ),
]


@pytest.fixture
def gate(accounts):
    """A gate before moto, whose resources belong to the target account."""
    moto = Moto(accounts.world)
    yield Gate(accounts.world, {}, lambda: moto)
    moto.close()


def session(accounts):
    role = accounts.execution
    return Session(
        f"arn:aws:sts::{CALLER}:assumed-role/{role.name}/one", role.arn, role.id, CALLER, "one", 0.0, 4102444800.0, "s"
    )


async def made(gate, accounts, calls):
    for service, operation, parameters in calls:
        await gate.call(Call(accounts.target.root, service, operation, parameters, REGION))


@pytest.mark.parametrize(("make", "put", "ask", "action", "resource"), ROWS)
async def test_another_account_is_let_in_by_the_policy_of_the_resource_only(
    gate, accounts, make, put, ask, action, resource
):
    """Refused without a policy, allowed by one that names the caller, refused by one that denies."""
    await made(gate, accounts, make)
    call = Call(session(accounts), *ask, REGION)
    with pytest.raises(AccessDenied) as caught:
        await gate.call(call)
    assert {broken.link for broken in caught.value.entry.ruling.broken} == {Link.RESOURCE_POLICY}
    await made(gate, accounts, [put(document(action, resource, accounts.execution.arn))])
    await gate.call(call)
    await made(gate, accounts, [put(document(action, resource, accounts.execution.arn, "Deny"))])
    with pytest.raises(AccessDenied):
        await gate.call(call)


async def test_a_key_policy_decides_even_inside_its_account(gate, accounts, write_policy):
    """Without the delegation to the account no identity policy helps."""
    made_key = await gate.call(Call(accounts.target.root, "kms", "CreateKey", {}, REGION))
    key = made_key.output["KeyMetadata"]["Arn"]
    call = Call(session(accounts), "kms", "Encrypt", {"KeyId": key, "Plaintext": "x"}, REGION)
    with pytest.raises(AccessDenied):
        await gate.call(call)
    named = document("kms:Encrypt", "*", accounts.execution.arn)
    put = {"KeyId": key, "PolicyName": "default", "Policy": named}
    await made(gate, accounts, [("kms", "PutKeyPolicy", put)])
    assert (await gate.call(call)).output["KeyId"] == key
    root = Call(accounts.target.root, "kms", "DescribeKey", {"KeyId": key}, REGION)
    with pytest.raises(AccessDenied):
        await gate.call(root)


async def test_a_key_is_found_by_its_alias(gate, accounts):
    """The alias is a condition key, the key the resource."""
    created = await gate.call(Call(accounts.target.root, "kms", "CreateKey", {}, REGION))
    key = created.output["KeyMetadata"]
    await made(gate, accounts, [("kms", "CreateAlias", {"AliasName": "alias/a", "TargetKeyId": key["KeyId"]})])
    ruling = gate.decide(Call(accounts.target.root, "kms", "Encrypt", {"KeyId": "alias/a", "Plaintext": "x"}, REGION))
    request = ruling.decisions[0].request
    assert (request.resource, request.context["kms:RequestAlias"]) == (key["Arn"], "alias/a")


async def test_a_secret_is_judged_by_its_whole_arn(gate, accounts):
    """The six characters at its end come from the service."""
    root = accounts.target.root
    created = await gate.call(
        Call(root, "secretsmanager", "CreateSecret", {"Name": "token", "SecretString": "x"}, REGION)
    )
    whole = created.output["ARN"]
    text = document("secretsmanager:GetSecretValue", "*", accounts.execution.arn)
    await made(gate, accounts, [("secretsmanager", "PutResourcePolicy", {"SecretId": "token", "ResourcePolicy": text})])
    call = Call(session(accounts), "secretsmanager", "GetSecretValue", {"SecretId": whole}, REGION)
    assert (await gate.call(call)).output["SecretString"] == "x"
    by_name = gate.decide(Call(root, "secretsmanager", "GetSecretValue", {"SecretId": "token"}, REGION))
    assert by_name.decisions[0].request.resource == whole
    partial = {"SecretId": whole.rpartition("-")[0]}
    by_part = gate.decide(Call(session(accounts), "secretsmanager", "GetSecretValue", partial, REGION))
    assert by_part.decisions[0].request.resource == whole


async def test_the_policies_of_an_accounts_logs_are_read_as_one(gate, accounts):
    """A service is let in by any of them."""
    await made(gate, accounts, [("logs", "CreateLogGroup", {"logGroupName": "machine"})])
    group = arn("logs", "log-group:machine")
    for name, principal in (("other", "999999999999"), ("ours", accounts.execution.arn)):
        text = document("logs:PutLogEvents", f"{group}:*", principal)
        await made(gate, accounts, [("logs", "PutResourcePolicy", {"policyName": name, "policyDocument": text})])
    side = await gate._sides.of(
        Call(accounts.target.root, "logs", "PutLogEvents", {}, REGION),
        Permission("logs:PutLogEvents", f"{group}:log-stream:s", OWNER),
    )
    assert len(side.policy.statements) == 2


async def test_a_bucket_belongs_to_the_account_that_made_it(gate, accounts):
    """Its name tells no account, and the call goes to the owner."""
    await made(gate, accounts, [("s3", "CreateBucket", {"Bucket": "data"})])
    ruling = gate.decide(Call(session(accounts), "s3", "GetObject", {"Bucket": "data", "Key": "a"}, REGION))
    assert ruling.decisions[0].request.resource_account == OWNER
    await made(gate, accounts, [("s3", "DeleteBucket", {"Bucket": "data"})])
    ruling = gate.decide(Call(session(accounts), "s3", "GetObject", {"Bucket": "data", "Key": "a"}, REGION))
    assert ruling.decisions[0].request.resource_account == CALLER


async def test_tags_of_resources_are_condition_keys(gate, accounts, write_policy):
    """They are read only where a policy speaks of them."""
    condition = {"StringEquals": {"aws:ResourceTag/team": "orders"}}
    tagged = write_policy({"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": condition})
    accounts.role(accounts.source, "ExecutionRole", accounts.execution.trust, tagged)
    root = accounts.source.root
    for name, team in (("ours", "orders"), ("theirs", "billing")):
        await gate.call(Call(root, "sqs", "CreateQueue", {"QueueName": name, "tags": {"team": team}}, REGION))
    url = f"https://sqs.us-east-1.amazonaws.com/{CALLER}/"
    send = {"QueueUrl": url + "ours", "MessageBody": "x"}
    assert (await gate.call(Call(session(accounts), "sqs", "SendMessage", send, REGION))).output["MessageId"]
    with pytest.raises(AccessDenied):
        await gate.call(Call(session(accounts), "sqs", "SendMessage", {**send, "QueueUrl": url + "theirs"}, REGION))


async def test_a_policy_that_is_none_is_not_judged_by(gate, accounts):
    """moto takes any text."""
    await made(gate, accounts, [("sqs", "CreateQueue", {"QueueName": "jobs"})])
    attributes = {"QueueUrl": QUEUE, "Attributes": {"Policy": '{"Statement": [{"Effect": "Perhaps"}]}'}}
    try:
        await made(gate, accounts, [("sqs", "SetQueueAttributes", attributes)])
    except ServiceError:
        pytest.skip("this release of moto refuses it")
    with pytest.raises(Unsupported, match="queue policy"):
        await gate.call(Call(session(accounts), "sqs", "SendMessage", {"QueueUrl": QUEUE, "MessageBody": "x"}, REGION))
