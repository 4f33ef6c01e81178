"""What `lambda:invoke` sends a function."""

from __future__ import annotations

import pytest

from turnstile.running import run_async
from turnstile.source import unwritten
from turnstile.world.function import Function
from turnstile.world.world import default_world


async def invoke(payload):
    """Run one Task that sends the payload to a function that gives its event back."""
    world = default_world()
    (account,) = world.accounts.values()
    arn = account.arn("lambda", "function:echo")
    code = {"code": lambda event: event, "origin": unwritten("<echo>")}
    account.functions[arn] = Function(arn=arn, name="echo", account=account.id, region=account.region, **code)
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "echo", "Payload.$": "$"},
        "End": True,
    }
    return await run_async({"StartAt": "A", "States": {"A": state}}, payload, world=world, role_arn=account.root.arn)


@pytest.mark.parametrize(
    ("payload", "event"),
    [({"a": 1}, {"a": 1}), ([1], [1]), (0, 0), (None, {}), ("0.0", 0.0), ('"text"', "text"), ("[]", []), ("{}", {})],
)
async def test_a_payload_is_sent_as_json(payload, event):
    """A document is sent as its JSON text; text is taken for JSON already, and nothing for an empty object."""
    execution = await invoke(payload)
    assert execution.output["Payload"] == event
    assert type(execution.output["Payload"]) is type(event)


async def test_text_that_is_not_json_is_refused_by_the_service():
    """The function is not asked."""
    execution = await invoke("plain words")
    assert execution.error == "Lambda.InvalidRequestContentException"
