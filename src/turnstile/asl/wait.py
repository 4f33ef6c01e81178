"""How long a Wait state waits.

Texts and the longest wait (2^31 - 1 seconds) are recorded: base.wait/*,
scenarios.base_scenarios/test_wait_timestamp_path and _jsonata. Specification: "Wait State".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import errors
from turnstile.asl.path import NoMatch, Path
from turnstile.asl.query import Query
from turnstile.asl.timestamp import parse_timestamp
from turnstile.document import Json, compact

if TYPE_CHECKING:
    from turnstile.asl.definition import Wait
    from turnstile.asl.scope import Scope

_LONGEST = 2**31 - 1


def wait_until(state: Wait, data: Json, scope: Scope, now: float) -> float:
    """The moment at which the wait ends, in seconds since 1970 as `now` is; never before `now`.

    Raises:
        StatesError: the path leads nowhere or to a value that is no number of seconds or no timestamp.
    """
    if isinstance(state.seconds, Query):
        return _bounded(now + state.seconds.find(scope, data), now)
    if state.seconds is not None:
        return now + state.seconds
    if state.seconds_path is not None:
        return _bounded(now + _seconds(state.seconds_path, data, scope), now)
    if state.timestamp_path is not None:
        return _bounded(_instant(state.timestamp_path, data, scope), now)
    if isinstance(state.timestamp, Query):
        return _bounded(_evaluated(state.timestamp, data, scope), now)
    moment = parse_timestamp(state.timestamp or "")
    return now if moment is None else _bounded(float(moment), now)


def _bounded(end: float, now: float) -> float:
    if end - now > _LONGEST:
        raise errors.runtime("Wait state delay is too long.")
    return max(end, now)


def _seconds(path: Path, data: Json, scope: Scope) -> float:
    """Text with digits is a number, as in the other fields that lead to one (*inferred*)."""
    value = _found("SecondsPath", path, data, scope)
    if isinstance(value, str) and value.removeprefix("-").isdecimal():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        if value < 0:  # inferred text
            raise errors.runtime(f"The SecondsPath parameter references a negative value: {path.text} == {value}")
        return float(min(value, _LONGEST + 1))
    raise errors.runtime(f"The SecondsPath parameter cannot be parsed as a long value: {path.text} == {_shown(value)}")


def _instant(path: Path, data: Json, scope: Scope) -> float:
    value = _found("TimestampPath", path, data, scope)
    moment = parse_timestamp(value) if isinstance(value, str) else None
    if moment is not None:
        return float(moment)
    form = "a valid ISO-8601 extended offset date-time format string"
    raise errors.runtime(f"The TimestampPath parameter does not reference {form}: {path.text} == {_shown(value)}")


def _evaluated(query: Query, data: Json, scope: Scope) -> float:
    value = query.find(scope, data)
    moment = parse_timestamp(value)
    if moment is not None:
        return float(moment)
    form = "an ISO-8601 extended offset date-time format string"
    text = f"The Timestamp field cannot be parsed as {form}: {value}"
    raise errors.QueryFailure(text, "Timestamp", entered=True)


def _found(name: str, path: Path, data: Json, scope: Scope) -> Json:
    try:
        return path.find(scope, data)
    except NoMatch:
        raise errors.runtime(f"The {name} parameter does not reference an input value: {path.text}") from None


def _shown(value: Json) -> str:
    return value if isinstance(value, str) else compact(value)
