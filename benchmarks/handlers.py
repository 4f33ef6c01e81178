"""Functions with real handlers: from nothing to the first answer, a new environment, and one that is warm.

Wall time, because the work is that of other processes. The handlers are in a folder of their own for each measurement.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import turnstile
from benchmarks.job import ACCOUNT
from benchmarks.workload import Failed, Sample, Workload, scaled
from turnstile.backends.functions import Functions
from turnstile.backends.handlers.pool import Handlers
from turnstile.gate.call import Call
from turnstile.source import unwritten
from turnstile.world.function import Function, HandlerFile

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from benchmarks.workload import Measure

    Asking = Callable[[Handlers, Path, int], Awaitable[float]]

PLAIN = "def handler(event, context):\n    return event\n"
SDK = "import boto3\nclient = boto3.client('sqs', region_name='us-east-1')\n" + PLAIN


def world(folder: Path, code: str) -> turnstile.World:
    """A world with the function `f`."""
    path = folder / "f.py"
    path.write_text(code)
    made = turnstile.World(judged=False)
    account = made.add_account(ACCOUNT)
    arn = account.arn("lambda", "function:f")
    code_file = HandlerFile(path, "handler")
    account.functions[arn] = Function(
        arn, "f", account.id, account.region, code_file, unwritten("<f>"), timeout=60, memory=512
    )
    return made


async def ask(functions: Functions, made: turnstile.World) -> None:
    """One invocation.

    Raises:
        Failed: it answered something else.
    """
    account = made.accounts[ACCOUNT]
    call = Call(account.root, "lambda", "Invoke", {"FunctionName": "f", "Payload": "[1]"}, account.region)
    with made.clock.attend():
        output = await functions.perform(call, account.id)
    if output["Payload"] != "[1]":
        raise Failed(str(output)[:200])


async def first(code: str, folder: Path, _count: int) -> float:
    """Milliseconds from no process at all to the first answer."""
    began = time.perf_counter()
    handlers, made = Handlers(), world(folder, code)
    functions = Functions(made, handlers)
    try:
        await ask(functions, made)
        return (time.perf_counter() - began) * 1e3
    finally:
        await functions.close()
        await handlers.close()


async def cold(code: str, folder: Path, count: int) -> float:
    """Milliseconds for the first answer in a new world, whose module another world has imported."""
    handlers, made = Handlers(), world(folder, code)
    try:
        spent = 0.0
        for number in range(count + 1):
            functions = Functions(made, handlers)
            began = time.perf_counter()
            await ask(functions, made)
            spent += (time.perf_counter() - began) if number else 0.0
            await functions.close()
        return spent * 1e3 / count
    finally:
        await handlers.close()


async def warm(code: str, folder: Path, count: int) -> float:
    """Milliseconds for an answer of an environment that has answered before."""
    handlers, made = Handlers(), world(folder, code)
    functions = Functions(made, handlers)
    try:
        await ask(functions, made)
        began = time.perf_counter()
        for _ in range(count):
            await ask(functions, made)
        return (time.perf_counter() - began) * 1e3 / count
    finally:
        await functions.close()
        await handlers.close()


def measured(what: Callable[[str, Path, int], Awaitable[float]], code: str, count: int) -> Callable[[float], Measure]:
    """A measurement of `count` invocations in wall time."""

    def prepare(scale: float) -> Measure:
        def measure() -> Sample:
            cpu = time.process_time()
            with tempfile.TemporaryDirectory() as folder:
                figure = asyncio.run(_awaited(what(code, Path(folder), scaled(count, scale))))
            return Sample(figure, time.process_time() - cpu)

        return measure

    return prepare


async def _awaited(work: Awaitable[float]) -> float:
    return await work


WORKLOADS = (
    Workload("F1", "function, first answer of a pool", "ms", 300.0, more=False, prepare=measured(first, PLAIN, 1)),
    Workload("F2", "function, cold in a new world", "ms", 20.0, more=False, prepare=measured(cold, PLAIN, 20)),
    Workload("F3", "the same with a client of boto3", "ms", 400.0, more=False, prepare=measured(cold, SDK, 5)),
    Workload("F4", "function, warm", "ms", 1.0, more=False, prepare=measured(warm, PLAIN, 500)),
)
