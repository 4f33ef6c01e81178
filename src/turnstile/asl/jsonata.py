"""What evaluates JSONata: an `Engine` compiles text into an `Expression`, which is evaluated with variables.

No expression hangs, grows without end or crashes: time, depth and sequences are bounded. Which engine a platform has
is for `asl.jsonata_engine` to say. This file knows nothing of states.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Protocol

from turnstile.asl.jsonata_texts import BOUNDS, reworded, split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json

LONGEST_MILLISECONDS = 5_000
"""How long one evaluation may take; AWS publishes no number."""
DEEPEST = 100
LONGEST_SEQUENCE = 873_782
"""Depth and items of a sequence at which AWS gave up, as measured by users
(https://github.com/floci-io/floci/pull/2783)."""
UNDEFINED: Final = type("Undefined", (), {"__slots__": (), "__repr__": lambda _: "undefined"})()
"""What an expression gives that gives nothing; `null` is a value."""


class EvaluationError(Exception):
    """An expression failed; `code` is JSONata's, empty where a bound was met, `text` as AWS words it."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        self.text = text
        super().__init__(f"{code}: {text}" if code else text)


class Expression(Protocol):
    """A compiled expression."""

    def evaluate(self, bindings: Mapping[str, Json]) -> Json:
        """The value with these variables, which are neither kept nor changed, or `UNDEFINED`.

        Raises:
            EvaluationError: it has none.
        """


class Engine(Protocol):
    """Something that evaluates JSONata."""

    def compile(self, text: str) -> Expression:
        """Compile an expression.

        Raises:
            EvaluationError: this engine cannot.
        """


def failure(message: str, called: list[str], code: str = "") -> EvaluationError:
    """What an engine's message means in AWS's words; `called` are the functions that the expression calls."""
    found, said = split(message)
    code = code or found
    if code in BOUNDS:
        return EvaluationError("", BOUNDS[code])
    if not code:
        return EvaluationError("", "Expression evaluation failed")  # inferred: engines fail without code on odd input
    return EvaluationError(code, reworded(code, said, called[0] if len(called) == 1 else None))


def shaped(value: Json) -> Json:
    """A result with numbers that JSON lacks as the texts that AWS puts there: `1/0` gives `"Infinity"`."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {name: shaped(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shaped(item) for item in value]
    return value
