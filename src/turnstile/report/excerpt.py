"""Lines of users' files: the one line a place names, and which part of it is meant.

Knows texts and places, nothing of what stands in them. Printing is the business of the renderers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from turnstile.report.place import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.faults import Where
    from turnstile.source import Origin

_LARGEST = 5 * 1024 * 1024
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")
_KEY = re.compile(rf"(?:- +)?(?:{_QUOTED.pattern}|[^\s\"'\[\]{{}},:][^\[\]{{}},]*?)\s*:(?:\s+|(?=[\"\[{{]))(?=[^\s#])")
_PLAIN = re.compile(r"(?:[^,\]}#]|(?<!\s)#)+")
_BRACKETS = {"{": 1, "[": 1, "}": -1, "]": -1}


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A place, its line (empty where the text is not known), and the part of the line that is meant.

    The part begins at `start`, counted from 0, and has `length` characters.
    """

    where: Where
    line: str = ""
    start: int = 0
    length: int = 1


def written(origin: Origin) -> Excerpt:
    """The line a value was written on; the value is meant, or its key where it begins on a later line."""
    return _cut(origin.where(), origin.written.source.text, _value)


def on_disk(where: Where, folder: Path | None = None) -> Excerpt:
    """The line a fault or finding names, read again from its file; key and value are meant.

    The place alone where the file cannot be read, is too large, or lies outside of `folder`: a report shows nothing of
    files that somebody else's scenario leads to.
    """
    path = Path(where.file)
    try:
        if folder is not None and not path.resolve().is_relative_to(folder.resolve()):
            return Excerpt(shown(where))
        if not where.line or not path.is_file() or path.stat().st_size > _LARGEST:
            return Excerpt(shown(where))
        return _cut(where, path.read_text("utf-8-sig"), _member)
    except (OSError, ValueError):
        return Excerpt(shown(where))


def of_line(where: Where, line: str) -> Excerpt:
    """The same from the line alone, empty where it is not known."""
    if not line:
        return Excerpt(where)
    start, end = _value(line, max(where.column - 1, 0))
    return Excerpt(where, line, start, max(end - start, 1))


def _cut(where: Where, text: str, meant: Callable[[str, int], tuple[int, int]]) -> Excerpt:
    lines = text.splitlines()
    if not 0 < where.line <= len(lines):
        return Excerpt(shown(where))
    line = lines[where.line - 1].rstrip()
    start, end = meant(line, max(where.column - 1, 0))
    return Excerpt(shown(where), line, start, max(end - start, 1))


def _member(line: str, column: int) -> tuple[int, int]:
    """Where a key begins and its value ends."""
    return column, _value(line, column)[1]


def _value(line: str, column: int) -> tuple[int, int]:
    """Where a value begins and ends; it is looked for behind its key on the same line."""
    key = _KEY.match(line, column)
    if key is None:
        return column, _end(line, column)
    return key.end(), _end(line, key.end())


def _end(line: str, start: int) -> int:
    """Where a value in JSON or YAML ends, at most at the end of its line."""
    if line[start : start + 1] in _BRACKETS:
        return _closing(line, start)
    found = _QUOTED.match(line, start) or _PLAIN.match(line, start)
    return start + len(found[0].rstrip()) if found else start


def _closing(line: str, start: int) -> int:
    """Behind the bracket that closes the one at `start`; brackets inside quotes do not count."""
    depth, at = 0, start
    while at < len(line):
        quoted = _QUOTED.match(line, at)
        depth += _BRACKETS.get(line[at], 0)
        at = quoted.end() if quoted else at + 1
        if depth == 0:
            return at
    return len(line)
