"""Declared answers held against botocore's models: names, types and required members of outputs, codes of errors.

Members are named as the API names them, at every depth. What a model calls a time is ISO 8601 text here and a blob is
text, as in all documents (`moto_codec`). Unlike a mock of a Task (`answer_models`), a declared answer stands for what a
service really sends, so everything that botocore's model can tell wrong is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from turnstile.backends.moto_codec import service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.document import Json


@dataclass(frozen=True, slots=True)
class Misfit:
    """What does not fit the model: the way to it, a code, a sentence, and the remedy.

    Where it is a `word` that is not among the `known` ones, the remedy is for the reader to find.
    `missing` is a required member that is not there.
    """

    path: tuple[str | int, ...]
    code: str
    message: str
    help: str = ""
    word: str = ""
    known: tuple[str, ...] = ()
    missing: str = ""


def misfits(name: str, operation: str, document: Json) -> Iterator[Misfit]:
    """What is wrong with a document as the output of an operation.

    Raises:
        Unsupported: botocore has no such operation.
    """
    shape = service(name).declared(operation).output_shape
    if shape is not None:
        yield from _value(shape, {} if document is None else document, ())
    elif document not in (None, {}):
        yield Misfit((), "answer-shape", f"`{name}:{operation}` returns nothing", "write `returns: {}`")


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """An error of a service: its code on the wire and its HTTP status."""

    code: str
    status: int


def error_model(name: str, operation: str, code: str) -> ErrorModel | Misfit:
    """The error that an operation can raise under a code, or what is wrong with the code.

    Codes are those of the operation's model, by shape or as on the wire, and those that every service has. Some models
    list no errors at all (EC2), so for them every code will do.
    """
    modelled = _errors(name, operation)
    found = modelled.get(code)
    if found is not None:
        return found
    if code in _EVERYWHERE or not modelled:
        return ErrorModel(code, _EVERYWHERE.get(code, _BAD_REQUEST))
    message = f"`{name}:{operation}` raises no `{code}`"
    known = (*dict.fromkeys(error.code for error in modelled.values()), *_EVERYWHERE)
    return Misfit(("code",), "unknown-error", message, word=code, known=known)


@cache
def _errors(name: str, operation: str) -> dict[str, ErrorModel]:
    """Errors of an operation's model, by shape and by code."""
    found = {}
    for shape in service(name).model.operation_model(operation).error_shapes:
        traits = shape.metadata.get("error", {})
        error = ErrorModel(str(traits.get("code", shape.name)), int(traits.get("httpStatusCode", _BAD_REQUEST)))
        found[shape.name] = found[error.code] = error
    return found


def _value(shape: Any, value: Json, path: tuple[str | int, ...]) -> Iterator[Misfit]:
    if getattr(shape, "is_document_type", False):
        return
    wanted, fits, inner = _EVENTS if shape.serialization.get("eventstream") else _KINDS[shape.type_name]
    if fits(value):
        yield from inner(shape, value, path)
    else:
        at = f"`{path[-1]}`" if path else "the answer"
        yield Misfit(path, "answer-shape", f"{at} must be {wanted}", "see the API's reference for what it returns")


def _structure(shape: Any, value: dict[str, Json], path: tuple[str | int, ...]) -> Iterator[Misfit]:
    for name in shape.required_members:
        if name not in value:
            message = f"the required member `{name}` is missing"
            yield Misfit(path, "answer-shape", message, f"add `{name}:`, which the service always sends", missing=name)
    for name, member in value.items():
        if name in shape.members:
            yield from _value(shape.members[name], member, (*path, name))
        else:
            message = f"`{shape.name}` has no member `{name}`"
            yield Misfit((*path, name), "answer-shape", message, word=name, known=tuple(shape.members))


def _map(shape: Any, value: dict[str, Json], path: tuple[str | int, ...]) -> Iterator[Misfit]:
    for name, member in value.items():
        yield from _value(shape.value, member, (*path, name))


def _list(shape: Any, value: list[Json], path: tuple[str | int, ...]) -> Iterator[Misfit]:
    for index, element in enumerate(value):
        yield from _value(shape.member, element, (*path, index))


def _events(shape: Any, value: list[dict[str, Json]], path: tuple[str | int, ...]) -> Iterator[Misfit]:
    """A stream of events, declared as a list of them."""
    for index, event in enumerate(value):
        yield from _structure(shape, event, (*path, index))


def _is_events(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(event, dict) and len(event) == 1 for event in value)


def _text(shape: Any, value: str, path: tuple[str | int, ...]) -> Iterator[Misfit]:
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        at = f"`{path[-1]}`" if path else "the answer"
        yield Misfit(path, "answer-shape", f"{at} is never `{value}`", word=value, known=tuple(allowed))


def _leaf(_shape: Any, _value: Json, _path: tuple[str | int, ...]) -> Iterator[Misfit]:
    return iter(())


def _is_time(value: Json) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_whole(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is(kind: type) -> Callable[[Json], bool]:
    return lambda value: isinstance(value, kind)


_EVENTS = ("a list of events, mappings of one member each", _is_events, _events)
_TEXT = ("text", _is(str), _text)
_BLOB = ("text", _is(str), _leaf)
_WHOLE = ("a whole number", _is_whole, _leaf)
_NUMBER = ("a number", _is_number, _leaf)
_KINDS: Mapping[str, tuple[str, Callable[[Json], bool], Callable[..., Iterator[Misfit]]]] = {
    "structure": ("a mapping", _is(dict), _structure),
    "map": ("a mapping", _is(dict), _map),
    "list": ("a list", _is(list), _list),
    "string": _TEXT,
    "character": _TEXT,
    "blob": _BLOB,
    "timestamp": ("a time such as `2026-01-31T08:00:00Z`", _is_time, _leaf),
    "integer": _WHOLE,
    "long": _WHOLE,
    "biginteger": _WHOLE,
    "float": _NUMBER,
    "double": _NUMBER,
    "bigdecimal": _NUMBER,
    "boolean": ("`true` or `false`", _is(bool), _leaf),
}
"""What a shape must hold, in words and as a test, and what is looked at inside."""

_BAD_REQUEST = 400
_EVERYWHERE: Mapping[str, int] = {
    "AccessDenied": 403,
    "AccessDeniedException": 403,
    "ExpiredToken": 403,
    "ExpiredTokenException": 403,
    "InternalFailure": 500,
    "InternalServerError": 500,
    "InternalServerException": 500,
    "RequestLimitExceeded": 503,
    "ServiceUnavailable": 503,
    "ServiceUnavailableException": 503,
    "SlowDown": 503,
    "Throttling": 400,
    "ThrottlingException": 400,
    "TooManyRequestsException": 429,
    "UnrecognizedClientException": 403,
    "ValidationError": 400,
    "ValidationException": 400,
}
"""Codes that any service may answer with, and their HTTP statuses (AWS guides, "Common errors"; some *inferred*)."""
