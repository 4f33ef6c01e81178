"""Worlds with resources: staged, begun as another was, and called; and a file of cases that share one.

Two accounts with a role each and ten resources of eight services, kept by moto in this process, permissions judged.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import turnstile
from benchmarks.job import seconds
from benchmarks.workload import Failed, Sample, Workload, scaled

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from benchmarks.workload import Measure
    from turnstile.emulator import Emulator

_RUN = "import sys; from turnstile.cli.app import main; sys.exit(main())"
_HOME, _AWAY = "111122223333", "444455556666"
_TABLE = {
    "TableName": "orders",
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
}
_RESOURCES: dict[str, tuple[tuple[str, str, dict[str, Any]], ...]] = {
    _HOME: (
        ("sqs", "CreateQueue", {"QueueName": "jobs"}),
        ("sqs", "CreateQueue", {"QueueName": "dead"}),
        ("dynamodb", "CreateTable", _TABLE),
        ("s3", "CreateBucket", {"Bucket": "data-of-home"}),
        ("s3", "PutObject", {"Bucket": "data-of-home", "Key": "items", "Body": "[1, 2]"}),
    ),
    _AWAY: (
        ("sns", "CreateTopic", {"Name": "done"}),
        ("secretsmanager", "CreateSecret", {"Name": "token", "SecretString": "x"}),
        ("ssm", "PutParameter", {"Name": "stage", "Value": "dev", "Type": "String"}),
        ("kms", "CreateKey", {}),
        ("events", "PutRule", {"Name": "orders", "EventPattern": '{"source": ["shop"]}'}),
    ),
}
_DEFINITION = {
    "StartAt": "Each",
    "States": {
        "Each": {
            "Type": "Map",
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "JSON"},
                "Parameters": {"Bucket": "data-of-home", "Key": "items"},
            },
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Item",
                "States": {"Item": {"Type": "Pass", "End": True}},
            },
            "End": True,
        }
    },
}


def _world() -> turnstile.World:
    world = turnstile.World()
    for account in _RESOURCES:
        world.add_account(account)
    return world


async def _stage(emulator: Emulator) -> None:
    from turnstile.gate.call import Call  # noqa: PLC0415 - as the rest of the package, after what is not measured

    for account, resources in _RESOURCES.items():
        owner = emulator.world.accounts[account]
        for service, operation, parameters in resources:
            await emulator.gate.call(Call(owner.root, service, operation, parameters, owner.region))


async def _look(emulator: Emulator) -> None:
    """Find a resource there, which also brings moto's contents into place."""
    from turnstile.gate.call import Call  # noqa: PLC0415 - as above

    root = emulator.world.accounts[_HOME].root
    answer = await emulator.gate.call(Call(root, "dynamodb", "ListTables", {}, "us-east-1"))
    if answer.output["TableNames"] != ["orders"]:
        raise Failed("the table is missing")


def _each(count: int, turn: Callable[[], Awaitable[None]]) -> Sample:
    """Milliseconds of CPU for one of so many turns."""

    async def turns() -> None:
        for _ in range(count):
            await turn()

    cpu = seconds(lambda: asyncio.run(turns()))
    return Sample(cpu * 1e3 / count, cpu)


def _staged(scale: float) -> Measure:
    """A world opened, staged and closed."""
    from turnstile.emulator import Emulator  # noqa: PLC0415 - as above

    async def turn() -> None:
        async with Emulator(_world()) as emulator:
            await _stage(emulator)

    return lambda: _each(scaled(50, scale), turn)


def _restored(scale: float) -> Measure:
    """A world that begins as a staged one was, down to its first call to moto, and closed."""
    from turnstile.emulator import Emulator  # noqa: PLC0415 - as above

    async def snapshot() -> Any:
        async with Emulator(_world()) as emulator:
            await _stage(emulator)
            return emulator.snapshot()

    staged = asyncio.run(snapshot())

    async def turn() -> None:
        async with Emulator.of(staged) as emulator:
            await _look(emulator)

    return lambda: _each(scaled(200, scale), turn)


def _called(scale: float) -> Measure:
    """Reading an item through the gate, less the time that moto itself takes for the same request."""
    from turnstile.backends import moto as adapter  # noqa: PLC0415 - as above
    from turnstile.emulator import Emulator  # noqa: PLC0415 - as above
    from turnstile.gate.call import Call  # noqa: PLC0415 - as above

    count = scaled(1_000, scale)
    spent = 0.0
    theirs = adapter._handler  # noqa: SLF001 - the seam between what is ours and what is moto's

    def timed(url: str, called: str) -> Callable[..., Any]:
        handler = theirs(url, called)

        def handled(*arguments: Any) -> Any:
            nonlocal spent
            began = process_time()
            answer = handler(*arguments)
            spent += process_time() - began
            return answer

        return handled

    async def calls() -> None:
        async with Emulator(_world()) as emulator:
            await _stage(emulator)
            root = emulator.world.accounts[_HOME].root
            call = Call(root, "dynamodb", "GetItem", {"TableName": "orders", "Key": {"id": {"S": "1"}}}, "us-east-1")
            for _ in range(count):
                await emulator.gate.call(call)

    def measure() -> Sample:
        nonlocal spent
        spent = 0.0
        adapter._handler = timed  # noqa: SLF001 - as above
        try:
            cpu = seconds(lambda: asyncio.run(calls()))
        finally:
            adapter._handler = theirs  # noqa: SLF001 - as above
        return Sample((cpu - spent) * 1e6 / count, cpu)

    return measure


def _cases(scale: float) -> Measure:
    """A whole process that runs a file of cases: each reads an object in a distributed Map."""
    count = scaled(100, scale)
    text = json.dumps(_scenario(count))

    def measure() -> Sample:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "cases.scenario.json"
            file.write_text(text)
            began = perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", _RUN, "run", str(file)], capture_output=True, text=True, check=False
            )
            wall = perf_counter() - began
        if f"{count} cases, {count} as expected" not in done.stdout:
            raise Failed(done.stdout[-200:] + done.stderr[-200:])
        return Sample(wall, wall)

    return measure


def _scenario(count: int) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    allow = {"Effect": "Allow", "Action": ["s3:*", "states:*"], "Resource": "*"}
    role = {"trust": {"Statement": [trust]}, "policies": {"Work": {"Statement": [allow]}}}
    accounts = {
        name: {
            "id": account,
            "roles": {"Runner": role},
            "resources": [
                {"service": service, "operation": operation, "parameters": parameters}
                for service, operation, parameters in _RESOURCES[account]
            ],
        }
        for name, account in (("home", _HOME), ("away", _AWAY))
    }
    return {
        "version": 1,
        "name": "many cases",
        "accounts": accounts,
        "state_machines": {"Orders": {"account": "home", "role": "Runner", "definition": _DEFINITION}},
        "cases": [
            {"name": f"case {number}", "input": {"order": number}, "expect": {"status": "SUCCEEDED", "denied": []}}
            for number in range(count)
        ],
    }


WORKLOADS = (
    Workload("S1", "a world of ten resources staged", "ms", 50.0, more=False, prepare=_staged),
    Workload("S2", "a world restored", "ms", 5.0, more=False, prepare=_restored),
    Workload("S3", "a gate call to moto, our share", "us", 1_000.0, more=False, prepare=_called),
    Workload("S4", "100 cases on one world, whole process", "s", 5.0, more=False, prepare=_cases),
)
