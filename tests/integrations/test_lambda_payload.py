"""What `lambda:invoke` sends a function."""

from __future__ import annotations

import pytest

from turnstile.running import run_async
from turnstile.source import unwritten
from turnstile.world.function import Function
from turnstile.world.world import default_world


async def invoke(payload, **parameters):
    """Run one Task that sends the payload to a function that gives its event back."""
    world = default_world()
    (account,) = world.accounts.values()
    arn = account.arn("lambda", "function:echo")
    code = {"code": lambda event: event, "origin": unwritten("<echo>")}
    account.functions[arn] = Function(arn=arn, name="echo", account=account.id, region=account.region, **code)
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "echo", "Payload.$": "$.payload", **parameters},
        "End": True,
    }
    return await run_async({"StartAt": "A", "States": {"A": state}}, {"payload": payload}, world=world)


@pytest.mark.parametrize(
    ("payload", "event"),
    [
        ({"a": 1}, {"a": 1}),
        ([1], [1]),
        (0, 0),
        (None, {}),
        ("0.0", 0.0),
        ('"text"', "text"),
        ("[]", []),
        ("{}", {}),
        ("plain words", "plain words"),
    ],
)
async def test_a_payload_is_sent_as_json(payload, event):
    """A document is sent as its JSON text; text is taken for JSON already, and nothing for an empty object."""
    execution = await invoke(payload)
    assert execution.output["Payload"] == event
    assert type(execution.output["Payload"]) is type(event)


@pytest.mark.parametrize(("kind", "status"), [("Event", 202), ("DryRun", 204)])
async def test_what_is_not_answered_has_an_empty_payload(kind, status):
    """And says nothing of a version, for none has run."""
    execution = await invoke({"a": 1}, InvocationType=kind)
    shown = {name: value for name, value in execution.output.items() if not name.startswith("Sdk")}
    assert shown == {"Payload": {}, "StatusCode": status}
