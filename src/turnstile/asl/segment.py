"""The grammar of JSONPath as AWS accepts it: a root, then segments.

Step Functions reads paths with Jayway JsonPath, so the grammar is Jayway's: names may hold almost anything but the
delimiters, negative indexes and functions are allowed, slices have no step. This file knows no documents; filters are
kept as text for `asl.jayway`. Specification: "Paths"; https://github.com/json-path/JsonPath
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

DOCUMENT = "$"
CONTEXT = "$$"

_ROOT = re.compile(r"\$\$|\$([^\W\d]\w*)?")
_NAME = re.compile(r"""[^.\[\]()\s*?'"\\]+""")
_QUOTED = re.compile(r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*""", re.DOTALL)
_INDEX = re.compile(r"\s*(-?\d{1,9})\s*")
_SLICE = re.compile(r"\s*(-?\d{1,9})?\s*:\s*(-?\d{1,9})?\s*")
_FROM_END = re.compile(r"\s*\(\s*@\.length(?:\(\))?\s*-\s*(\d{1,9})\s*\)\s*")


@dataclass(frozen=True, slots=True)
class Wildcard:
    """`*`: every element or member."""


@dataclass(frozen=True, slots=True)
class Slice:
    """`[start:end]`; None is open."""

    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Names:
    """`['a','b']`: several members."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indexes:
    """`[0,2]`: several elements."""

    indexes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """`[?(...)]` with the text between the brackets, question mark included."""

    text: str


@dataclass(frozen=True, slots=True)
class Descent:
    """`..`: the segment that follows applies to every value below."""


@dataclass(frozen=True, slots=True)
class Function:
    """`.length()` and its like, at the end of a path."""

    name: str


Step: TypeAlias = str | int
"""A member name or an element index: what plain paths are made of."""
Segment: TypeAlias = Step | Wildcard | Slice | Names | Indexes | Filter | Descent | Function


def split(text: str) -> tuple[str, tuple[Segment, ...]]:
    """The root (`$`, `$$` or the variable's name) and the segments of a path.

    Raises:
        ValueError: the text is not a path; the message says what is wrong.
    """
    match = _ROOT.match(text)
    if match is None:
        raise ValueError(f"`{text}` does not start with `$`")
    segments: list[Segment] = []
    at = match.end()
    while at < len(text):
        if segments and isinstance(segments[-1], Function):
            raise ValueError(f"`{text}` goes on after a function")
        at = _segment(text, at, segments)
    if segments and isinstance(segments[-1], Descent):
        raise ValueError(f"`{text}` ends in `..`")
    return match.group(1) or match.group(), tuple(segments)


def plain(segments: tuple[Segment, ...]) -> tuple[Step, ...] | None:
    """The same segments if each is one name or one index, else None."""
    steps = tuple(segment for segment in segments if isinstance(segment, str | int))
    return steps if len(steps) == len(segments) else None


def shown(steps: tuple[Segment, ...]) -> str:
    """A path as Jayway writes it in messages: `$['a'][0]`."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f"['{step}']" for step in steps)


def _segment(text: str, at: int, segments: list[Segment]) -> int:
    if text[at] == "[":
        end = closing(text, at)
        segments.append(_bracket(text[at + 1 : end], text))
        return end + 1
    if text.startswith("..", at):
        segments.append(Descent())
        at += 2
        return at if text[at : at + 1] == "[" else _dotted(text, at, segments)
    if text[at] == ".":
        return _dotted(text, at + 1, segments)
    raise ValueError(f"`{text}` has an unexpected `{text[at]}`")


def _dotted(text: str, at: int, segments: list[Segment]) -> int:
    if text[at : at + 1] == "*":
        segments.append(Wildcard())
        return at + 1
    match = _NAME.match(text, at)
    if match is None:
        raise ValueError(f"`{text}` lacks a name after a dot")
    if text.startswith("()", match.end()):
        segments.append(Function(match.group()))
        return match.end() + 2
    segments.append(match.group())
    return match.end()


def closing(text: str, at: int) -> int:
    """Where the bracket opened at `at` closes; quoted text and regular expressions may hold brackets.

    Raises:
        ValueError: it does not.
    """
    depth = 0
    quote = ""
    position = at
    while position < len(text):
        char = text[position]
        if char == "\\":
            position += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"" or (char == "/" and text[:position].rstrip().endswith("=~")):
            quote = char
        elif char in "[(":
            depth += 1
        elif char in "])":
            depth -= 1
            if depth == 0:
                return position
        position += 1
    raise ValueError(f"`{text}` lacks a closing bracket")


def _bracket(inner: str, text: str) -> Segment:
    if match := _INDEX.fullmatch(inner):
        return int(match.group(1))
    if inner.strip() == "*":
        return Wildcard()
    if inner.lstrip().startswith("?"):
        return Filter(inner.strip())
    if match := _SLICE.fullmatch(inner):
        start, end = match.groups()
        return Slice(int(start) if start else None, int(end) if end else None)
    if match := _FROM_END.fullmatch(inner):
        return -int(match.group(1))
    return _union(inner, text)


def _union(inner: str, text: str) -> Segment:
    names = _names(inner)
    if names:
        return names[0] if len(names) == 1 else Names(names)
    parts = [_INDEX.fullmatch(part) for part in inner.split(",")]
    if all(parts):
        return Indexes(tuple(int(part.group(1)) for part in parts if part))
    raise ValueError(f"`{text}` has `[{inner}]`, which is no name, index, slice or filter")


def _names(inner: str) -> tuple[str, ...]:
    """The quoted names between brackets, or none if it is something else."""
    names: list[str] = []
    at = 0
    while match := _QUOTED.match(inner, at):
        quoted = match.group(1) if match.group(1) is not None else match.group(2)
        names.append(re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL))
        at = match.end()
        if at == len(inner):
            return tuple(names)
        if inner[at] != ",":
            break
        at += 1
    return ()
