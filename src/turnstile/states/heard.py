"""A history that tells what is recorded in it, for those who act when a state is reached.

An event belongs to the state whose entry it follows, by the chain of previous events; so branches that run side by side
are kept apart. Every other history tells nothing and costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from turnstile.states.history import History

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json
    from turnstile.states.execution import Execution

Hear: TypeAlias = "Callable[[str, str], None]"
"""Called with the name of a state and the type of an event in it."""
_NOTHING: Mapping[str, Json] = {}


class Heard(History):
    """The history of an execution that goes on as before, and is heard."""

    __slots__ = ("_hear", "_states")

    def __init__(self, history: History, hear: Hear) -> None:
        super().__init__()
        self._events = history._events  # noqa: SLF001 - it takes the place of the other
        self._most, self._quota, self._closed = history._most, history._quota, history._closed  # noqa: SLF001 - as above
        self._hear = hear
        self._states: dict[int, str] = {}

    def append(
        self,
        previous: int,
        time: float,
        kind: str,
        field: str = "",
        details: Mapping[str, Json] = _NOTHING,
    ) -> int:
        """See `History.append`; it is told once it is recorded."""
        event_id = super().append(previous, time, kind, field, details)
        named = field in _NAMING
        state = details["name"] if named else self._states.get(previous, "")
        if state:
            self._states[event_id] = state
            self._hear(state, kind)
        return event_id


def hear(execution: Execution, told: Hear) -> None:
    """Tell of every event of an execution that has a state, from now on."""
    execution.events = Heard(execution.events, told)


_NAMING = frozenset({"stateEnteredEventDetails", "stateExitedEventDetails"})
"""Where details have the name of a state."""
