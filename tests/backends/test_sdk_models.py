"""Parameters and answers of SDK integrations against the services' models."""

from __future__ import annotations

import pytest

from turnstile.backends.sdk_models import SdkModels
from turnstile.faults import Unsupported

MODELS = SdkModels()


@pytest.mark.parametrize(
    ("service", "operation", "given", "sent"),
    [
        ("dynamodb", "PutItem", {"Item": {"id": {"Bool": True}}}, {"Item": {"id": {"BOOL": True}}}),
        ("dynamodb", "PutItem", {"Item": {"a": {"L": [{"Ss": ["x"]}]}}}, {"Item": {"a": {"L": [{"SS": ["x"]}]}}}),
        ("batch", "SubmitJob", {"JobName": "j", "Tags": {"Key": "v"}}, {"jobName": "j", "tags": {"Key": "v"}}),
        ("stepfunctions", "StartExecution", {"Input": {"a": [1]}}, {"input": '{"a":[1]}'}),
        ("stepfunctions", "StartExecution", {"Input": "text"}, {"input": "text"}),
        ("s3", "PutObject", {"Body": "text"}, {"Body": '"text"'}),
        ("s3", "PutObject", {"Body": 0}, {"Body": "0"}),
        ("lambda", "Invoke", {"Payload": {"a": 1}}, {"Payload": '{"a":1}'}),
        ("lambda", "Invoke", {"Payload": "text", "Qualifier": None}, {"Payload": "text"}),
        ("sqs", "SendMessage", {"DelaySeconds": "5"}, {"DelaySeconds": 5}),
        ("sqs", "SendMessage", {"DelaySeconds": 5.0}, {"DelaySeconds": 5}),
        ("ssm", "PutParameter", {"Overwrite": "true"}, {"Overwrite": True}),
        ("cloudwatch", "PutMetricData", {"MetricData": [{"Value": "1.5"}]}, {"MetricData": [{"Value": 1.5}]}),
    ],
)
def test_parameters_become_members(service, operation, given, sent):
    """By the names of the model; any JSON stands for text; what is null is left out."""
    assert MODELS.request(service, operation, given) == sent


@pytest.mark.parametrize(
    ("service", "operation", "output", "shown"),
    [
        (
            "sqs",
            "SendMessage",
            {"MessageId": "1", "MD5OfMessageBody": "x"},
            {"Md5OfMessageBody": "x", "MessageId": "1"},
        ),
        ("dynamodb", "GetItem", {"Item": {"b": {"NULL": True}, "a": {"NS": ["1"]}}}, None),
        ("s3", "GetObject", {"Body": "x", "ContentLength": 1, "Metadata": {"k": "v"}}, None),
        ("stepfunctions", "StartExecution", {"executionArn": "a", "startDate": 1767225600.5}, None),
        ("sts", "GetCallerIdentity", {"Arn": None, "UserId": "u"}, {"UserId": "u"}),
    ],
)
def test_answers_are_shown_by_the_names_of_the_sdk(service, operation, output, shown):
    """Members in order, a body last, keys of maps as they come, times as text, what is null left out."""
    wanted = (
        shown
        or {
            "GetItem": {"Item": {"b": {"Nul": True}, "a": {"Ns": ["1"]}}},
            "GetObject": {"ContentLength": 1, "Metadata": {"k": "v"}, "Body": "x"},
            "StartExecution": {"ExecutionArn": "a", "StartDate": "2026-01-01T00:00:00.500Z"},
        }[operation]
    )
    found = MODELS.answer(service, operation, output)
    assert found == wanted
    assert list(found) == list(wanted)


@pytest.mark.parametrize(
    ("service", "operation", "given", "wrong"),
    [
        ("dynamodb", "GetItem", {"tableName": "t"}, [(("tableName",), "unknown")]),
        ("dynamodb", "GetItem", {"Key": {"id": {"BOOL": True}}}, [(("Key", "id", "BOOL"), "unknown")]),
        ("dynamodb", "GetItem", {"Key": []}, [(("Key",), "invalid")]),
        ("dynamodb", "GetItem", {"Key": ...}, []),
        ("dynamodb", "GetItem", {"TableName": None, "ConsistentRead": "yes"}, [(("ConsistentRead",), "invalid")]),
        ("sqs", "SendMessage", {"DelaySeconds": "soon"}, [(("DelaySeconds",), "invalid")]),
        ("sqs", "SendMessage", {"DelaySeconds": 1.5}, [(("DelaySeconds",), "invalid")]),
        ("sqs", "SendMessage", {"DelaySeconds": True}, [(("DelaySeconds",), "invalid")]),
        ("batch", "SubmitJob", {"DependsOn": [{"JobId": "1"}, "2"]}, [(("DependsOn", 1), "invalid")]),
        ("batch", "SubmitJob", {"Tags": {"a": 1}, "Parameters": 1}, [(("Parameters",), "invalid")]),
        ("cloudtrail", "LookupEvents", {"StartTime": "today"}, [(("StartTime",), "invalid")]),
        ("cloudtrail", "LookupEvents", {"StartTime": "2026-01-01T00:00:00Z", "EndTime": 1767225600}, []),
        ("bedrock-runtime", "Converse", {"AdditionalModelRequestFields": {"any": [1]}}, []),
        ("sts", "GetCallerIdentity", {"A": 1}, [(("A",), "unknown")]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(service, operation, given, wrong):
    """With the way to it; what is not known yet fits."""
    assert [(path, kind) for path, kind, _ in MODELS.misfits(service, operation, given, complete=False)] == wrong


def test_required_members_are_asked_for():
    """At every level, where asked to."""
    given = {"TableName": "t", "Key": ..., "AttributesToGet": None}
    assert not list(MODELS.misfits("dynamodb", "GetItem", given, complete=True))
    tags = {"ResourceArn": "a", "Tags": [{"Key": "k"}]}
    found = [tuple(each[:2]) for each in MODELS.misfits("dynamodb", "TagResource", tags, complete=True)]
    assert found == [(("Tags", 0, "Value"), "missing")]


@pytest.mark.parametrize(
    ("service", "code", "name"),
    [
        ("s3", "NoSuchKey", "NoSuchKeyException"),
        ("iam", "NoSuchEntity", "NoSuchEntityException"),
        ("rds", "DBInstanceNotFound", "DbInstanceNotFoundException"),
        ("dynamodb", "ValidationException", None),
        ("ec2", "InvalidInstanceID.NotFound", None),
    ],
)
def test_an_error_has_a_class_where_the_service_models_it(service, code, name):
    """By the code on the wire."""
    assert MODELS.error(service, code) == name


def test_streams_of_events_are_not_offered():
    """They are actions of the service nevertheless."""
    assert MODELS.actions("kinesis")["subscribeToShard"] == "SubscribeToShard"
    assert not MODELS.offers("kinesis", "SubscribeToShard")
    assert MODELS.offers("kinesis", "PutRecord")


def test_an_operation_that_is_not_there_is_refused():
    """By the name botocore lacks."""
    with pytest.raises(Unsupported, match="sqs:Nothing"):
        MODELS.request("sqs", "Nothing", {})
