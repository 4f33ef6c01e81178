"""What one case covers of the declarations it ran in, counted once at its end so that nothing large has to be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.report.granted import granted
from turnstile.report.tally import Coverage
from turnstile.report.turned import turned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.gate.trail import Entry
    from turnstile.world.declaration import Declarations
    from turnstile.world.turns import Turns


def counted(declarations: Declarations, turns: Turns, trail: Iterable[Entry]) -> Coverage:
    """The coverage of a case in a world made of these declarations."""
    hits = granted(declarations, trail)
    for machine in declarations.machines:
        hits |= turned(machine.arn, machine.definition, turns.taken(machine.arn, machine.definition))
    return Coverage(hits)
