"""Versions and aliases by the Lambda API, and what they lead to."""

import json

import pytest

from turnstile.gate.errors import ServiceError


async def _answers(aws_lambda, name, count=1):
    return [(await aws_lambda.perform(FunctionName=name))["ExecutedVersion"] for _ in range(count)]


async def test_a_version_stays_as_it_was_published(aws_lambda):
    """Its configuration and environment are those of the day."""
    aws_lambda.declare(
        "import os\ndef handler(event, context): return os.environ['STAGE']", environment={"STAGE": "one"}
    )
    first = await aws_lambda.perform("PublishVersion", Description="first")
    assert (first["Version"], first["Description"]) == ("1", "first")
    assert first["FunctionArn"].endswith(":function:f:1")
    assert (await aws_lambda.perform("PublishVersion"))["Version"] == "1"
    await aws_lambda.perform("UpdateFunctionConfiguration", Environment={"Variables": {"STAGE": "two"}})
    assert (await aws_lambda.perform("PublishVersion"))["Version"] == "2"
    assert [await aws_lambda.invoke(name=name) for name in ("f:1", "f:2", "f")] == ["one", "two", "two"]
    versions = (await aws_lambda.perform("ListVersionsByFunction"))["Versions"]
    assert [each["Version"] for each in versions] == ["$LATEST", "1", "2"]


async def test_the_handler_sees_its_version_and_how_it_was_invoked(aws_lambda):
    """The ARN of an alias stays that of the alias."""
    aws_lambda.declare("def handler(event, c): return [c.function_version, c.invoked_function_arn, c.log_stream_name]")
    await aws_lambda.perform("PublishVersion")
    await aws_lambda.perform("CreateAlias", Name="live", FunctionVersion="1")
    version, arn, stream = await aws_lambda.invoke(name="f:live")
    assert (version, arn.rpartition(":")[2]) == ("1", "live")
    assert stream.startswith("2026/01/01/[1]")


async def test_an_alias_draws_between_two_versions_by_the_seed(aws_lambda):
    """About as weighted, and the same in every run."""
    aws_lambda.declare(lambda event: 1)
    await aws_lambda.perform("PublishVersion")
    await aws_lambda.perform("UpdateFunctionConfiguration", Description="two")
    aws_lambda.declare(lambda event: 2, "g")
    await aws_lambda.perform("UpdateFunctionConfiguration", Timeout=7)
    await aws_lambda.perform("PublishVersion")
    routing = {"AdditionalVersionWeights": {"2": 0.3}}
    alias = await aws_lambda.perform("CreateAlias", Name="live", FunctionVersion="1", RoutingConfig=routing)
    assert alias["RoutingConfig"] == routing
    drawn = await _answers(aws_lambda, "f:live", 200)
    assert 30 < drawn.count("2") < 90
    other = aws_lambda.again()
    for _ in range(3):
        other.world.uuid()
    shown = await aws_lambda.perform("UpdateAlias", Name="live", FunctionVersion="2", RoutingConfig={})
    assert "RoutingConfig" not in shown
    assert set(await _answers(aws_lambda, "f:live", 20)) == {"2"}


REFUSED = [
    ("CreateAlias", {"Name": "live", "FunctionVersion": "9"}, "ResourceNotFoundException"),
    ("CreateAlias", {"Name": "12", "FunctionVersion": "1"}, "ValidationException"),
    ("CreateAlias", {"Name": "taken", "FunctionVersion": "1"}, "ResourceConflictException"),
    (
        "CreateAlias",
        {"Name": "x", "FunctionVersion": "$LATEST", "RoutingConfig": {"AdditionalVersionWeights": {"1": 0.5}}},
        "InvalidParameterValueException",
    ),
    (
        "CreateAlias",
        {"Name": "x", "FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": {"1": 0.5}}},
        "InvalidParameterValueException",
    ),
    ("UpdateAlias", {"Name": "none", "FunctionVersion": "1"}, "ResourceNotFoundException"),
    ("UpdateAlias", {"Name": "taken", "RevisionId": "x"}, "PreconditionFailedException"),
    ("GetAlias", {"Name": "none"}, "ResourceNotFoundException"),
    ("PublishVersion", {"CodeSha256": "x"}, "InvalidParameterValueException"),
    ("PublishVersion", {"RevisionId": "x"}, "PreconditionFailedException"),
    ("PublishVersion", {"FunctionName": "none"}, "ResourceNotFoundException"),
    ("DeleteFunction", {"Qualifier": "1"}, "ResourceConflictException"),
    ("DeleteFunction", {"Qualifier": "$LATEST"}, "InvalidParameterValueException"),
]


@pytest.mark.parametrize(("operation", "parameters", "code"), REFUSED)
async def test_lambda_refuses_what_leads_nowhere(aws_lambda, operation, parameters, code):
    """With its code."""
    aws_lambda.declare(lambda event: 1)
    await aws_lambda.perform("PublishVersion")
    await aws_lambda.perform("CreateAlias", Name="taken", FunctionVersion="1")
    with pytest.raises(ServiceError) as refused:
        await aws_lambda.perform(operation, **parameters)
    assert refused.value.code == code


async def test_a_deleted_alias_and_version_are_gone(aws_lambda):
    """The number is never given again."""
    aws_lambda.declare(lambda event: 1)
    await aws_lambda.perform("PublishVersion")
    await aws_lambda.perform("CreateAlias", Name="live", FunctionVersion="1")
    assert [each["Name"] for each in (await aws_lambda.perform("ListAliases"))["Aliases"]] == ["live"]
    await aws_lambda.perform("DeleteAlias", Name="live")
    await aws_lambda.perform("DeleteFunction", Qualifier="1")
    for name in ("f:live", "f:1"):
        with pytest.raises(ServiceError, match="Function not found"):
            await aws_lambda.perform(FunctionName=name)
    assert (await aws_lambda.perform("PublishVersion"))["Version"] == "2"
    assert json.loads((await aws_lambda.perform(FunctionName="f:2"))["Payload"]) == 1
