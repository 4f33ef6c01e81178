"""Order among invocations: results of one instant come in the order of their start, and who waits lets others go.

While a handler is blocked in a call of its own, its invocation gives up its turn and its place among the function's
environments, for what it waits for may be an invocation that needs them.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from turnstile.clock import RealWork


class Turn:
    """A place in a queue; it is reached when all that stood before have left."""

    def __init__(self, instant: float, before: Iterable[Turn]) -> None:
        self.instant = instant
        self._before = tuple(turn for turn in before if turn.instant == instant)
        self._left = asyncio.Event()

    async def reached(self) -> None:
        """Wait for the others."""
        for turn in self._before:
            await turn._left.wait()  # noqa: SLF001 - a turn like this one
        self._before = ()

    def leave(self) -> None:
        """Let the next one go."""
        self._left.set()


class Invocation:
    """One invocation under way. `computing` are all whose handlers compute now.

    `together`: another handler computed while this one did, so the order of their calls depends on the machine.
    """

    def __init__(self, turn: Turn, computing: dict[Invocation, None], places: asyncio.Semaphore) -> None:
        self.turn = turn
        self.together = False
        self._computing = computing
        self._places = places
        self._holds_place = False
        self._work: RealWork[Any] | None = None
        self._away = 0

    async def enter(self) -> None:
        """Wait for a place among the environments, and begin to compute."""
        await self._places.acquire()
        self._holds_place = True
        self._compute()

    def works(self, work: RealWork[Any]) -> None:
        """Say what the worker waits for."""
        self._work = work

    def leave(self) -> None:
        """Stop computing, and free the place."""
        self._computing.pop(self, None)
        if self._holds_place:
            self._holds_place = False
            self._places.release()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """The handler is blocked in a call while the body runs; several of its calls may overlap."""
        if self._work is None:
            yield
            return
        self._away += 1
        self.leave()
        self.turn.leave()
        try:
            with self._work.aside():
                yield
        finally:
            self._away -= 1
            if not self._away and self._work is not None:
                self._compute()

    def finish(self) -> None:
        """The handler has answered, or is gone."""
        self._work = None
        self._computing.pop(self, None)

    def _compute(self) -> None:
        self._computing[self] = None
        if len(self._computing) > 1:
            for each in self._computing:
                each.together = True
