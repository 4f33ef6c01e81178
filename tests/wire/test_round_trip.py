"""What botocore's clients write we read, and what we write botocore's clients read: every service and operation."""

from __future__ import annotations

import pytest
from tests.wire.shapes import message, operations, parsed, pruned, value

from turnstile.wire.answer import write_answer
from turnstile.wire.models import protocols, service_model, services
from turnstile.wire.request import read_request

OFTEN = [
    "accessanalyzer",
    "acm",
    "apigateway",
    "apigatewaymanagementapi",
    "apigatewayv2",
    "appsync",
    "athena",
    "autoscaling",
    "batch",
    "bedrock",
    "bedrock-runtime",
    "cloudformation",
    "cloudfront",
    "cloudtrail",
    "cloudwatch",
    "codebuild",
    "codepipeline",
    "cognito-idp",
    "comprehend",
    "config",
    "databrew",
    "dax",
    "dynamodb",
    "dynamodbstreams",
    "ecr",
    "ecs",
    "efs",
    "eks",
    "elasticache",
    "elbv2",
    "emr",
    "emr-serverless",
    "events",
    "firehose",
    "fsx",
    "glue",
    "iam",
    "iot",
    "iot-data",
    "kinesis",
    "kms",
    "lambda",
    "logs",
    "mediaconvert",
    "mwaa",
    "neptunedata",
    "opensearch",
    "organizations",
    "pipes",
    "quicksight",
    "rds",
    "redshift",
    "redshift-data",
    "rekognition",
    "resourcegroupstaggingapi",
    "route53",
    "s3",
    "s3control",
    "s3tables",
    "sagemaker",
    "sagemaker-runtime",
    "scheduler",
    "schemas",
    "secretsmanager",
    "sesv2",
    "sns",
    "sqs",
    "ssm",
    "stepfunctions",
    "sts",
    "textract",
    "transcribe",
    "translate",
]

TWINS = {
    "bedrock-agent-runtime": "bedrock-agent",
    "bedrock-data-automation": "bedrock",
    "chime-sdk-media-pipelines": "chime-sdk-identity",
    "chime-sdk-meetings": "chime-sdk-identity",
    "chime-sdk-messaging": "chime-sdk-identity",
    "chime-sdk-voice": "chime chime-sdk-identity",
    "docdb": "rds",
    "greengrassv2": "greengrass",
    "ivs-realtime": "ivs",
    "lambda-microvms": "lambda",
    "lexv2-models": "lex-models",
    "neptune": "rds",
    "personalize-events": "personalize",
    "pinpoint-sms-voice": "sms-voice",
    "qconnect": "wisdom",
    "signer-data": "signer",
    "timestream-write": "timestream-query",
}
"""Services that share signing name and addresses with another one: on one host nothing tells their requests apart."""

REPLACED = {
    ("s3", "GetBucketLifecycle"),
    ("s3", "GetBucketNotification"),
    ("s3", "PutBucketLifecycle"),
    ("s3", "PutBucketNotification"),
    ("s3", "ListDirectoryBuckets"),
}
"""Operations whose addresses another one took over, or that only the host tells apart (ListDirectoryBuckets)."""

UNLIKE = {
    ("dataexchange", "SendApiAsset"),  # answers with all headers there are
    ("medialive", "DescribeInputDeviceThumbnail"),  # says a length that is not that of its body
    ("mediastore-data", "GetObject"),
    ("s3", "GetBucketLocation"),  # the client has a parser of its own for it
    ("s3", "GetBucketNotification"),
    ("s3", "GetObject"),
    ("s3", "GetObjectAnnotation"),
}
"""Answers that cannot come back as they were made up here."""


def check_requests(service):
    """Every request of a service, in each of its protocols."""
    for operation in operations(service):
        wanted = value(operation.input_shape) if operation.input_shape else {}
        for protocol in protocols(service_model(service)):
            try:
                read = read_request(message(operation, wanted, protocol))
            except Exception as error:
                if service in TWINS:
                    continue
                raise AssertionError(f"{service}:{operation.name} in {protocol}") from error
            if read.service in TWINS.get(service, "").split() or (service, operation.name) in REPLACED:
                continue
            assert (read.service, read.operation, read.protocol) == (service, operation.name, protocol)
            assert pruned(read.parameters) == pruned(wanted), (operation.name, protocol)
            assert (read.region, read.access_key) == ("eu-west-1", "AKIAX")


def check_answers(service):
    """Every answer of a service, in each of its protocols."""
    for operation in operations(service):
        if (service, operation.name) in UNLIKE:
            continue
        output = value(operation.output_shape) if operation.output_shape else {}
        for protocol in protocols(service_model(service)):
            reply = write_answer(service, operation.name, output, "an-id", protocol)
            assert pruned(parsed(reply, operation, protocol)) == pruned(output), (operation.name, protocol)


@pytest.mark.parametrize("service", OFTEN)
def test_requests_and_answers_of_services_that_workflows_use(service):
    """Every operation, both ways."""
    check_requests(service)
    check_answers(service)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_requests_of_all_services():
    """All that botocore can write."""
    for service in services():
        check_requests(service)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_answers_of_all_services():
    """All that botocore can read."""
    for service in services():
        check_answers(service)
