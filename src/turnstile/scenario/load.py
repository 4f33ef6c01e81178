"""From a scenario file to a `Scenario`, or to every fault in it and in the files it names.

The order: shape of the file, then for the file's world and for that of every case with changes the declarations,
then each case's machine, input and expectation. Nothing runs here but the import of handlers.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from turnstile.backends.handlers.pool import Handlers
from turnstile.backends.handlers.probe import probe
from turnstile.clock import DAWN
from turnstile.faults import Rejected
from turnstile.scenario.cases import Cases
from turnstile.scenario.composition.code_files import note_code
from turnstile.scenario.composition.composing import compose
from turnstile.scenario.composition.defaulting import write_out
from turnstile.scenario.composition.library import Library
from turnstile.scenario.composition.matrix import unfold
from turnstile.scenario.composition.shape import shape
from turnstile.scenario.declarations.case_worlds import CaseWorlds
from turnstile.scenario.models.file import ScenarioEntry
from turnstile.scenario.scenario import Scenario

if TYPE_CHECKING:
    from pathlib import Path

    from turnstile.faults import Fault
    from turnstile.scenario.composition.shape import Shaped
    from turnstile.scenario.models.file import DefaultsEntry

_UNCERTAIN = frozenset(
    {
        "no-state-machine",
        "unknown-account",
        "unknown-caller",
        "unknown-group",
        "unknown-policy",
        "unknown-reference",
        "unknown-role",
        "unknown-state-machine",
        "unknown-user",
    }
)
"""Faults that prove nothing while a declaration is unreadable: the missing name may be in it."""
_EMPTY = frozenset(
    {
        "empty-calls",
        "empty-denied",
        "empty-expect",
        "empty-step",
        "resource-state",
        "wrong-answer",
        "wrong-fault",
        "wrong-step",
    }
)
"""Faults that prove nothing where a part of the value is unreadable."""


def load(path: Path) -> Scenario:
    """Read a scenario file, from outside a loop.

    Raises:
        Rejected: with every fault of the file, of its cases' changes and of the files it names.
    """

    async def alone() -> Scenario:
        handlers = Handlers()
        try:
            return await load_with(handlers, path)
        finally:
            await handlers.close()

    return asyncio.run(alone())


async def load_with(handlers: Handlers, path: Path) -> Scenario:
    """Read a scenario file and import its handlers in a pool; see `load`."""
    library = Library(path.parent)
    made = compose(path, library)
    whole, unfolding = unfold(write_out(made))
    shaped = shape(ScenarioEntry, whole)
    if shaped.entry is None:
        raise Rejected(shaped.faults)
    shaped.faults += unfolding
    worlds = CaseWorlds(shaped.entry, shaped.written, library)
    reading = Cases(worlds)
    if made.document.get("cases") == []:
        reading.no_cases()
    cases = reading.read()
    found = [fault for fault in worlds.faults if fault in worlds.imported or _is_certain(fault, shaped, worlds)]
    unput = {fault.where for fault in unfolding}  # what would be there is not known
    found = [fault for fault in found if fault.where not in unput]
    note_code(worlds.functions)
    found += await probe(handlers, worlds.functions)
    if shaped.faults or found:
        raise Rejected([*shaped.faults, *found])
    defaults = shaped.entry.defaults
    return Scenario(path, shaped.entry.name, defaults.seed, _start(defaults), cases, worlds.base, worlds.notes)


def _is_certain(fault: Fault, shaped: Shaped[ScenarioEntry], worlds: CaseWorlds) -> bool:
    """Not a consequence of what could not be read."""
    if fault.code in _EMPTY:
        within = fault.where.pointer + "/"
        return not any(other.where.pointer.startswith(within) for other in shaped.faults)
    return (shaped.whole and not worlds.imported) or fault.code not in _UNCERTAIN


def _start(defaults: DefaultsEntry) -> float:
    return datetime.fromisoformat(defaults.start_time).timestamp() if defaults.start_time else DAWN
