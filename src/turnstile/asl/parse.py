"""From a document to the tree of a state machine: every fault at once, then every path and template compiled once.

`asl.check` decides what is wrong; here the sound document becomes values. What is sound for AWS but not emulated is
refused by name. Specification: "States Language Structure".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from turnstile.asl import check, parse_jsonata
from turnstile.asl.choice import compile_rule
from turnstile.asl.definition import (
    Branch,
    Catcher,
    Choice,
    Fail,
    Map,
    Mode,
    Parallel,
    Pass,
    QueryLanguage,
    State,
    StateMachine,
    Succeed,
    Task,
    Wait,
)
from turnstile.asl.intrinsic import parse_expression
from turnstile.asl.parse_dataset import Language, parts
from turnstile.asl.parse_jsonata import retrier
from turnstile.asl.path import ROOT, ROOT_REFERENCE, Path, ReferencePath, parse_path, parse_reference
from turnstile.asl.template import Template, compile_template
from turnstile.asl.unfilled import explained
from turnstile.document import Json, pointer
from turnstile.faults import Rejected, Unsupported
from turnstile.source import Origin, Source, open_source, read, unwritten

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path as FilePath

    _Inner: TypeAlias = Callable[..., Branch]
    """Reads a branch that stands under the given names inside the state."""


_IN_NO_PATH = frozenset("\n\0")


def parse(definition: dict[str, Json] | str | FilePath, *, name: str | None = None) -> StateMachine:
    """Read a definition: a document, JSON or YAML text, or the path of a file.

    Text is a definition if it has a line break or begins with `{`, else a path; `name` is what faults call it.

    Raises:
        Rejected: the definition has faults, all of them are listed.
        Unsupported: it is sound but uses something that is not emulated.
    """
    return parse_document(*written(definition, name=name))


def written(definition: dict[str, Json] | str | FilePath, *, name: str | None = None) -> tuple[Json, Origin]:
    """The document that `parse` would read, and where it was written.

    Raises:
        Rejected: it cannot be read.
    """
    if isinstance(definition, dict):
        return definition, unwritten(name or "<definition>")
    if isinstance(definition, str) and (definition.lstrip().startswith("{") or not _IN_NO_PATH.isdisjoint(definition)):
        source = Source(name or "<definition>", definition)
    else:
        from pathlib import Path as FilePath  # noqa: PLC0415 - a definition that is at hand needs no files

        if definition == "-":  # only the command line, which has a path for it, reads standard input
            source = open_source(FilePath(definition).absolute(), name or definition)
        else:
            source = open_source(FilePath(definition), name)
    return read(source), Origin(source)


def parse_document(document: Json, origin: Origin, *, lone: bool = False) -> StateMachine:
    """The same for a document that was read already, such as one inside a scenario file; `lone` as in `check.findings`.

    Raises:
        Rejected: the definition has faults, all of them are listed.
        Unsupported: it is sound but uses something that is not emulated.
    """
    findings = (found for found in check.findings(document, lone=lone) if found.severity == check.ERROR)
    faults = [explained(found, document).fault(origin) for found in findings]
    if faults:
        raise Rejected(faults)
    language = QueryLanguage(document.get("QueryLanguage", "JSONPath"))
    try:
        whole = _branch(document, origin, language)
    except RecursionError:
        raise Rejected([check.TOO_DEEP.fault(origin)]) from None
    return StateMachine(
        start_at=whole.start_at,
        states=whole.states,
        document=document,
        origin=origin,
        comment=document.get("Comment", ""),
        version=document.get("Version", "1.0"),
        timeout_seconds=document.get("TimeoutSeconds"),
        query_language=language,
    )


def _branch(document: dict[str, Json], origin: Origin, language: QueryLanguage, at: str = "") -> Branch:
    """An object with StartAt and States: the machine, a branch, an item processor; `at` is its pointer.

    Everywhere the query language is that of the machine where a state does not say otherwise.
    """
    states = {
        name: _state(name, body, origin, language, pointer(at, "States", name))
        for name, body in document["States"].items()
    }
    return Branch(document["StartAt"], states, at)


def _state(name: str, body: dict[str, Json], origin: Origin, language: QueryLanguage, at: str) -> State:
    def inner(document: dict[str, Json], *names: str | int) -> Branch:
        return _branch(document, origin, language, pointer(at, *names))

    if QueryLanguage(body.get("QueryLanguage", language)) is QueryLanguage.JSONATA:
        return parse_jsonata.state(name, body, at, inner)
    try:
        return _STATES[body["Type"]](body, _common(name, body, at), inner)
    except Unsupported as error:
        raise Unsupported(error.feature, error.where or origin.within(at).where()) from None


def _common(name: str, body: dict[str, Json], at: str) -> dict[str, Json]:
    """What every state has, as keyword arguments."""
    return {
        "name": name,
        "pointer": at,
        "comment": body.get("Comment", ""),
        "input_path": _filter(body, "InputPath"),
        "output_path": _filter(body, "OutputPath"),
        "assign": _template(body, "Assign"),
        "next": body.get("Next"),
    }


def _pass(body: dict[str, Json], common: dict[str, Json], _: _Inner) -> State:
    return Pass(
        **common,
        has_result="Result" in body,
        result=body.get("Result"),
        parameters=_template(body, "Parameters"),
        result_path=_place(body),
    )


def _task(body: dict[str, Json], common: dict[str, Json], _: _Inner) -> State:
    return Task(
        **common,
        **_work(body),
        resource=body["Resource"],
        parameters=_template(body, "Parameters"),
        credentials=_template(body, "Credentials"),
        timeout_seconds=_number(body, "TimeoutSeconds"),
        heartbeat_seconds=_number(body, "HeartbeatSeconds"),
    )


def _choice(body: dict[str, Json], common: dict[str, Json], _: _Inner) -> State:
    rules = tuple(compile_rule(rule, _template(rule, "Assign")) for rule in body["Choices"])
    return Choice(**common, rules=rules, default=body.get("Default"))


def _wait(body: dict[str, Json], common: dict[str, Json], _: _Inner) -> State:
    return Wait(
        **common,
        seconds=body.get("Seconds"),
        seconds_path=_path(body, "SecondsPath"),
        timestamp=body.get("Timestamp"),
        timestamp_path=_path(body, "TimestampPath"),
    )


def _succeed(_: dict[str, Json], common: dict[str, Json], _inner: _Inner) -> State:
    return Succeed(**common)


def _fail(body: dict[str, Json], common: dict[str, Json], _: _Inner) -> State:
    return Fail(
        **common,
        error=body.get("Error"),
        cause=body.get("Cause"),
        error_path=parse_expression(body["ErrorPath"]) if "ErrorPath" in body else None,
        cause_path=parse_expression(body["CausePath"]) if "CausePath" in body else None,
    )


def _parallel(body: dict[str, Json], common: dict[str, Json], inner: _Inner) -> State:
    branches = (inner(branch, "Branches", index) for index, branch in enumerate(body["Branches"]))
    return Parallel(**common, **_work(body), branches=tuple(branches), parameters=_template(body, "Parameters"))


def _map(body: dict[str, Json], common: dict[str, Json], inner: _Inner) -> State:
    """The older names are Iterator for ItemProcessor and Parameters for ItemSelector."""
    processor = "ItemProcessor" if "ItemProcessor" in body else "Iterator"
    config = body[processor].get("ProcessorConfig", {})
    return Map(
        **common,
        **_work(body),
        item_processor=inner(body[processor], processor),
        mode=Mode(config.get("Mode", "INLINE")),
        execution_type=config.get("ExecutionType", "STANDARD"),
        items_path=_path(body, "ItemsPath") or ROOT,
        item_selector=_template(body, "ItemSelector" if "ItemSelector" in body else "Parameters"),
        max_concurrency=_number(body, "MaxConcurrency") or 0,
        tolerated_failure_count=_number(body, "ToleratedFailureCount"),
        tolerated_failure_percentage=_number(body, "ToleratedFailurePercentage"),
        label=body.get("Label"),
        **parts(body, _LANGUAGE),
    )


_STATES: dict[str, Callable[[dict[str, Json], dict[str, Json], _Inner], State]] = {
    "Pass": _pass,
    "Task": _task,
    "Choice": _choice,
    "Wait": _wait,
    "Succeed": _succeed,
    "Fail": _fail,
    "Parallel": _parallel,
    "Map": _map,
}


def _work(body: dict[str, Json]) -> dict[str, Json]:
    """What every state with Retry and Catch has, as keyword arguments."""
    return {
        "result_selector": _template(body, "ResultSelector"),
        "result_path": _place(body),
        "retry": tuple(map(retrier, body.get("Retry", ()))),
        "catch": tuple(map(_catcher, body.get("Catch", ()))),
    }


def _catcher(body: dict[str, Json]) -> Catcher:
    return Catcher(tuple(body["ErrorEquals"]), body["Next"], _place(body), _template(body, "Assign"))


def _filter(body: dict[str, Json], name: str) -> Path | None:
    """InputPath or OutputPath: absent is the whole document, `null` is nothing."""
    text = body.get(name, "$")
    return ROOT if text == "$" else None if text is None else parse_path(text)


def _place(body: dict[str, Json]) -> ReferencePath | None:
    """ResultPath: absent replaces the input, `null` discards the result."""
    text = body.get("ResultPath", "$")
    return ROOT_REFERENCE if text == "$" else None if text is None else parse_reference(text)


def _template(body: dict[str, Json], name: str, _: str = "") -> Template | None:
    return compile_template(body[name]) if name in body else None


def _path(body: dict[str, Json], name: str) -> Path | None:
    return parse_path(body[name]) if name in body else None


def _number(body: dict[str, Json], name: str, _: str = "") -> int | Path | None:
    """A number that stands in a field, or where the field with `Path` after its name leads."""
    return body.get(name) if name in body else _path(body, f"{name}Path")


_LANGUAGE = Language("Parameters", _template, _number)
