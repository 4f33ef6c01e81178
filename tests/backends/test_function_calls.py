"""What handlers ask of AWS: judged as their function's role, in the world they run in."""

from __future__ import annotations

import asyncio
import functools
import json

import pytest

from turnstile.backends.handlers.archive import packed
from turnstile.clock import DAWN
from turnstile.emulator import Emulator
from turnstile.faults import Unsupported
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.source import unwritten
from turnstile.world.function import Function, HandlerFile

REGION = "us-east-1"
CALLS = (
    "import boto3, json\n"
    "from botocore.exceptions import ClientError\n"
    "client = boto3.client({service!r})\n"
    "def handler(event, context):\n"
    "    try:\n"
    "        answer = client.{method}(**event)\n"
    "    except ClientError as error:\n"
    "        return {{'code': error.response['Error']['Code'], 'message': error.response['Error']['Message']}}\n"
    "    if hasattr(answer.get('Payload'), 'read'):\n"
    "        answer['Payload'] = json.loads(answer['Payload'].read() or 'null')\n"
    "    answer.pop('ResponseMetadata')\n"
    "    return json.loads(json.dumps(answer, default=str))\n"
)
TRUSTED = {"Principal": {"Service": "lambda.amazonaws.com"}}


@pytest.fixture
def emulator(accounts):
    return Emulator(accounts.world)


def live(test):
    """Runs a test inside its emulator, as a worker of the clock."""

    @functools.wraps(test)
    async def run(emulator, **fixtures):
        async with emulator:
            await test(emulator=emulator, **fixtures)

    return run


@pytest.fixture
def role(accounts, write_trust, write_policy):
    """A role of Lambda's in the target account that may do these actions."""

    def make(name, actions, **statement):
        may = {"Effect": "Allow", "Action": actions, "Resource": "*", **statement}
        policies = (write_policy(may),) if actions else ()
        return accounts.role(accounts.target, name, write_trust(TRUSTED), *policies).arn

    return make


@pytest.fixture
def declare(accounts, tmp_path):
    """A function of the target account with a real handler."""

    def function(name, code, **facts):
        path = tmp_path / f"{name}.py"
        path.write_text(code)
        arn = accounts.target.arn("lambda", f"function:{name}")
        made = Function(
            arn,
            name,
            accounts.target.id,
            REGION,
            HandlerFile(path, "handler"),
            unwritten("<f>"),
            **{"timeout": 30, "memory": 512, **facts},
        )
        accounts.target.functions[arn] = made
        return arn

    return function


@pytest.fixture
def ask(emulator, accounts):
    """A call to Lambda as the root user of the target account."""

    async def call(operation, **parameters):
        answer = await emulator.gate.call(Call(accounts.target.root, "lambda", operation, parameters, REGION))
        return answer.output

    return call


@pytest.fixture
def invoke(ask):
    """The payload of an answer, which must be none of an error."""

    async def call(name, event=None):
        output = await ask("Invoke", FunctionName=name, Payload=json.dumps(event or {}))
        payload = json.loads(output["Payload"])
        assert "FunctionError" not in output, payload
        return payload

    return call


@live
async def test_a_handler_is_its_functions_session(emulator, accounts, declare, role, invoke):
    """The caller identity is the role's session, named after the function; a client made at import has it too."""
    declare("Who", CALLS.format(service="sts", method="get_caller_identity"), role=role("R", []))
    answer = await invoke("Who")
    assert answer["Arn"] == f"arn:aws:sts::{accounts.target.id}:assumed-role/R/Who"


@live
async def test_a_call_is_performed_if_the_role_may(accounts, emulator, declare, role, invoke):
    """It stands in the trail as the function's session's."""
    declare("Make", CALLS.format(service="sqs", method="create_queue"), role=role("R", "sqs:CreateQueue"))
    answer = await invoke("Make", {"QueueName": "jobs"})
    assert answer["QueueUrl"].endswith(f"/{accounts.target.id}/jobs")
    (entry,) = [each for each in emulator.gate.trail if each.call.operation == "CreateQueue"]
    assert entry.call.caller.arn == f"arn:aws:sts::{accounts.target.id}:assumed-role/R/Make"


@live
async def test_a_refusal_reaches_the_handler_in_awss_words(accounts, emulator, declare, role, invoke):
    """As botocore's ClientError; the trail has the refusal."""
    declare("Make", CALLS.format(service="dynamodb", method="list_tables"), role=role("R", "sqs:*"))
    answer = await invoke("Make")
    assert answer["code"] == "AccessDeniedException"
    session = f"arn:aws:sts::{accounts.target.id}:assumed-role/R/Make"
    assert answer["message"].startswith(f"User: {session} is not authorized to perform: dynamodb:ListTables")
    assert [entry.call.caller.arn for entry in emulator.gate.trail.refused()] == [session]


@live
async def test_a_policy_can_ask_for_the_function_a_call_comes_from(emulator, accounts, declare, role, invoke):
    """`lambda:SourceFunctionArn` is that of the function whose code calls."""
    wanted = {"ArnEquals": {"lambda:SourceFunctionArn": accounts.target.arn("lambda", "function:One")}}
    made = role("R", "sqs:*", Condition=wanted)
    code = CALLS.format(service="sqs", method="create_queue")
    declare("One", code, role=made)
    declare("Two", code, role=made)
    assert "QueueUrl" in await invoke("One", {"QueueName": "jobs"})
    assert (await invoke("Two", {"QueueName": "jobs"}))["code"] == "AccessDenied"


@live
async def test_a_function_without_a_role_is_told_so(emulator, declare, invoke):
    """Its calls fail with the remedy."""
    declare("Bare", CALLS.format(service="sqs", method="list_queues"))
    answer = await invoke("Bare")
    assert answer["code"] == "AccessDeniedException"
    assert "give it a `role`" in answer["message"]


async def test_in_a_world_that_judges_nothing_no_role_is_needed(build, declare, tmp_path):
    """There calls are the root user's."""
    accounts = build(judged=False)
    path = tmp_path / "f.py"
    path.write_text(CALLS.format(service="sqs", method="create_queue"))
    arn = accounts.target.arn("lambda", "function:f")
    function = Function(
        arn, "f", accounts.target.id, REGION, HandlerFile(path, "handler"), unwritten("<f>"), timeout=30, memory=512
    )
    accounts.target.functions[arn] = function
    async with Emulator(accounts.world) as emulator:
        parameters = {"FunctionName": arn, "Payload": '{"QueueName": "jobs"}'}
        answer = await emulator.gate.call(Call(accounts.target.root, "lambda", "Invoke", parameters, REGION))
    assert "jobs" in answer.output["Payload"]


@live
async def test_a_nested_invocation_takes_its_own_virtual_time(emulator, accounts, declare, role, invoke):
    """While the outer handler is blocked in its call, the inner function's declared hour passes."""
    declare("Inner", "def handler(event, context):\n    return event['n'] + 1", takes=3600)
    outer = CALLS.format(service="lambda", method="invoke")
    declare("Outer", outer, role=role("R", "lambda:InvokeFunction"), timeout=60 * 60 * 2)
    answer = await invoke("Outer", {"FunctionName": "Inner", "Payload": '{"n": 1}'})
    assert answer["Payload"] == 2
    assert accounts.world.clock.now() == DAWN + 3600


@live
async def test_a_function_may_invoke_itself_deeper_than_it_has_places(emulator, declare, role, invoke):
    """Those that wait give up their places, so twelve levels of one function do not block each other."""
    code = (
        "import boto3, json\n"
        "client = boto3.client('lambda')\n"
        "def handler(event, context):\n"
        "    if event['n'] == 0:\n"
        "        return 0\n"
        "    answer = client.invoke(FunctionName='Deep', Payload=json.dumps({'n': event['n'] - 1}))\n"
        "    return 1 + json.loads(answer['Payload'].read())\n"
    )
    declare("Deep", code, role=role("R", "lambda:InvokeFunction"), timeout=50)
    assert await invoke("Deep", {"n": 12}) == 12


@live
async def test_a_call_that_outlasts_the_timeout_ends_the_function(emulator, accounts, declare, role, ask):
    """Virtual time counts as well: the outer function is killed when its timeout has passed on the world's clock."""
    declare("Inner", "def handler(event, context):\n    return 1", takes=3600)
    outer = CALLS.format(service="lambda", method="invoke")
    declare("Outer", outer, role=role("R", "lambda:InvokeFunction"), timeout=20)
    await ask("Invoke", FunctionName="Outer", Payload='{"FunctionName": "Inner", "InvocationType": "DryRun"}')
    began = accounts.world.clock.now()
    output = await ask("Invoke", FunctionName="Outer", Payload='{"FunctionName": "Inner"}')
    assert json.loads(output["Payload"])["errorType"] == "Sandbox.Timedout"
    assert accounts.world.clock.now() == began + 20


@live
async def test_concurrent_handlers_that_call_are_told_of(emulator, accounts, declare, role, invoke):
    """One after the other is determined, side by side is not."""
    code = CALLS.format(service="sts", method="get_caller_identity")
    arn = declare("Who", code, role=role("R", []))
    await invoke("Who")
    await invoke("Who")
    assert list(accounts.world.undetermined) == []

    async def one():
        with accounts.world.clock.attend():
            return await invoke("Who")

    await asyncio.gather(one(), one())
    assert list(accounts.world.undetermined) == [arn]


@live
async def test_an_import_may_call_as_well(emulator, declare, role, invoke):
    """What a module asks when it is imported is asked in each environment, as its function's role."""
    code = "import boto3\nme = boto3.client('sts').get_caller_identity()['Arn']\ndef handler(event, context): return me"
    declare("Early", code, role=role("R", []))
    assert (await invoke("Early")).endswith("assumed-role/R/Early")


@live
async def test_a_role_that_lambda_may_not_take_refuses_the_invocation(emulator, accounts, declare, write_trust, ask):
    """The trust is judged when an environment starts."""
    arn = accounts.role(accounts.target, "Other", write_trust({"Principal": {"Service": "ec2.amazonaws.com"}})).arn
    declare("f", "def handler(event, context): return 1", role=arn)
    with pytest.raises(ServiceError) as refused:
        await ask("Invoke", FunctionName="f")
    assert refused.value.message == "The role defined for the function cannot be assumed by Lambda."


@live
async def test_a_call_that_is_not_emulated_ends_the_run(emulator, declare, role, invoke):
    """It is not left to the handler to swallow it."""
    declare("f", CALLS.format(service="braket", method="search_jobs"), role=role("R", "*"))
    with pytest.raises(Unsupported):
        await invoke("f", {"filters": []})


@live
async def test_a_session_that_is_over_is_renewed(emulator, accounts, declare, role, invoke):
    """An environment ends with its session, and the next one has another."""
    declare("Who", CALLS.format(service="sts", method="get_caller_identity"), role=role("R", []))
    await invoke("Who")
    await accounts.world.clock.sleep(7200)
    assert (await invoke("Who"))["Arn"].endswith("/Who")


DESTINATIONS = {
    "sqs": ("sqs:SendMessage", "CreateQueue", {"QueueName": "records"}, "records"),
    "sns": ("sns:Publish", "CreateTopic", {"Name": "records"}, "records"),
    "events": ("events:PutEvents", "CreateEventBus", {"Name": "records"}, "event-bus/records"),
}


@pytest.mark.parametrize("service", DESTINATIONS)
@live
async def test_events_are_recorded_at_their_destinations(emulator, accounts, declare, role, ask, service):
    """By a call of the function's role: of what succeeded and of what failed for good."""
    action, operation, parameters, resource = DESTINATIONS[service]
    await emulator.gate.call(Call(accounts.target.root, service, operation, parameters, REGION))
    destination = accounts.target.arn(service, resource)
    code = "def handler(event, context):\n    return 1 / event['by']"
    declare("Divide", code, role=role("R", action))
    where = {"OnSuccess": {"Destination": destination}, "OnFailure": {"Destination": destination}}
    await ask("PutFunctionEventInvokeConfig", FunctionName="Divide", DestinationConfig=where)
    for by in (1, 0):
        assert await ask("Invoke", FunctionName="Divide", InvocationType="Event", Payload=json.dumps({"by": by})) == {
            "StatusCode": 202,
            "Payload": "",
        }
    assert await emulator._services.functions.backend.settle()
    told = [entry.call for entry in emulator.gate.trail if entry.call.service == service][1:]
    assert [call.caller.arn.rpartition("/")[2] for call in told] == ["Divide", "Divide"]
    assert "RetriesExhausted" in json.dumps(told[1].parameters)
    assert "ZeroDivisionError" in json.dumps(told[1].parameters)
    assert accounts.world.clock.now() == DAWN + 180


@live
async def test_a_dead_letter_queue_gets_the_event_if_the_role_may(emulator, accounts, declare, role, ask):
    """A refused delivery stands in the trail, and nothing else comes of it."""
    await emulator.gate.call(Call(accounts.target.root, "sqs", "CreateQueue", {"QueueName": "dead"}, REGION))
    queue = accounts.target.arn("sqs", "dead")
    code = "def handler(event, context):\n    raise ValueError"
    declare("May", code, role=role("R", "sqs:SendMessage"), dead_letter=queue)
    declare("MayNot", code, role=role("S", []), dead_letter=queue)
    for name in ("May", "MayNot"):
        await ask("Invoke", FunctionName=name, InvocationType="Event", Payload='{"x": 1}')
    await emulator._services.functions.backend.settle()
    sent = [entry for entry in emulator.gate.trail if entry.call.operation == "SendMessage"]
    assert [(entry.call.parameters["MessageBody"], entry.ruling.allowed) for entry in sent] == [
        ('{"x": 1}', True),
        ('{"x": 1}', False),
    ]


async def test_events_are_worked_off_before_the_emulator_is_left(accounts, declare):
    """What an asynchronous handler does is part of the run."""
    declare("Fails", "def handler(event, context):\n    raise ValueError")
    async with Emulator(accounts.world) as emulator:
        parameters = {"FunctionName": "Fails", "InvocationType": "Event"}
        await emulator.gate.call(Call(accounts.target.root, "lambda", "Invoke", parameters, REGION))
        assert accounts.world.clock.now() == DAWN
    assert accounts.world.clock.now() == DAWN + 180


@live
async def test_a_created_function_needs_a_role_that_lambda_may_take(emulator, accounts, write_trust, ask, role):
    """Its trust policy is judged."""
    given = {"Runtime": "python3.13", "Handler": "a.b", "Code": {"ZipFile": packed({"a.py": "b = lambda e, c: 7"})}}
    other = accounts.role(accounts.target, "Other", write_trust({"Principal": {"Service": "ec2.amazonaws.com"}})).arn
    with pytest.raises(ServiceError, match="cannot be assumed by Lambda"):
        await ask("CreateFunction", FunctionName="new", Role=other, **given)
    await ask("CreateFunction", FunctionName="new", Role=role("R", []), **given)
    assert (await ask("Invoke", FunctionName="new"))["Payload"] == "7"
