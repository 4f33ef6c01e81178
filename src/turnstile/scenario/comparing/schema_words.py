"""The words of a JSON Schema: keywords that there are none of, and references that lead nowhere.

JSON Schema passes over what it does not know, so a misspelt keyword would check nothing; here it is told. Knows
where schemas stand inside of others (JSON Schema Core 2020-12, section 10, and Validation, section 6) and no outputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from turnstile.document import Json, pointer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ANNOTATIONS = frozenset(
    {
        "$anchor", "$comment", "$defs", "$dynamicAnchor", "$id", "$recursiveAnchor", "$schema", "$vocabulary",
        "contentEncoding", "contentMediaType", "contentSchema", "default", "definitions", "deprecated", "description",
        "else", "examples", "format", "id", "maxContains", "minContains", "readOnly", "then", "title", "writeOnly",
    }
)  # fmt: skip
_NAMED = ("$defs", "definitions", "dependentSchemas", "patternProperties", "properties")
_LISTED = ("allOf", "anyOf", "oneOf", "prefixItems")
_ALONE = (
    "additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not",
    "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


def empty(schema: dict[str, Json]) -> bool:
    """It says nothing that an output could break."""
    return not schema.keys() - (_ANNOTATIONS - {"format"})


def unknown_words(schema: Json, validators: Iterable[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Pointer and name of each key that is no keyword, with those there are; `x-` begins a key of one's own."""
    known = sorted({*validators, *_ANNOTATIONS})
    for place, one in _schemas(schema, ""):
        yield from (
            (pointer(place, word), word, known) for word in one if word not in known and not word.startswith("x-")
        )


def targets(schema: Json) -> Iterator[tuple[str, str]]:
    """Pointer and text of each reference to what is no part of the schema."""
    anchors = {one.get(key) for _, one in _schemas(schema, "") for key in ("$anchor", "$dynamicAnchor")}
    own = any("$id" in one for place, one in _schemas(schema, "") if place)
    for place, one in _schemas(schema, ""):
        for key in _REFERENCES:
            target = one.get(key)
            if (isinstance(target, str) and not own and not _leads(target, schema, anchors)) or (
                isinstance(target, str) and own and "://" in target
            ):
                yield pointer(place, key), target


def _leads(target: str, schema: Json, anchors: set[Json]) -> bool:
    if not target.startswith("#"):
        return False
    if not target.startswith("#/"):
        return target == "#" or target[1:] in anchors
    found = schema
    for part in target[2:].split("/"):
        name = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and name in found:
            found = found[name]
        elif isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        else:
            return False
    return True


def _schemas(schema: Json, here: str) -> Iterator[tuple[str, dict[str, Json]]]:
    """A schema and those inside of it, with their pointers."""
    if not isinstance(schema, dict):
        return
    yield here, schema
    for key, value in schema.items():
        place = pointer(here, key)
        if key in _NAMED and isinstance(value, dict):
            for name, inner in value.items():
                yield from _schemas(inner, pointer(place, name))
        elif key in (*_LISTED, "items") and isinstance(value, list):
            for index, inner in enumerate(value):
                yield from _schemas(inner, pointer(place, index))
        elif key in _ALONE:
            yield from _schemas(value, place)
