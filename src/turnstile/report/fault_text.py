"""Faults of users' files as text for a terminal: code, message, the place with a caret, and what to do.

Light, since a quick verb that finds a fault needs nothing else of a report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.report.excerpt import on_disk
from turnstile.report.layout import Paint, frame, labelled, safe, wrapped
from turnstile.report.place import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from turnstile.faults import Fault


def faults(found: Iterable[Fault], *, color: bool, width: int, word: str = "fault") -> str:
    """Faults as text that ends with a line break; `width` in columns, `word` is what they are called."""
    return "\n".join(line for each in found for line in fault(each, Paint(color), width, word=word)) + "\n"


def fault(found: Fault, paint: Paint, width: int, folder: Path | None = None, *, word: str = "fault") -> Iterator[str]:
    """The lines of one fault, an empty one last; a file of its place is looked for in `folder` as well."""
    where = on_disk(found.where, folder)
    first, *rest = wrapped(f"{word}: {safe(found.message)} [{found.code}]", width)
    yield paint("bad" if word == "fault" else "warn", word) + first.removeprefix(word)
    yield from ("  " + line for line in rest)
    yield f"  {paint('frame', '-->')} {safe(str(shown(found.where)))}"
    yield from frame(where, [], paint, indent=2, width=width)
    if found.help:
        head, *tail = labelled("help:", safe(found.help), indent=2, margin=8, width=width)
        yield head.replace("help:", paint("hint", "help:"), 1)
        yield from tail
    yield ""
