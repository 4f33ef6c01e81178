"""The stubs of an account: what operations of services answer, read from the file and held against the API's model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.spelling import hint
from turnstile.world.answers import Raised, read_script

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.backends.answer_shapes import Misfit
    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.scenario.declarations.entries import Entries
    from turnstile.source import Origin
    from turnstile.world.answers import Outcome, Script

_OURS: Mapping[str, str] = {
    "iam": "declare roles, users, groups and policies instead",
    "lambda": "declare the answers of the function instead",
    "stepfunctions": "declare a state machine that answers so instead",
    "sts": "declare roles and their trust policies instead",
}
"""Services that are the emulator's own, whose answers follow from the world."""

_ENDPOINTS = ("http:invoke", "eks:call")
"""Requests that are no operation of a service: their answers are responses of HTTP."""
_RESPONSE: Mapping[str, tuple[type, str]] = {
    "StatusCode": (int, "a whole number, the status of the response"),
    "Headers": (dict, "a mapping of names to texts"),
    "ResponseBody": (object, "any document"),
}
_WRITTEN = {"StatusCode": "`StatusCode: 200`", "Headers": "`Headers: {Content-Type: application/json}`"}
"""How the members that have a kind are written."""


def read_stubs(entries: Entries, account: str, stubs: Mapping[str, Json]) -> dict[str, Script]:
    """Scripts by `service:Operation`; what is wrong with the others joins the faults."""
    found: dict[str, Script] = {}
    for name, document in stubs.items():
        place = ("accounts", account, "stubs", name)
        if (called := _called(entries, name, place)) is not None:
            script = _script(entries, called, document, place)
            if script is not None:
                found[":".join(called)] = script
    return found


def _called(entries: Entries, name: str, place: tuple[str, ...]) -> tuple[str, str] | None:
    """A service and its operation by botocore's names, None where there is none of them."""
    from turnstile.backends.moto_codec import service, services  # noqa: PLC0415 - loads botocore, for stubs only

    spoken, colon, operation = name.partition(":")
    known = services()
    if name in _ENDPOINTS:
        return spoken, operation
    if not colon or not operation:
        message = f"`{name}` does not name an operation of a service"
        entries.fault(place, "unknown-operation", message, "write it as `mwaa:CreateCliToken`")
    elif spoken in _OURS:
        entries.fault(place, "no-stub", f"`{name}` cannot be a stub: the world answers it itself", _OURS[spoken])
    elif spoken not in known:
        message = f"there is no service `{spoken}`"
        entries.fault(place, "unknown-service", message, hint(spoken, known, "services"))
    elif operation not in (operations := service(spoken).model.operation_names):
        message = f"`{spoken}` has no operation `{operation}`"
        entries.fault(place, "unknown-operation", message, hint(operation, operations, "operations"))
    else:
        return spoken, operation
    return None


def _script(entries: Entries, called: tuple[str, str], document: Json, place: tuple[str, ...]) -> Script | None:
    origin, before = entries.written.origin(*place), len(entries.faults)
    script = read_script(entries.substituted(document, place), origin, entries.faults)
    if script is None:
        return None
    found = entries.attempt(lambda: [fault for rule in script.rules for fault in _misfits(called, rule.outcome)])
    entries.faults += found or ()
    return script if len(entries.faults) == before else None


def _misfits(called: tuple[str, str], outcome: Outcome) -> Iterator[Fault]:
    from turnstile.backends.answer_shapes import ErrorModel, error_model, misfits  # noqa: PLC0415 - loads botocore

    if ":".join(called) in _ENDPOINTS:
        yield from _no_response(outcome)
        return
    if not isinstance(outcome, Raised):
        yield from (_fault(misfit, outcome.origin) for misfit in misfits(*called, outcome.document))
        return
    model = error_model(*called, outcome.code)
    if not isinstance(model, ErrorModel):
        yield _fault(model, outcome.origin)


def _no_response(outcome: Outcome) -> Iterator[Fault]:
    """What is wrong with a declared response of HTTP; an error may have any name."""
    if isinstance(outcome, Raised) or outcome.document is None:
        return
    if not isinstance(outcome.document, dict):
        remedy = "write `StatusCode:`, `Headers:` and `ResponseBody:` below it"
        yield outcome.origin.fault("answer-shape", "the response must be a mapping", remedy)
        return
    for name, value in outcome.document.items():
        kind, words = _RESPONSE.get(name, (object, ""))
        if name not in _RESPONSE:
            message = f"a response has no member `{name}`"
            yield outcome.origin.at(name).fault("answer-shape", message, hint(name, tuple(_RESPONSE), "members"))
        elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            message = f"`{name}` must be {words}"
            yield outcome.origin.at(name).fault("answer-shape", message, f"write {_WRITTEN[name]}")


def _fault(misfit: Misfit, origin: Origin) -> Fault:
    remedy = misfit.help or hint(misfit.word, misfit.known, "names")
    return origin.at(*misfit.path).fault(misfit.code, misfit.message, remedy)
