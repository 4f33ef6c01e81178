"""Parts of a template that remember where they were written, also when they have moved.

A `Part` is a value with its origin; a `Moved` value stands in a tree at another place than it was written at. `Places`
is the text of a document made from such parts: it looks like any source, and leads back to the lines of the first one.
This file knows no functions of the template language.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.document import pointer
from turnstile.source import Origin, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json
    from turnstile.faults import Fault, Where


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """A value in a tree that was written elsewhere; `final` where nothing in it is to be resolved."""

    value: Json
    origin: Origin
    final: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A value and where it was written."""

    value: Json
    origin: Origin

    @property
    def moved(self) -> Moved:
        """The part as a value that another tree can hold."""
        return Moved(self.value, self.origin)

    def at(self, *names: str | int) -> Part:
        """The part further down, which must be there."""
        part = self
        for name in names:
            part = part_of(part.value[name], part.origin.at(name))
        return part

    def get(self, name: str) -> Part | None:
        """A member, or None where the value has no such member, or no members."""
        return self.at(name) if isinstance(self.value, dict) and name in self.value else None

    def members(self) -> Iterator[tuple[str, Part]]:
        """The members of an object; none where it is no object."""
        if isinstance(self.value, dict):
            for name in self.value:
                yield name, self.at(name)

    def elements(self) -> Iterator[Part]:
        """The elements of a list; none where it is no list."""
        if isinstance(self.value, list):
            for index in range(len(self.value)):
                yield self.at(index)

    def fault(self, code: str, message: str, remedy: str = "") -> Fault:
        """A fault at this part."""
        return self.origin.fault(code, message, remedy)


def part_of(value: Json, origin: Origin) -> Part:
    """The part that a value of a tree is, wherever it was written."""
    while isinstance(value, Moved):
        value, origin = value.value, value.origin
    return Part(value, origin)


@dataclass(eq=False)
class Places(Source):
    """The source of a document that was made from parts; `moves` holds the origin of what is not where it was.

    The text is that of the file the document begins in.
    """

    base: Origin | None = field(default=None, repr=False)
    moves: dict[str, Origin] = field(default_factory=dict, repr=False)

    def origin_of(self, target: str) -> Origin:
        """The origin in the file of the user."""
        nearest = target
        while nearest and nearest not in self.moves:
            nearest = nearest.rpartition("/")[0]
        found = self.moves.get(nearest, self.base)
        if found is None:
            return super().origin_of(target)
        return found.within(target[len(nearest) :]).written

    def where(self, target: str = "") -> Where:
        """The place in the file of the user."""
        found = self.origin_of(target)
        return super().where(target) if found.source is self else found.where()


def places(base: Origin) -> Places:
    """The places of a document that begins at an origin, for now all where they were."""
    source = base.source
    return Places(source.name, source.text, source.written, source.tags, base)


def plain(value: Json, found: Places, here: str = "") -> Json:
    """The document that a tree of parts is, with its moves noted."""
    match value:
        case Moved():
            found.moves[here] = value.origin
            return value.value if value.final else plain(value.value, found, here)
        case dict():
            return {name: plain(member, found, pointer(here, name)) for name, member in value.items()}
        case list():
            return [plain(element, found, pointer(here, index)) for index, element in enumerate(value)]
    return value
