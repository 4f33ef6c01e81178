"""Worlds with Lambda functions whose handlers are written by the test."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from turnstile.backends.functions import Functions
from turnstile.backends.handlers.process import Handlers
from turnstile.gate.call import Call
from turnstile.source import unwritten
from turnstile.world.caller import Root
from turnstile.world.function import Function, HandlerFile
from turnstile.world.world import default_world

ACCOUNT = "123456789012"


@dataclass(eq=False)
class Lambda:
    """A world whose functions are Python files in one folder."""

    folder: Path
    handlers: Handlers

    def __post_init__(self):
        self.world = default_world()
        self.functions = Functions(self.world, self.handlers)

    def declare(self, code: Any, name: str = "f", handler: str = "handler", **facts: Any) -> Function:
        """A function of the world, from source text or an answer."""
        if isinstance(code, str):
            path = self.folder / f"{name}.py"
            path.write_text(code)
            code = HandlerFile(path, handler)
        arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}"
        function = Function(arn, name, ACCOUNT, "us-east-1", code, unwritten("<test>"), **facts)
        self.world.accounts[ACCOUNT].functions[arn] = function
        return function

    def again(self) -> "Lambda":
        """Another world with the same functions and the same pool."""
        other = replace(self)
        other.world.accounts[ACCOUNT].functions.update(self.world.accounts[ACCOUNT].functions)
        return other

    async def perform(self, operation: str = "Invoke", **parameters: Any) -> Any:
        """A call to Lambda by the root of the account."""
        root = Root(f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)
        parameters = {"FunctionName": "f", **parameters}
        with self.world.clock.attend():
            return await self.functions.perform(Call(root, "lambda", operation, parameters, "us-east-1"), ACCOUNT)

    async def invoke(self, event: Any = None, name: str = "f") -> Any:
        """The payload of an answer, which must not be an error."""
        output = await self.perform(FunctionName=name, Payload=json.dumps(event))
        assert "FunctionError" not in output, output["Payload"]
        return json.loads(output["Payload"])

    async def fail(self, event: Any = None, name: str = "f") -> Any:
        """The payload of an error, which must come."""
        output = await self.perform(FunctionName=name, Payload=json.dumps(event))
        assert output["FunctionError"] == "Unhandled", output["Payload"]
        return json.loads(output["Payload"])


@pytest.fixture
async def aws_lambda(tmp_path):
    """A world without functions, whose processes are gone afterwards."""
    handlers = Handlers()
    here = Lambda(tmp_path, handlers)
    yield here
    await here.functions.close()
    await handlers.close()


@pytest.fixture
def aws_lambda_sources(tmp_path):
    """The same for tests that run loops of their own, and close the pool themselves."""
    return Lambda(tmp_path, Handlers())
