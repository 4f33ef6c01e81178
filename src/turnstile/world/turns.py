"""Which ways executions have taken through definitions: counts that stay small however long the histories are.

A way is known by a JSON pointer into the definition: that of a state for entering it, with `/Next` for leaving it that
way, with `/Default`, `/Choices/0`, `/Catch/0` or `/Retry/0` for what was chosen. Knows no events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.asl.definition import StateMachine


class Turns:
    """Counts by machine and definition, for a machine can be given another definition."""

    __slots__ = ("_taken",)

    def __init__(self) -> None:
        self._taken: dict[tuple[str, StateMachine], dict[str, int]] = {}

    def of(self, machine_arn: str, definition: StateMachine) -> dict[str, int]:
        """The counts of a machine by pointer, to be added to."""
        return self._taken.setdefault((machine_arn, definition), {})

    def taken(self, machine_arn: str, definition: StateMachine) -> Mapping[str, int]:
        """The counts of a machine by pointer; empty if it never ran."""
        return self._taken.get((machine_arn, definition), {})
