"""A scenario file opened by a test: its cases to run as they are, and its worlds to do other things in.

scenario = turnstile_scenario("orders.scenario.yaml")
scenario.check("the price is known")                       # as the item of that name
execution = scenario.world("the role is gone").emulator.execute("Orders", {"id": 1})
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from turnstile.backends.handlers.pool import Handlers
from turnstile.emulator import Emulator
from turnstile.pytest_plugin.explaining import explained
from turnstile.pytest_plugin.hosted import Hosted
from turnstile.pytest_plugin.open_world import OpenWorld
from turnstile.pytest_plugin.trouble import NotThereError, direct
from turnstile.report.layout import safe
from turnstile.report.masking import hiding
from turnstile.scenario.load import load_with
from turnstile.scenario.run import Running
from turnstile.scenario.running.stage import build, stage
from turnstile.scenario.running.staged import Worlds

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path
    from typing import Any, TypeVar

    from turnstile.document import Json
    from turnstile.pytest_plugin.played import Played
    from turnstile.report.report import Case as Ended
    from turnstile.scenario.scenario import Case
    from turnstile.world.declaration import Declarations

    T = TypeVar("T")


class OpenScenario:
    """A scenario file, open until `close`; works in tests with and without a loop of their own.

    Raises:
        Rejected: the file has faults; it holds every one.
    """

    def __init__(self, path: Path, *, seed: int | None = None) -> None:
        self._stack = ExitStack()
        self._runner = _Runner()
        self._stack.callback(self._runner.close)
        handlers = Handlers()  # of cases; each open world has its own, on its own thread
        self._stack.callback(lambda: self._runner.run(handlers.close()))
        try:
            self.scenario = self._runner.run(load_with(handlers, path))
        except BaseException:
            self.close()
            raise
        self._seed = self.scenario.seed if seed is None else seed
        shared = (case.declarations for case in self.scenario.cases)
        worlds = Worlds(shared, handlers, seed=self._seed, start=self.scenario.start)
        self._running = Running(self.scenario, self.scenario.cases, worlds)
        self._open: dict[str | None, OpenWorld] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End its worlds and the processes of its handlers.

        Raises:
            Unsupported: something in a world came to what is not emulated, and no call has raised it.
        """
        self._stack.close()

    @property
    def left_running(self) -> tuple[str, ...]:
        """The executions that still run in its worlds."""
        return tuple(name for world in self._open.values() for name in world.left_running)

    @direct
    def run(self, case: str) -> Ended:
        """How a case ended, in a world of its own; whether it is as expected says `passed`, and `findings` what is not.

        Raises:
            NotThereError: the file has no such case.
            Rejected: a service refuses to make one of the declared resources.
        """
        return self._runner.run(self._running.case(self._case(case)))

    def check(self, case: str) -> Ended:
        """As `run`, for a case that has to end as expected.

        Raises:
            AssertionError: it does not; the message explains it as the report does.
        """
        __tracebackhide__ = True
        ended = self.run(case)
        if not ended.passed:
            with hiding(self._running.secrets):
                raise AssertionError(safe(f"{ended.name}: {ended.status}") + explained(ended))
        return ended

    @direct
    def world(self, case: str | None = None) -> OpenWorld:
        """The staged world in which a case begins, else that of the file, without any case's changes; always the same.

        Raises:
            NotThereError: the file has no such case.
        """
        declarations = self.scenario.base if case is None else self._case(case).declarations
        if case not in self._open:
            self._open[case] = self._stack.enter_context(self._staged(declarations))
        return self._open[case]

    @direct
    def execute(self, machine: str, document: Json, *, case: str | None = None) -> Played:
        """Execute a machine in the world of a case, else of the file; see `HostedEmulator.execute`."""
        return self.world(case).emulator.execute(machine, document)

    def _staged(self, declarations: Declarations) -> OpenWorld:
        async def prepare(emulator: Emulator) -> None:
            for error in declarations.unsupported:
                raise error
            await stage(emulator, declarations)

        definitions = {machine.text: machine.definition for machine in declarations.machines}
        world = build(declarations, seed=self._seed, start=self.scenario.start)
        return OpenWorld(Hosted(Emulator(world, definitions=definitions), prepare))

    def _case(self, name: str) -> Case:
        cases = self.scenario.cases
        found = next((case for case in cases if case.name == name), None)
        if found is None:
            listed = ", ".join(f"`{case.name}`" for case in cases)
            raise NotThereError(f"`{self.scenario.path}` has no case `{name}`; there are: {listed}")
        return found


class _Runner:
    """Runs work to its end on a loop of its own, from threads whose loop may be running."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="turnstile-scenario", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
