"""Fields of a state in JSONata: `{% ... %}` alone, or inside objects and arrays, compiled into closures.

A field without expressions is the constant itself, shared; in others only what leads to an expression is made anew.
Plain paths are walked without an engine. Which members `$states` has is told by `Sight`. Texts recorded:
assign.assign_reference_variables/test_undefined_reference, scenarios.base_scenarios/test_map_state_items_eval_jsonata*.
Specification: "JSONata"; the field's name is written as users measured it (https://github.com/floci-io/floci/pull/2689).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from turnstile.asl import errors
from turnstile.asl.jsonata import UNDEFINED, EvaluationError
from turnstile.asl.jsonata_engine import compiled
from turnstile.asl.jsonata_functions import IMPURE, during
from turnstile.asl.jsonata_grammar import Node, parse
from turnstile.asl.jsonata_names import STATES, names
from turnstile.asl.template import Template
from turnstile.document import Json, compact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from turnstile.asl.scope import Getter, Scope

_OPEN, _CLOSE = "{%", "%}"


class Sight(Enum):
    """What a field can see in `$states` besides input and context: the document it is given, or a second one."""

    INPUT = "input"
    RESULT = "result"
    ERROR = "errorOutput"


def members(sight: Sight) -> tuple[str, ...]:
    """The members that `$states` has there."""
    return ("input", "context") if sight is Sight.INPUT else ("input", "context", sight.value)


@dataclass(frozen=True, slots=True)
class Query:
    """A compiled field of one kind of value. `find(scope, document)` gives it, or raises StatesError."""

    text: str
    find: Getter = field(repr=False, compare=False)


def expression_in(value: Json) -> str | None:
    """The expression that a text holds, if it does: nothing may stand before `{%` or after `%}`."""
    if isinstance(value, str) and value.startswith(_OPEN) and value.endswith(_CLOSE) and len(value) >= len("{%%}"):
        return value[len(_OPEN) : -len(_CLOSE)].strip()
    return None


def compile_field(value: Json, name: str, sight: Sight = Sight.INPUT) -> Template:
    """Compile a field that may hold any value; `name` is how AWS calls it."""
    fill = _compile(value, name, sight)
    return Template(value, fill or (lambda _scope, _document: value), fill is None)


def compile_query(value: Json, name: str, kind: str, read: Callable[[Json], Json] = lambda value: value) -> Query:
    """Compile a field of one kind (`number`, `string`, `boolean`, `array`); `read` makes its value, or ValueError.

    The wording for a value of the kind that `read` refuses is inferred.
    """
    text = expression_in(value)
    if text is None:
        return Query(compact(value), lambda _scope, _document: value)
    getter = _expression(text, name, Sight.INPUT)

    def find(scope: Scope, document: Json) -> Json:
        result = getter(scope, document)
        if kind_of(result) != kind:
            raise _unexpected(text, name, kind, result)
        try:
            return read(result)
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
    return errors.QueryFailure(f"{_sentence(text, name)} returned an unexpected result type. {said}", name)


def _sentence(text: str, name: str) -> str:
    return f"The JSONata expression '{text}' specified for the field '{name}'"


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
    """The getter of one expression; it raises where there is no value."""
    bind = _bindings(text, sight)
    plain = _plain(parse(text))
    impure = any(f"${function}" in text for function in IMPURE)

    def evaluate(scope: Scope, document: Json) -> Json:
        bindings = bind(scope, document)
        if plain is not None:
            value = _walked(plain, bindings)
            if value is not _MANY:
                return value
        expression = compiled(text)
        return during(scope, expression.evaluate, bindings) if impure else expression.evaluate(bindings)

    def find(scope: Scope, document: Json) -> Json:
        try:
            value = evaluate(scope, document)
        except EvaluationError as error:
            said = f". {error}" if error.code else f": {error}"
            text_ = f"{_sentence(text, name)} threw an error during evaluation{said}"
            raise errors.QueryFailure(text_, name) from None
        if value is UNDEFINED:
            raise errors.QueryFailure(f"{_sentence(text, name)} returned nothing (undefined).", name)
        return value

    return find


def _bindings(text: str, sight: Sight) -> Callable[[Scope, Json], dict[str, Json]]:
    """What an expression can see, as far as it looks: less to hand over to the engine."""
    found = names(text)
    variables = found.variables
    wanted: Iterable[str] = members(sight) if found.whole else found.members
    reads = [(member, _MEMBERS[sight][member]) for member in wanted if member in _MEMBERS[sight]]

    def bind(scope: Scope, document: Json) -> dict[str, Json]:
        known = scope.variables
        bindings = {name: known[name] for name in variables if name in known}
        if reads:
            bindings[STATES] = {member: read(scope, document) for member, read in reads}
        return bindings

    return bind


def _document(_: Scope, document: Json) -> Json:
    return document


def _raw(scope: Scope, _: Json) -> Json:
    return scope.input


def _context(scope: Scope, _: Json) -> Json:
    return scope.context


_MEMBERS: dict[Sight, dict[str, Getter]] = {
    Sight.INPUT: {"input": _document, "context": _context},
    Sight.RESULT: {"input": _raw, "context": _context, "result": _document},
    Sight.ERROR: {"input": _raw, "context": _context, "errorOutput": _document},
}

_MANY = object()
"""A plain path came to an array, where it means more than one value."""


def _plain(node: Node) -> tuple[str, ...] | None:
    """The variable and the names of a path that is nothing else."""
    if node.kind == "variable" and node.value not in ("", "$"):
        return (node.value,)
    if node.kind == "path":
        before, step = _plain(node.parts[0]), node.parts[1]
        return (*before, step.value) if before is not None and step.kind in ("name", "string") else None
    return None


def _walked(steps: tuple[str, ...], bindings: dict[str, Json]) -> Json:
    value: Json = bindings
    for step in steps:
        if isinstance(value, dict):
            if step not in value:
                return UNDEFINED
            value = value[step]
        else:
            return _MANY if isinstance(value, list) else UNDEFINED
    return value
