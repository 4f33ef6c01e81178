"""A drafted scenario as YAML that a reviewer reads: blank lines between the parts, short things on one line, comments.

Knows documents and places in them, not what they mean.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any, TypeAlias

from turnstile.importers.notation import scalar
from turnstile.report.layout import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from turnstile.document import Json

Place: TypeAlias = tuple[str | int, ...]
VERBATIM = "  - "
"""How a line of a comment begins that is not to be broken."""
_WORDS: Mapping[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
_WIDTH = 120
_SHORT = frozenset({"input", "returns", "error", "expect"})
"""Members that stand on one line where there is room, as elements of lists do."""
_APART = frozenset({("accounts",), ("cases",)})
"""Parts whose members stand apart."""


def text(document: Mapping[str, Json], above: Mapping[Place, Sequence[str]], beside: Mapping[Place, str]) -> str:
    """The text; `above` are lines of comments before the thing at a place, `beside` one behind its key."""
    return "".join(f"{line}\n".replace(" \n", "\n") for line in _Layout(above, beside).members(document, (), 0))


class _Layout:
    def __init__(self, above: Mapping[Place, Sequence[str]], beside: Mapping[Place, str]) -> None:
        self.above, self.beside = above, beside

    def members(self, value: Mapping[str, Json], place: Place, depth: int) -> Iterator[str]:
        """The members of a mapping, each from its own line on."""
        before: Json = None
        for index, (name, member) in enumerate(value.items()):
            inner = (*place, name)
            if index and (place in _APART or (not place and not (_plain(before) and _plain(member)))):
                yield ""
            yield from self._comment(inner)
            yield from self._member(f"{scalar(str(name))}:", member, inner, depth)
            before = member

    def _member(self, head: str, value: Json, place: Place, depth: int) -> Iterator[str]:
        told = f" # {self.beside[place]}" if place in self.beside else ""
        line = f"{head} {flow(value)}{told}"
        short = place[-1] in _SHORT or (isinstance(value, dict) and value.keys() == {"returns"})
        if _plain(value) or (short and len(line) + depth <= _WIDTH and self._bare(place)):
            yield line
        elif isinstance(value, dict):
            yield f"{head}{told}"
            yield from (f"  {one}" if one else "" for one in self.members(value, place, depth + 2))
        else:
            yield f"{head}{told}"
            yield from (f"  {one}" if one else "" for one in self._elements(value, place, depth + 2))

    def _elements(self, value: Sequence[Json], place: Place, depth: int) -> Iterator[str]:
        for index, element in enumerate(value):
            inner = (*place, index)
            if index and place in _APART:
                yield ""
            yield from self._comment(inner)
            line = f"- {flow(element)}"
            if not isinstance(element, dict) or not element or (place not in _APART and len(line) + depth <= _WIDTH):
                yield line
            else:
                for number, one in enumerate(self.members(element, inner, depth + 2)):
                    yield f"{'  ' if number else '- '}{one}" if one else ""

    def _comment(self, place: Place) -> Iterator[str]:
        for line in self.above.get(place, ()):
            told = safe(line)
            parts = [told] if told.startswith(VERBATIM) else wrap(told, _WIDTH - 6, **_WORDS)
            yield from (f"# {one}" for one in parts)

    def _bare(self, place: Place) -> bool:
        """Nothing is said of the things below a place."""
        said = (*self.above, *self.beside)
        return not any(one[: len(place)] == place and one != place for one in said)


def flow(value: Json) -> str:
    """A value on one line."""
    match value:
        case dict() if value:
            return f"{{ {', '.join(f'{scalar(str(name))}: {flow(member)}' for name, member in value.items())} }}"
        case list() if value:
            return f"[{', '.join(map(flow, value))}]"
    return scalar(value)


def _plain(value: Json) -> bool:
    return not isinstance(value, dict | list) or not value
