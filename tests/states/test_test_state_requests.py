"""TestState refuses what does not suit the state, in AWS's words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.world.world import default_world

CASES = json.loads((Path(__file__).parents[1] / "cases" / "states" / "test_state_refused.json").read_text())
ROLE = "arn:aws:iam::123456789012:role/r"


async def ask(definition, **parameters):
    """The answer of TestState in the default world."""
    text = definition if isinstance(definition, str) else json.dumps(definition)
    world = default_world()
    (account,) = world.accounts.values()
    asked = {"definition": text, "roleArn": ROLE, **parameters}
    given = {name: value for name, value in asked.items() if value is not None}
    async with Emulator(world) as emulator:
        return (await emulator.gate.call(Call(account.root, "stepfunctions", "TestState", given, "us-east-1"))).output


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_a_request_that_does_not_suit_its_state_is_refused(case):
    """Code and message say what is wrong."""
    with pytest.raises(ServiceError) as caught:
        await ask(case["definition"], **case["request"])
    assert (caught.value.code, caught.value.message) == (case["code"], case["message"])


@pytest.mark.parametrize("level", ["INFO", "DEBUG", "TRACE"])
async def test_only_the_levels_above_info_show_the_data(level):
    """Every member that holds a document is JSON text."""
    answer = await ask({"Type": "Pass", "Next": "B"}, input='{"a": 1}', inspectionLevel=level)
    inspected = answer.pop("inspectionData", None)
    assert answer == {"status": "SUCCEEDED", "output": '{"a":1}', "nextState": "B"}
    steps = ("input", "afterInputPath", "afterParameters", "afterResultSelector", "afterResultPath")
    assert inspected == (None if level == "INFO" else dict.fromkeys(steps, '{"a":1}'))


async def test_a_token_is_given_where_a_state_waits_for_one():
    """The context object is used as it is given."""
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"MessageBody.$": "$$.Task.Token", "Whole.$": "$$"},
        "End": True,
    }
    context = {"Task": {"Token": "t"}}
    answer = await ask(state, mock={"result": "1"}, context=json.dumps(context), inspectionLevel="DEBUG")
    assert json.loads(answer["inspectionData"]["afterParameters"]) == {"MessageBody": "t", "Whole": context}
