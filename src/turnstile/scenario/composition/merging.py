"""Documents put side by side: what each file declares joins, and what two of them declare is a fault.

Collections join name by name and lists of an account one behind the other; anything else stands in one file, or
says the same in each. This file knows the levels of the format at which things are declared, and reads no files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.document import Json, pointer
from turnstile.scenario.composition.overlay import Written

if TYPE_CHECKING:
    from turnstile.faults import Fault
    from turnstile.source import Origin, Source

_JOINED = (
    ("accounts",),
    ("accounts", "*"),
    ("accounts", "*", "*"),
    ("defaults",),
    ("defaults", "expect"),
    ("settings",),
    ("state_machines",),
    ("stubs",),
)
_LISTS = ("accounts", "*", "*")
_REMEDY = "take one of the two away, or lay this file over the other with `extends`"


@dataclass(slots=True)
class Beside:
    """A document that grows by others; `document` and `moved` are its own and may be changed."""

    source: Source
    document: dict[str, Json] = field(default_factory=dict)
    moved: dict[str, Origin] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def written(self) -> Written:
        """What has come together."""
        return Written(self.document, self.source, self.moved)

    def add(self, part: Written) -> None:
        """Put the members of another document beside those that are there."""
        self._join(self.document, part.document, (), part)

    def _join(self, into: dict[str, Json], members: dict[str, Json], names: tuple[str, ...], part: Written) -> None:
        for name, value in members.items():
            here = (*names, name)
            old = into.get(name)
            if name not in into:
                into[name] = value
                self._take(here, here, part)
            elif isinstance(old, dict) and isinstance(value, dict) and _is_one(here, _JOINED):
                into[name] = dict(old)
                self._join(into[name], value, here, part)
            elif isinstance(old, list) and isinstance(value, list) and _is_one(here, (_LISTS,)):
                into[name] = [*old, *value]
                for index in range(len(value)):
                    self._take((*here, len(old) + index), (*here, index), part)
            elif old != value:
                self._twice(here, part)

    def _take(self, here: tuple[str | int, ...], there: tuple[str | int, ...], part: Written) -> None:
        """Note where a value of the part was written, and the parts of it that were written elsewhere."""
        target, start = pointer("", *here), pointer("", *there)
        within = {place: origin for place, origin in part.moved.items() if place.startswith(start + "/")}
        self.moved |= {target + place.removeprefix(start): origin for place, origin in within.items()}
        self.moved[target] = part.origin(*there)

    def _twice(self, names: tuple[str, ...], part: Written) -> None:
        first = self.written().origin(*names).where()
        message = f"`{names[-1]}` stands in `{first}` too, and says something else there"
        self.faults.append(part.origin(*names).fault("declared-twice", message, _REMEDY))


def _is_one(names: tuple[str, ...], patterns: tuple[tuple[str, ...], ...]) -> bool:
    return any(
        len(names) == len(pattern) and all(part in ("*", name) for part, name in zip(pattern, names, strict=True))
        for pattern in patterns
    )
