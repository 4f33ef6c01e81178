"""What goes on beside a recorded execution: whoever answers task tokens, and the workers of activities.

Each actor is a worker of the world's clock and makes its calls as the main account. Shapes: recordings/README.md
(`environment.actors`). A recording from a template lacks the function that answered its queue; what that function
sent stands in its events, so it is sent again from there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from recorded_run import Stage

    from turnstile.document import Json

_PACE = 5.0
"""Virtual seconds between the steps of a script, and between two looks into a queue that is empty."""
_TEMPLATE_QUEUE = "<cfn.queue"


def actors(stage: Stage) -> Iterator[Coroutine[Any, Any, None]]:
    """The actors of a case, not started yet."""
    for actor in stage.case["environment"].get("actors") or ():
        match actor["watch"]:
            case "sqs":
                yield _answer_queue(stage, _queue_url(stage, actor["queue_url"]), actor["then"])
            case "script":
                yield _play_script(stage, actor["steps"])
            case "activity":
                yield _run_worker(stage, actor)
    for token in _template_queues(stage):
        yield _answer_queue(stage, stage.tokens.fill(token), [_recorded_reply(stage.case)])


async def furnish_actors(stage: Stage) -> None:
    """Make what the actors watch, where the recording does not say how it was made."""
    made = {each["operation"] for each in stage.case["environment"].get("resources") or ()}
    for actor in stage.case["environment"].get("actors") or ():
        if actor["watch"] == "activity":
            name = stage.tokens.fill(actor["activity_arn"]).rpartition(":")[2]
            await stage.ask("stepfunctions", "create_activity", {"name": name}, stage.account)
        elif actor["watch"] == "sqs" and "create_queue" not in made:
            await _make_queue(stage, _queue_url(stage, actor["queue_url"]))
    for token in _template_queues(stage):
        await _make_queue(stage, stage.tokens.fill(token))


def _template_queues(stage: Stage) -> list[str]:
    """Queues that the template of a case makes, by their tokens."""
    return [token for token in stage.case["placeholders"] if token.startswith(_TEMPLATE_QUEUE)]


def _queue_url(stage: Stage, token: str) -> str:
    """The address of a queue that is given by its address or by its name."""
    return str(stage.tokens.fill(token.replace("queue_name", "queue_url")))


async def _make_queue(stage: Stage, url: str) -> None:
    await stage.ask("sqs", "create_queue", {"QueueName": url.rpartition("/")[2]}, stage.account)


def _recorded_reply(case: dict[str, Any]) -> dict[str, Any]:
    """What the function of a template sent back, as a step of an actor."""
    for event in case["expected"]["events"]:
        if event["type"] == "TaskSucceeded":
            output = json.dumps(event["taskSucceededEventDetails"]["output"])
            return {"operation": "SendTaskSuccess", "taskToken_from": "$.TaskToken", "output": output}
        if event["type"] == "TaskFailed":
            details = event["taskFailedEventDetails"]
            texts = {name: details[name] for name in ("error", "cause") if name in details}
            return {"operation": "SendTaskFailure", "taskToken_from": "$.TaskToken", **texts}
    raise AssertionError("a recorded callback ends")


async def _answer_queue(stage: Stage, url: str, steps: list[dict[str, Any]]) -> None:
    """Answer each message as the steps say, whose values come from its body."""
    while True:
        body = await _receive(stage, url)
        for step in steps:
            taken = {
                name.removesuffix("_from"): _taken(body, step, name)
                for name in step
                if name not in ("operation", "output_encoding")
            }
            await _send(stage, step["operation"], taken)


def _taken(body: dict[str, Json], step: dict[str, Any], name: str) -> Json:
    """A parameter: as it stands, or taken from the body of a message; an output goes as JSON text."""
    if not name.endswith("_from"):
        return step[name]
    value = body[step[name].removeprefix("$.")]
    return json.dumps(value) if name == "output_from" else value


async def _play_script(stage: Stage, steps: list[dict[str, Any]]) -> None:
    """Make calls in order; the token and the message that stand in them are those that were received last."""
    body: dict[str, Json] = {}
    for step in steps:
        if step["operation"] == "receive_message":
            body = await _receive(stage, str(stage.tokens.fill(step["params"]["QueueUrl"])))
            continue
        known = {"<task_token>": body["TaskToken"], "<message>": str(body.get("Message", ""))}
        await stage.world.clock.sleep(_PACE)
        await _send(stage, step["operation"], {name: _filled(text, known) for name, text in step["params"].items()})


def _filled(text: str, known: dict[str, str]) -> str:
    for token, value in known.items():
        text = text.replace(token, value)
    return text


async def _run_worker(stage: Stage, actor: dict[str, Any]) -> None:
    """Run the worker of an activity, which is a state machine."""
    machine = {"name": "Worker", "definition": json.dumps(stage.tokens.fill(actor["run_state_machine"]))}
    created = await stage.ask("stepfunctions", "create_state_machine", machine | _role(stage), stage.account)
    start = {"stateMachineArn": created["stateMachineArn"], "input": json.dumps(stage.tokens.fill(actor["input"]))}
    await stage.ask("stepfunctions", "start_execution", start, stage.account)


def _role(stage: Stage) -> dict[str, str]:
    return {"roleArn": stage.account.arn("iam", "role/StepFunctionsExecutionRole")}


async def _receive(stage: Stage, url: str) -> dict[str, Json]:
    """The body of the next message, which is deleted then."""
    while True:
        asked: dict[str, Json] = {"QueueUrl": url, "MaxNumberOfMessages": 1}
        answer = await stage.ask("sqs", "receive_message", asked, stage.account)
        for message in answer.get("Messages", ()):
            handle = message["ReceiptHandle"]
            await stage.ask("sqs", "delete_message", {"QueueUrl": url, "ReceiptHandle": handle}, stage.account)
            body = json.loads(message["Body"])
            assert isinstance(body, dict), "a message to an actor is an object"
            return body
        await stage.world.clock.sleep(_PACE)


async def _send(stage: Stage, operation: str, parameters: dict[str, Json]) -> None:
    """Send a token back; that nobody waits for it any more is no concern of an actor's."""
    try:
        await stage.ask("stepfunctions", operation, parameters, stage.account)
    except ServiceError:
        return
