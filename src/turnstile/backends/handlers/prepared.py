"""A process that has imported the module of one function, how that went, and the order to fork it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.backends.handlers import variables
from turnstile.backends.handlers.link import Gone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.handlers.place import Placed
    from turnstile.backends.handlers.process import End, Process
    from turnstile.document import Json

INIT_SECONDS = 10.0
"""Wall seconds that an import may take: Lambda's limit of the init phase."""


@dataclass(frozen=True, slots=True)
class Report:
    """How the import of a handler's module went.

    `error` is Lambda's payload if it failed, `fault` what to tell the user, `end` how the process died if it did;
    `late` says that it had to be killed after `INIT_SECONDS`. `alone`: each environment must import by itself, where
    `libraries` can be loaded before.
    """

    error: Json = None
    fault: Mapping[str, Json] | None = None
    alone: bool = False
    libraries: tuple[str, ...] = ()
    end: End | None = None
    late: bool = False


class Prepared:
    """The process that has imported one function's module, and the order to fork it; `at` is where the module lies."""

    def __init__(self, process: Process, order: Mapping[str, Json], at: Placed) -> None:
        self.order = order
        self.at = at
        self._reading = asyncio.Lock()
        self._begin(process)

    def _begin(self, process: Process) -> None:
        self.process = process
        self._report: Report | None = None
        role = "node" if self.at.runtime == "node" else "prepare"
        process.fork({**self.order, "role": role, "variables": variables.of_import(self.order["variables"])})

    def renew(self, process: Process) -> bool:
        """Import once more in another process, where the one that had done so is gone; False if it never had."""
        if self._report is None or self._report.end is not None or self._report.error is not None:
            return False
        self.process.link.close()
        self._begin(process)
        return True

    async def report(self) -> Report:
        """How the import went; the process is gone if it failed."""
        if self._report is None:
            async with self._reading:
                if self._report is None:
                    self._report = await self._read()
        return self._report

    async def _read(self) -> Report:
        try:
            async with asyncio.timeout(INIT_SECONDS):
                told, _ = await self.process.link.receive()
        except (Gone, TimeoutError) as error:
            return Report(end=await self.process.end(), late=isinstance(error, TimeoutError))
        if self.at.runtime == "node":
            await self.process.end()  # it was only asked how the import goes: Node.js cannot fork
        failed = None if told.get("called") else told["error"]
        return Report(failed, told["fault"], told["alone"], tuple(told["libraries"]))
