"""JSON Schemas of outputs, by the `jsonschema` library. Nothing is fetched: a schema refers to parts of itself only.

Draft 2020-12, or the draft that `$schema` names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from turnstile.document import Json, pointer
from turnstile.scenario.difference import Difference, at, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.faults import Fault
    from turnstile.source import Origin

_LONGEST = 200


def check_schema(schema: Json, origin: Origin) -> list[Fault]:
    """What keeps a document from being a schema that can be used."""
    if not isinstance(schema, dict):
        return [origin.fault("json-schema", "a JSON Schema is a mapping", "begin with `type: object`")]
    try:
        _validator(schema).check_schema(schema)
    except SchemaError as error:
        place = pointer("", *error.path)
        message = f"this is no JSON Schema: {_said(error)}"
        return [origin.within(place).fault("json-schema", message, "see json-schema.org, draft 2020-12")]
    return [
        origin.within(place).fault(
            "json-schema", f"`{target}` is no part of this schema", "write the part under `$defs`"
        )
        for place, target in _references(schema)
        if not target.startswith("#")
    ]


def first_violation(schema: Json, found: Json) -> Difference | None:
    """What is most likely wrong with a document; a pointer into the document."""
    validator = _validator(schema)(schema, registry=Registry())
    try:
        error = best_match(validator.iter_errors(found))
    except Unresolvable as unresolvable:
        return Difference("", f"the schema refers to `{unresolvable.ref}`, which is not in it")
    except re.error as wrong:
        return Difference("", f"the schema has a regular expression that is none: {wrong}")
    except RecursionError:
        return Difference("", "the schema and the output are nested too deeply")
    if error is None:
        return None
    here = pointer("", *error.absolute_path)
    return Difference(here, f"{at(here)}{_said(error)}")


def _validator(schema: dict[str, Json]) -> type[Draft202012Validator]:
    found: type[Draft202012Validator] = validator_for(schema, default=Draft202012Validator)
    return found


def _said(error: ValidationError | SchemaError) -> str:
    """The rule that is broken, in words of the schema."""
    message = f"{shown(error.instance)} breaks `{error.validator}`: {shown(error.validator_value)}"
    return message if len(message) <= _LONGEST else f"{message[:_LONGEST]}..."


def _references(schema: Json, here: str = "") -> Iterator[tuple[str, str]]:
    match schema:
        case dict():
            for name, value in schema.items():
                if name in ("$ref", "$dynamicRef") and isinstance(value, str):
                    yield pointer(here, name), value
                else:
                    yield from _references(value, pointer(here, name))
        case list():
            for index, value in enumerate(schema):
                yield from _references(value, pointer(here, index))
