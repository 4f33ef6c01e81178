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
    from turnstile.faults import Where
    from turnstile.source import Origin

_LARGEST = 5 * 1024 * 1024
_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s,\[\]{}:]+(?::(?=\S)[^\s,\[\]{}:]+)*|\S")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A place, its line (empty where the text is not known), and how many characters of it are meant."""

    where: Where
    line: str = ""
    length: int = 1


def written(origin: Origin) -> Excerpt:
    """The line a value was written on."""
    return _cut(origin.where(), origin.source.text)


def on_disk(where: Where) -> Excerpt:
    """The line a fault names, read again from its file; the place alone where that cannot be done."""
    path = Path(where.file)
    try:
        if not where.line or not path.is_file() or path.stat().st_size > _LARGEST:
            return Excerpt(shown(where))
        return _cut(where, path.read_text("utf-8-sig"))
    except (OSError, ValueError):
        return Excerpt(shown(where))


def _cut(where: Where, text: str) -> Excerpt:
    lines = text.splitlines()
    if not 0 < where.line <= len(lines):
        return Excerpt(shown(where))
    line = lines[where.line - 1]
    token = _TOKEN.match(line, max(where.column - 1, 0))
    return Excerpt(shown(where), line.rstrip(), len(token[0]) if token else 1)
