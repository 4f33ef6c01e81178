"""Text from users inside of Markdown (GitHub Flavored Markdown): nothing in it can become markup.

Spec: https://github.github.com/gfm/, sections named below.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile.report.layout import safe, uncommanding

if TYPE_CHECKING:
    from collections.abc import Sequence

_TICKS = re.compile("`+")
_PUNCTUATION = re.compile(r"([\\`*_\[\]<>|~&#@$])")
_LINKING = re.compile(r"(\S*(?:[@#]|://|www\.)\S*)", re.IGNORECASE)


def span(text: str, *, cell: bool = False) -> str:
    """A code span: no markup is read inside of it (6.3); in a cell of a table a pipe needs a backslash (4.10)."""
    shown = safe(text)
    shown = shown.replace("|", "\\|") if cell else shown
    if not shown.strip():
        return "` `"
    fence = "`" * (_longest(shown) + 1)
    gap = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) else ""
    return f"{fence}{gap}{shown}{gap}{fence}"


def prose(text: str) -> str:
    """A sentence of ours in which users' texts stand in backticks: these become code spans, the rest is escaped."""
    parts = safe(text).split("`")
    if len(parts) % 2 == 0:  # a user's text has a backtick itself, so nothing tells where it ends
        return span(text)
    return "".join(span(part) if number % 2 else _escaped(part) for number, part in enumerate(parts))


def _escaped(text: str) -> str:
    """A backslash before punctuation makes it a character (2.4).

    GitHub looks for mentions, numbers of issues and addresses behind that, but not in code; no word of ours has any.
    """
    parts = _LINKING.split(text)
    return "".join(span(part) if number % 2 else _PUNCTUATION.sub(r"\\\1", part) for number, part in enumerate(parts))


def block(text: str, language: str = "") -> list[str]:
    """The lines of a fenced code block (4.5); a fence inside is shorter than its own."""
    lines = [uncommanding(safe(line)) for line in text.splitlines()]
    return fenced(lines, language)


def fenced(lines: Sequence[str], language: str = "") -> list[str]:
    """The same of lines that are safe already."""
    fence = "`" * max(3, 1 + max((_longest(line) for line in lines), default=0))
    return [f"{fence}{language}", *lines, fence]


def _longest(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
