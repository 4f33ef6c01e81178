"""The data of a state on its way: InputPath, Parameters, work, ResultSelector, Assign, ResultPath, OutputPath.

Pure functions, each cheap when its field is at the default. Documents are shared, never changed. The interpreter does
the work between them and keeps the order. Specification: "Input and Output Processing"; texts recorded in
scenarios.base_scenarios/test_invalid_jsonpath.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import errors
from turnstile.asl.definition import QueryLanguage
from turnstile.asl.path import ROOT, ROOT_REFERENCE, NoMatch, Path, ReferencePath
from turnstile.asl.query import Query
from turnstile.asl.template import in_document, nothing_to_transform, unresolved
from turnstile.document import Json, compact

if TYPE_CHECKING:
    from turnstile.asl.choice import Rule
    from turnstile.asl.definition import Catcher, Choice, Fail, Map, Parallel, Pass, State, Task, Work
    from turnstile.asl.intrinsic import Expression
    from turnstile.asl.scope import Scope


def effective_input(state: State, raw: Json, scope: Scope) -> Json:
    """What the state sees: its input after InputPath.

    Raises:
        StatesError: the path leads nowhere.
    """
    return _filtered(state.input_path, raw, scope)


def arguments(state: Pass | Task | Parallel, data: Json, scope: Scope) -> Json:
    """What the work is given: the effective input after Parameters.

    Raises:
        StatesError: a path or function in the template fails.
    """
    return data if state.parameters is None else state.parameters.fill(scope, data)


def selected(state: Work, result: Json, scope: Scope) -> Json:
    """The work's result after ResultSelector.

    Raises:
        StatesError: a path or function in the template fails.
    """
    return result if state.result_selector is None else state.result_selector.fill(scope, result)


def output(state: State, raw: Json, result: Json, scope: Scope) -> Json:
    """What leaves the state: the result joined with the raw input by ResultPath, then OutputPath.

    A state without ResultPath (Choice, Wait, Succeed) has its effective input as result.

    Raises:
        StatesError: ResultPath cannot be applied to the input, or OutputPath leads nowhere.
    """
    if state.output is not None:
        return state.output.fill(scope, result)
    place: ReferencePath | None = getattr(state, "result_path", ROOT_REFERENCE)
    return _filtered(state.output_path, joined(place, raw, result), scope)


def assigned(state: State | Catcher | Rule, document: Json, scope: Scope) -> dict[str, Json] | None:
    """The variables that an Assign sets, all computed from the values before it; None if it sets none.

    `document` is what `$` means there: the result of a Task after ResultSelector, the result of a Pass, the input of
    other states, the error output of a catcher.

    Raises:
        StatesError: a path or function in the template fails.
    """
    if state.assign is None:
        return None
    values: dict[str, Json] = state.assign.fill(scope, document)
    return values or None


def routed(state: Choice, chosen: Choice | Rule, data: Json, scope: Scope) -> Json:
    """What leaves a Choice: by the Output of the rule that matched, the state's own only where none did.

    Raises:
        StatesError: OutputPath leads nowhere, or Output cannot be evaluated.
    """
    if chosen.output is not None:
        return chosen.output.fill(scope, data)
    return _filtered(state.output_path, data, scope)


def caught(catcher: Catcher, raw: Json, error: Json, scope: Scope) -> Json:
    """What leaves a state through a catcher: its Output, or the raw input joined with the error output.

    Raises:
        StatesError: ResultPath cannot be applied to the input, or Output cannot be evaluated.
    """
    return catcher.output.fill(scope, error) if catcher.output is not None else joined(catcher.result_path, raw, error)


def joined(place: ReferencePath | None, raw: Json, result: Json) -> Json:
    """`result` put into `raw` at the place of a ResultPath; None discards it.

    Raises:
        StatesError: the place cannot be reached (`States.ResultPathMatchFailure`, text inferred).
    """
    if place is ROOT_REFERENCE:
        return result
    if place is None:
        return raw
    try:
        return place.put(raw, result)
    except NoMatch as error:
        text = f'Unable to apply step "{error.reason}" to input {compact(raw)}'
        raise errors.StatesError(errors.RESULT_PATH_MATCH_FAILURE, text, located=True) from None


def failure(state: Fail, data: Json, scope: Scope) -> tuple[str | None, str | None]:
    """Error and cause of a Fail state, each None if not given.

    Raises:
        StatesError: a path leads nowhere, or to a value that is no text.
    """
    error = state.error if state.error_path is None else _text("ErrorPath", state.error_path, data, scope)
    cause = state.cause if state.cause_path is None else _text("CausePath", state.cause_path, data, scope)
    return error, cause


def role_arn(state: Task, data: Json, scope: Scope) -> str | None:
    """The role that a Task's Credentials name, None if it has none.

    Raises:
        StatesError: the path leads nowhere, or to a value that is no text (that text is inferred).
    """
    if state.credentials is None:
        return None
    arn = state.credentials.fill(scope, data)["RoleArn"]
    if isinstance(arn, str):
        return arn
    raise errors.runtime(f"The RoleArn parameter does not reference a string value: {compact(arn)}")


def timeout_seconds(state: Task, data: Json, scope: Scope) -> int | None:
    """TimeoutSeconds or what TimeoutSecondsPath leads to; None if neither is given.

    Raises:
        StatesError: the path leads nowhere, or to a value that is no positive integer (that text is inferred).
    """
    return _limit("TimeoutSecondsPath", state.timeout_seconds, data, scope)


def heartbeat_seconds(state: Task, data: Json, scope: Scope) -> int | None:
    """HeartbeatSeconds or what HeartbeatSecondsPath leads to; None if neither is given.

    Raises:
        StatesError: as `timeout_seconds`.
    """
    return _limit("HeartbeatSecondsPath", state.heartbeat_seconds, data, scope)


def items(state: Map, data: Json, scope: Scope) -> list[Json]:
    """What a Map runs over: the array that ItemsPath leads to.

    Raises:
        StatesError: the path leads nowhere, or to something else (recorded: test_state.state_context_object, where the
            text shows a path into the context object with one `$`).
    """
    value = dataset(state, data, scope)
    if isinstance(value, list):
        return value
    raise not_iterable(state, value)


def dataset(state: Map, data: Json, scope: Scope) -> Json:
    """What stands where a Map looks for its items.

    Raises:
        StatesError: the path leads nowhere, or Items cannot be evaluated.
    """
    if state.query_language is QueryLanguage.JSONATA:
        return data if state.items is None else state.items.fill(scope, data)
    return found(state.items_path, data, scope)


def not_iterable(state: Map, value: Json) -> errors.StatesError:
    """What AWS says of a dataset that it cannot run over."""
    if state.query_language is QueryLanguage.JSONATA:
        return errors.QueryFailure(f"Map state input must be an array but was: {compact(value)}", None)
    shown = state.items_path.text.removeprefix("$") if state.items_path.text[:2] == "$$" else state.items_path.text
    return errors.runtime(f'Reference path "{shown}" must point to array.')


def item(state: Map, data: Json, value: Json, scope: Scope) -> Json:
    """What one iteration is given: the item, or what ItemSelector makes of it, the state's input and the context.

    Raises:
        StatesError: a path or function in the template fails.
    """
    return value if state.item_selector is None else state.item_selector.fill(scope, data)


def max_concurrency(state: Map, data: Json, scope: Scope) -> int:
    """How many iterations may run at once; 0 leaves it to the service.

    Raises:
        StatesError: MaxConcurrencyPath leads nowhere, or to no whole number from 0 on (texts *inferred*).
    """
    limit = state.max_concurrency
    if isinstance(limit, Query):
        return _counted(limit, data, scope)
    if not isinstance(limit, Path):
        return limit
    value = found(limit, data, scope)
    number = _digits(value)
    if not isinstance(number, int) or isinstance(number, bool):
        raise _no_integer("MaxConcurrencyPath", value, limit)
    if number < 0:
        raise errors.runtime(f"Expected non-negative integer for MaxConcurrency, got {number} instead.")
    return number


def _counted(query: Query, data: Json, scope: Scope) -> int:
    number: int = query.find(scope, data)
    return number


def _limit(field: str, seconds: int | Path | Query | None, data: Json, scope: Scope) -> int | None:
    if isinstance(seconds, Query):
        return _counted(seconds, data, scope)
    if not isinstance(seconds, Path):
        return seconds
    value = found(seconds, data, scope)
    number = _digits(value)
    if isinstance(number, int) and not isinstance(number, bool) and number > 0:
        return number
    raise _no_integer(field, value, seconds)


def _digits(value: Json) -> Json:
    """Text with digits is a number (recorded: test_reference_in_map_state; for timeouts *inferred*)."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _no_integer(field: str, value: Json, path: Path) -> errors.StatesError:
    shown = value if isinstance(value, str) else compact(value)
    return errors.runtime(f'The {field} field refers to value "{shown}" which is not a valid integer: {path.text}')


def found(path: Path, document: Json, scope: Scope) -> Json:
    """The value a path leads to.

    Raises:
        StatesError: it leads nowhere.
    """
    if document is None and path is not ROOT and in_document(path.text):
        raise nothing_to_transform()
    try:
        return path.find(scope, document)
    except NoMatch as error:
        raise errors.runtime(f"Invalid path '{path.text}' : {error.reason}") from None


def _filtered(path: Path | None, document: Json, scope: Scope) -> Json:
    if path is ROOT:
        return document
    return {} if path is None else found(path, document, scope)


def _text(field: str, expression: Expression | Query, data: Json, scope: Scope) -> str:
    try:
        value = expression.find(scope, data)
    except NoMatch:
        raise unresolved(expression.text, field, data) from None
    if isinstance(value, str):
        return value
    text = f"The {field} parameter does not reference a string value"  # inferred
    raise errors.runtime(f"{text}: {expression.text} == {compact(value)}")
