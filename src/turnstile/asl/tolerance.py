"""How many failed iterations a Map tolerates: a count, a percentage, both or neither.

Specification: "Map State", "Failure Tolerance"; texts recorded in
scenarios.base_scenarios/test_map_state_tolerated_failure_count_path and _percentage_path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import errors
from turnstile.asl.dataflow import found
from turnstile.asl.path import Path
from turnstile.asl.query import Query
from turnstile.document import Json, compact

if TYPE_CHECKING:
    from turnstile.asl.definition import Map
    from turnstile.asl.scope import Scope

EXCEEDED = "States.ExceedToleratedFailureThreshold"
_MOST = 100


def tolerated_count(state: Map, data: Json, scope: Scope) -> int | None:
    """How many iterations may fail; None if no number is given.

    Raises:
        StatesError: ToleratedFailureCountPath leads nowhere, or to no whole number from 0 on (the text for negative
            ones is *inferred*).
    """
    if state.tolerated_failure_count is None:
        return None
    value = _value(state.tolerated_failure_count, data, scope)
    number = int(value) if isinstance(value, str) and value.isdecimal() else value
    if not isinstance(number, int) or isinstance(number, bool):
        raise _refused("ToleratedFailureCount", value, "integer", state.tolerated_failure_count)
    if number < 0:
        raise errors.runtime("ToleratedFailureCount cannot be negative.")
    return number


def tolerated_percentage(state: Map, data: Json, scope: Scope) -> float | None:
    """What share of the iterations may fail, from 0 to 100; None if none is given.

    Raises:
        StatesError: ToleratedFailurePercentagePath leads nowhere, or to no such number.
    """
    if state.tolerated_failure_percentage is None:
        return None
    value = _value(state.tolerated_failure_percentage, data, scope)
    if isinstance(value, str):
        value = _float(value)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise _refused("ToleratedFailurePercentage", value, "float", state.tolerated_failure_percentage)
    if not 0 <= value <= _MOST:
        raise errors.runtime("ToleratedFailurePercentage must be between 0 and 100.")
    return float(value)


def exceeded(failed: int, iterations: int, count: int | None, percentage: float | None) -> bool:
    """Whether more failed than is tolerated; the first of the two that is passed counts."""
    too_many = count is not None and failed > count
    return too_many or (percentage is not None and failed * _MOST > percentage * iterations)


def _value(given: float | Path | Query | None, data: Json, scope: Scope) -> Json:
    if isinstance(given, Query):
        return given.find(scope, data)
    return found(given, data, scope) if isinstance(given, Path) else given


def _float(text: str) -> Json:
    """The number a text stands for, as for counts (recorded: test_reference_in_map_state); else the text."""
    try:
        return float(text)
    except ValueError:
        return text


def _refused(field: str, value: Json, kind: str, given: float | Path | Query | None) -> errors.StatesError:
    shown = value if isinstance(value, str) else compact(value)
    path = given.text if isinstance(given, Path | Query) else compact(given)
    return errors.runtime(f'The {field}Path field refers to value "{shown}" which is not a valid {kind}: {path}')
