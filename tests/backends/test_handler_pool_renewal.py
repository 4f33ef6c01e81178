"""A handler that takes down the process it came from does so for itself alone: the pool prepares another."""

import pytest

CODE = """
import os, time
def handler(event, context):
    if event == "loop":
        time.sleep(60)
    if event == "exit":
        os._exit(3)
    if event == "parent":
        os.kill(os.getppid(), 9)
        time.sleep(60)
    return event
"""


@pytest.mark.parametrize("how", ["loop", "exit", "parent"])
async def test_the_next_call_finds_the_function_well(aws_lambda, how):
    """Whatever the one before did to its processes."""
    aws_lambda.declare(CODE, timeout=1)
    assert "FunctionError" in await aws_lambda.perform(Payload=f'"{how}"')
    other = aws_lambda.again()
    for world in (aws_lambda, other):
        answer = await world.perform(Payload='"well"')
        assert ("FunctionError" in answer, answer["Payload"]) == (False, '"well"')
    await other.functions.close()
