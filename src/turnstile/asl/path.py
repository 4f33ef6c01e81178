"""Paths into the input, the context object and variables, compiled once into getters.

A plain path (names and indexes only) becomes a closure of a few subscriptions; all others are handed to
`asl.jayway`, which is imported only then. Reference paths can also put a value, giving a new document that shares the
rest. Specification: "Paths", "Reference Paths".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from turnstile.asl import segment
from turnstile.asl.scope import NoMatch

if TYPE_CHECKING:
    from turnstile.asl.scope import Getter, Scope
    from turnstile.document import Json

__all__ = ["ROOT", "ROOT_REFERENCE", "NoMatch", "Path", "ReferencePath", "parse_path", "parse_reference"]


@dataclass(frozen=True, slots=True)
class Path:
    """A compiled path; equal when written alike.

    `find(scope, document)` gives the value; if the path is not `definite`, the list of all values. It raises NoMatch
    when a definite path leads nowhere.
    """

    text: str
    find: Getter = field(repr=False, compare=False)
    definite: bool = field(default=True, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ReferencePath:
    """A path to exactly one place in the document, where a value can be put."""

    text: str
    steps: tuple[segment.Step, ...] = field(repr=False)

    def put(self, document: Json, value: Json) -> Json:
        """A document like `document` with `value` at this place; missing objects on the way are made.

        Raises:
            NoMatch: something on the way is no object, or no array long enough; `reason` is the failing step.
        """
        return _put(document, self.steps, 0, value) if self.steps else value


@lru_cache(maxsize=4096)
def parse_path(text: str) -> Path:
    """Compile a path.

    Raises:
        ValueError: the text is not a path; the message says what is wrong.
        Unsupported: a Jayway construct that is not emulated.
    """
    root, segments = segment.split(text)
    steps = segment.plain(segments)
    if steps is not None:
        return Path(text, _rooted(root, _walk(steps)))
    from turnstile.asl.jayway import compile_segments, is_definite  # noqa: PLC0415 - plain definitions need none

    return Path(text, _rooted(root, compile_segments(segments)), is_definite(segments))


@lru_cache(maxsize=1024)
def parse_reference(text: str) -> ReferencePath:
    """Compile a reference path into the document.

    Raises:
        ValueError: not a path, or one that could lead to several places or elsewhere than the document.
    """
    root, segments = segment.split(text)
    steps = segment.plain(segments)
    if root != segment.DOCUMENT or steps is None or any(isinstance(step, int) and step < 0 for step in steps):
        raise ValueError(f"`{text}` is not a reference path")
    return ReferencePath(text, steps)


def _rooted(root: str, walk: Getter) -> Getter:
    if root == segment.DOCUMENT:
        return walk
    if root == segment.CONTEXT:
        return lambda scope, _: walk(scope, {**scope.context})  # the interpreter changes its own

    def variable(scope: Scope, _: Json) -> Json:
        try:
            value = scope.variables[root]
        except KeyError:
            raise NoMatch(f"No results for path: ${root}") from None
        return walk(scope, value)

    return variable


def _walk(steps: tuple[segment.Step, ...]) -> Getter:
    """The closure for a plain path; the first lengths are written out because most paths are that short."""
    if not steps:
        return lambda _, document: document
    if any(isinstance(step, int) for step in steps):
        return _careful(steps)
    if len(steps) == 1:
        return _one(steps)
    return _two(steps) if len(steps) == 2 else _names(steps)  # noqa: PLR2004 - written out


def _one(steps: tuple[segment.Step, ...]) -> Getter:
    (name,) = steps

    def find(_: Scope, document: Json) -> Json:
        try:
            return document[name]
        except (KeyError, TypeError):
            raise _missing(steps, document) from None

    return find


def _two(steps: tuple[segment.Step, ...]) -> Getter:
    first, second = steps

    def find(_: Scope, document: Json) -> Json:
        try:
            return document[first][second]
        except (KeyError, TypeError):
            raise _missing(steps, document) from None

    return find


def _names(steps: tuple[segment.Step, ...]) -> Getter:
    def find(_: Scope, document: Json) -> Json:
        value = document
        try:
            for name in steps:
                value = value[name]
        except (KeyError, TypeError):
            raise _missing(steps, document) from None
        return value

    return find


def _careful(steps: tuple[segment.Step, ...]) -> Getter:
    """With indexes: text can be subscripted in Python but is no array."""

    def find(_: Scope, document: Json) -> Json:
        value = document
        try:
            for step in steps:
                if type(step) is int and type(value) is not list:
                    raise _missing(steps, document)
                value = value[step]
        except (KeyError, IndexError, TypeError):
            raise _missing(steps, document) from None
        return value

    return find


_PROVIDER = "com.jayway.jsonpath.spi.json.JacksonJsonProvider"
"""What AWS reads paths with: `States.Format` shows objects as the maps of this provider (recorded)."""


def _missing(steps: tuple[segment.Step, ...], document: Json) -> NoMatch:
    """Why the steps lead nowhere, worded as Jayway does (the leaf is recorded, the others are inferred)."""
    value = document
    for position, step in enumerate(steps):
        here = segment.shown(steps[:position])
        if isinstance(step, str) and not isinstance(value, dict):
            return NoMatch(
                f"Expected to find an object with property ['{step}'] in path {here} but found '{_java(value)}'. "
                f"This is not a json object according to the JsonProvider: '{_PROVIDER}'."
            )
        if isinstance(step, int) and not isinstance(value, list):
            return _no_array(steps[position:], value, here)
        try:
            value = value[step]
        except KeyError:
            if position < len(steps) - 1:
                return NoMatch(f"Missing property in path {segment.shown(steps[: position + 1])}")
            break
        except IndexError:
            break
    return NoMatch(f"No results for path: {segment.shown(steps)}")


def _no_array(rest: tuple[segment.Step, ...], value: Json, here: str) -> NoMatch:
    from turnstile.asl.function import shown  # noqa: PLC0415 - paths that lead somewhere need none of it

    if value is None:
        return NoMatch(f"The path {here} is null")
    written = segment.shown(rest).removeprefix("$")
    return NoMatch(f"Filter: {written} can only be applied to arrays. Current context is: {shown(value)}")


def _java(value: Json) -> str:
    """The class of a value in Java."""
    match value:
        case None:
            return "null"
        case bool():
            return "java.lang.Boolean"
        case int():
            return _integer(value)
        case float():
            return "java.lang.Double"
        case str():
            return "java.lang.String"
    return "java.util.ArrayList"


def _integer(value: int) -> str:
    for bits, name in ((31, "java.lang.Integer"), (63, "java.lang.Long")):
        if -(2**bits) <= value < 2**bits:
            return name
    return "java.math.BigInteger"


def _put(document: Json, steps: tuple[segment.Step, ...], at: int, value: Json) -> Json:
    step = steps[at]
    last = at == len(steps) - 1
    if isinstance(step, str) and isinstance(document, dict):
        inner = value if last else _put(document.get(step, {}), steps, at + 1, value)
        return {**document, step: inner}
    if isinstance(step, int) and isinstance(document, list) and step < len(document):
        inner = value if last else _put(document[step], steps, at + 1, value)
        return [*document[:step], inner, *document[step + 1 :]]
    raise NoMatch(str(step))


ROOT = parse_path("$")
"""The whole document."""
ROOT_REFERENCE = parse_reference("$")
"""The whole document, to be replaced."""
