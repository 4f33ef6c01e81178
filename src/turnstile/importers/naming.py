"""The names that a part of a template mentions, without resolving it. For lists of what depends on what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile.importers.part import Moved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json

_VARIABLE = re.compile(r"\$\{([A-Za-z0-9]+)[^{}]*\}")


def named_in(value: Json) -> frozenset[str]:
    """The logical ids that `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn` name."""
    return frozenset(_names(value))


def _names(value: Json) -> Iterator[str]:
    match value:
        case Moved():
            yield from _names(value.value)
        case dict():
            for name, member in value.items():
                yield from _mentioned(name, member)
                yield from _names(member)
        case list():
            for element in value:
                yield from _names(element)


def _mentioned(function: str, argument: Json) -> Iterator[str]:
    match function, argument:
        case ("Ref" | "DependsOn", str()):
            yield argument
        case "Fn::GetAtt", str():
            yield argument.partition(".")[0]
        case ("Fn::GetAtt", [str() as name, *_]):
            yield name
        case "DependsOn", list():
            yield from (name for name in argument if isinstance(name, str))
        case ("Fn::Sub", (str() as text) | [str() as text, *_]):
            yield from _VARIABLE.findall(text)
