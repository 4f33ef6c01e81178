"""The processes that run cases for `parallel`: how they start, what they send, how they end.

On Linux they are forked, so that they begin with all that their parent has imported, read and staged; where that is not
safe, elsewhere and beside threads, they begin anew. What crosses are values: (what, ...) tuples, see `_Worker`. Ctrl-C
is the parent's to hear; a worker whose parent is gone ends with the next case.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import signal
import sys
import threading
import warnings
from dataclasses import dataclass, field, replace
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, NoReturn

from turnstile.backends.handlers.pool import Handlers
from turnstile.clock import pause
from turnstile.faults import Rejected
from turnstile.scenario.processes.board import Board
from turnstile.scenario.processes.gathering import Part
from turnstile.scenario.processes.lost import Elsewhere, WorkerLost, portable
from turnstile.scenario.run import faulty, opened
from turnstile.source import note, used_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from turnstile.scenario.processes.gathering import Gathering
    from turnstile.scenario.run import Heard, Running
    from turnstile.scenario.running.choice import Choice
    from turnstile.source import Written

_AGAIN = 0.01
"""Wall seconds until a worker without work looks again."""
_NAMED = 1
"""So many of the cases that a process took are named where it is lost."""
_GRACE = 2.0
"""Wall seconds that a process which was told to end has for it."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How a file is opened; a value that goes to other processes."""

    path: Path
    choice: Choice
    seed: int | None
    moto_url: str | None
    update: bool

    async def running(self, handlers: Handlers, heard: Heard | None) -> Running:
        """The file, ready to run.

        Raises:
            Rejected: with every fault of the file.
        """
        return await opened(
            handlers,
            self.path,
            self.choice,
            seed=self.seed,
            moto_url=self.moto_url,
            heard=heard,
            update=self.update,
        )


def spread(
    openings: Sequence[Opening],
    gathering: Gathering,
    jobs: int,
    half_done: Mapping[int, tuple[Running, int]],
    heard: Heard | None,
) -> None:
    """Run what is left in so many processes, and gather it.

    `half_done` are files that are open in this process, by index, each with the index of the case that is next.

    Raises:
        WorkerLost: one of the processes is gone.
    """
    context = _context()
    forks = context.get_start_method() == "fork"
    inherited = {index: running for index, (running, _) in half_done.items()} if forks else {}
    board = Board(context, len(openings), jobs, gathering.done)
    for index, (running, first) in half_done.items():
        board.begun(index, first, len(running.selected) if forks else None)
    team = _Team(gathering, heard, openings)
    try:
        gc.freeze()  # else looking for garbage would copy the pages that processes share
        team.start(context, jobs, board, inherited)
        gc.unfreeze()
        team.listen()
    finally:
        team.end()


def _context() -> BaseContext:
    """How processes start: forking a process with threads may leave a lock of theirs closed for ever."""
    if sys.platform == "linux" and threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


@dataclass(slots=True, eq=False)
class _Member:
    """A worker as its parent knows it; `running` is what it began last."""

    process: BaseProcess
    running: str = ""


@dataclass(slots=True, eq=False)
class _Team:
    """The workers that run, by where they are heard."""

    gathering: Gathering
    heard: Heard | None
    openings: Sequence[Opening]
    members: dict[Connection[Any, Any], _Member] = field(default_factory=dict)

    def start(self, context: BaseContext, jobs: int, board: Board, inherited: Mapping[int, Running]) -> None:
        for _ in range(jobs):
            ear, mouth = context.Pipe(duplex=False)
            others = (*self.members, ear) if inherited else ()
            worker = _Worker(mouth, tuple(self.openings), board, inherited, others)
            process = context.Process(target=worker.work, daemon=True)  # type: ignore[attr-defined]
            process.start()
            mouth.close()
            self.members[ear] = _Member(process)

    def listen(self) -> None:
        """Until everything has run, or enough has failed."""
        while self.members and not self.gathering.ended:
            for ear in wait(list(self.members)):
                self._hear(ear)  # type: ignore[arg-type]
                if self.gathering.ended:
                    return

    def _hear(self, ear: Connection[Any, Any]) -> None:
        member = self.members[ear]
        try:
            told = ear.recv()
        except (EOFError, OSError):
            member.process.join()  # its end of the pipe is closed: it is about to be gone
            raise WorkerLost(member.process.exitcode, member.running) from None
        match told:
            case ("began", name):
                member.running = name
            case ("ended", path, name, passed):
                if self.heard is not None:
                    self.heard(path, name, passed)
            case ("part", index, part, seed, count):
                member.running = ""
                self.gathering.add(index, part, seed, count)
            case ("failed", error, text):
                raise error from Elsewhere(text)
            case ("used", files):
                for path, before in files:
                    note(path, before)
            case _:
                del self.members[ear]
                ear.close()

    def end(self) -> None:
        """See every process gone: where all has run it ends by itself, else it is told to."""
        whole = self.gathering.done == len(self.openings)
        for member in self.members.values():
            if whole:
                member.process.join(_GRACE)
            member.process.terminate()
        for ear, member in self.members.items():
            member.process.join(_GRACE)
            if member.process.exitcode is None:
                member.process.kill()
            ear.close()


@dataclass(slots=True, eq=False)
class _Worker:
    """What runs in a process of its own.

    It sends what it began, ("began", name); that a case ended, ("ended", path, name, passed); which files it used,
    ("used", [(path, how it was before)]), and then what came of some cases, ("part", index of the file, part, seed,
    number of the file's cases); and at last ("done",), or what went wrong in Turnstile itself, ("failed", error,
    traceback).
    """

    mouth: Connection[Any, Any]
    openings: tuple[Opening, ...]
    board: Board
    inherited: Mapping[int, Running]
    others: Iterable[Connection[Any, Any]]
    used: dict[Path, Written] = field(default_factory=dict)
    noted: int = 0

    def work(self) -> None:
        """Take cases until there are none."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, _leave)
        for other in self.others:  # else nobody would notice that the parent is gone
            other.close()
        try:
            with used_files() as self.used:
                self._files()
            self.mouth.send(("done",))
        except BrokenPipeError:
            return
        except Exception as error:  # noqa: BLE001 - it is raised again by the parent
            self.mouth.send(("failed", *portable(error)))

    def _files(self) -> None:
        while True:
            index = self.board.file()
            if index is not None:
                asyncio.run(self._file(index))
            elif self.board.expected:
                pause(_AGAIN)
            else:
                return

    async def _file(self, index: int) -> None:
        if index in self.inherited:
            running = replace(self.inherited[index], heard=self._ended)
            await self._cases(index, running, running.worlds.handlers)
            return
        opening, handlers = self.openings[index], Handlers()
        self.mouth.send(("began", f"`{opening.path}`"))
        try:
            running = await opening.running(handlers, self._ended)
        except Rejected as rejected:
            await handlers.close()
            if self.board.opened(index, 0):
                self._part(index, Part(0, 0, faulty(opening.path, rejected)), None, 0)
            return
        if self.board.opened(index, len(running.selected)) and not running.selected:
            self._part(index, Part(0, 0, await running.file()), running.worlds.seed, 0)
        await self._cases(index, running, handlers)

    async def _cases(self, index: int, running: Running, handlers: Handlers) -> None:
        count, seed = len(running.selected), running.worlds.seed
        try:
            while (taken := self.board.cases(index)) is not None:
                names = " or ".join(f"`{case.name}`" for case in running.selected[slice(*taken)][:_NAMED])
                self.mouth.send(("began", f"{names} of `{running.scenario.path}`"))
                part = Part(*taken, await running.part(*taken))
                self._part(index, part, seed, count)
        finally:
            await handlers.close()

    def _part(self, index: int, part: Part, seed: int | None, count: int) -> None:
        files = list(self.used.items())[self.noted :]
        self.noted += len(files)
        if files:
            self.mouth.send(("used", files))
        self.mouth.send(("part", index, part, seed, count))

    def _ended(self, path: Path, name: str, passed: bool) -> None:  # noqa: FBT001 - as it is heard
        self.mouth.send(("ended", path, name, passed))


def _leave(*_: object) -> NoReturn:
    """End in order: what handlers have written is removed. What was still going on is nobody's concern any more."""
    logging.getLogger("asyncio").disabled = True
    warnings.simplefilter("ignore")
    raise SystemExit
