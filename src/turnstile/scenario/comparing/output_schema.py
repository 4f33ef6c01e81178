"""JSON Schemas of outputs, by the `jsonschema` library. Nothing is fetched: a schema refers to parts of itself only.

Draft 2020-12, or the draft that `$schema` names. Regular expressions have a limited time. Of `format` those are checked
that the library knows without others, and `date-time`.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from jsonschema.validators import extend, validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from turnstile.document import Json, pointer
from turnstile.scenario.comparing.difference import Difference, at, shown
from turnstile.scenario.comparing.patience import Impatience, bad_expression, matches_anywhere
from turnstile.scenario.comparing.schema_words import empty, targets, unknown_words
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.faults import Fault
    from turnstile.source import Origin

_LONGEST = 200
_DRAFT = "see json-schema.org, draft 2020-12"
_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")


def check_schema(schema: Json, origin: Origin) -> list[Fault]:
    """What keeps a document from being a schema that can be used."""
    if not isinstance(schema, dict):
        return [origin.fault("json-schema", "a JSON Schema is a mapping", "begin with `type: object`")]
    draft = schema.get("$schema", "")
    if not isinstance(draft, str) or (draft and validator_for(schema, default=None) is None):
        remedy = "leave `$schema` out, or write `https://json-schema.org/draft/2020-12/schema`"
        return [origin.at("$schema").fault("json-schema", f"{shown(draft)} is no draft of JSON Schema", remedy)]
    try:
        _validator(schema).check_schema(schema)
    except SchemaError as error:
        place = pointer("", *error.path)
        return [origin.within(place).fault("json-schema", *_wrong(error))]
    if empty(schema):
        return [origin.fault("json-schema", "the schema takes any output", "say for example `required: [id]`")]
    return [*_unknown(schema, origin), *_lost(schema, origin)]


def _unknown(schema: dict[str, Json], origin: Origin) -> Iterator[Fault]:
    for place, word, known in unknown_words(schema, _validator(schema).VALIDATORS):
        message = f"`{word}` is no keyword of JSON Schema"
        yield origin.within(place).fault("json-schema", message, hint(word, known, "keywords"))


def _lost(schema: dict[str, Json], origin: Origin) -> Iterator[Fault]:
    for place, target in targets(schema):
        message = f"`{target}` is no part of this schema"
        yield origin.within(place).fault("json-schema", message, "write the part under `$defs`")


def _wrong(error: SchemaError) -> tuple[str, str]:
    """Message and help of what the library finds wrong with a schema."""
    name, value = str(error.path[-1]) if error.path else "", error.instance
    if name == "type" and isinstance(value, str):
        return f"`{value}` is no type of JSON Schema", hint(value, _TYPES, "types")
    if error.validator == "format" and error.validator_value == "regex" and isinstance(value, str):
        return f"this is no regular expression: {bad_expression(value)}", "write it as Python's `re` has it"
    return f"this is no JSON Schema: {_said(error)}", _DRAFT


def first_violation(schema: Json, found: Json) -> Difference | None:
    """What is most likely wrong with a document; a pointer into the document."""
    validator = _patient(_validator(schema))(schema, registry=Registry(), format_checker=_formats())
    try:
        error = best_match(validator.iter_errors(found))
    except Unresolvable as unresolvable:
        return Difference("", f"the schema refers to `{unresolvable.ref}`, which is not in it")
    except Impatience as slow:
        return Difference("", str(slow))
    except RecursionError:
        return Difference("", "the schema and the output are nested too deeply")
    if error is None:
        return None
    here = pointer("", *error.absolute_path)
    return Difference(here, f"{at(here)}{_said(error)}")


def _validator(schema: dict[str, Json]) -> type[Draft202012Validator]:
    found: type[Draft202012Validator] = validator_for(schema, default=Draft202012Validator)
    return found


def _patient(validator: type[Draft202012Validator]) -> Any:
    """The validator of a draft, with expressions that give up."""
    return extend(validator, {"pattern": _pattern, "patternProperties": _pattern_properties})


def _pattern(_validator: Any, expression: str, found: Json, _schema: Json) -> Iterator[ValidationError]:
    if isinstance(found, str) and not matches_anywhere(expression, found):
        yield ValidationError(f"{found!r} does not match {expression!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Json], found: Json, _schema: Json
) -> Iterator[ValidationError]:
    for expression, schema in patterns.items():
        for name, value in found.items() if isinstance(found, dict) else ():
            if matches_anywhere(expression, name):
                yield from validator.descend(value, schema, path=name, schema_path=expression)


@cache
def _formats() -> FormatChecker:
    checker = FormatChecker()
    checker.checks("date-time", raises=ValueError)(_is_instant)
    return checker


def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def _said(error: ValidationError | SchemaError) -> str:
    """The rule that is broken, in words of the schema."""
    message = f"{shown(error.instance)} breaks `{error.validator}`: {shown(error.validator_value)}"
    return message if len(message) <= _LONGEST else f"{message[:_LONGEST]}..."
