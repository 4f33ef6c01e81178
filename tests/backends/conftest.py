"""Worlds with Lambda functions whose handlers are written by the test, and with resources in moto."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from turnstile.arn import partition_of
from turnstile.backends.functions import Functions
from turnstile.backends.handlers.pool import Handlers
from turnstile.backends.moto import Moto
from turnstile.backends.moto_remote import RemoteMoto
from turnstile.gate.call import Call
from turnstile.source import unwritten
from turnstile.world.caller import Root
from turnstile.world.function import Function, HandlerFile
from turnstile.world.world import World, default_world

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


class Resources:
    """One world's resources, wherever they are kept, and what calls gave back by name."""

    def __init__(self, seed=0, backend=Moto):
        self.world = World(seed=seed)
        self.moto = backend(self.world)

    async def call(self, called, owner="111111111111", region="us-east-1", **parameters):
        """A call by the root user of the owner; what it gives back."""
        service, _, operation = called.partition(":")
        caller = Root(f"arn:aws:iam::{owner}:root", owner)
        with self.world.clock.attend():
            return await self.moto.perform(Call(caller, service, operation, parameters, region), owner)

    async def play(self, steps, owner, region, note):
        """Perform the calls of a contract; what `keep` names is put for `$name` into later parameters."""
        kept = {"account": owner, "region": region, "note": note, "partition": partition_of(region).name}
        for step in steps:
            output = await self.call(step["call"], owner, region, **filled(step.get("with", {}), kept))
            for name, path in step.get("keep", {}).items():
                kept[name] = at(output, path)
            for path, expected in step.get("gives", {}).items():
                assert at(output, path) == filled(expected, kept), step["call"]
        return kept


def filled(value, kept):
    """A document with `$name` replaced in every text."""
    match value:
        case str():
            for name in sorted(kept, key=len, reverse=True):
                value = value.replace(f"${name}", str(kept[name]))
            return value
        case dict():
            return {key: filled(item, kept) for key, item in value.items()}
        case list():
            return [filled(item, kept) for item in value]
    return value


def at(output, path):
    """The value that names with dots between them lead to."""
    for name in path.split("."):
        output = output[int(name)] if isinstance(output, list) else output[name]
    return output


@pytest.fixture(scope="session")
def moto_server():
    """A moto server on a free port of this machine; its address."""
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        address = next(found[0] for line in process.stderr if (found := re.search(r"http://127\S+", line)))
        yield address
        process.terminate()


@pytest.fixture
def resources():
    """Opens sets of resources in this process, as many as one likes."""
    opened = []

    def open_one(seed=0, backend=Moto):
        opened.append(Resources(seed, backend))
        return opened[-1]

    yield open_one
    for each in opened:
        each.moto.close()


@pytest.fixture(params=["in process", "remote"])
async def transported(request):
    """One set of resources by either transport, to which the same tests apply."""
    if request.param == "in process":
        here = Resources()
        yield here
        here.moto.close()
        return
    url = request.getfixturevalue("moto_server")
    here = Resources(backend=lambda world: RemoteMoto(world, url))
    async with here.moto:
        yield here


@pytest.fixture
def fill():
    """See `filled`."""
    return filled


@pytest.fixture
def look():
    """See `at`."""
    return at
