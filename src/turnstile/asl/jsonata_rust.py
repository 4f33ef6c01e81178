"""The engine jsonatapy, written in Rust.

An expression is compiled inside an object, `{"value": (...)}`, because only there does jsonatapy tell undefined, a
member that is missing, from null; parentheses change nothing else. It was read by `asl.jsonata_grammar` before, so
that no text can leave them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import jsonatapy

from turnstile.asl.jsonata import (
    DEEPEST,
    LONGEST_MILLISECONDS,
    LONGEST_SEQUENCE,
    UNDEFINED,
    EvaluationError,
    Expression,
    failure,
    shaped,
)
from turnstile.asl.jsonata_functions import BUILT_IN, FUNCTIONS, NOT_A_FUNCTION, WRITTEN, now_with
from turnstile.asl.jsonata_names import names
from turnstile.asl.jsonata_tokens import BadSyntax

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json

_LARGEST = 2**63
_ARITHMETIC = re.compile(r"[-+*/%]|\$(?:power|sum|average|round|parseInteger)\b")
"""What may give a number that JSON lacks."""


class RustEngine:
    """See `asl.jsonata.Engine`."""

    def __init__(self) -> None:
        moment = jsonatapy.compile(WRITTEN)
        self._functions = {**FUNCTIONS, "now": now_with(lambda given: moment.evaluate(None, given))}

    def compile(self, text: str) -> Expression:
        """See `asl.jsonata.Engine`."""
        try:
            called = names(text).called
            compiled = jsonatapy.compile(
                f'{{"value": ({text}\n)}}',
                timeout=LONGEST_MILLISECONDS,
                max_stack_depth=DEEPEST,
                max_sequence_length=LONGEST_SEQUENCE,
            )
        except BadSyntax as error:
            raise EvaluationError(error.code, str(error)) from None
        except ValueError as error:
            raise failure(str(error), []) from None
        for name, function in self._functions.items():
            if f"${name}" in text:
                register = compiled.register_override if name in BUILT_IN else compiled.register
                register(name, function)
        return _Expression(text, compiled, called)


class _Expression:
    """See `asl.jsonata.Expression`."""

    __slots__ = ("_arithmetic", "_called", "_hidden", "_run")

    def __init__(self, text: str, compiled: jsonatapy.JsonataExpression, called: list[str]) -> None:
        self._run = compiled.evaluate
        self._called = called
        self._arithmetic = _ARITHMETIC.search(text) is not None
        self._hidden: dict[str, Json] = {name: None for name in NOT_A_FUNCTION if f"${name}" in text}

    def evaluate(self, bindings: Mapping[str, Json]) -> Json:
        given = {**bindings, **self._hidden} if self._hidden else dict(bindings)
        try:
            result = self._run(None, given)
        except OverflowError:
            result = self._evaluate_rounded(given)
        except (ValueError, TypeError, RecursionError) as error:
            raise failure(str(error), self._called) from None
        value = result.get("value", UNDEFINED)
        return shaped(value) if self._arithmetic else value

    def _evaluate_rounded(self, given: dict[str, Json]) -> Json:
        """Once more, with the integers that do not fit as the floating-point numbers JSONata has."""
        try:
            return self._run(None, _rounded(given))
        except (ValueError, TypeError, RecursionError, OverflowError) as error:
            raise failure(str(error), self._called) from None


def _rounded(value: Json) -> Json:
    if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        return float(value)
    if isinstance(value, dict):
        return {name: _rounded(member) for name, member in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value
