"""Offsets in a text as lines and columns, and the offsets at which a text cannot be read as a document.

Knows brackets, quotes and numbers, and nothing of YAML or of what documents mean.
"""

from __future__ import annotations

import re

_STRANGE = re.compile(r'"(?:[^"\\]|\\.)*"|(?P<strange>NaN|-?Infinity|-?[0-9]{4300,})', re.DOTALL)
_NESTING = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_STEP = {"{": 1, "[": 1, "}": -1, "]": -1}
_DEEP = 500
"""Levels of nesting that every reader here can follow."""


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of an offset."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def strange_number(text: str) -> tuple[int, int]:
    """The place of the first `NaN`, `Infinity` or number of too many digits; the beginning if there is none."""
    found = (match.start() for match in _STRANGE.finditer(text) if match["strange"])
    return place(text, next(found, 0))


def too_deep(text: str) -> tuple[int, int]:
    """The place of the bracket that goes too deep; the beginning where no bracket does."""
    depth = 0
    for match in _NESTING.finditer(text):
        depth += _STEP.get(match[0], 0)
        if depth > _DEEP:
            return place(text, match.start())
    return 1, 1
