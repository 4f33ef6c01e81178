"""The eighteen intrinsic functions: what each takes and gives.

A function declares its argument kinds beside its meaning, and `Function.apply` checks them in one place. This file
knows no syntax and no paths; `asl.intrinsic` does. Randomness comes from the caller. Meaning: developer guide,
"Intrinsic functions"; rounding, splitting and text of objects as recorded (recordings, intrinsic_functions.*). The
wording of failures is recorded nowhere: inferred.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, TypeAlias

from turnstile.document import Json, compact, finite, octets
from turnstile.uuid4 import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Source: TypeAlias = Random

_LONGEST_TEXT = 10_000
_LONGEST_RANGE = 1_000
_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_DELETED = re.compile(r"\\(.)|\{\}", re.DOTALL)


class BadArgument(ValueError):  # noqa: N818 - named for what is wrong
    """An argument that the function cannot take; the text completes "had the following error: "."""


@dataclass(frozen=True, slots=True)
class Function:
    """One function; `kinds` of its arguments, the last `optional` of which may be left out, or repeat if `many`."""

    meaning: Callable[..., Json]
    kinds: tuple[str, ...] = ()
    optional: int = 0
    many: bool = False
    random: bool = False

    def takes(self, count: int) -> bool:
        """Whether it may be called with that many arguments."""
        return count >= len(self.kinds) - self.optional and (self.many or count <= len(self.kinds))

    def apply(self, arguments: Sequence[Json], random: Callable[[], Source]) -> Json:
        """The function's value.

        Raises:
            BadArgument: an argument of a wrong kind, or one without meaning.
        """
        for position, (kind, value) in enumerate(zip(self.kinds, arguments, strict=False), 1):
            if not _KINDS[kind](value):
                raise BadArgument(f"Argument {position} must be {kind}")
        return self.meaning(random(), *arguments) if self.random else self.meaning(*arguments)


def equal(left: Json, right: Json) -> bool:
    """Whether two documents are the same: `1` is `1.0` but not `true`."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(value, right[name]) for name, value in left.items())
    return bool(left == right)


def shown(value: Json) -> str:
    """A value as `States.Format` writes it; objects and arrays look as Java prints them: `{a=1, b=[]}`."""
    match value:
        case str():
            return value
        case list():
            return "[" + ", ".join(map(shown, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{name}={shown(member)}" for name, member in value.items()) + "}"
        case _:
            return compact(value)


def _rounded(number: float) -> int:
    """Half goes up, also below zero: -1.5 becomes -1."""
    return number if isinstance(number, int) else math.floor(number + 0.5)


def _partition(array: list[Json], size: float) -> Json:
    length = _rounded(size)
    if length <= 0:
        raise BadArgument("The chunk size must be a positive integer")
    return [array[start : start + length] for start in range(0, len(array), length)]


def _range(first: float, last: float, step: float) -> Json:
    start, end, by = _rounded(first), _rounded(last), _rounded(step)
    if by == 0:
        raise BadArgument("The step must not be zero")
    values = range(start, end + (1 if by > 0 else -1), by)
    if values[_LONGEST_RANGE:]:  # a range may be longer than `len` can say
        raise BadArgument(f"The array must not have more than {_LONGEST_RANGE} items")
    return list(values)


def _item(array: list[Json], index: float) -> Json:
    position = _rounded(index)
    if not 0 <= position < len(array):
        raise BadArgument(f"The index {position} is outside of the array of length {len(array)}")
    return array[position]


def _unique(array: list[Json]) -> Json:
    kept: list[Json] = []
    for value in array:
        if not any(equal(value, other) for other in kept):
            kept.append(value)
    return kept


def _short(text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise BadArgument(f"The text must not be longer than {_LONGEST_TEXT} characters")
    return text


def _decoded(text: str) -> Json:
    try:
        return base64.b64decode(_short(text), validate=True).decode()
    except (binascii.Error, ValueError):
        raise BadArgument("The text is not Base64 of UTF-8 text") from None


def _hash(data: Json, algorithm: str) -> Json:
    import hashlib  # noqa: PLC0415 - few definitions hash

    name = _ALGORITHMS.get(algorithm)
    if name is None:
        raise BadArgument(f"The algorithm must be one of {', '.join(_ALGORITHMS)}")
    text = data if isinstance(data, str) else compact(data)
    return hashlib.new(name, octets(_short(text)), usedforsecurity=False).hexdigest()


def _merge(first: dict[str, Json], second: dict[str, Json], deep: bool) -> Json:  # noqa: FBT001 - AWS's signature
    if deep:
        raise BadArgument("Only the shallow merging mode is supported")
    return {**first, **second}


def _parsed(text: str) -> Json:
    if not text.strip():
        return None
    try:
        return json.loads(text, parse_float=finite, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadArgument("The text is not JSON") from None


def _no_constant(name: str) -> Json:
    raise ValueError(name)


def _random(random: Random, first: float, end: float, seed: float | None = None) -> Json:
    start, stop = _rounded(first), _rounded(end)
    if stop <= start:
        raise BadArgument("The end must be greater than the start")
    source = random if seed is None else Random(_rounded(seed))
    return source.randrange(start, stop)


def _split(text: str, delimiters: str) -> Json:
    if not delimiters:
        return [text] if text else []
    return [part for part in re.split(f"[{re.escape(delimiters)}]", text) if part]


def _format(template: str, *arguments: Json) -> Json:
    """`template` still has its escapes, because an escaped brace opens no place for an argument."""
    remaining = iter(arguments)
    used = 0

    def fill(match: re.Match[str]) -> str:
        nonlocal used
        if match.group(1):
            return match.group(1)
        used += 1
        return shown(next(remaining, None))

    text = _DELETED.sub(fill, template)
    if used != len(arguments):
        raise BadArgument("Number of arguments do not match the occurrences of {}")
    return text


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_KINDS: dict[str, Callable[[Json], bool]] = {
    "anything": lambda _: True,
    "an array": lambda value: isinstance(value, list),
    "a boolean": lambda value: isinstance(value, bool),
    "a number": _is_number,
    "an object": lambda value: isinstance(value, dict),
    "a string": lambda value: isinstance(value, str),
}

FUNCTIONS: dict[str, Function] = {
    "Array": Function(lambda *values: list(values), many=True),
    "ArrayPartition": Function(_partition, ("an array", "a number")),
    "ArrayContains": Function(lambda array, value: any(equal(value, item) for item in array), ("an array", "anything")),
    "ArrayRange": Function(_range, ("a number", "a number", "a number")),
    "ArrayGetItem": Function(_item, ("an array", "a number")),
    "ArrayLength": Function(len, ("an array",)),
    "ArrayUnique": Function(_unique, ("an array",)),
    "Base64Encode": Function(lambda text: base64.b64encode(octets(_short(text))).decode(), ("a string",)),
    "Base64Decode": Function(_decoded, ("a string",)),
    "Hash": Function(_hash, ("anything", "a string")),
    "JsonMerge": Function(_merge, ("an object", "an object", "a boolean")),
    "StringToJson": Function(_parsed, ("a string",)),
    "JsonToString": Function(compact, ("anything",)),
    "MathRandom": Function(_random, ("a number", "a number", "a number"), optional=1, random=True),
    "MathAdd": Function(lambda first, second: _rounded(first) + _rounded(second), ("a number", "a number")),
    "StringSplit": Function(_split, ("a string", "a string")),
    "UUID": Function(uuid4, random=True),
    "Format": Function(_format, ("a string",), many=True),
}
"""By name after `States.`."""
