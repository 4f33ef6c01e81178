"""Functions made, changed and deleted by the Lambda API."""

import base64
import hashlib
import json

import pytest

from turnstile.backends.handlers.archive import packed
from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError

ROLE = "arn:aws:iam::123456789012:role/R"
ONE = packed({"app.py": "import os\ndef handler(event, context):\n    return ['one', os.environ.get('STAGE')]\n"})
TWO = packed({"pkg/__init__.py": "", "pkg/app.py": "def go(event, context):\n    return 'two'\n"})
GIVEN = {
    "FunctionName": "made",
    "Runtime": "python3.13",
    "Role": ROLE,
    "Handler": "app.handler",
    "Code": {"ZipFile": ONE},
    "Environment": {"Variables": {"STAGE": "test"}},
}


async def test_a_created_function_runs_its_archive(aws_lambda):
    """With its environment; the answer describes it."""
    made = await aws_lambda.perform("CreateFunction", **GIVEN)
    assert made["CodeSha256"] == base64.b64encode(hashlib.sha256(ONE).digest()).decode()
    assert (made["State"], made["Version"], made["Timeout"], made["MemorySize"]) == ("Active", "$LATEST", 3, 128)
    assert await aws_lambda.invoke(name="made") == ["one", "test"]


async def test_code_and_configuration_change(aws_lambda):
    """A new revision gets new environments."""
    made = await aws_lambda.perform("CreateFunction", **GIVEN)
    assert await aws_lambda.invoke(name="made") == ["one", "test"]
    name = {"FunctionName": "made"}
    changed = await aws_lambda.perform("UpdateFunctionCode", **name, ZipFile=base64.b64encode(TWO).decode())
    assert changed["RevisionId"] != made["RevisionId"]
    await aws_lambda.perform("UpdateFunctionConfiguration", **name, Handler="pkg/app.go", Timeout=9, MemorySize=256)
    assert await aws_lambda.invoke(name="made") == "two"
    shown = await aws_lambda.perform("GetFunctionConfiguration", **name)
    assert (shown["Handler"], shown["Timeout"], shown["MemorySize"]) == ("pkg/app.go", 9, 256)


async def test_what_is_made_is_listed_tagged_and_deleted(aws_lambda):
    """By all the names it has."""
    await aws_lambda.perform("CreateFunction", **GIVEN, Tags={"a": "1"}, Publish=True)
    arn = "arn:aws:lambda:us-east-1:123456789012:function:made"
    await aws_lambda.perform("TagResource", Resource=arn, Tags={"b": "2"})
    await aws_lambda.perform("UntagResource", Resource=arn, TagKeys=["a"])
    assert (await aws_lambda.perform("ListTags", Resource=arn)) == {"Tags": {"b": "2"}}
    assert (await aws_lambda.perform("GetFunction", FunctionName=arn))["Tags"] == {"b": "2"}
    assert [each["FunctionArn"] for each in (await aws_lambda.perform("ListFunctions"))["Functions"]] == [arn]
    everything = (await aws_lambda.perform("ListFunctions", FunctionVersion="ALL"))["Functions"]
    assert [each["Version"] for each in everything] == ["$LATEST", "1"]
    await aws_lambda.perform("DeleteFunction", FunctionName="made")
    with pytest.raises(ServiceError, match="Function not found"):
        await aws_lambda.perform(FunctionName="made")


REFUSED = [
    ({"Timeout": 901}, "ValidationException", "less than or equal to 900"),
    ({"MemorySize": 64}, "ValidationException", "greater than or equal to 128"),
    ({"Role": "R"}, "ValidationException", "'role' failed"),
    ({"Code": {}}, "InvalidParameterValueException", "Please provide a source"),
    ({"Code": {"ZipFile": b"no"}}, "InvalidParameterValueException", "Could not unzip"),
    ({"Code": {"ZipFile": packed({"../x.py": ""})}}, "InvalidParameterValueException", "Could not unzip"),
    ({"Environment": {"Variables": {"AWS_REGION": "x"}}}, "InvalidParameterValueException", "AWS_REGION"),
    ({"Environment": {"Variables": {"A": "x" * 5000}}}, "InvalidParameterValueException", "4KB"),
    ({"Handler": None}, "InvalidParameterValueException", "Handler is mandatory"),
    ({"FunctionName": "x" * 65}, "ValidationException", "length less than or equal to 64"),
]


@pytest.mark.parametrize(("change", "code", "words"), REFUSED)
async def test_lambda_refuses_what_is_no_function(aws_lambda, change, code, words):
    """With its code and text; nothing is made."""
    with pytest.raises(ServiceError) as refused:
        await aws_lambda.perform("CreateFunction", **{**GIVEN, **change})
    assert refused.value.code == code
    assert words in refused.value.message
    assert (await aws_lambda.perform("ListFunctions"))["Functions"] == []


async def test_a_name_is_given_once(aws_lambda):
    """A second function of it is a conflict."""
    await aws_lambda.perform("CreateFunction", **GIVEN)
    with pytest.raises(ServiceError, match="Function already exist: made"):
        await aws_lambda.perform("CreateFunction", **GIVEN)


@pytest.mark.parametrize(
    "change", [{"Runtime": "java21"}, {"PackageType": "Image"}, {"Layers": ["arn"]}, {"Code": {"S3Bucket": "b"}}]
)
async def test_what_is_not_emulated_is_refused_by_name(aws_lambda, change):
    """Never passed over."""
    with pytest.raises(Unsupported):
        await aws_lambda.perform("CreateFunction", **{**GIVEN, **change})


async def test_event_settings_are_kept_by_qualifier(aws_lambda):
    """Put replaces, Update changes, Delete takes away."""
    await aws_lambda.perform("CreateFunction", **GIVEN, Publish=True)
    name = {"FunctionName": "made"}
    queue = "arn:aws:sqs:us-east-1:123456789012:failed"
    where = {"OnFailure": {"Destination": queue}}
    await aws_lambda.perform("PutFunctionEventInvokeConfig", **name, MaximumRetryAttempts=1, DestinationConfig=where)
    await aws_lambda.perform("UpdateFunctionEventInvokeConfig", **name, MaximumEventAgeInSeconds=60)
    shown = await aws_lambda.perform("GetFunctionEventInvokeConfig", **name)
    assert (shown["MaximumRetryAttempts"], shown["MaximumEventAgeInSeconds"]) == (1, 60)
    assert shown["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": {"Destination": queue}}
    await aws_lambda.perform("PutFunctionEventInvokeConfig", **name, Qualifier="1", MaximumRetryAttempts=0)
    listed = (await aws_lambda.perform("ListFunctionEventInvokeConfigs", **name))["FunctionEventInvokeConfigs"]
    assert [each["FunctionArn"].rpartition(":")[2] for each in listed] == ["$LATEST", "1"]
    await aws_lambda.perform("DeleteFunctionEventInvokeConfig", **name)
    for parameters, code in (
        (name, "ResourceNotFoundException"),
        ({**name, "Qualifier": "9"}, "ResourceNotFoundException"),
    ):
        with pytest.raises(ServiceError) as refused:
            await aws_lambda.perform("GetFunctionEventInvokeConfig", **parameters)
        assert refused.value.code == code
    where = {"OnFailure": {"Destination": "nowhere"}}
    with pytest.raises(ServiceError, match="is invalid"):
        await aws_lambda.perform("PutFunctionEventInvokeConfig", **name, DestinationConfig=where)
    assert json.dumps(shown)
