"""The functions that Step Functions adds to JSONata, and those it pins or takes away.

They are called by an engine in the middle of an evaluation, so what they need of the execution, its clock and its
random source, is set around it with `during`. Meaning: developer guide, "JSONata functions provided by Step
Functions"; `$random(seed)` is Java's generator, as users measured (https://github.com/floci-io/floci/issues/2662).
Failures carry JSONata's codes; their texts are inferred.
"""

from __future__ import annotations

import hashlib
import json
import math
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from turnstile.document import Json, compact, finite, octets
from turnstile.uuid4 import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.asl.scope import Scope

_SCOPE: ContextVar[Scope] = ContextVar("scope")
_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_MULTIPLIER, _INCREMENT, _MASK = 0x5DEECE66D, 0xB, (1 << 48) - 1
_LARGEST_RANGE = 1_000_000

BUILT_IN = frozenset({"random", "shuffle", "now", "millis"})
"""Those that JSONata has itself."""
NOT_A_FUNCTION = frozenset({"eval"})
"""What AWS takes away: a call fails as that of any other name would."""
IMPURE = frozenset({"random", "shuffle", "now", "millis", "uuid"})
"""Those that need the execution."""


def during(scope: Scope, evaluate: Callable[[dict[str, Json]], Json], bindings: dict[str, Json]) -> Json:
    """The value of an expression that may call impure functions."""
    token = _SCOPE.set(scope)
    try:
        return evaluate(bindings)
    finally:
        _SCOPE.reset(token)


def _refused(function: str, position: int) -> ValueError:
    return ValueError(f'T0410: Argument {position} of function "{function}" does not match function signature')


def _number(function: str, position: int, value: Json) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise _refused(function, position)


def _partition(array: Json = None, size: Json = None, *_: Json) -> Json:
    length = math.floor(_number("partition", 2, size))
    if length <= 0:
        raise _refused("partition", 2)
    items = array if isinstance(array, list) else [array]
    return [items[start : start + length] for start in range(0, len(items), length)]


def _range(first: Json = None, last: Json = None, step: Json = None, *_: Json) -> Json:
    """A sequence, which with one number is that number (recorded: array_jsonata/test_array_range)."""
    start, end, by = (_number("range", place, value) for place, value in enumerate((first, last, step), 1))
    if by == 0:
        raise _refused("range", 3)
    count = math.floor((end - start) / by) + 1
    if count > _LARGEST_RANGE:
        raise ValueError(f"D2014: {count}")
    numbers = [_whole(start + index * by) for index in range(max(count, 0))]
    return numbers[0] if len(numbers) == 1 else numbers


def _whole(number: float) -> float:
    return int(number) if number == math.floor(number) else number


def _hash(data: Json = None, algorithm: Json = "SHA-256", *_: Json) -> Json:
    name = _ALGORITHMS.get(algorithm) if isinstance(algorithm, str) else None
    if name is None:
        raise _refused("hash", 2)
    text = data if isinstance(data, str) else compact(data)
    return hashlib.new(name, octets(text), usedforsecurity=False).hexdigest()


def _random(seed: Json = None, *_: Json) -> Json:
    if seed is None:
        return _SCOPE.get().random.random()
    return java_random(int(_number("random", 1, seed)))


def _shuffle(array: Json = None, *_: Json) -> Json:
    """Nothing arrives as null, and leaves so: engines do not tell functions which of the two it was."""
    if not isinstance(array, list):
        return None if array is None else [array]
    return _SCOPE.get().random.sample(array, len(array))


def java_random(seed: int) -> float:
    """The first `nextDouble()` of Java's generator for a seed."""
    state = (seed ^ _MULTIPLIER) & _MASK
    state = (state * _MULTIPLIER + _INCREMENT) & _MASK
    high = state >> 22
    state = (state * _MULTIPLIER + _INCREMENT) & _MASK
    result: float = ((high << 27) + (state >> 21)) / (1 << 53)
    return result


def _uuid(*_: Json) -> Json:
    return uuid4(_SCOPE.get().random)


def _parse(text: Json = None, *_: Json) -> Json:
    if not isinstance(text, str):
        raise _refused("parse", 1)
    try:
        return json.loads(text, parse_float=finite, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise ValueError("D3120: Syntax error in expression passed to function parse") from None


def _no_constant(name: str) -> Json:
    raise ValueError(name)


def _millis(*_: Json) -> Json:
    return int(_SCOPE.get().now() * 1000)


def now_with(written: Callable[[dict[str, Json]], Json]) -> Callable[..., Json]:
    """`$now`, for an engine that has `written`: a moment in milliseconds, a picture and a zone as text."""

    def now(picture: Json = None, zone: Json = None, *_: Json) -> Json:
        moment = _SCOPE.get().now()
        if picture is not None or zone is not None:
            given = {"moment": int(moment * 1000), "picture": picture, "zone": zone}
            return written({name: part for name, part in given.items() if part is not None})
        shown = datetime.fromtimestamp(moment, UTC)
        return shown.strftime("%Y-%m-%dT%H:%M:%S.") + f"{shown.microsecond // 1000:03d}Z"

    return now


WRITTEN = "$fromMillis($moment, $picture, $zone)"
"""The expression behind `written`."""

FUNCTIONS: dict[str, Callable[..., Json]] = {
    "partition": _partition,
    "range": _range,
    "hash": _hash,
    "random": _random,
    "shuffle": _shuffle,
    "uuid": _uuid,
    "parse": _parse,
    "millis": _millis,
}
"""By name; `$now` needs the engine too."""
