"""The data of a page in little space: every text and document once, in one table, and numbers of its rows elsewhere.

A distributed Map has thousands of children whose definitions, roles and states are the same, and an input is the output
of the state before. `page/payload.js` reads it back. Every text is masked on its way into the table.

Shapes, where REF is an index into `shared`:

    packed rows  {"keys": [name...], "refs": [index of each key whose values are REFs], "nested": [those of parts],
                  "rows": [[value...]...]}; in a document of parts `{"$": REF}` stands for a part
    event        [id - previous id, seconds, type REF, visit, keys REF, REF of each value...]; ids count from 1
    visit        [name REF, type REF, parent, entered, exited, last, outcome REF, error REF, [attempt...]]
    attempt      [first, last, seconds, seconds or null, error REF]
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.report.masking import everywhere, masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from turnstile.document import Json
    from turnstile.report.walk import Attempt, Visit

_DIGITS = 6
"""Of seconds: differences of floating point numbers have a tail that says nothing."""


def seconds(value: float) -> float:
    """A duration without the tail of its arithmetic; a whole number where it is one."""
    short = round(value, _DIGITS)
    return int(short) if short == int(short) else short


_LONG = 40
"""Characters of a text from which on it pays to share it."""


class Shared:
    """The table; equal values have one row."""

    def __init__(self) -> None:
        self.values: list[Json] = []
        self._texts: dict[str, int] = {}
        self._documents: dict[str, int] = {}
        self._seen: dict[int, tuple[Json, int]] = {}
        self._members: dict[tuple[str, str], int] = {}

    def ref(self, value: Json) -> int:
        """The row of a value that is masked where keys look secret; its texts are looked over here."""
        if isinstance(value, str):
            return self._text(value)
        known = self._seen.get(id(value))
        if known is None:
            known = self._seen[id(value)] = (value, self._document(value))  # held, so that its id stays its own
        return known[1]

    def _document(self, value: Json) -> int:
        key = json.dumps(value, ensure_ascii=False)
        number = self._documents.get(key)
        if number is None:
            number = self._documents[key] = self._add(everywhere(value))
        return number

    def nested(self, value: Json) -> int:
        """The row of a document whose inner documents and long texts have rows of their own, as `{"$": REF}`."""
        match value:
            case dict():
                return self._document({key: self._part(child) for key, child in value.items()})
            case list():
                return self._document([self._part(child) for child in value])
        return self.ref(value)

    def _part(self, value: Json) -> Json:
        match value:
            case dict():
                return {"$": self.nested(value)}
            case list():
                return [self._part(child) for child in value]
            case str() if len(value) > _LONG:
                return {"$": self._text(value)}
        return value

    def _text(self, value: str) -> int:
        number = self._texts.get(value)
        if number is None:
            number = self._texts[value] = self._add(everywhere(value))
        return number

    def _add(self, value: Json) -> int:
        self.values.append(value)
        return len(self.values) - 1

    def member(self, name: str, value: Json) -> int:
        """The row of a value that stands under a key, masked by it."""
        if not isinstance(value, str):
            return self._document(masked({name: value})[name])
        number = self._members.get((name, value))
        if number is None:
            number = self._members[name, value] = self._text(masked({name: value})[name])
        return number

    def details(self, told: Mapping[str, Json]) -> list[Json]:
        """The details of an event: its keys, and each value."""
        if not told:
            return []
        keys = self._text("\n".join(told))
        return [keys, *(self.member(name, value) for name, value in told.items())]

    def rows(self, rows: Iterable[Mapping[str, Json]], numbers: Iterable[str], nested: Iterable[str] = ()) -> Json:
        """Rows with the same keys; those in `numbers` stand as they are, those in `nested` part by part."""
        listed = list(rows)
        keys = list(listed[0]) if listed else []
        plain, deep = frozenset(numbers), frozenset(nested)
        told = [[row[key] if key in plain else self._cell(row[key], key in deep) for key in keys] for row in listed]
        return {
            "keys": keys,
            "refs": [index for index, key in enumerate(keys) if key not in plain],
            "nested": [index for index, key in enumerate(keys) if key in deep],
            "rows": told,
        }

    def _cell(self, value: Json, deep: bool) -> int:  # noqa: FBT001 - said by its only caller
        return self.nested(value) if deep else self.ref(value)

    def visits(self, visits: Sequence[Visit], started: float) -> list[Json]:
        """The visits of states of one execution."""
        return [
            [
                self._text(one.name),
                self._text(one.type),
                one.parent,
                one.entered,
                one.exited,
                one.last,
                self._text(one.outcome),
                self._text(one.error),
                [self._attempt(each, started) for each in one.attempts],
            ]
            for one in visits
        ]

    def _attempt(self, one: Attempt, started: float) -> Json:
        until = None if one.ended is None else seconds(one.ended - started)
        return [one.first, one.last, seconds(one.started - started), until, self._text(one.error)]
