"""Reading the elements of a document: what is there, what is text, and every fault on the way.

This file knows JSON shapes and no policy: which elements exist is told by the reader (`iam.parse`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from turnstile.document import Json, pointer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.faults import Fault
    from turnstile.iam.policy import Kind
    from turnstile.source import Origin

_WIDTH = 80
_MOST_SHOWN = 9


@dataclass
class Reading:
    """A document being read, and what was found wrong so far; places are pointers inside the document."""

    kind: Kind
    origin: Origin
    faults: list[Fault] = field(default_factory=list)

    def fault(self, place: str, code: str, message: str, remedy: str = "") -> None:
        """Note a fault and go on reading."""
        self.faults.append(self.origin.within(place).fault(code, message, remedy))

    def known_elements(self, written: dict[str, Json], known: tuple[str, ...], place: str) -> None:
        """Note every element that is not known."""
        what = "statement" if place else "policy"
        for name in written:
            if name not in known:
                message = f"{shown(name)} is not an element of a {what}"
                self.fault(pointer(place, name), f"unknown-{what}-element", message, nearest(name, known))

    def one_of(self, written: dict[str, Json], name: str, place: str) -> str | None:
        """The element or its negation, whichever stands there; both are a fault."""
        negation = f"Not{name}"
        if name in written and negation in written:
            code = f"{name}-and-not-{name}".lower()
            self.fault(
                pointer(place, negation),
                code,
                f"the statement has both `{name}` and `{negation}`",
                "keep one",
            )
        return name if name in written else negation if negation in written else None

    def texts(self, written: Json, place: str, name: str) -> list[tuple[str, str]]:
        """The texts of an element that is one text or a list, each with its place."""
        if isinstance(written, list):
            if not written:
                self.fault(place, "empty-list", f"`{name}` is an empty list", "name at least one value")
            found = [(f"{place}/{index}", value) for index, value in enumerate(written)]
        else:
            found = [(place, written)]
        for where, value in found:
            if not isinstance(value, str):
                quote = "put it in quotes" if isinstance(value, int | float) else "write text, or a list of texts"
                self.fault(where, "not-text", f"{shown(value)} in `{name}` is not text", quote)
        return [(where, value) for where, value in found if isinstance(value, str)]


def shown(value: Json) -> str:
    """A user's value in a message, cut to a readable length."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return f"`{text if len(text) <= _WIDTH else text[: _WIDTH - 3] + '...'}`"


def nearest(word: str, known: Iterable[str]) -> str:
    """A help line with the known word that is spelled most like it, else with the known ones."""
    by_letters = {name.lower(): name for name in known}
    found = get_close_matches(str(word).lower(), by_letters, n=1)
    if found:
        return f"did you mean `{by_letters[found[0]]}`?"
    shown_words = ", ".join(f"`{name}`" for name in list(by_letters.values())[:_MOST_SHOWN])
    return f"known here: {shown_words}" + (" and more" if len(by_letters) > _MOST_SHOWN else "")
