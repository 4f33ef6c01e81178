"""Services that share a signing name are told apart, and what nobody knows is refused by name."""

from __future__ import annotations

import json

import pytest
from scripts.signing_names import TARGET, signing_names
from tests.wire.shapes import message, value

from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.wire.message import Message
from turnstile.wire.models import service_model
from turnstile.wire.request import read_request


@pytest.mark.slow
def test_the_table_is_botocores():
    """`scripts/signing_names.py` renews it."""
    assert json.loads(TARGET.read_text()) == signing_names()


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("s3", "GetObject"),
        ("s3", "CopyObject"),
        ("s3", "UploadPartCopy"),
        ("s3", "ListObjectsV2"),
        ("s3", "GetBucketAcl"),
        ("s3", "ListParts"),
        ("s3control", "GetPublicAccessBlock"),
        ("elb", "DescribeLoadBalancers"),
        ("elbv2", "DescribeLoadBalancers"),
        ("rds", "DescribeDBInstances"),
        ("dynamodbstreams", "GetRecords"),
        ("bedrock-runtime", "InvokeModel"),
        ("bedrock-agent", "ListAgents"),
        ("sagemaker", "CreateTrainingJob"),
        ("sagemaker-runtime", "InvokeEndpoint"),
        ("iot-data", "Publish"),
        ("sesv2", "SendEmail"),
        ("ses", "SendEmail"),
        ("apigateway", "GetRestApis"),
        ("apigatewayv2", "GetApis"),
        ("apigatewaymanagementapi", "PostToConnection"),
        ("events", "PutEvents"),
        ("sso-oidc", "CreateToken"),
        ("lambda", "Invoke"),
        ("opensearch", "DescribeDomain"),
        ("cloudwatch", "PutMetricData"),
        ("sdb", "Select"),
    ],
)
def test_services_that_share_names(service, operation):
    """By target, version or path."""
    model = service_model(service).operation_model(operation)
    wanted = value(model.input_shape)
    read = read_request(message(model, wanted, model.service_model.resolved_protocol))
    assert (read.service, read.operation) == (service, operation)


def signed(name, method="POST", path="/", query="", body=b"", **headers):
    """A message that is signed under a name."""
    scope = f"Credential=AKIAX/20260101/eu-west-1/{name}/aws4_request"
    headers = {each.replace("_", "-"): value for each, value in headers.items()}
    headers["authorization"] = f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"
    headers["x-amz-date"] = "20260101T000000Z"
    return Message(method, path, query, headers, body)


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "unknown",
    [
        signed("no-such-service"),
        signed("dynamodb", x_amz_target="DynamoDB_20120810.Explode"),
        signed("dynamodb", x_amz_target="Explode"),
        signed("dynamodb", x_amz_target="Other_20120810.GetItem"),
        signed("sqs", body=b"Action=Explode", content_type=FORM),
        signed("lambda", path="/no/such/path"),
        signed("execute-api", path="/stage/users/api"),
        signed(
            "monitoring", path="/service/GraniteServiceVersion20100801/operation/Explode", smithy_protocol="rpc-v2-cbor"
        ),
        signed("transcribe", path="/stream-transcription"),
        Message("POST", "/", "", {"x-amz-target": "DynamoDB_20120810.GetItem"}),
    ],
)
def test_what_nobody_knows_is_refused(unknown):
    """By name, before anything is judged."""
    with pytest.raises(Unsupported):
        read_request(unknown)


@pytest.mark.parametrize(
    ("asked", "service", "operation"),
    [
        (Message("GET", "/bucket/key", "", {}), "s3", "GetObject"),
        (
            Message(
                "POST",
                "/",
                "",
                {"x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth"},
                b'{"AuthFlow":"A","ClientId":"c"}',
            ),
            "cognito-idp",
            "InitiateAuth",
        ),
        (
            Message(
                "POST",
                "/",
                "",
                {"content-type": FORM},
                b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn:aws:iam::111122223333:role/R&RoleSessionName=name&WebIdentityToken=token",
            ),
            "sts",
            "AssumeRoleWithWebIdentity",
        ),
        (signed("s3", "GET", "/", host="b.s3.eu-west-1.amazonaws.com"), "s3", "ListObjects"),
        (signed("s3", "GET", "/", host="b.localhost:80"), "s3", "ListObjects"),
        (signed("s3", "GET", "/", host="127.0.0.1:80"), "s3", "ListBuckets"),
        (signed("s3", "GET", "/b/", host="127.0.0.1:80"), "s3", "ListObjects"),
        (signed("s3", "GET", "/b//k", host="127.0.0.1:80"), "s3", "GetObject"),
    ],
)
def test_who_is_asked_otherwise(asked, service, operation):
    """Without a signature, and buckets by host."""
    read = read_request(asked)
    assert (read.service, read.operation) == (service, operation)
    assert read.access_key == ("AKIAX" if "authorization" in asked.headers else "")


@pytest.mark.parametrize(
    ("malformed", "code"),
    [
        (signed("dynamodb", x_amz_target="DynamoDB_20120810.GetItem", body=b"{"), "SerializationException"),
        (signed("dynamodb", x_amz_target="DynamoDB_20120810.GetItem", body=b"[]"), "SerializationException"),
        (signed("dynamodb", x_amz_target="DynamoDB_20120810.GetItem", body=b"{}"), "ValidationException"),
        (
            signed("dynamodb", x_amz_target="DynamoDB_20120810.GetItem", body=b'{"TableName":1e999}'),
            "SerializationException",
        ),
        (signed("sns", body=b"Action=Publish", content_type=FORM), "ValidationError"),
        (signed("ec2", body=b"Action=DescribeVpcs&MaxResults=x", content_type=FORM), "InvalidParameterValue"),
        (signed("s3", "PUT", "/b", "tagging", b"<Tagging"), "MalformedXML"),
        (signed("s3", "PUT", "/b", "tagging", b"<!DOCTYPE a [<!ENTITY a 'a'>]><Tagging>&a;</Tagging>"), "MalformedXML"),
        (signed("s3", "PUT", "/b", "tagging", b"<Tagging/>"), "InvalidRequest"),
        (signed("s3", "PUT", "/b/k", "", b"", expires="never"), "MalformedXML"),
        (signed("lambda", "POST", "/2015-03-31/functions", body=b"{}"), "ValidationException"),
    ],
)
def test_malformed_requests(malformed, code):
    """Each protocol's own code."""
    with pytest.raises(ServiceError) as caught:
        read_request(malformed)
    assert caught.value.code == code
