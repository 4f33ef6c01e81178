"""What TestState shows of the data on its way through a state.

A state is tested as a copy whose filters tell what they make (`states.observed`); the interpreter walks it like any
other, and the copy is the only thing that knows of it. Which member each type of state shows in which query language is
recorded: test_state.test_state_scenarios, test_state_mock_scenarios, state_configuration. Members: states-api.json,
InspectionData.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl.definition import Choice, Fail, Map, Parallel, Pass, QueryLanguage, Succeed, Task, Wait
from turnstile.document import Json, compact
from turnstile.states.observed import observed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.asl.definition import State
    from turnstile.asl.scope import Scope

_NUMBERS = ("maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage")
_ALWAYS = ("input", "errorDetails", "variables", "request", "response")
_MAP = ("afterItemsPointer", "afterItemSelector", "afterItemBatcher", *_NUMBERS)
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
        return observed(self._state, self._note)

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

    def _note(self, _scope: Scope, name: str, value: Json) -> None:
        if name not in _BY_THE_TEST:
            self.values[name] = value


_AS_THEY_ARE = frozenset({*_NUMBERS, "errorDetails", "request", "response"})
"""Members that are no JSON text."""
_BY_THE_TEST = frozenset({"result", "afterItemsPath", "afterItemSelector", *_NUMBERS})
"""Members that the test writes down itself, since the work of the state may be mocked."""
