"""Clients of AWS reach the gate over HTTP: boto3 itself, and whatever else speaks HTTP."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import socket
import urllib.error
import urllib.request
from contextlib import asynccontextmanager, nullcontext
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials as Keys
from botocore.exceptions import ClientError

from turnstile.backends import loopback as module
from turnstile.backends.loopback import Loopback
from turnstile.emulator import Emulator
from turnstile.faults import Unsupported
from turnstile.gate.call import Call
from turnstile.world.caller import Session
from turnstile.world.credentials import Credentials
from turnstile.world.world import World

ACCOUNT = "111122223333"
REGION = "us-east-1"
BINARY = bytes(range(256))
TABLE = {
    "TableName": "orders",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


class Site:
    """A world with a loopback, and boto3 clients for it that work in threads, as handlers do in processes."""

    def __init__(self, emulator, loopback):
        self.emulator = emulator
        self.world = emulator.world
        self.loopback = loopback
        self.keys = []
        self.work = None

    async def client(self, service, keys=None, region=REGION, **config):
        """A client of boto3 that signs with some credentials, of the root user unless they are given."""
        keys = keys or self.world.credentials.of(self.world.accounts[ACCOUNT].root)
        url = await self.loopback.url()

        def make():
            return boto3.session.Session().client(
                service,
                region_name=region,
                endpoint_url=url,
                aws_access_key_id=keys.access_key,
                aws_secret_access_key=keys.secret_key,
                aws_session_token=keys.token or None,
                config=Config(retries={"total_max_attempts": 1}, inject_host_prefix=False, **config),
            )

        made = await asyncio.to_thread(make)

        def ask(operation, **parameters):
            return asyncio.to_thread(getattr(made, operation), **parameters)

        ask.client = made
        return ask

    async def send(self, **given):
        """A bare HTTP request: status, headers, body."""
        request = urllib.request.Request(f"{await self.loopback.url()}{given.pop('path', '/')}", **given)

        def ask():
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    return answer.status, answer.headers, answer.read()
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, error.headers, error.read()

        return await asyncio.to_thread(ask)


@asynccontextmanager
async def opened():
    """One account in a world that judges; the keys that come through `around` are kept."""
    world = World(seed=5)
    world.add_account(ACCOUNT, region=REGION)

    @asynccontextmanager
    async def around(key):
        made.keys.append(key)
        with made.work.aside() if made.work else nullcontext():
            yield

    async with Emulator(world) as emulator, Loopback(emulator.gate, around) as loopback:
        made = Site(emulator, loopback)
        yield made


@pytest.fixture
async def site():
    """See `opened`."""
    async with opened() as made:
        yield made


async def refused(asked):
    """Code, message and status of an error."""
    with pytest.raises(ClientError) as caught:
        await asked
    answer = caught.value.response
    return answer["Error"]["Code"], answer["Error"]["Message"], answer["ResponseMetadata"]["HTTPStatusCode"]


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
        site.work = site.world.clock.real(ask("receive_message", QueueUrl=url, WaitTimeSeconds=20))
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


async def test_policies_judge_the_caller(site):
    """A role without rights is refused as AWS refuses, in the trail with its session; the key came through `around`."""
    session = _session(site.world)
    keys = site.world.credentials.of(session)
    ask = await site.client("dynamodb", keys)
    code, message, _ = await refused(ask("list_tables"))
    assert code == "AccessDeniedException"
    assert session.arn in message
    assert site.keys == [keys.access_key]
    assert [entry.call.caller for entry in site.emulator.gate.trail.refused()] == [session]
    code, _, status = await refused((await site.client("s3", keys))("list_buckets"))
    assert (code, status) == ("AccessDenied", 403)


def _session(world, seconds=3600.0):
    now = world.clock.now()
    role = f"arn:aws:iam::{ACCOUNT}:role/R"
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/R/s"
    return Session(arn, role, "AROAX", ACCOUNT, "s", now, now + seconds, source="")


@pytest.mark.parametrize(
    ("service", "operation", "unknown", "forged", "expired"),
    [
        (
            "dynamodb",
            "list_tables",
            "UnrecognizedClientException",
            "InvalidSignatureException",
            "ExpiredTokenException",
        ),
        (
            "lambda",
            "list_functions",
            "UnrecognizedClientException",
            "InvalidSignatureException",
            "ExpiredTokenException",
        ),
        ("sns", "list_topics", "InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken"),
        ("route53", "list_hosted_zones", "InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken"),
        ("s3", "list_buckets", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"),
        ("ec2", "describe_vpcs", "AuthFailure", "AuthFailure", "RequestExpired"),
    ],
)
async def test_wrong_credentials(site, service, operation, unknown, forged, expired):
    """Each service says it in its own words, and nothing reaches the gate."""
    root = site.world.credentials.of(site.world.accounts[ACCOUNT].root)
    over = site.world.credentials.of(_session(site.world, seconds=0))
    cases = [
        (Credentials("AKIAUNKNOWN", "secret", "", root.caller), unknown),
        (Credentials(root.access_key, "wrong", "", root.caller), forged),
        (over, expired),
    ]
    for keys, code in cases:
        assert (await refused((await site.client(service, keys))(operation)))[0] == code
    borrowed = Credentials(over.access_key, over.secret_key, root.token or "other", over.caller)
    assert (await refused((await site.client(service, borrowed))(operation)))[0]
    assert (len(site.emulator.gate.trail), site.keys) == (0, [])


async def test_unsigned_requests(site):
    """Nobody calls without a name."""
    status, _, body = await site.send(path="/", headers={"X-Amz-Target": "DynamoDB_20120810.ListTables"}, data=b"{}")
    assert (status, json.loads(body)["__type"]) == (501, "NotImplemented")
    status, _, body = await site.send(path="/bucket/key")
    assert (status, b"<Code>AccessDenied</Code>" in body) == (403, True)


async def test_what_is_not_emulated_is_said_and_kept(site):
    """The client gets an error that names it; the run finds it as trouble."""
    ask = await site.client("swf")
    code, message, status = await refused(ask("poll_for_activity_task", domain="d", taskList={"name": "t"}))
    assert (code, status) == ("NotImplemented", 501)
    assert "swf:PollForActivityTask" in message
    assert isinstance(site.loopback.trouble, Unsupported)


async def test_bugs_are_answered_and_kept(site):
    """The client does not hang, and does not see the inside."""
    before = site.world.clock._running

    class Broken:
        async def perform(self, call, owner):
            raise ZeroDivisionError("inside")

    site.emulator.gate._backends = {**site.emulator.gate._backends, "dynamodb": Broken()}
    code, message, status = await refused((await site.client("dynamodb"))("list_tables"))
    assert (code, status, "inside" in message) == ("InternalFailure", 500, False)
    assert isinstance(site.loopback.trouble, ZeroDivisionError)
    assert site.world.clock._running == before


@pytest.mark.parametrize(
    "text",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_answered(site, text):
    """And the connection ends."""
    parts = urlsplit(await site.loopback.url())
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(text)
    async with asyncio.timeout(10):
        answer = await reader.read()
    assert answer.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    "body", [b"no json", b"[]", b'{"TableName": 5}', b'{"a":' * 100_000, b"\xff", b'{"Limit": NaN}']
)
async def test_malformed_bodies(site, body):
    """Refused by the service, never by a crash."""
    code, _, status = await refused(_with_body(await site.client("dynamodb"), "scan", body))
    assert (code in ("SerializationException", "ValidationException"), status) == (True, 400)
    assert site.loopback.trouble is None


def _with_body(ask, operation, body):
    def replace(params, **_):
        params["body"] = body

    ask.client.meta.events.register("before-call", replace)
    return ask(operation, TableName="t")


async def test_bodies_over_the_limit(site, monkeypatch):
    """Refused before they are read whole."""
    monkeypatch.setattr(module, "LARGEST_BODY", 1000)
    status, _, body = await site.send(data=b"x" * 2000, method="POST")
    assert (status, b"more than 1000 bytes" in body) == (413, True)


async def test_waiting_for_permission_to_send(site):
    """`Expect: 100-continue` is answered before the body comes."""
    parts = urlsplit(await site.loopback.url())

    def ask():
        with socket.create_connection((parts.hostname, parts.port), timeout=20) as wire:
            wire.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            first = wire.recv(100)
            wire.sendall(b"{}")
            return first, wire.recv(1000)

    first, second = await asyncio.to_thread(ask)
    assert first == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert second.startswith(b"HTTP/1.1 ")


async def test_closing_waits_for_nobody(site):
    """Idle connections end, and requests that are under way."""
    parts = urlsplit(await site.loopback.url())
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    busy, other = await asyncio.open_connection(parts.hostname, parts.port)
    other.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
    await other.drain()
    async with asyncio.timeout(5):
        await site.loopback.close()
        assert await reader.read() == b""
        await busy.read()
    for each in (writer, other):
        each.close()


async def test_a_call_of_the_world_and_one_over_http_meet(site):
    """Both see the same resources, and the trail has both."""
    root = site.world.accounts[ACCOUNT].root
    with site.world.clock.attend():
        await site.emulator.gate.call(Call(root, "sqs", "CreateQueue", {"QueueName": "q"}, REGION))
    assert len((await (await site.client("sqs"))("list_queues"))["QueueUrls"]) == 1
    assert [entry.call.operation for entry in site.emulator.gate.trail] == ["CreateQueue", "ListQueues"]
