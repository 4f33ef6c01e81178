"""What a file says once for many: expectations under `defaults` for every case, `stubs` at the top for every account.

The document is written out, so that nobody after this has to look in two places; each part still knows its line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.document import Json, pointer
from turnstile.scenario.composition.overlay import Written

if TYPE_CHECKING:
    from turnstile.source import Origin


def write_out(written: Written) -> Written:
    """The document with what its defaults say put into its cases, and its stubs into its accounts."""
    document = written.document
    if not isinstance(document, dict):
        return written
    writing = _Writing(written, dict(written.moved))
    found = dict(document)
    expected = _member(document.get("defaults"), "expect")
    if isinstance(expected, dict) and isinstance(document.get("cases"), list):
        found["cases"] = [
            writing.under(case, ("cases", index, "expect"), expected, ("defaults", "expect"))
            for index, case in enumerate(document["cases"])
        ]
    stubs, accounts = document.get("stubs"), document.get("accounts")
    if isinstance(stubs, dict) and isinstance(accounts, dict):
        found["accounts"] = {
            name: writing.under(account, ("accounts", name, "stubs"), stubs, ("stubs",))
            for name, account in accounts.items()
        }
    return Written(found, written.source, writing.moved)


def _member(value: Json, name: str) -> Json:
    return value.get(name) if isinstance(value, dict) else None


@dataclass(frozen=True, slots=True)
class _Writing:
    written: Written
    moved: dict[str, Origin]

    def under(
        self, entry: Json, place: tuple[str | int, ...], members: dict[str, Json], there: tuple[str, ...]
    ) -> Json:
        """The entry, with members under the last key of its place that it does not give itself."""
        key = place[-1]
        if not isinstance(entry, dict) or not isinstance(entry.get(key, {}), dict):
            return entry
        own = entry.get(key, {})
        if key not in entry:
            self.moved[pointer("", *place)] = self.written.origin(*there)
        for name in members:
            if name not in own:
                self.moved[pointer("", *place, name)] = self.written.origin(*there, name)
        return {**entry, key: {**members, **own}}
