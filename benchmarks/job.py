"""One state machine to be run, and what must come out of it."""

from __future__ import annotations

import asyncio
import gc
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import turnstile
from benchmarks.workload import Failed, Sample, Workload
from turnstile.source import unwritten
from turnstile.world.function import Function
from turnstile.world.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.workload import Measure

ACCOUNT = "123456789012"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A definition with its input, the output it must give and the states it enters on the way, child executions
    included. `functions` answer in this process. `times` executions run at once on one loop.
    """

    definition: dict[str, Any]
    document: Any
    output: Any
    transitions: int
    functions: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    times: int = 1

    def world(self) -> turnstile.World:
        """A world of its own, without the quota of events and without permissions to judge."""
        world = turnstile.World(judged=False, settings=Settings(event_quota=None))
        account = world.add_account(ACCOUNT)
        for name, answer in self.functions.items():
            arn = account.arn("lambda", f"function:{name}")
            account.functions[arn] = Function(arn, name, account.id, account.region, answer, unwritten(f"<{name}>"))
        return world

    def run(self, machine: Any) -> Any:
        """Run the parsed machine (or the definition) and return the last execution.

        Raises:
            Failed: it ended otherwise than it must.
            turnstile.Unsupported: the product does not run this yet.
        """
        if self.times == 1:
            execution = turnstile.run(machine, self.document, world=self.world())
        else:
            execution = asyncio.run(self._at_once(machine))[-1]
        if execution.status != "SUCCEEDED" or execution.output != self.output:
            shown = str(execution.output)[:200]
            raise Failed(f"{execution.status} {execution.error} {execution.cause} {shown}")
        return execution

    async def _at_once(self, machine: Any) -> list[Any]:
        runs = (turnstile.run_async(machine, self.document, world=self.world()) for _ in range(self.times))
        return list(await asyncio.gather(*runs))


def throughput(key: str, title: str, target: float, build: Callable[[float], Job]) -> Workload:
    """A workload that counts state transitions per CPU second; the definition is parsed before the measurement."""

    def prepare(scale: float) -> Measure:
        job = build(scale)
        machine = turnstile.parse(job.definition)

        def measure() -> Sample:
            cpu = seconds(lambda: job.run(machine))
            return Sample(job.transitions / cpu, cpu)

        return measure

    return Workload(key, title, "transitions/s", target, more=True, prepare=prepare)


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process that the work takes, with no objects of others to look through for garbage."""
    gc.collect()
    gc.freeze()
    try:
        began = time.process_time()
        work()
        return time.process_time() - began
    finally:
        gc.unfreeze()
