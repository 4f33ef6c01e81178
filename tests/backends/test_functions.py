"""`Functions`: the Invoke operation, whoever answers."""

import base64
import json
import sys

import pytest

from turnstile.clock import DAWN
from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.source import unwritten
from turnstile.wire.content import text
from turnstile.world.answers import read_script
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
        ({"Payload": text(b"1\xff")}, "InvalidRequestContentException"),
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
    """Other operations are named."""
    aws_lambda.declare(lambda _: 1)
    with pytest.raises(Unsupported, match="lambda:PublishLayerVersion"):
        await aws_lambda.perform("PublishLayerVersion")


@pytest.mark.parametrize("kind", ["Event", "RequestResponse", "DryRun"])
async def test_an_unknown_version_is_not_found(aws_lambda, kind):
    """Whatever the type of invocation."""
    aws_lambda.declare(lambda _: 1)
    with pytest.raises(ServiceError) as refused:
        await aws_lambda.perform(FunctionName="f:live", InvocationType=kind)
    assert (refused.value.code, refused.value.message) == (
        "ResourceNotFoundException",
        f"Function not found: {ARN}:live",
    )


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


async def test_the_log_comes_with_the_answer(aws_lambda):
    """START, what the handler wrote in this invocation, END and REPORT; at most the last 4 KB, and only when asked."""
    aws_lambda.declare("def handler(event, context):\n    print('said', event)\n    return 1", takes=1.5)
    assert "LogResult" not in await aws_lambda.perform(Payload="0")
    output = await aws_lambda.perform(Payload="1", LogType="Tail")
    lines = base64.b64decode(output["LogResult"]).decode().splitlines()
    assert [line.split()[0] for line in lines] == ["START", "said", "END", "REPORT"]
    assert lines[1] == "said 1"
    assert "\tDuration: 1500.00 ms\tBilled Duration: 1500 ms\tMemory Size: 128 MB" in lines[3]
    aws_lambda.declare("def handler(event, context):\n    print('x' * 10_000)", "g")
    output = await aws_lambda.perform(FunctionName="g", LogType="Tail")
    assert len(base64.b64decode(output["LogResult"])) == 4096


async def test_the_log_of_a_timeout_says_so(aws_lambda):
    """What was written until then is in it."""
    aws_lambda.declare("import time\ndef handler(e, c):\n    print('here')\n    time.sleep(60)", timeout=0.3)
    output = await aws_lambda.perform(LogType="Tail")
    text = base64.b64decode(output["LogResult"]).decode()
    assert "here\nTask timed out after 0.30 seconds\nEND" in text


async def test_a_client_context_reaches_the_handler(aws_lambda):
    """With its client, custom and environment parts."""
    aws_lambda.declare(
        "def handler(event, context):\n"
        "    sent = context.client_context\n"
        "    return [sent.custom, sent.env, sent.client.app_title, context.identity.cognito_identity_id]"
    )
    sent = {"custom": {"a": 1}, "env": {"locale": "de"}, "client": {"app_title": "shop"}}
    output = await aws_lambda.perform(ClientContext=base64.b64encode(json.dumps(sent).encode()).decode())
    assert json.loads(output["Payload"]) == [{"a": 1}, {"locale": "de"}, "shop", None]
    with pytest.raises(ServiceError, match="Client context must be"):
        await aws_lambda.perform(ClientContext="%")


def _script(document):
    faults = []
    script = read_script(document, unwritten("<answers>"), faults)
    assert not faults
    return script


async def test_declared_answers_are_given_in_turn_and_by_match(aws_lambda):
    """Returns, raises, and what none matches is not emulated."""
    aws_lambda.declare(
        _script(
            [
                {"when": {"id": 1}, "times": 1, "returns": "first"},
                {"when": {"id": 1}, "raises": {"error_type": "Broken", "message": "again"}},
            ]
        )
    )
    assert await aws_lambda.invoke({"id": 1, "more": 2}) == "first"
    assert await aws_lambda.fail({"id": 1}) == {"errorType": "Broken", "errorMessage": "again"}
    with pytest.raises(Unsupported, match="answers:"):
        await aws_lambda.invoke({"id": 2})
    other = aws_lambda.again()
    assert await other.invoke({"id": 1}) == "first"


async def test_events_are_retried_after_one_minute_and_two(aws_lambda):
    """Accepted at once; three attempts of what fails, on the world's clock."""
    seen = []

    def fail(event):
        seen.append((aws_lambda.world.clock.now() - DAWN, event))
        raise FunctionError({"errorType": "Broken"})

    aws_lambda.declare(fail)
    with aws_lambda.world.clock.attend():
        assert await aws_lambda.perform(InvocationType="Event", Payload="[1]") == {"StatusCode": 202, "Payload": ""}
        assert seen == []
        assert await aws_lambda.functions.settle()
    assert seen == [(0, [1]), (60, [1]), (180, [1])]


async def test_the_retries_are_as_configured(aws_lambda):
    """None at all, and none of an event that is too old."""
    seen = []

    def fail(event):
        seen.append(event)
        raise FunctionError({})

    aws_lambda.declare(fail)
    for config in ({"MaximumRetryAttempts": 0}, {"MaximumEventAgeInSeconds": 100}):
        await aws_lambda.perform("PutFunctionEventInvokeConfig", **config)
        with aws_lambda.world.clock.attend():
            await aws_lambda.perform(InvocationType="Event", Payload=json.dumps(config))
            await aws_lambda.functions.settle()
    assert [len(event) and next(iter(event)) for event in seen] == [
        "MaximumRetryAttempts",
        "MaximumEventAgeInSeconds",
        "MaximumEventAgeInSeconds",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds")
async def test_a_handler_that_takes_too_much_memory_is_killed(aws_lambda):
    """As Lambda tells it; the next event finds a new environment."""
    aws_lambda.declare(
        "import time\n"
        "def handler(event, context):\n"
        "    if event:\n"
        "        held = bytearray(200 * 1024 * 1024)\n"
        "        held[::4096] = b'x' * len(held[::4096])\n"
        "        time.sleep(60)\n"
        "    return 1",
        timeout=20,
    )
    payload = await aws_lambda.fail(1)
    assert payload["errorType"] == "Runtime.OutOfMemory"
    assert payload["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")
    assert await aws_lambda.invoke(0) == 1
