"""Clients of AWS reach the gate over HTTP: boto3 itself, service by service."""

from __future__ import annotations

import gzip
import io
import json
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Keys
from tests.backends.loopback_site import ACCOUNT, BINARY, REGION, opened, refused

from turnstile.clock import RealWork

TABLE = {
    "TableName": "orders",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@pytest.fixture
async def site():
    """See `opened`."""
    async with opened() as made:
        yield made


async def test_nothing_listens_before_somebody_asks(site):
    """A world without handlers opens no socket; the address is of this machine alone."""
    assert not site.loopback._stack._exit_callbacks
    url = await site.loopback.url()
    assert url.startswith("http://127.0.0.1:")
    assert await site.loopback.url() == url


async def test_dynamodb(site):
    """JSON 1.0, with bytes in an item."""
    ask = await site.client("dynamodb")
    await ask("create_table", **TABLE)
    item = {"id": {"S": "Zoë"}, "n": {"N": "1"}, "raw": {"B": BINARY}, "set": {"BS": [b"text", BINARY]}}
    await ask("put_item", TableName="orders", Item=item)
    found = (await ask("get_item", TableName="orders", Key={"id": {"S": "Zoë"}}))["Item"]
    assert found.pop("set")["BS"] in ([b"text", BINARY], [BINARY, b"text"])
    assert found == {name: item[name] for name in ("id", "n", "raw")}
    code, _, status = await refused(ask("get_item", TableName="none", Key={"id": {"S": "1"}}))
    assert (code, status) == ("ResourceNotFoundException", 400)


async def test_sqs(site):
    """JSON for a service that once spoke query, whose error codes it keeps."""
    ask = await site.client("sqs")
    url = (await ask("create_queue", QueueName="jobs"))["QueueUrl"]
    await ask("send_message", QueueUrl=url, MessageBody="<hello> & Zoë")
    assert (await ask("receive_message", QueueUrl=url))["Messages"][0]["Body"] == "<hello> & Zoë"
    assert (await refused(ask("get_queue_url", QueueName="none")))[0] == "AWS.SimpleQueueService.NonExistentQueue"


async def test_long_polling_takes_virtual_time():
    """A call that waits on the world's clock is a worker of it, and its caller no work in flight."""
    async with opened() as site:
        ask = await site.client("sqs")
        url = (await ask("create_queue", QueueName="jobs"))["QueueUrl"]
        before = site.world.clock.now()
        site.work = RealWork(site.world.clock, ask("receive_message", QueueUrl=url, WaitTimeSeconds=20))
        assert "Messages" not in await site.work.done()
        assert site.world.clock.now() == before + 20


@pytest.mark.parametrize("content", [b"text", BINARY, b"", b"A" * 3_000_000, gzip.compress(b"x" * 99, mtime=0)])
async def test_s3_objects(site, content):
    """Bytes come back as they were, whatever they are."""
    ask = await site.client("s3")
    await ask("create_bucket", Bucket="bucket-of-tests")
    kept = {"ContentType": "a/b", "Metadata": {"who": "me"}}
    await ask("put_object", Bucket="bucket-of-tests", Key="a/b c+ü.bin", Body=content, **kept)
    found = await ask("get_object", Bucket="bucket-of-tests", Key="a/b c+ü.bin")
    assert found["Body"].read() == content
    assert (found["ContentLength"], found["ContentType"], found["Metadata"]) == (len(content), "a/b", {"who": "me"})
    head = await ask("head_object", Bucket="bucket-of-tests", Key="a/b c+ü.bin")
    assert (head["ContentLength"], head["ETag"]) == (len(content), found["ETag"])


async def test_s3_streams_and_parts(site):
    """Bodies of unknown length with trailing checksums, parts, ranges, lists, deletion of many."""
    ask = await site.client("s3")
    bucket = {"Bucket": "bucket-of-tests"}
    await ask("create_bucket", **bucket)
    await ask("put_object", **bucket, Key="streamed", Body=io.BytesIO(BINARY), ChecksumAlgorithm="SHA256")
    upload = (await ask("create_multipart_upload", **bucket, Key="parts"))["UploadId"]
    part = await ask("upload_part", **bucket, Key="parts", UploadId=upload, PartNumber=1, Body=b"one part")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    await ask("complete_multipart_upload", **bucket, Key="parts", UploadId=upload, MultipartUpload=parts)
    await ask("copy_object", **bucket, Key="copy", CopySource="bucket-of-tests/streamed")
    ranged = await ask("get_object", **bucket, Key="copy", Range="bytes=250-255")
    assert (ranged["Body"].read(), ranged["ResponseMetadata"]["HTTPStatusCode"]) == (BINARY[250:], 206)
    assert [each["Key"] for each in (await ask("list_objects_v2", **bucket))["Contents"]] == [
        "copy",
        "parts",
        "streamed",
    ]
    await ask("delete_objects", **bucket, Delete={"Objects": [{"Key": "copy"}, {"Key": "parts"}]})
    assert [each["Key"] for each in (await ask("list_objects", **bucket))["Contents"]] == ["streamed"]
    assert (await ask("get_bucket_location", **bucket))["LocationConstraint"] is None
    assert (await refused(ask("get_object", **bucket, Key="copy")))[0] == "NoSuchKey"
    assert (await refused(ask("head_object", **bucket, Key="copy")))[::2] == ("404", 404)


@pytest.mark.parametrize("version", ["s3v4", "s3"])
async def test_presigned_urls(site, version):
    """Both of S3's signatures in a query, up and down, by a client that knows nothing of AWS."""
    await (await site.client("s3"))("create_bucket", Bucket="bucket-of-tests")
    ask = await site.client("s3", signature_version=version)
    named = {"Bucket": "bucket-of-tests", "Key": "a b.bin"}
    for operation, body in (("put_object", BINARY), ("get_object", None)):
        url = urlsplit(ask.client.generate_presigned_url(operation, Params=named))
        path = f"{url.path}?{url.query}"
        headers = {"Content-Type": ""} if body else {}
        status, _, found = await site.send(path=path, data=body, method="PUT" if body else "GET", headers=headers)
        assert (status, found) == (200, b"" if body else BINARY), found
    spoiled, _, found = await site.send(path=path.replace("bin", "bi"))
    assert (spoiled, b"<Code>SignatureDoesNotMatch</Code>" in found) == (403, True)


async def test_virtual_hosts(site):
    """A bucket may be named by the host."""
    ask = await site.client("s3", s3={"addressing_style": "virtual"})
    sent = []
    ask.client.meta.events.register("before-send", lambda request, **_: sent.append(request.url))
    await ask("create_bucket", Bucket="bucket-of-tests")
    assert urlsplit(sent[0]).hostname == "127.0.0.1"  # boto3 puts no bucket before an address
    keys = site.world.credentials.of(site.world.accounts[ACCOUNT].root)
    host = f"bucket-of-tests.localhost:{urlsplit(await site.loopback.url()).port}"
    request = AWSRequest("PUT", f"http://{host}/key", data=b"body", headers={"Host": host})
    S3SigV4Auth(Keys(keys.access_key, keys.secret_key), "s3", REGION).add_auth(request)
    headers = {**request.headers, "Content-Type": "text/plain"}
    status, _, _ = await site.send(path="/key", data=b"body", method="PUT", headers=headers)
    assert status == 200
    assert (await ask("get_object", Bucket="bucket-of-tests", Key="key"))["Body"].read() == b"body"


async def test_query_services(site):
    """SNS and IAM in query, SES, with lists and maps."""
    ask = await site.client("sns")
    arn = (
        await ask(
            "create_topic", Name="topic", Attributes={"DisplayName": "Zoë & co"}, Tags=[{"Key": "a", "Value": "b"}]
        )
    )["TopicArn"]
    assert (await ask("get_topic_attributes", TopicArn=arn))["Attributes"]["DisplayName"] == "Zoë & co"
    assert (await ask("list_tags_for_resource", ResourceArn=arn))["Tags"] == [{"Key": "a", "Value": "b"}]
    assert (await refused(ask("get_topic_attributes", TopicArn=f"{arn}x")))[::2] == ("NotFound", 404)


async def test_ec2(site):
    """Its own query protocol."""
    ask = await site.client("ec2")
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}]
    vpc = (await ask("create_vpc", CidrBlock="10.0.0.0/16", TagSpecifications=tags))["Vpc"]
    found = (await ask("describe_vpcs", Filters=[{"Name": "tag:a", "Values": ["b"]}]))["Vpcs"]
    assert [each["VpcId"] for each in found] == [vpc["VpcId"]]
    assert (await refused(ask("describe_vpcs", VpcIds=["vpc-0"])))[0] == "InvalidVpcID.NotFound"


async def test_rest_services(site):
    """Route 53 in XML with its other error shape, EventBridge Scheduler in JSON."""
    zones = await site.client("route53")
    made = await zones("create_hosted_zone", Name="example.org.", CallerReference="x")
    assert made["HostedZone"]["Name"] == "example.org."
    assert (await refused(zones("get_hosted_zone", Id="ZNONE")))[::2] == ("NoSuchHostedZone", 404)
    groups = await site.client("scheduler")
    await groups("create_schedule_group", Name="g")
    names = [each["Name"] for each in (await groups("list_schedule_groups"))["ScheduleGroups"]]
    assert "g" in names
    assert (await refused(groups("get_schedule_group", Name="none")))[::2] == ("ResourceNotFoundException", 404)


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "member"),
    [
        ("ssm", "put_parameter", {"Name": "/a/b", "Value": "v", "Type": "String"}, "Version"),
        ("secretsmanager", "create_secret", {"Name": "s", "SecretBinary": BINARY}, "ARN"),
        ("events", "put_rule", {"Name": "r", "ScheduleExpression": "rate(1 day)"}, "RuleArn"),
        ("logs", "describe_log_groups", {}, "logGroups"),
        ("kms", "create_key", {"Description": "d"}, "KeyMetadata"),
        ("glue", "get_databases", {}, "DatabaseList"),
        ("cloudwatch", "list_metrics", {}, "Metrics"),
        ("firehose", "list_delivery_streams", {}, "DeliveryStreamNames"),
        ("sts", "get_caller_identity", {}, "Account"),
        ("stepfunctions", "list_state_machines", {}, "stateMachines"),
    ],
)
async def test_many_services(site, service, operation, parameters, member):
    """One call each."""
    assert member in await (await site.client(service))(operation, **parameters)


async def test_blobs_that_are_never_text(site):
    """KMS gives and takes bytes."""
    ask = await site.client("kms")
    key = (await ask("create_key"))["KeyMetadata"]["KeyId"]
    sealed = (await ask("encrypt", KeyId=key, Plaintext=b"hello"))["CiphertextBlob"]
    assert (await ask("decrypt", CiphertextBlob=sealed))["Plaintext"] == b"hello"


async def test_compressed_requests(site):
    """CloudWatch's metrics come as gzip if there are many."""
    ask = await site.client("cloudwatch", request_min_compression_size_bytes=1)
    await ask("put_metric_data", Namespace="n", MetricData=[{"MetricName": "m", "Value": 1.5}])
    assert [each["MetricName"] for each in (await ask("list_metrics", Namespace="n"))["Metrics"]] == ["m"]


async def test_times(site):
    """Dates go out in the format of the protocol and come back as dates."""
    ask = await site.client("stepfunctions")
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    arn = f"arn:aws:iam::{ACCOUNT}:role/none"
    code, _, _ = await refused(ask("create_state_machine", name="m", definition=definition, roleArn=arn))
    assert code
    made = await ask("create_activity", name="a")
    assert made["creationDate"].timestamp() == site.world.clock.now()
