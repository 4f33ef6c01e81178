"""The states of the query language JSONata: from sound objects to the tree, every expression compiled once.

The tree is that of JSONPath states with the paths at their defaults, so the interpreter knows one kind of state.
Arguments stand in `parameters`, Output in `output`. Bounds of numbers that only an expression can break are as for the
constants; the wording is inferred. Specification: "JSONata".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl.choice import Rule
from turnstile.asl.definition import (
    Catcher,
    Choice,
    Fail,
    Map,
    Mode,
    Parallel,
    Pass,
    QueryLanguage,
    Retrier,
    State,
    Succeed,
    Task,
    Wait,
)
from turnstile.asl.parse_dataset import Language, parts
from turnstile.asl.path import ROOT, ROOT_REFERENCE
from turnstile.asl.query import OutOfBounds, Query, compile_field, compile_query
from turnstile.asl.sight import Sight, expression_in
from turnstile.asl.template import Template

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from turnstile.asl.definition import Branch
    from turnstile.document import Json

    Inner: TypeAlias = Callable[..., Branch]
    """Reads what has states of its own inside a state: its object, and the names that lead there."""


def state(name: str, body: dict[str, Json], at: str, inner: Inner) -> State:
    """A state; `at` is its pointer, `inner` reads branches."""
    work = body["Type"] in ("Task", "Parallel", "Map")
    sight = Sight.RESULT if work else Sight.INPUT
    common = {
        "name": name,
        "pointer": at,
        "comment": body.get("Comment", ""),
        "query_language": QueryLanguage.JSONATA,
        "input_path": ROOT,
        "output_path": ROOT,
        "assign": _field(body, "Assign", sight),
        "output": _field(body, "Output", sight),
        "next": body.get("Next"),
    }
    if work:
        catch = (_catcher(rule, f"Catch[{index}]") for index, rule in enumerate(body.get("Catch", ())))
        common |= {
            "result_path": ROOT_REFERENCE,
            "retry": tuple(map(retrier, body.get("Retry", ()))),
            "catch": tuple(catch),
        }
    return _STATES[body["Type"]](body, common, inner)


def retrier(body: dict[str, Json]) -> Retrier:
    """One entry of Retry, which is the same in both query languages."""
    return Retrier(
        error_equals=tuple(body["ErrorEquals"]),
        interval_seconds=body.get("IntervalSeconds", 1),
        max_attempts=body.get("MaxAttempts", 3),
        backoff_rate=float(body.get("BackoffRate", 2.0)),
        max_delay_seconds=body.get("MaxDelaySeconds"),
        jitter=body.get("JitterStrategy") == "FULL",
    )


def _catcher(body: dict[str, Json], name: str) -> Catcher:
    assign = _field(body, "Assign", Sight.ERROR, name)
    output = _field(body, "Output", Sight.ERROR, name)
    return Catcher(tuple(body["ErrorEquals"]), body["Next"], ROOT_REFERENCE, assign, output)


def _pass(_: dict[str, Json], common: dict[str, Json], _inner: Inner) -> State:
    return Pass(**common, result_path=ROOT_REFERENCE)


def _task(body: dict[str, Json], common: dict[str, Json], _: Inner) -> State:
    return Task(
        **common,
        resource=body["Resource"],
        parameters=_field(body, "Arguments"),
        credentials=_credentials(body),
        timeout_seconds=_number(body, "TimeoutSeconds", 1),
        heartbeat_seconds=_number(body, "HeartbeatSeconds", 1),
    )


def _choice(body: dict[str, Json], common: dict[str, Json], _: Inner) -> State:
    rules = tuple(_rule(rule, f"Choices[{index}]") for index, rule in enumerate(body["Choices"]))
    return Choice(**common, rules=rules, default=body.get("Default"))


def _rule(body: dict[str, Json], name: str) -> Rule:
    find = compile_query(body["Condition"], f"{name}/Condition", "boolean").find
    assign = _field(body, "Assign", Sight.INPUT, name)
    output = _field(body, "Output", Sight.INPUT, name)
    return Rule(body["Next"], lambda scope, document: find(scope, document) is True, assign, output)


def _wait(body: dict[str, Json], common: dict[str, Json], _: Inner) -> State:
    timestamp = _text(body, "Timestamp")
    return Wait(**common, seconds=_number(body, "Seconds", 0), timestamp=timestamp)


def _succeed(_: dict[str, Json], common: dict[str, Json], _inner: Inner) -> State:
    return Succeed(**common)


def _fail(body: dict[str, Json], common: dict[str, Json], _: Inner) -> State:
    error, cause = _text(body, "Error"), _text(body, "Cause")
    return Fail(
        **common,
        error=error if isinstance(error, str) else None,
        cause=cause if isinstance(cause, str) else None,
        error_path=error if isinstance(error, Query) else None,
        cause_path=cause if isinstance(cause, Query) else None,
    )


def _parallel(body: dict[str, Json], common: dict[str, Json], inner: Inner) -> State:
    branches = (inner(branch, "Branches", index) for index, branch in enumerate(body["Branches"]))
    return Parallel(**common, branches=tuple(branches), parameters=_field(body, "Arguments"))


def _map(body: dict[str, Json], common: dict[str, Json], inner: Inner) -> State:
    processor = "ItemProcessor" if "ItemProcessor" in body else "Iterator"
    config = body[processor].get("ProcessorConfig", {})
    return Map(
        **common,
        item_processor=inner(body[processor], processor),
        mode=Mode(config.get("Mode", "INLINE")),
        execution_type=config.get("ExecutionType", "STANDARD"),
        items_path=ROOT,
        items=_items(body, distributed=config.get("Mode") == "DISTRIBUTED"),
        item_selector=_field(body, "ItemSelector"),
        max_concurrency=_number(body, "MaxConcurrency", 0) or 0,
        tolerated_failure_count=_number(body, "ToleratedFailureCount", 0),
        tolerated_failure_percentage=_percentage(body, "ToleratedFailurePercentage"),
        label=body.get("Label"),
        **parts(body, _LANGUAGE),
    )


_STATES: dict[str, Callable[[dict[str, Json], dict[str, Json], Inner], State]] = {
    "Pass": _pass,
    "Task": _task,
    "Choice": _choice,
    "Wait": _wait,
    "Succeed": _succeed,
    "Fail": _fail,
    "Parallel": _parallel,
    "Map": _map,
}


def _field(body: dict[str, Json], name: str, sight: Sight = Sight.INPUT, inside: str = "") -> Template | None:
    return compile_field(body[name], f"{inside}/{name}" if inside else name, sight) if name in body else None


def _items(body: dict[str, Json], *, distributed: bool) -> Template | None:
    """Items: an expression must give an array, a constant is looked at when the state runs.

    A distributed Map runs over the members of an object too (documented).
    """
    value = body.get("Items")
    if expression_in(value) is None:
        return _field(body, "Items")
    return Template(value, compile_query(value, "Items", "array", also="object" if distributed else "").find)


def _credentials(body: dict[str, Json]) -> Template | None:
    value = body.get("Credentials")
    if value is None:
        return None
    if isinstance(value, str):
        return Template(value, compile_query(value, "Credentials", "object", _with_role).find)
    find = compile_query(value["RoleArn"], "Credentials/RoleArn", "string").find
    return Template(value, lambda scope, document: {"RoleArn": find(scope, document)})


def _with_role(value: Json) -> Json:
    if isinstance(value.get("RoleArn"), str):
        return value
    raise ValueError("object with RoleArn")


def _text(body: dict[str, Json], name: str) -> str | Query | None:
    value: str | None = body.get(name)
    return value if expression_in(value) is None else compile_query(value, name, "string")


_TOO_SMALL = {
    "MaxConcurrency": "Expected non-negative integer for MaxConcurrency, got {value} instead.",
    "Seconds": "The Seconds field references a negative value: {value}",
    "ToleratedFailureCount": "ToleratedFailureCount cannot be negative.",
    "TimeoutSeconds": "Expected positive integer for TimeoutSeconds, got {value} instead.",
    "HeartbeatSeconds": "Expected positive integer for HeartbeatSeconds, got {value} instead.",
}
"""What is said of a whole number below the least: as of what a path leads to, where that is known (*inferred*)."""


def _number(body: dict[str, Json], name: str, least: int) -> int | Query | None:
    def whole(value: Json) -> Json:
        if value != int(value):
            raise ValueError("integer")
        if value < least:
            raise OutOfBounds(_TOO_SMALL[name].format(value=int(value)))
        return int(value)

    value: int | None = body.get(name)
    return value if expression_in(value) is None else compile_query(value, name, "number", whole)


def _percentage(body: dict[str, Json], name: str) -> float | Query | None:
    def share(value: Json) -> Json:
        if not 0 <= value <= 100:  # noqa: PLR2004 - per cent
            raise OutOfBounds(f"{name} must be between 0 and 100.")
        return value

    value: float | None = body.get(name)
    return value if expression_in(value) is None else compile_query(value, name, "number", share)


def _whole(body: dict[str, Json], name: str, inside: str) -> int | Query | None:
    def whole(value: Json) -> Json:
        if value != int(value):
            raise ValueError("integer")
        return int(value)

    value: int | None = body.get(name)
    return value if expression_in(value) is None else compile_query(value, f"{inside}/{name}", "number", whole)


def _inside(body: dict[str, Json], name: str, inside: str) -> Template | None:
    return _field(body, name, Sight.INPUT, inside)


_LANGUAGE = Language("Arguments", _inside, _whole)
