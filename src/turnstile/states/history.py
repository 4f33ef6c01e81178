"""Execution history: events as AWS records them.

Events are slotted records that hold documents as they are; JSON text and AWS's field names are made only when a
history is served. Shapes: reference/recorded-behaviour.md, "History shape", and the API's GetExecutionHistory.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

from turnstile.document import Json, compact
from turnstile.faults import Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Event(NamedTuple):
    """One event; `time` in seconds since 1970.

    `details` has AWS's member names, with documents where AWS has JSON text; `field` is the name of the member that
    carries them, or empty.
    """

    id: int
    previous: int
    time: float
    type: str
    field: str
    details: Mapping[str, Json]


class Full(Exception):  # noqa: N818 - named for what happened
    """The history takes no more events but the one that ends the execution."""


class Closed(Exception):  # noqa: N818 - named for what happened
    """The execution has ended; what still runs in it has nothing to record any more."""


_EMPTY: Mapping[str, Json] = {}
_event = tuple.__new__
"""Makes an `Event` of its fields without a call in Python in between; most of a history is made here."""


class History:
    """The events of one execution, append-only; the last of `quota` events is kept for its end (None: no quota)."""

    __slots__ = ("_closed", "_events", "_most", "_quota")

    def __init__(self, quota: int | None = None) -> None:
        self._events: list[Event] = []
        self._most: float = inf if quota is None else quota
        self._quota = self._most
        self._closed = False

    def append(
        self,
        previous: int,
        time: float,
        kind: str,
        field: str = "",
        details: Mapping[str, Json] = _EMPTY,
    ) -> int:
        """Record an event after the event `previous`; its id, from 1.

        Raises:
            Full: the quota is used up.
            Closed: the last event is recorded.
        """
        events = self._events
        event_id = len(events) + 1
        if event_id >= self._quota:
            raise Closed if self._closed else Full
        events.append(_event(Event, (event_id, previous, time, kind, field, details)))
        return event_id

    def before(self, event_id: int) -> int:
        """The event after which an event was recorded."""
        return self._events[event_id - 1].previous

    def close(self, previous: int, time: float, kind: str, field: str, details: Mapping[str, Json]) -> None:
        """Record the last event."""
        self._events.append(Event(len(self._events) + 1, previous, time, kind, field, details))
        self._quota = 0
        self._closed = True

    def reopen(self) -> None:
        """Take events again after the last one, as many as the quota leaves."""
        self._quota = self._most
        self._closed = False

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def __len__(self) -> int:
        return len(self._events)

    def __reduce__(self) -> tuple[Callable[..., History], tuple[Json, ...]]:
        """In another process: the same events, whoever listens here, and closed."""
        return _sent, (tuple(map(tuple, self._events)),)


def _sent(events: tuple[tuple[Json, ...], ...]) -> History:
    history = History(0)
    history._events = [Event(*event) for event in events]  # noqa: SLF001 - the two are one mechanism
    history._closed = True  # noqa: SLF001 - as above
    return history


class Dropped(History):
    """A history of which only the number of events was kept."""

    __slots__ = ("_length",)

    def __init__(self, length: int) -> None:
        super().__init__(0)
        self._length = length

    def __iter__(self) -> Iterator[Event]:
        raise Unsupported("the history of a child execution that was not kept (`Settings.child_histories`)")

    def __len__(self) -> int:
        return self._length

    def __reduce__(self) -> tuple[Callable[..., History], tuple[Json, ...]]:
        """In another process: as many events, as little known of them."""
        return Dropped, (self._length,)


FULL = "The execution reached the maximum number of history events ({})."
"""What an execution says that used up its quota of events."""


def served(event: Event) -> dict[str, Json]:
    """An event in the shape of GetExecutionHistory; `timestamp` in seconds since 1970."""
    shape: dict[str, Json] = {
        "timestamp": event.time,
        "type": event.type,
        "id": event.id,
        "previousEventId": event.previous,
    }
    if event.field:
        shape[event.field] = _details(event.details)
    return shape


def _details(details: Mapping[str, Json]) -> dict[str, Json]:
    served_details: dict[str, Json] = {}
    for name, value in details.items():
        if name in ("input", "output"):
            served_details[name] = compact(value)
            served_details[f"{name}Details"] = {"truncated": False}
        elif name == "parameters":
            served_details[name] = compact(value)
        elif name == "assignedVariables":
            served_details[name] = {variable: compact(document) for variable, document in value.items()}
            served_details["assignedVariablesDetails"] = {"truncated": False}
        else:
            served_details[name] = value
    return served_details
