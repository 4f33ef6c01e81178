"""What pydantic finds wrong with the shape of a file, said in our words. Knows its error types and no format.

Types: https://docs.pydantic.dev/latest/errors/validation_errors/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from turnstile.spelling import hint, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pydantic_core import ErrorDetails

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.source import Origin

Words: TypeAlias = tuple[str, str, str]
"""Code, message and help."""

_LONGEST_SHOWN = 40


def worded(error: ErrorDetails, origin: Origin, known: Sequence[str], *, required: bool = False) -> Fault:
    """The fault at its place; `known` are the keys that may stand there, `required`: it cannot be left out."""
    code, message, remedy = _WORDS.get(error["type"], _own)(_named(error, origin), error, known)
    return origin.fault(code, message, "give it a value" if required and remedy == _NOTHING else remedy)


def _named(error: ErrorDetails, origin: Origin) -> str:
    """What a value is called: by its key, or by its number in the list as written, which counts from 1."""
    loc, written = error["loc"], origin.pointer.rpartition("/")[2]
    if not isinstance(loc[-1], int):
        return f"`{loc[-1]}`"
    return f"element {(int(written) if written.isdecimal() else loc[-1]) + 1}" + (
        f" of `{loc[-2]}`" if len(loc) > 1 else ""
    )


def _unknown(name: str, error: ErrorDetails, known: Sequence[str]) -> Words:
    return "unknown-key", f"the key {name} is not known here", hint(str(error["loc"][-1]), known, "keys")


def _missing(name: str, error: ErrorDetails, _known: Sequence[str]) -> Words:
    return "missing-key", f"the key {name} is missing", f"add `{error['loc'][-1]}:` here"


_NOTHING = "give it a value, or leave the key out"
_WRITTEN = {
    "text": "write one text",
    "`true` or `false`": "write it without quotes",
    "a mapping": "write its members below it, each as `key: value`",
    "a list": "begin each element below it with `- `",
    "a whole number": "write digits, without quotes",
    "a number": "write digits, without quotes",
}


def _must(name: str, wanted: str, value: Json, remedy: str = "") -> Words:
    help_ = _NOTHING if value is None else remedy or _WRITTEN[wanted]
    return "wrong-type", f"{name} must be {wanted}, not {found(value)}", help_


def _is_not(wanted: str) -> Callable[[str, ErrorDetails, Sequence[str]], Words]:
    def words(name: str, error: ErrorDetails, _known: Sequence[str]) -> Words:
        scalar = isinstance(error["input"], (bool, int, float))
        return _must(name, wanted, error["input"], "put it in quotes" if scalar and wanted == "text" else "")

    return words


def _choice(name: str, error: ErrorDetails, _known: Sequence[str]) -> Words:
    wanted, value = error["ctx"]["expected"].replace("'", "`"), error["input"]
    options = re.findall("`(.*?)`", wanted)
    meant = nearest(value, options) if isinstance(value, str) else None
    remedy = f"did you mean `{meant}`?" if meant else "write one of these" if len(options) > 1 else f"write {wanted}"
    return "wrong-value", f"{name} must be {wanted}, not {found(value)}", _NOTHING if value is None else remedy


def _bound(words: str, limit: str) -> Callable[[str, ErrorDetails, Sequence[str]], Words]:
    def bound(name: str, error: ErrorDetails, _known: Sequence[str]) -> Words:
        bound_ = f"{words} {error['ctx'][limit]:g}"
        return "wrong-value", f"{name} must be {bound_}, not {error['input']}", f"write a number that is {bound_}"

    return bound


def _empty(name: str, _error: ErrorDetails, _known: Sequence[str]) -> Words:
    return "wrong-value", f"{name} must not be empty", "write some text"


def _no_elements(name: str, _error: ErrorDetails, _known: Sequence[str]) -> Words:
    return "wrong-value", f"{name} must not be empty", "write an element, or leave the key out"


def _half(name: str, _error: ErrorDetails, _known: Sequence[str]) -> Words:
    return "wrong-value", f"{name} has half of a surrogate pair, which is no character", "write the whole character"


def _infinite(name: str, _error: ErrorDetails, _known: Sequence[str]) -> Words:
    return "wrong-value", f"{name} is too large for a number", "write a smaller one"


def _unlike(name: str, error: ErrorDetails, _known: Sequence[str]) -> Words:
    message = f"{name} cannot be {found(error['input'])}"
    return "wrong-value", message, f"write text like `{error['ctx']['pattern']}`"


def _own(name: str, error: ErrorDetails, _known: Sequence[str]) -> Words:
    """A refusal of a validator in `file`, which brings its message and perhaps its help."""
    message = error["msg"] if error["msg"].startswith("`") else f"{name} {error['msg']}"
    return error["type"], message, str(error.get("ctx", {}).get("help", ""))


_WORDS: Mapping[str, Callable[[str, ErrorDetails, Sequence[str]], Words]] = {
    "extra_forbidden": _unknown,
    "missing": _missing,
    "string_type": _is_not("text"),
    "bool_type": _is_not("`true` or `false`"),
    "dict_type": _is_not("a mapping"),
    "model_type": _is_not("a mapping"),
    "list_type": _is_not("a list"),
    "int_type": _is_not("a whole number"),
    "float_type": _is_not("a number"),
    "literal_error": _choice,
    "greater_than": _bound("more than", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than_equal": _bound("at most", "le"),
    "string_too_short": _empty,
    "string_unicode": _half,
    "string_pattern_mismatch": _unlike,
    "finite_number": _infinite,
    "too_short": _no_elements,
}


def found(value: Json) -> str:
    """What stands there instead."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text `{value}`" if len(value) <= _LONGEST_SHOWN else "text"
        case list():
            return "a list"
        case _:
            return "a mapping"
