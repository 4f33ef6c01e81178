"""The worlds of a scenario file: each is staged once, and every case that shares its declarations begins there.

Only what is staged for more than one case is kept. A world that cannot be copied, such as one in a moto server, is
staged anew each time (`Emulator.snapshot`); the outcome is the same, byte for byte, but for what such a server draws.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.emulator import Emulator
from turnstile.gate.errors import ServiceError
from turnstile.scenario.running.stage import build, stage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.backends.handlers.pool import Handlers
    from turnstile.services import Snapshot
    from turnstile.world.declaration import Declarations


@dataclass(frozen=True, slots=True, eq=False)
class _Staged:
    """What staging came to: a world, and perhaps the refusal that ended it."""

    snapshot: Snapshot
    refusal: ServiceError | None


class Worlds:
    """The worlds of cases that run with one seed, `start` in seconds since 1970."""

    def __init__(
        self, cases: Iterable[Declarations], handlers: Handlers, *, seed: int, start: float, moto_url: str | None = None
    ) -> None:
        self._cases = Counter(cases)
        self.handlers = handlers
        self.seed, self._start, self._moto_url = seed, start, moto_url
        self._staged: dict[Declarations, _Staged] = {}

    def emulator(self, declarations: Declarations) -> Emulator:
        """An emulator of a world of its own, staged or still to be staged."""
        definitions = {machine.text: machine.definition for machine in declarations.machines}
        if declarations in self._staged:
            snapshot = self._staged[declarations].snapshot
            return Emulator.of(snapshot, handlers=self.handlers, definitions=definitions)
        world = build(declarations, seed=self.seed, start=self._start, moto_url=self._moto_url)
        return Emulator(world, handlers=self.handlers, definitions=definitions)

    async def stage(self, emulator: Emulator, declarations: Declarations) -> None:
        """Make what is declared, unless the emulator has it already.

        Raises:
            ServiceError: a service refuses something, as often as it is asked for.
            Rejected: a service refuses to make a resource.
            Unsupported: something is not emulated.
        """
        staged = self._staged.get(declarations)
        if staged is None:
            refusal = await _refusal(emulator, declarations)
            self._keep(emulator, declarations, refusal)
        else:
            refusal = staged.refusal
        if refusal is not None:
            raise refusal

    def _keep(self, emulator: Emulator, declarations: Declarations, refusal: ServiceError | None) -> None:
        if self._cases[declarations] > 1 and (snapshot := emulator.snapshot()) is not None:
            self._staged[declarations] = _Staged(snapshot, refusal)


async def _refusal(emulator: Emulator, declarations: Declarations) -> ServiceError | None:
    try:
        await stage(emulator, declarations)
    except ServiceError as error:
        return error
    return None
