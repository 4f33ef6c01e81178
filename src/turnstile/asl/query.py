"""Fields of a state in JSONata: `{% ... %}` alone, or inside objects and arrays, compiled into closures.

A field without expressions is the constant itself, shared; in others only what leads to an expression is made anew.
Expressions themselves are `asl.expression`'s, which is loaded when the first is met. Texts recorded:
scenarios.base_scenarios/test_map_state_items_eval_jsonata*.
Specification: "JSONata"; the field's name is written as users measured it (https://github.com/floci-io/floci/pull/2689).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.asl import errors
from turnstile.asl.sight import Sight, expression_in, sentence
from turnstile.asl.template import Template
from turnstile.document import Json, compact

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.asl.scope import Getter, Scope


@dataclass(frozen=True, slots=True)
class Query:
    """A compiled field of one kind of value. `find(scope, document)` gives it, or raises StatesError."""

    text: str
    find: Getter = field(repr=False, compare=False)


class OutOfBounds(ValueError):  # noqa: N818 - named for what is wrong
    """A value of the right kind that may not be; the text is all that AWS says of it."""


def compile_field(value: Json, name: str, sight: Sight = Sight.INPUT) -> Template:
    """Compile a field that may hold any value; `name` is how AWS calls it."""
    fill = _compile(value, name, sight)
    return Template(value, fill or (lambda _scope, _document: value), fill is None)


def compile_query(
    value: Json, name: str, kind: str, read: Callable[[Json], Json] = lambda value: value, *, also: str = ""
) -> Query:
    """Compile a field of one kind (`number`, `string`, `boolean`, `array`); `read` makes its value, or ValueError.

    A ValueError tells the kind that is expected, an `OutOfBounds` the whole sentence.

    `also` is another kind that is taken, though AWS names only the first.

    The wording for a value of the kind that `read` refuses is inferred.
    """
    text = expression_in(value)
    if text is None:
        return Query(compact(value), lambda _scope, _document: value)
    getter = _expression(text, name, Sight.INPUT)

    def find(scope: Scope, document: Json) -> Json:
        result = getter(scope, document)
        if kind_of(result) not in (kind, also):
            raise _unexpected(text, name, kind, result)
        try:
            return read(result)
        except OutOfBounds as error:
            raise errors.QueryFailure(str(error), name, entered=True) from None
        except ValueError as error:
            raise _unexpected(text, name, str(error), result) from None

    return Query(text, find)


def kind_of(value: Json) -> str:
    """The kind of a value as JSONata names it."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def _unexpected(text: str, name: str, kind: str, result: Json) -> errors.QueryFailure:
    said = f"Expected '{kind}', but was '{kind_of(result)}' for value: {compact(result)}"
    return errors.QueryFailure(f"{sentence(text, name)} returned an unexpected result type. {said}", name)


def _compile(value: Json, name: str, sight: Sight) -> Getter | None:
    """A getter, or None if the value is constant."""
    if isinstance(value, str):
        text = expression_in(value)
        return None if text is None else _expression(text, name, sight)
    if isinstance(value, dict):
        return _object(value, name, sight)
    return _array(value, name, sight) if isinstance(value, list) else None


def _object(value: dict[str, Json], name: str, sight: Sight) -> Getter | None:
    found = ((member, _compile(inner, f"{name}/{member}", sight)) for member, inner in value.items())
    computed = [(member, getter) for member, getter in found if getter is not None]
    if not computed:
        return None

    def fill(scope: Scope, document: Json) -> Json:
        result = dict(value)
        for member, getter in computed:
            result[member] = getter(scope, document)
        return result

    return fill


def _array(value: list[Json], name: str, sight: Sight) -> Getter | None:
    getters = [_compile(item, f"{name}[{index}]", sight) for index, item in enumerate(value)]
    if not any(getters):
        return None
    pairs = list(zip(value, getters, strict=True))

    def fill(scope: Scope, document: Json) -> Json:
        return [item if getter is None else getter(scope, document) for item, getter in pairs]

    return fill


def _expression(text: str, name: str, sight: Sight) -> Getter:
    from turnstile.asl.expression import compile_expression  # noqa: PLC0415 - JSONPath definitions need no grammar of it

    return compile_expression(text, name, sight)
