"""The environment of handlers: Lambda's variables, the function's, and no way to AWS."""

import os
from pathlib import Path

import pytest

WHO = """\
import boto3
def handler(event, context):
    try:
        boto3.client("sts", **event).get_caller_identity()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
"""


async def test_a_handler_has_lambdas_variables_and_its_own(aws_lambda, monkeypatch):
    """Nothing of the user's own environment comes in."""
    monkeypatch.setenv("TURNSTILE_TEST_SECRET", "x")
    monkeypatch.setenv("AWS_PROFILE", "production")
    code = "import os\ndef handler(event, context):\n    return dict(os.environ, CWD=os.getcwd())"
    aws_lambda.declare(code, environment={"TABLE": "orders", "AWS_REGION": "mars"}, memory=512)
    variables = await aws_lambda.invoke()
    assert not {"TURNSTILE_TEST_SECRET", "AWS_PROFILE", "USER"} & set(variables)
    expected = {
        "TABLE": "orders",
        "TZ": "UTC",
        "PATH": os.environ["PATH"],
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": "f",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
        "LAMBDA_TASK_ROOT": str(aws_lambda.folder),
        "CWD": str(aws_lambda.folder),
        "_HANDLER": "f.handler",
    }
    assert expected.items() <= variables.items()


@pytest.mark.parametrize(
    "own",
    [
        {},
        {"AWS_ENDPOINT_URL": "https://sts.amazonaws.com", "AWS_ENDPOINT_URL_STS": "https://sts.amazonaws.com"},
        {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "AWS_PROFILE": "production", "AWS_ACCESS_KEY_ID": "AKIA"},
    ],
)
async def test_boto3_reaches_nothing(aws_lambda, own):
    """However a function is declared, its boto3 talks to an endpoint that refuses."""
    aws_lambda.declare(WHO, environment={**own, "AWS_MAX_ATTEMPTS": "1"}, timeout=30)
    assert (await aws_lambda.invoke({})).startswith(
        'EndpointConnectionError: Could not connect to the endpoint URL: "http://127.0.0.1:1/"'
    )


async def test_each_environment_has_a_home_of_its_own(aws_lambda):
    """Files in the home and temporary folder do not pass from world to world, and are removed with it."""
    aws_lambda.declare(
        "import os, tempfile\n"
        "def handler(event, context):\n"
        "    tempfile.mkstemp()\n"
        "    return [os.environ['HOME'], len(os.listdir(tempfile.gettempdir()))]"
    )
    other = aws_lambda.again()
    home, files = await aws_lambda.invoke()
    another, _ = await other.invoke()
    assert files == 1
    assert home != another
    assert await aws_lambda.invoke() == [home, 2]
    await other.functions.close()
    assert [Path(each).exists() for each in (home, another)] == [True, False]  # noqa: ASYNC240 - quick
