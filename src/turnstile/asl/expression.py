"""JSONata expressions compiled into getters, which hand over to an engine what they cannot do themselves.

Plain paths are walked without an engine. Apart from `asl.query`, so that a field is read without the grammar of JSONata
being loaded. Texts recorded: assign.assign_reference_variables/test_undefined_reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import errors
from turnstile.asl.jsonata import UNDEFINED, EvaluationError
from turnstile.asl.jsonata_engine import compiled
from turnstile.asl.jsonata_functions import IMPURE, during
from turnstile.asl.jsonata_grammar import Node, parse
from turnstile.asl.jsonata_names import STATES, names
from turnstile.asl.sight import Sight, members, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from turnstile.asl.scope import Getter, Scope
    from turnstile.document import Json


def compile_expression(text: str, name: str, sight: Sight) -> Getter:
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
            text_ = f"{sentence(text, name)} threw an error during evaluation{said}"
            raise errors.QueryFailure(text_, name) from None
        if value is UNDEFINED:
            raise errors.QueryFailure(f"{sentence(text, name)} returned nothing (undefined).", name)
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
    return {**scope.context}  # the interpreter changes its own


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
