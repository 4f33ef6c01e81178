"""Places in the description of a job: how a value gets there and away from there. Pure; nothing given is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from turnstile.document import Json

Place: TypeAlias = tuple[str | int, ...]
"""Steps into a document: members and positions."""


def put(document: Json, place: Sequence[str | int], value: Json) -> Json:
    """The document with a value at a place; what leads there is made."""
    if not place:
        return value
    step, rest = place[0], place[1:]
    if isinstance(step, int):
        entries = list(document) if isinstance(document, list) else []
        entries += [{}] * (step + 1 - len(entries))
        entries[step] = put(entries[step], rest, value)
        return entries
    members = dict(document) if isinstance(document, dict) else {}
    members[step] = put(members.get(step), rest, value)
    return members


def without(document: Json, place: Sequence[str | int]) -> Json:
    """The document without what stands at a place."""
    if not place or not isinstance(document, dict | list):
        return document
    step, rest = place[0], place[1:]
    if isinstance(step, int):
        if not isinstance(document, list) or len(document) <= step or not rest:
            return document
        return [*document[:step], without(document[step], rest), *document[step + 1 :]]
    if not isinstance(document, dict) or step not in document:
        return document
    if not rest:
        return {name: value for name, value in document.items() if name != step}
    return {**document, step: without(document[step], rest)}


def laid_over(document: Json, changes: Json) -> Json:
    """The document with the changes: mappings are merged, anything else replaces what was there."""
    if not isinstance(document, dict) or not isinstance(changes, dict):
        return changes
    merged = {name: laid_over(document[name], value) if name in document else value for name, value in changes.items()}
    return {**document, **merged}
