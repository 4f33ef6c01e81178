"""What an execution did on its way, against `path`, `path_like`, `events`, `event_counts` and `virtual_seconds`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from turnstile.report.report import Finding
from turnstile.scenario.comparing.difference import shown
from turnstile.scenario.comparing.likeness import first_unlike

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from turnstile.document import Json
    from turnstile.scenario.expectations.comparison import Comparison
    from turnstile.scenario.expectations.expectation import Expectation
    from turnstile.scenario.expectations.outcome import Outcome

_ANY = "..."
_ENTERED = "stateEnteredEventDetails"


def states_entered(history: Sequence[Json]) -> list[str]:
    """The names of the states in the order in which they were entered."""
    return [event[_ENTERED]["name"] for event in history if _ENTERED in event]


def _path(expectation: Expectation, key: str, outcome: Outcome) -> Iterator[Finding]:
    wanted, found = expectation.given[key], states_entered(outcome.history)
    if wanted == found:
        return
    same = next((i for i, (one, other) in enumerate(zip(wanted, found, strict=False)) if one != other), None)
    index = min(len(wanted), len(found)) if same is None else same
    there = f"`{found[index]}` was entered" if index < len(found) else "no state was entered"
    message = f"{there} as number {index + 1}, not {f'`{wanted[index]}`' if index < len(wanted) else 'none'}"
    origin = expectation.at(key)
    yield Finding(key, message, wanted, found, (origin.at(index) if index < len(wanted) else origin).where())


def _path_like(expectation: Expectation, key: str, outcome: Outcome) -> Iterator[Finding]:
    wanted, found = expectation.given[key], states_entered(outcome.history)
    reached = _reached(tuple(wanted), tuple(found))
    if reached is None:
        return
    origin = expectation.at(key)
    if reached < len(wanted):
        message = f"`{wanted[reached]}` was not entered where `path_like` has it"
        yield Finding(key, message, wanted, found, origin.at(reached).where())
    else:
        message = f"states were entered after the end of `path_like`, the last one `{found[-1]}`"
        yield Finding(key, message, wanted, found, origin.where())


def _reached(wanted: tuple[str, ...], found: tuple[str, ...]) -> int | None:
    """None where the states are as wanted, else the index of the first part that is nowhere."""
    furthest = 0
    ends = {0}  # how many of the states the parts before may have taken
    for index, part in enumerate(wanted):
        if part == _ANY:
            ends = set(range(min(ends), len(found) + 1))
        else:
            ends = {end + 1 for end in ends if end < len(found) and found[end] == part}
        if not ends:
            return index
        furthest = index + 1
    return None if len(found) in ends else furthest


def _events(expectation: Expectation, key: str, outcome: Outcome) -> Iterator[Finding]:
    """Each event after the one before it; the earliest that fits is taken, so others are left for those behind."""
    wanted, place = expectation.given[key], 0
    for index, pattern in enumerate(wanted):
        rest = outcome.history[place:]
        fitting = next((i for i, event in enumerate(rest) if first_unlike(pattern, event, texts=True) is None), None)
        if fitting is None:
            origin = expectation.at(key).at(index)
            message = f"the history has no such event{' after the one before' if index else ''}: {shown(pattern)}"
            yield Finding(
                key, f"{message}{_closest(pattern, rest)}", pattern, _same_type(pattern, rest), origin.where()
            )
            return
        place += fitting + 1


def _same_type(pattern: Json, events: Sequence[Json]) -> Json:
    """The next event of that type, if there is any."""
    return next((event for event in events if event["type"] == pattern.get("type")), None)


def _closest(pattern: Json, events: Sequence[Json]) -> str:
    event = _same_type(pattern, events)
    unlike = None if event is None else first_unlike(pattern, event, texts=True)
    return "" if unlike is None or event is None else f"; in event {event['id']} {unlike.message}"


def _event_counts(expectation: Expectation, key: str, outcome: Outcome) -> Iterator[Finding]:
    counted = Counter(str(event["type"]) for event in outcome.history)
    for kind, wanted in expectation.given[key].items():
        if counted[kind] != wanted:
            message = f"the history has {_events_of(counted[kind], kind)}, not {wanted}"
            yield Finding(key, message, wanted, counted[kind], expectation.at(key).at(kind).where())


def _events_of(count: int, kind: str) -> str:
    return f"{count} event{'' if count == 1 else 's'} `{kind}`"


def _virtual_seconds(expectation: Expectation, key: str, outcome: Outcome) -> Iterator[Finding]:
    low, high = expectation.given[key]
    found = round(outcome.virtual, 6)
    if (low is None or found >= low) and (high is None or found <= high):
        return
    if low == high:
        wanted = f"{low:g} s"
    elif high is None or (low is not None and found < low):
        wanted = f"at least {low:g} s"
    else:
        wanted = f"at most {high:g} s"
    message = f"the execution took {found:g} s of virtual time, not {wanted}"
    yield Finding(key, message, {"at_least": low, "at_most": high}, found, expectation.at(key).where())


COMPARISONS: Mapping[str, Comparison] = {
    "path": _path,
    "path_like": _path_like,
    "events": _events,
    "event_counts": _event_counts,
    "virtual_seconds": _virtual_seconds,
}
