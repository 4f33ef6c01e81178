"""`Functions`: the Invoke operation, whoever answers."""

import json

import pytest

from turnstile.clock import DAWN
from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.world.function import FunctionError

ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"


async def test_an_answer_gets_the_event_and_gives_the_payload(aws_lambda):
    """A function answered in this process sees the event and its value is the payload."""
    aws_lambda.declare(lambda event: {"twice": event["n"] * 2})
    output = await aws_lambda.perform(Payload='{"n": 21}')
    assert output == {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": '{"twice":42}'}


async def test_a_function_error_is_unhandled(aws_lambda):
    """A function error's payload comes with `FunctionError`."""

    def refuse(event):
        raise FunctionError({"errorType": "Broken", "errorMessage": "no"})

    aws_lambda.declare(refuse)
    assert await aws_lambda.fail() == {"errorType": "Broken", "errorMessage": "no"}


@pytest.mark.parametrize("payload", [{}, {"Payload": ""}, {"Payload": "{}"}, {"Payload": b"{}"}])
async def test_no_payload_is_an_empty_event(aws_lambda, payload):
    """Without a payload the event is an empty object."""
    seen = []
    aws_lambda.declare(seen.append)
    assert (await aws_lambda.perform(**payload))["Payload"] == "null"
    assert seen == [{}]


@pytest.mark.parametrize(
    "name", ["f", "function:f", "123456789012:f", "123456789012:function:f", ARN, f"{ARN}:$LATEST", "f:$LATEST"]
)
async def test_every_form_of_a_function_name_finds_it(aws_lambda, name):
    """A name, a partial ARN and an ARN are the same function."""
    aws_lambda.declare(lambda _: 1)
    assert await aws_lambda.invoke(name=name) == 1


@pytest.mark.parametrize(
    ("parameters", "shown"),
    [
        ({"FunctionName": "no"}, "arn:aws:lambda:us-east-1:123456789012:function:no:$LATEST"),
        ({"FunctionName": "no:live"}, "arn:aws:lambda:us-east-1:123456789012:function:no:live"),
        ({"FunctionName": "no", "Qualifier": "7"}, "arn:aws:lambda:us-east-1:123456789012:function:no:7"),
        ({"FunctionName": "444455556666:f"}, "arn:aws:lambda:us-east-1:444455556666:function:f:$LATEST"),
    ],
)
async def test_a_missing_function_is_named_with_its_qualifier(aws_lambda, parameters, shown):
    """The refusal names the ARN and the version asked for, as recorded in task_service_lambda/test_no_such_function."""
    with pytest.raises(ServiceError) as refused:
        await aws_lambda.perform(**parameters)
    assert refused.value.code == "ResourceNotFoundException"
    assert refused.value.status == 404
    assert refused.value.message == f"Function not found: {shown}"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"Payload": "{"}, "InvalidRequestContentException"),
        ({"FunctionName": "a b"}, "ValidationException"),
        ({"InvocationType": "Later"}, "ValidationException"),
        ({"FunctionName": "f:$LATEST", "Qualifier": "7"}, "InvalidParameterValueException"),
        ({"Payload": f'"{"x" * 6_291_456}"'}, "RequestTooLargeException"),
        ({"Payload": f'"{"x" * 1_048_576}"', "InvocationType": "Event"}, "RequestTooLargeException"),
    ],
)
async def test_a_wrong_request_is_refused_with_lambdas_code(aws_lambda, parameters, code):
    """What Lambda does not take is an error of the service."""
    aws_lambda.declare(lambda _: 1)
    with pytest.raises(ServiceError) as refused:
        await aws_lambda.perform(**parameters)
    assert refused.value.code == code


async def test_what_is_not_emulated_is_refused_by_name(aws_lambda):
    """Other operations, versions and aliases are named."""
    aws_lambda.declare(lambda _: 1)
    with pytest.raises(Unsupported, match="lambda:ListFunctions"):
        await aws_lambda.perform("ListFunctions")
    with pytest.raises(Unsupported, match="version or alias `live`"):
        await aws_lambda.perform(FunctionName="f:live")


async def test_an_event_is_accepted_and_its_outcome_dropped(aws_lambda):
    """An asynchronous invocation runs the function, is accepted even if that fails, and takes no time."""
    seen = []
    aws_lambda.declare(lambda event: seen.append(event) or {1}, takes=5)
    assert await aws_lambda.perform(InvocationType="Event", Payload="[1]") == {"StatusCode": 202, "Payload": ""}
    assert seen == [[1]]
    assert aws_lambda.world.clock.now() == DAWN


async def test_a_dry_run_runs_nothing(aws_lambda):
    """A dry run answers 204 and leaves the function alone."""
    seen = []
    aws_lambda.declare(seen.append)
    assert await aws_lambda.perform(InvocationType="DryRun") == {"StatusCode": 204}
    assert seen == []


@pytest.mark.parametrize("fails", [False, True])
async def test_the_declared_duration_passes_on_the_clock(aws_lambda, fails):
    """Whatever it answers, a function takes the time that was declared."""

    def answer(event):
        if fails:
            raise FunctionError({})

    aws_lambda.declare(answer, takes=2.5)
    await aws_lambda.perform()
    assert aws_lambda.world.clock.now() == DAWN + 2.5


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({1}, "Runtime.MarshalError"),
        ("\ud800", "Runtime.MarshalError"),
        ("x" * 6_291_556, "Function.ResponseSizeTooLarge"),
    ],
)
async def test_an_answer_that_is_no_payload_is_an_error(aws_lambda, value, kind):
    """What cannot be written as JSON, or is too long, becomes Lambda's error."""
    aws_lambda.declare(lambda _: value)
    assert (await aws_lambda.fail())["errorType"] == kind


async def test_a_payload_of_the_largest_size_passes(aws_lambda):
    """Six megabytes go to a handler and back."""
    aws_lambda.declare("def handler(event, context):\n    return event")
    payload = json.dumps("x" * (6_291_456 - 2))
    assert (await aws_lambda.perform(Payload=payload))["Payload"] == payload


async def test_half_of_a_surrogate_pair_arrives_as_a_question_mark(aws_lambda):
    """The request is UTF-8, which cannot hold it."""
    aws_lambda.declare(lambda event: event)
    outcome = await aws_lambda.perform(Payload='{"a": "\ud800"}')
    assert outcome["Payload"] == '{"a":"?"}'
