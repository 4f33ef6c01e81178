"""The engine jsonata-python, for platforms without a wheel of jsonatapy.

It marks null by an object of its own, puts it and takes it out in place, and fails with plain exceptions here and
there; so documents are copied on their way in and out, and no text of an exception goes further. It prints when a
value is called that is no function, and raises the interpreter's recursion limit when loaded; both are undone.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from typing import TYPE_CHECKING, Any

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
from turnstile.asl.jsonata_functions import FUNCTIONS, NOT_A_FUNCTION, WRITTEN, now_with
from turnstile.asl.jsonata_names import names
from turnstile.asl.jsonata_tokens import BadSyntax

_LIMIT = sys.getrecursionlimit()
from jsonata import Jsonata  # noqa: E402 - between two readings of the recursion limit
from jsonata.jexception import JException  # noqa: E402 - as above
from jsonata.utils import Utils  # noqa: E402 - as above

_DEEP = sys.getrecursionlimit()
sys.setrecursionlimit(_LIMIT)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.document import Json

_NULL = Utils.NULL_VALUE
_UNCAST = re.compile(r"could not convert string to float: (.*)", re.DOTALL)
"""How Python says that text is no number."""


class PythonEngine:
    """See `asl.jsonata.Engine`."""

    def __init__(self) -> None:
        self._functions = {**FUNCTIONS, "now": now_with(lambda given: Jsonata(WRITTEN).evaluate(None, given))}

    def compile(self, text: str) -> Expression:
        """See `asl.jsonata.Engine`."""
        try:
            called = names(text).called
            with _deeply():
                compiled = Jsonata(text)
        except BadSyntax as error:
            raise EvaluationError(error.code, str(error)) from None
        except JException as error:
            raise failure(_said(error), [], error.error) from None
        except Exception as error:  # noqa: BLE001 - the library fails with anything
            raise _odd(error, []) from None
        compiled.set_output_convert_nulls(False)
        functions = {name: _wrapped(function) for name, function in self._functions.items() if f"${name}" in text}
        hidden = {name: _NULL for name in NOT_A_FUNCTION if f"${name}" in text}
        return _Expression(compiled, {**functions, **hidden}, called)


class _Expression:
    """See `asl.jsonata.Expression`."""

    def __init__(self, compiled: Jsonata, always: dict[str, Any], called: list[str]) -> None:
        self._compiled = compiled
        self._always = always
        self._called = called

    def evaluate(self, bindings: Mapping[str, Json]) -> Json:
        frame = self._compiled.create_frame()
        frame.set_runtime_bounds(LONGEST_MILLISECONDS, DEEPEST)
        for name, value in bindings.items():
            frame.bind(name, _given(value))
        for name, value in self._always.items():
            frame.bind(name, value)
        try:
            with _deeply():
                return shaped(_taken(self._compiled.evaluate(None, frame), UNDEFINED))
        except JException as error:
            raise failure(_said(error), self._called, error.error) from None
        except EvaluationError:
            raise
        except Exception as error:  # noqa: BLE001 - the library fails with anything
            raise _odd(error, self._called) from None


@contextlib.contextmanager
def _deeply() -> Iterator[None]:
    """Room for recursion, and silence."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(_DEEP, before))
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        sys.setrecursionlimit(before)


def _said(error: JException) -> str:
    return f"{error.error}: {error}"


def _odd(error: Exception, called: list[str]) -> EvaluationError:
    """An exception that is none of the library's own, by what it means."""
    if isinstance(error, RecursionError):
        return failure("U1001: ", called)
    if isinstance(error, ZeroDivisionError | OverflowError):
        return EvaluationError("D1001", 'Number out of range: "Infinity"')
    uncast = _UNCAST.fullmatch(str(error)) if isinstance(error, ValueError) else None
    if uncast is not None:
        return failure(f"D3030: Cannot convert {uncast.group(1)} to number", called)
    return failure(str(error) if isinstance(error, ValueError) else "", called)


def _wrapped(function: Callable[..., Json]) -> Jsonata.JLambda:
    return Jsonata.JLambda(lambda *arguments: _given(function(*(_taken(each, None) for each in arguments))))


def _given(value: Json) -> Any:
    """A document as the library wants it."""
    if value is None:
        return _NULL
    if isinstance(value, dict):
        return {name: _given(member) for name, member in value.items()}
    return [_given(item) for item in value] if isinstance(value, list) else value


def _taken(value: Any, missing: Json) -> Json:
    """A document as JSON, whole numbers without a fraction; functions are null, as in the other engine."""
    match value:
        case None:
            return missing
        case dict():
            return {name: _taken(member, None) for name, member in value.items()}
        case list():
            if len(value) > LONGEST_SEQUENCE:
                raise failure("D2015: ", [])
            return [_taken(value[index], None) for index in range(len(value))]
        case float() if value.is_integer():
            return int(value)
        case bool() | int() | float() | str():
            return value
        case _:
            return None
