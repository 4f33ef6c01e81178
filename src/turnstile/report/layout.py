"""Text on a terminal: colour, escaping, wrapping and source frames. Knows nothing of what is printed."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from turnstile.report.masking import masked_line, readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from turnstile.document import Json
    from turnstile.report.excerpt import Excerpt

_CODES = {
    "good": "1;32",
    "bad": "1;31",
    "strong": "1",
    "faint": "2",
    "frame": "34",
    "hint": "36",
    "warn": "33",
}
UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    r"\U000e0000-\U000e007f]"
)
"""Characters that a terminal obeys, that turn the reading direction, or that nobody can see."""
COMMAND = re.compile(r"(##[a-z]*)\[")
"""How a command begins that GitHub, Azure and TeamCity look for in any line of a log."""
_CRAMPED = 30
_LEAD = 12


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours by role; a plain one returns its text unchanged."""

    on: bool

    def __call__(self, role: str, text: str) -> str:
        """The text in the colour of a role."""
        return f"\x1b[{_CODES[role]}m{text}\x1b[0m" if self.on and text else text


def safe(text: str) -> str:
    """Text from a user without secrets, that cannot move the cursor, change colours, turn the reading direction or
    command the machine that keeps the log.
    """
    text = UNSAFE.sub(lambda found: _escape(found[0]), readable(text))
    return COMMAND.sub(r"\1\\[", text) if "##" in text else text


def uncommanding(line: str) -> str:
    """A line of a log that GitHub takes for no command, wherever it was broken."""
    text = line.lstrip()
    return f"{line[: len(line) - len(text)]}\\{text}" if text.startswith("::") else line


def _escape(character: str) -> str:
    named = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character)
    code = ord(character)
    if code > 0xFFFF:  # noqa: PLR2004 - the basic plane
        return f"\\U{code:08x}"
    return named or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")  # noqa: PLR2004 - one byte


def cells(text: str) -> int:
    """Columns a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )


def clipped(text: str, width: int) -> str:
    """The text, cut with `…` where it is wider than `width` columns."""
    if cells(text) <= width:
        return text
    kept, room = 0, width - 1
    while room >= cells(text[kept]):
        room -= cells(text[kept])
        kept += 1
    return text[:kept] + "…"


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns, broken at spaces; longer words, such as ARNs, after a `:` or `/`."""
    width = max(width, _CRAMPED)
    lines = [""]
    for word in text.split(" "):
        for piece, gap in _pieces(word, width):
            joined = f"{lines[-1]} {piece}" if gap and lines[-1] else lines[-1] + piece
            if cells(joined) <= width:
                lines[-1] = joined
            else:
                lines.append(piece)
    return [uncommanding(line) for line in lines if line] or [""]


def _pieces(word: str, width: int) -> Iterator[tuple[str, bool]]:
    """A word, or its parts where it does not fit on a line; the flag says that a space goes before."""
    first = True
    while cells(word) > width:
        cut = max(word.rfind(":", 0, width), word.rfind("/", 0, width)) + 1
        cut = cut if cut > width // 2 else width
        yield word[:cut], first
        word, first = word[cut:], False
    yield word, first


def snug(value: Json, width: int, before: str = "", after: str = "") -> list[str]:
    """JSON in few lines: what fits on a line of `width` columns stands on one, an only child beside its parent."""
    line = before + json.dumps(value, ensure_ascii=False) + after
    if cells(line) <= width or not value or not isinstance(value, dict | list):
        return [line]
    if isinstance(value, dict):
        brackets, members = "{}", [(f"{json.dumps(key, ensure_ascii=False)}: ", value[key]) for key in value]
    else:
        brackets, members = "[]", [("", member) for member in value]
    (first, only), *more = members
    if not more and only and isinstance(only, dict | list):
        return snug(only, width, before + brackets[0] + first, brackets[1] + after)
    inner = []
    for place, (head, member) in enumerate(members, 1):
        comma = "," if place < len(members) else ""
        inner += ["  " + line for line in snug(member, width - 2, head, comma)]
    return [before + brackets[0], *inner, brackets[1] + after]


def labelled(label: str, text: str, *, indent: int, margin: int, width: int) -> list[str]:
    """A paragraph that hangs at column `margin`, its label standing before it."""
    lines = wrapped(text, width - margin)
    first = f"{' ' * indent}{label}{' ' * (margin - indent - len(label))}{lines[0]}"
    return [first.rstrip(), *(" " * margin + line for line in lines[1:])]


def frame(excerpt: Excerpt, notes: Sequence[str], paint: Paint, *, indent: int, width: int) -> list[str]:
    """A source line beside its number, carets below what is meant, and notes beside or below those."""
    if not excerpt.line:
        return [line for note in notes for line in _hanging(note, indent, width)]
    number = str(excerpt.where.line)
    gutter = f"{' ' * (indent + len(number))} {paint('frame', '|')}"
    room = width - indent - len(number) - 3
    before, meant, after = _window(excerpt, room)
    line = clipped(before + meant + after, room)
    caret = " " * cells(before) + "^" * max(1, min(cells(meant), room - cells(before)))
    note = " ".join(notes)
    beside = note if cells(caret) + 1 + cells(note) <= room else ""
    return [
        f"{' ' * indent}{paint('frame', number)} {paint('frame', '|')} {line}",
        f"{gutter} {paint('bad', caret)} {beside}".rstrip(),
        *(f"{gutter} {line}" for note in notes if not beside for line in wrapped(note, room)),
    ]


def _hanging(note: str, indent: int, width: int) -> list[str]:
    return [" " * indent + line for line in wrapped(note, width - indent)]


def _window(excerpt: Excerpt, width: int) -> tuple[str, str, str]:
    """A source line as it is shown: what stands before the part that is meant, that part, and what follows.

    Leading blanks go; a line too long for `width` loses of its beginning what the part needs for itself.
    """
    start, end = excerpt.start, excerpt.start + excerpt.length
    line = masked_line(excerpt.line)
    if line != excerpt.line:
        start, end = _moved(excerpt.line, line, start, end)
    before, meant, after = (
        safe(part.replace("\t", "  ")) for part in (line[:start].lstrip(), line[start:end], line[end:])
    )
    room = max(width - cells(meant) - 1, _LEAD)
    if cells(before) > room:
        before = "…" + before[1 - room :]
    return before, meant, after


def _moved(line: str, shown: str, start: int, end: int) -> tuple[int, int]:
    """Where a part of a line stands when secrets are masked: what is before it and behind it stays as it was."""
    head, tail = masked_line(line[:start]), masked_line(line[end:])
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(shown, line[:start], strict=False)))
    first = len(head) if shown.startswith(head) else same
    last = len(shown) - len(tail) if shown.endswith(tail) else len(shown)
    return first, max(last, first + 1)
