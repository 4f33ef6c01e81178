"""Calls go to the account that owns the resource, whoever makes them and wherever moto keeps it."""

import json

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.world.world import World

OWNER, OTHER = "111111111111", "222222222222"
EVERYBODY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
POLICY = json.dumps(EVERYBODY)
URL = f"https://sqs.us-east-1.amazonaws.com/{OWNER}/q"
ARN = f"arn:aws:{{}}:us-east-1:{OWNER}:{{}}"
BUS, TOPIC = ARN.format("events", "event-bus/b"), ARN.format("sns", "t")

CASES = {
    "a queue by its URL": (
        [("sqs", "CreateQueue", {"QueueName": "q", "Attributes": {"Policy": POLICY}})],
        ("sqs", "SendMessage", {"QueueUrl": URL, "MessageBody": "hello"}),
        ("sqs", "ReceiveMessage", {"QueueUrl": URL}),
        "hello",
    ),
    "a topic by its ARN": (
        [
            ("sqs", "CreateQueue", {"QueueName": "q", "Attributes": {"Policy": POLICY}}),
            ("sns", "CreateTopic", {"Name": "t", "Attributes": {"Policy": POLICY}}),
            ("sns", "Subscribe", {"TopicArn": TOPIC, "Protocol": "sqs", "Endpoint": ARN.format("sqs", "q")}),
        ],
        ("sns", "Publish", {"TopicArn": TOPIC, "Message": "hello"}),
        ("sqs", "ReceiveMessage", {"QueueUrl": URL}),
        "hello",
    ),
    "an object by its bucket": (
        [
            ("s3", "CreateBucket", {"Bucket": "shared"}),
            ("s3", "PutBucketPolicy", {"Bucket": "shared", "Policy": POLICY}),
        ],
        ("s3", "PutObject", {"Bucket": "shared", "Key": "k", "Body": "hello"}),
        ("s3", "GetObject", {"Bucket": "shared", "Key": "k"}),
        "hello",
    ),
    "a secret by its ARN": (
        [
            ("secretsmanager", "CreateSecret", {"Name": "s", "SecretString": "old"}),
            ("secretsmanager", "PutResourcePolicy", {"SecretId": "s", "ResourcePolicy": POLICY}),
        ],
        ("secretsmanager", "PutSecretValue", {"SecretId": "$ARN", "SecretString": "hello"}),
        ("secretsmanager", "GetSecretValue", {"SecretId": "s"}),
        "hello",
    ),
    "a key by its ARN": (
        [("kms", "CreateKey", {"Policy": POLICY, "Description": "hello"})],
        ("kms", "DescribeKey", {"KeyId": "$Arn"}),
        ("kms", "ListKeys", {}),
        "KeyArn",
    ),
    "a table by its ARN": (
        [
            (
                "dynamodb",
                "CreateTable",
                {
                    "TableName": "t",
                    "BillingMode": "PAY_PER_REQUEST",
                    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                },
            ),
            ("dynamodb", "PutResourcePolicy", {"ResourceArn": ARN.format("dynamodb", "table/t"), "Policy": POLICY}),
        ],
        ("dynamodb", "PutItem", {"TableName": ARN.format("dynamodb", "table/t"), "Item": {"id": {"S": "hello"}}}),
        ("dynamodb", "Scan", {"TableName": "t"}),
        "hello",
    ),
    "a bus by its ARN": (
        [
            ("events", "CreateEventBus", {"Name": "b"}),
            ("events", "CreateArchive", {"ArchiveName": "a", "EventSourceArn": BUS}),
            (
                "events",
                "PutPermission",
                {"EventBusName": "b", "Action": "events:PutEvents", "Principal": OTHER, "StatementId": "other"},
            ),
        ],
        (
            "events",
            "PutEvents",
            {"Entries": [{"Source": "hello", "DetailType": "d", "Detail": "{}", "EventBusName": BUS}]},
        ),
        ("events", "DescribeArchive", {"ArchiveName": "a"}),
        '"EventCount": 1',
    ),
}


@pytest.fixture(params=["in process", "remote"])
def url(request):
    """None for moto in this process, the address of a server otherwise."""
    return None if request.param == "in process" else request.getfixturevalue("moto_server")


@pytest.mark.parametrize("case", CASES)
async def test_a_call_reaches_the_owner_of_what_it_names(url, case):
    """One account makes something and lets everybody use it; another uses it; the first one finds it used."""
    made, used, read, expected = CASES[case]
    world = World(moto_url=url)
    owner, other = (world.add_account(each).root for each in (OWNER, OTHER))
    names = {}
    async with Emulator(world) as emulator:

        async def call(caller, service, operation, parameters):
            given = {key: names.get(str(value).lstrip("$"), value) for key, value in parameters.items()}
            output = (await emulator.gate.call(Call(caller, service, operation, given, "us-east-1"))).output
            names.update({**output, **output.get("KeyMetadata", {})})
            return output

        for each in made:
            await call(owner, *each)
        assert "hello" in json.dumps([used, await call(other, *used)])
        assert expected in json.dumps(await call(owner, *read))
