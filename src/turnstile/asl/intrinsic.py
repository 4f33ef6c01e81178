"""Calls of intrinsic functions, `States.Format('{}', $.a)`: their grammar, compiled into closures.

Arguments are text in single quotes, numbers, `true`, `false`, `null`, paths and further calls. In text a backslash
escapes a quote, a brace or a backslash; before anything else it makes the definition invalid (recorded:
scenarios.base_scenarios/test_illegal_escapes). What the functions do is in `asl.function`. Specification:
"Intrinsic Functions".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from turnstile.asl import errors
from turnstile.asl.function import FUNCTIONS, BadArgument, Function
from turnstile.asl.path import NoMatch, Path, parse_path
from turnstile.document import Json, compact, finite

if TYPE_CHECKING:
    from typing import TypeAlias

    from turnstile.asl.scope import Getter, Scope

    Expression: TypeAlias = "Path | Call"

_MOST_NESTED = 10
_HEAD = re.compile(r"\s*States\.(\w+)\s*\(\s*")
_TEXT = re.compile(r"'((?:[^'\\]|\\['{}\\])*)'", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?(?![\w.])")
_WORD = re.compile(r"(true|false|null)(?!\w)")
_NEXT = re.compile(r"\s*([,)])\s*")
_CONSTANTS: dict[str, Json] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Call:
    """A compiled call. `find(scope, document)` gives its value or raises StatesError."""

    text: str
    find: Getter = field(repr=False, compare=False)


def parse_expression(text: str) -> Path | Call:
    """Compile a path, or a call of an intrinsic function.

    Raises:
        ValueError: the text is neither.
        Unsupported: a JSONPath construct that is not emulated.
    """
    return parse_path(text) if text.startswith("$") else parse_call(text)


@lru_cache(maxsize=4096)
def parse_call(text: str) -> Call:
    """Compile a call of an intrinsic function.

    Raises:
        ValueError: the text is no call, or calls a function that does not exist or takes other arguments.
    """
    call, end = _call(text, 0, 0)
    if text[end:].strip():
        raise ValueError(f"`{text}` goes on after the call")
    return call


def _call(text: str, at: int, depth: int) -> tuple[Call, int]:
    head = _HEAD.match(text, at)
    if head is None:
        raise ValueError(f"`{text[at:]}` is no intrinsic function call")
    name = head.group(1)
    function = FUNCTIONS.get(name)
    if function is None:
        raise ValueError(f"no intrinsic function is called `States.{name}`")
    if depth >= _MOST_NESTED:
        raise ValueError(f"more than {_MOST_NESTED} intrinsic functions are nested")
    getters, end = _arguments(text, head.end(), depth, raw=name == "Format")
    if not function.takes(len(getters)):
        raise ValueError(f"`States.{name}` does not take {len(getters)} arguments")
    written = text[at:end].strip()
    return Call(written, _applied(written, function, getters)), end


def _arguments(text: str, at: int, depth: int, *, raw: bool) -> tuple[list[Getter], int]:
    getters: list[Getter] = []
    if text[at : at + 1] == ")":
        return getters, at + 1
    while True:
        getter, at = _argument(text, at, depth, raw=raw and not getters)
        getters.append(getter)
        separator = _NEXT.match(text, at)
        if separator is None:
            raise ValueError(f"`{text}` lacks a comma or a closing parenthesis")
        at = separator.end()
        if separator.group(1) == ")":
            return getters, separator.start(1) + 1


def _argument(text: str, at: int, depth: int, *, raw: bool) -> tuple[Getter, int]:
    if match := _TEXT.match(text, at):
        written = match.group(1)
        return _constant(written if raw else _ESCAPE.sub(r"\1", written)), match.end()
    if match := _NUMBER.match(text, at):
        return _constant(_number(match)), match.end()
    if match := _WORD.match(text, at):
        return _constant(_CONSTANTS[match.group(1)]), match.end()
    if text.startswith("$", at):
        end = _end_of_path(text, at)
        return _reference(parse_path(text[at:end].rstrip())), end
    call, end = _call(text, at, depth + 1)
    return call.find, end


def _number(match: re.Match[str]) -> float:
    if not (match.group(1) or match.group(2)):
        return int(match.group())
    try:
        return finite(match.group())
    except ValueError:
        raise ValueError(f"`{match.group()}` is larger than any number of JSON") from None


def _end_of_path(text: str, at: int) -> int:
    """The comma or parenthesis after a path; brackets, parentheses and quoted text belong to it."""
    depth = 0
    quote = ""
    for position in range(at, len(text)):
        char = text[position]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"" and depth:
            quote = char
        elif char in "[(":
            depth += 1
        elif depth and char in "])":
            depth -= 1
        elif not depth and char in ",)":
            return position
    raise ValueError(f"`{text}` lacks a closing parenthesis")


def _constant(value: Json) -> Getter:
    return lambda _scope, _document: value


class _Missing(Exception):  # noqa: N818 - never leaves this file
    """A path among the arguments leads nowhere."""


def _reference(path: Path) -> Getter:
    find = path.find

    def argument(scope: Scope, document: Json) -> Json:
        try:
            return find(scope, document)
        except NoMatch:
            raise _Missing(path.text) from None

    return argument


def _applied(written: str, function: Function, getters: list[Getter]) -> Getter:
    def evaluate(scope: Scope, document: Json) -> Json:
        try:
            return function.apply([getter(scope, document) for getter in getters], lambda: scope.random)
        except BadArgument as error:
            raise _failure(errors.INTRINSIC_FAILURE, written, str(error)) from None
        except _Missing as error:
            text = f"The JsonPath argument for the field '{error}' could not be found in the input"
            raise _failure(errors.RUNTIME, written, f"{text} '{compact(document)}'") from None

    return evaluate


def _failure(error: str, written: str, reason: str) -> errors.StatesError:
    text = f"The function '{written}' had the following error: {reason}"
    return errors.StatesError(error, text, located=True)
