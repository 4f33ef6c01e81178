"""What TestState shows of the data on its way through a state.

A state is tested as a copy whose filters write down what they make; the interpreter walks it like any other, and the
copy is the only thing that knows of it. Which member each type of state shows in which query language is recorded:
test_state.test_state_scenarios, test_state_mock_scenarios, state_configuration. Members: states-api.json,
InspectionData.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from turnstile.asl.definition import Choice, Fail, Map, Parallel, Pass, QueryLanguage, Succeed, Task, Wait
from turnstile.asl.path import Path
from turnstile.asl.template import Template
from turnstile.document import Json, compact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.asl.definition import State
    from turnstile.asl.scope import Getter, Scope

_NUMBERS = ("maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage")
_ALWAYS = ("input", "errorDetails", "variables", "request", "response")
_MAP = ("afterItemSelector", "afterItemBatcher", *_NUMBERS)
_RESULT = ("afterResultSelector", "afterResultPath")
_SHOWN: Mapping[QueryLanguage, Mapping[type[State], tuple[str, ...]]] = {
    QueryLanguage.JSONPATH: {
        Pass: ("afterInputPath", "afterParameters", "result", *_RESULT),
        Task: ("afterInputPath", "afterParameters", "result", *_RESULT),
        Choice: ("afterInputPath",),
        Wait: ("afterInputPath",),
        Succeed: ("afterInputPath",),
        Fail: ("afterInputPath",),
        Parallel: _RESULT,
        Map: ("afterInputPath", "afterItemsPath", *_MAP, *_RESULT),
    },
    QueryLanguage.JSONATA: {
        Task: ("afterArguments", "result"),
        Map: _MAP,
    },
}


class Inspection:
    """The values seen in one test, by AWS's member names; documents as they are."""

    def __init__(self, state: State, raw: Json) -> None:
        self._state = state
        self.values: dict[str, Json] = {"input": raw}
        if isinstance(state, Fail):
            self.values["afterInputPath"] = raw  # there is no InputPath to go through
        if isinstance(state, Pass) and state.has_result:
            self.values["result"] = state.result

    def observed(self) -> State:
        """The state, with filters that write down what they make."""
        state = self._state
        jsonata = state.query_language is QueryLanguage.JSONATA
        changes: dict[str, Any] = {
            "input_path": self._path(state.input_path, after="afterInputPath"),
            "output_path": self._path(state.output_path, before="afterResultPath"),
        }
        if isinstance(state, Pass | Task | Parallel):
            changes["parameters"] = self._template(state.parameters, "afterArguments" if jsonata else "afterParameters")
        if isinstance(state, Task | Parallel | Map):
            changes["result_selector"] = self._template(state.result_selector, "afterResultSelector")
        return replace(state, **changes)

    def data(self) -> dict[str, Json]:
        """The member `inspectionData` of the answer."""
        if isinstance(self._state, Pass):
            self._complete_pass(self._state)
        members = _SHOWN[self._state.query_language].get(type(self._state), ())
        shown = {name: self.values[name] for name in (*_ALWAYS, *members) if name in self.values}
        return {name: value if name in _AS_THEY_ARE else compact(value) for name, value in shown.items()}

    def _complete_pass(self, state: Pass) -> None:
        """A Pass has no ResultSelector, and with a Result its input goes nowhere."""
        values = self.values
        if state.has_result:
            values.pop("afterInputPath", None)
        if "afterResultPath" in values:
            values["afterResultSelector"] = values.get("result" if state.has_result else "afterParameters")

    def _path(self, path: Path | None, *, before: str = "", after: str = "") -> Path:
        def find(scope: Scope, document: Json) -> Json:
            if before:
                self.values[before] = document
            value = {} if path is None else path.find(scope, document)
            if after:
                self.values[after] = value
            return value

        return Path("null" if path is None else path.text, find)

    def _template(self, template: Template | None, name: str) -> Template:
        fill: Getter = (lambda _scope, document: document) if template is None else template.fill

        def observed(scope: Scope, document: Json) -> Json:
            value = self.values[name] = fill(scope, document)
            return value

        return Template(None if template is None else template.source, observed)


_AS_THEY_ARE = frozenset({*_NUMBERS, "errorDetails", "request", "response"})
"""Members that are no JSON text."""
