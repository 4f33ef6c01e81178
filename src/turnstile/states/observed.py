"""A state as it is watched: a copy whose filters tell what they make.

The interpreter walks the copy like any other state, and knows nothing of it; a state that nobody watches costs nothing.
Names are AWS's (states-api.json, InspectionData), but for `afterItems` of a Map in JSONata, which AWS does not show.
`states.inspection` watches one state for TestState, `states.seen` watches executions.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from turnstile.asl.definition import Map, Parallel, Pass, QueryLanguage, Task
from turnstile.asl.path import Path
from turnstile.asl.query import Query
from turnstile.asl.template import Template

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from turnstile.asl.definition import State
    from turnstile.asl.scope import Getter, Scope
    from turnstile.document import Json

    Note: TypeAlias = Callable[[Scope, str, Json], None]
    """Is told the scope of the line that the state is walked in, the name of a stage, and the document after it."""


def observed(state: State, note: Note) -> State:
    """The state, with filters that tell what they make; each tells of the stages that AWS has for it."""
    jsonata = state.query_language is QueryLanguage.JSONATA
    changes: dict[str, Any] = {} if jsonata else {"input_path": _path(state.input_path, note, after="afterInputPath")}
    if isinstance(state, Pass | Task | Parallel | Map) and not jsonata:
        changes["output_path"] = _path(state.output_path, note, before="afterResultPath")
    if isinstance(state, Task | Parallel) or (isinstance(state, Pass) and not jsonata):
        changes["parameters"] = _template(state.parameters, note, "afterArguments" if jsonata else "afterParameters")
    if isinstance(state, Task | Parallel | Map):
        selected = "" if jsonata else "afterResultSelector"
        changes["result_selector"] = _template(state.result_selector, note, selected, before="result")
    if isinstance(state, Map):
        changes |= _of_map(state, note)
    return replace(state, **changes)


def _of_map(state: Map, note: Note) -> dict[str, Any]:
    """What a Map has besides; without ItemSelector its items stay as they are."""
    selector, items = state.item_selector, state.items
    return {
        "items_path": _path(state.items_path, note, after="afterItemsPath"),
        "items": None if items is None else _template(items, note, "afterItems"),
        "item_selector": None if selector is None else _template(selector, note, "afterItemSelector"),
        "max_concurrency": _limit(state.max_concurrency, note, "maxConcurrency"),
        "tolerated_failure_count": _limit(state.tolerated_failure_count, note, "toleratedFailureCount"),
        "tolerated_failure_percentage": _limit(state.tolerated_failure_percentage, note, "toleratedFailurePercentage"),
    }


def _path(path: Path | None, note: Note, *, before: str = "", after: str = "") -> Path:
    def find(scope: Scope, document: Json) -> Json:
        if before:
            note(scope, before, document)
        value = {} if path is None else path.find(scope, document)
        if after:
            note(scope, after, value)
        return value

    return Path("null", find) if path is None else replace(path, find=find)


def _template(template: Template | None, note: Note, name: str, *, before: str = "") -> Template:
    fill: Getter = (lambda _scope, document: document) if template is None else template.fill

    def told(scope: Scope, document: Json) -> Json:
        if before:
            note(scope, before, document)
        value = fill(scope, document)
        if name:
            note(scope, name, value)
        return value

    return Template(None if template is None else template.source, told)


def _limit(limit: float | Path | Query | None, note: Note, name: str) -> Path | Query | None:
    """A number that is written, or computed."""
    if limit is None:
        return None
    if isinstance(limit, Path):
        return _path(limit, note, after=name)
    find: Getter = limit.find if isinstance(limit, Query) else lambda _scope, _document: limit

    def told(scope: Scope, document: Json) -> Json:
        value = find(scope, document)
        note(scope, name, value)
        return value

    return Query(limit.text if isinstance(limit, Query) else str(limit), told)
