"""Parameters of optimized integrations held against botocore's models, and read as the SDK's client reads them.

Members stand with any case of their letters. A member that is `null` is none. Numbers and truths may be given as text,
as in SDK integrations (*inferred*); text must be text, but for members that take any JSON.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from turnstile.backends import sdk_shapes
from turnstile.backends.sdk_shapes import INVALID, UNKNOWN, Misfit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json

TEXT = "text"
"""What is wrong with a value that should be text."""


def named(shape: Any, value: Json) -> Json:
    """A value by the names of the model, without what is `null`; what does not fit stays as it is."""
    match shape.type_name, value:
        case "structure", dict() if not shape.is_document_type:
            given = ((member(shape, name), item) for name, item in value.items() if item is not None)
            return {name: named(shape.members[name], item) if name in shape.members else item for name, item in given}
        case "list", list():
            return [named(shape.member, item) for item in value]
        case "map", dict():
            return {key: named(shape.value, item) for key, item in value.items()}
        case kind, str() if kind in sdk_shapes.NUMBERS and sdk_shapes.fits(kind, value):
            return sdk_shapes.read(kind, value)
    return value


def misfits(shape: Any, value: Json, free: frozenset[str], path: tuple[str | int, ...] = ()) -> Iterator[Misfit]:
    """What is wrong with a value; members of the names in `free` are anything."""
    match shape.type_name:
        case "structure" if shape.is_document_type:
            return
        case "structure" if isinstance(value, dict):
            yield from _structure(shape, value, free, path)
        case "list" if isinstance(value, list):
            for index, item in enumerate(value):
                yield from misfits(shape.member, item, free, (*path, index))
        case "map" if isinstance(value, dict):
            for key, item in value.items():
                yield from misfits(shape.value, item, free, (*path, key))
        case "string" | "character" | "blob" if not isinstance(value, str):
            yield Misfit(path, TEXT)
        case kind if not sdk_shapes.fits(kind, value):
            yield Misfit(path, INVALID)


def _structure(
    shape: Any, value: dict[str, Json], free: frozenset[str], path: tuple[str | int, ...]
) -> Iterator[Misfit]:
    for name, item in value.items():
        found = shape.members.get(member(shape, name))
        if found is None:
            yield Misfit((*path, name), UNKNOWN, tuple(shape.members))
        elif item is not None and name not in free:
            yield from misfits(found, item, free, (*path, name))


def member(shape: Any, name: str) -> str:
    """The name of a member as the model has it; one that the model lacks stays."""
    if name in shape.members:
        return name
    return _folded(shape).get(name.casefold(), name)


@functools.lru_cache(maxsize=4096)
def _folded(shape: Any) -> Mapping[str, str]:
    return {name.casefold(): name for name in shape.members}
