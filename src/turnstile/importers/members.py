"""A value of somebody's JSON file, with its place: reading members whose types are checked.

What has another type than the format says is a fault, and reads as if it were not there. Knows no format.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.source import Origin

_NAMES: dict[type, str] = {str: "text", dict: "an object", list: "a list"}


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """An object of a file and where it was written; `faults` is shared by all that were read from one another."""

    value: Json
    origin: Origin
    faults: list[Fault] = field(default_factory=list)

    def text(self, name: str, default: str = "") -> str:
        """A member that is text."""
        found: str | None = self._typed(name, str)
        return default if found is None else found

    def needed(self, name: str) -> str:
        """A member that is text and must be there; empty, with a fault, where it is not."""
        text = self.text(name)
        if not text and (not isinstance(self.value, dict) or self.value.get(name) in (None, "")):
            self.fault("missing-member", f"`{name}` is missing", "take the whole output of the command")
        return text

    def mapping(self, name: str) -> Members:
        """A member that is an object; an empty one where there is none."""
        return Members(self._typed(name, dict) or {}, self.origin.at(name), self.faults)

    def each(self, name: str) -> Iterator[Members]:
        """The objects of a list."""
        for index, element in enumerate(self._typed(name, list) or []):
            if isinstance(element, dict):
                yield Members(element, self.origin.at(name, index), self.faults)
            else:
                self._wrong((name, index), dict)

    def texts(self, name: str) -> list[str]:
        """The texts of a list."""
        found = self._typed(name, list) or []
        for index, element in enumerate(found):
            if not isinstance(element, str):
                self._wrong((name, index), str)
        return [element for element in found if isinstance(element, str)]

    def fault(self, code: str, message: str, remedy: str = "", *names: str | int) -> None:
        """Note a fault at a member, or at the object."""
        self.faults.append(self.origin.at(*names).fault(code, message, remedy))

    def _typed(self, name: str, kind: type) -> Json:
        value = self.value.get(name) if isinstance(self.value, dict) else None
        if value is None or isinstance(value, kind):
            return value
        self._wrong((name,), kind)
        return None

    def _wrong(self, names: tuple[str | int, ...], kind: type) -> None:
        self.fault("wrong-type", f"`{names[0]}` must hold {_NAMES[kind]}", "take the file as the tool wrote it", *names)
