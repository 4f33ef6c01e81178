"""Running scenario files in several processes: the same report as one process gives, but for wall times.

Each case has a world of its own, so cases may run anywhere. A file goes to one process whole, or, where there are more
processes than files, in parts, each of which reads the file anew. Parts are put together in the order of files and
cases. What crosses between processes are values: choices on the way there, parts of the report on the way back.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import queue
import signal
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from turnstile.scenario.choice import ALL, Choice, Share
from turnstile.scenario.run import run_file, together

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from turnstile.report.report import Case, File, Report
    from turnstile.scenario.run import Heard

    Ran: TypeAlias = "tuple[File, int | None]"
    Told: TypeAlias = "multiprocessing.Queue[tuple[str, str, bool]]"

_LISTENING = 0.05
"""Wall seconds until a finished part is noticed, at the longest."""

_told: list[Told] = []
"""In a worker, where it tells of each case."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which cases of a file run."""

    path: Path
    choice: Choice = ALL


@dataclass(frozen=True, slots=True)
class Effort:
    """How files run: in `jobs` processes, and no further once `most` cases are not as expected (0: any number).

    `update` writes golden histories instead of comparing with them.
    """

    seed: int | None = None
    moto_url: str | None = None
    jobs: int = 1
    most: int = 0
    update: bool = False


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_plans(plans: Sequence[Plan], effort: Effort, heard: Heard | None = None) -> Report:
    """Run what is planned, from outside a loop.

    `heard` is called with the path, the name and the success of each case as it ends; of files that run side by side in
    any order.
    """
    whole = [replace(plan, choice=replace(plan.choice, most=effort.most)) for plan in plans]
    if effort.jobs == 1 or not plans:
        ran = (asyncio.run(_run(plan, effort, heard)) for plan in whole)
        return together(_until(effort.most, ran), effort.seed)
    number = -(-effort.jobs // len(plans))
    parts = [part for plan in whole for part in _parts(plan, number)]
    return together(_joined(_until(effort.most, _spread(parts, effort, heard))), effort.seed)


async def _run(plan: Plan, effort: Effort, heard: Heard | None) -> Ran:
    return await run_file(
        plan.path, plan.choice, seed=effort.seed, moto_url=effort.moto_url, heard=heard, update=effort.update
    )


def _parts(plan: Plan, number: int) -> Iterator[Plan]:
    for index in range(number):
        yield replace(plan, choice=replace(plan.choice, part=Share(index, number)))


def _until(most: int, ran: Iterable[Ran]) -> Iterator[Ran]:
    """What ran, up to the case with which there are too many that are not as expected."""
    left = most
    for file, seed in ran:
        cases: list[Case] = []
        for case in file.cases:
            cases.append(case)
            left -= not case.passed
            if most and not left:
                yield replace(file, cases=tuple(cases)), seed
                return
        yield file, seed


def _spread(parts: Sequence[Plan], effort: Effort, heard: Heard | None) -> Iterator[Ran]:
    """What each part came to, in order; whoever stops listening stops what has not begun."""
    posix = os.name == "posix"
    context = multiprocessing.get_context("forkserver" if posix else "spawn")
    if posix:
        context.set_forkserver_preload([__name__])
    told: Told = context.Queue()
    workers = min(effort.jobs, len(parts))
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(told,)) as pool:
        futures = [pool.submit(_run_part, part, effort) for part in parts]
        try:
            for future in futures:
                _listen(future, told, heard)
                yield future.result()
        except KeyboardInterrupt:
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _listen(future: Future[Ran], told: Told, heard: Heard | None) -> None:
    """Pass on what is told until a part is done."""
    while not future.done() or not told.empty():
        try:
            path, name, passed = told.get(timeout=_LISTENING)
        except queue.Empty:
            continue
        if heard is not None:
            heard(Path(path), name, passed)


def _begin(told: Told) -> None:
    """In a worker, once: Ctrl-C is the parent's to hear."""
    _told.append(told)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _run_part(plan: Plan, effort: Effort) -> Ran:
    """In a worker: run one part."""
    return asyncio.run(_run(plan, effort, _tell))


def _tell(path: Path, name: str, passed: bool) -> None:  # noqa: FBT001 - as it is heard
    _told[0].put((str(path), name, passed))


def _joined(ran: Iterable[Ran]) -> Iterator[Ran]:
    """Parts of one file as one."""
    waiting: list[Ran] = []
    for file, seed in ran:
        if waiting and waiting[0][0].path == file.path:
            before, known = waiting.pop()
            waiting.append((_one(before, file), known if known is not None else seed))
            continue
        yield from waiting
        waiting = [(file, seed)]
    yield from waiting


def _one(first: File, second: File) -> File:
    faults = tuple(sorted({*first.faults, *second.faults}))
    return replace(first, cases=(*first.cases, *second.cases), faults=faults, secrets=first.secrets | second.secrets)
