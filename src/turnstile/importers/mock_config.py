"""`MockConfigFile.json`, the mock configuration of Step Functions Local, read as it is.

    {"StateMachines": {"Orders": {"TestCases": {"HappyPath": {"Charge": "Charged"}}}},
     "MockedResponses": {"Charged": {"0": {"Throw": {"Error": "E", "Cause": "C"}}, "1-2": {"Return": {}}}}}

A test case says which response each Task of a machine has; a response says what comes of each attempt, numbered from 0,
one by one or in ranges. Attempts are counted by state in one execution (*inferred* for states that run in a loop or a
Map). Format: Developer Guide, "Configuration file for mocked service integrations"; the service is no longer supported,
so the format is frozen. What is returned is not held against any API, as there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.faults import Rejected
from turnstile.spelling import hint
from turnstile.world.answers import Raised, Returned, Rule, Script
from turnstile.world.rehearsal import MockCase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.source import Origin
    from turnstile.world.answers import Outcome
    from turnstile.world.rehearsal import Rehearsals

_ATTEMPTS = re.compile(r"(0|[1-9][0-9]{0,4})(?:-(0|[1-9][0-9]{0,4}))?")


@dataclass(frozen=True, slots=True, eq=False)
class MockConfig:
    """Test cases by machine and name."""

    machines: Mapping[str, Mapping[str, MockCase]]
    origin: Origin

    def enact(self, rehearsals: Rehearsals) -> None:
        """Give a world these test cases."""
        rehearsals.cases.update(self.machines)

    def case(self, machine: str, name: str, origin: Origin) -> MockCase:
        """A test case of a machine; `origin` is where it is asked for.

        Raises:
            Rejected: there is none.
        """
        if machine not in self.machines:
            message = f"the mock configuration has no state machine `{machine}`"
            raise Rejected([origin.fault("unknown-state-machine", message, hint(machine, self.machines, "machines"))])
        cases = self.machines[machine]
        if name not in cases:
            message = f"the mock configuration has no test case `{name}` of `{machine}`"
            raise Rejected([origin.fault("unknown-test-case", message, hint(name, cases, "test cases"))])
        return cases[name]


def read_mock_config(document: Json, origin: Origin) -> MockConfig:
    """The mock configuration in a document.

    Raises:
        Rejected: with everything that is wrong with it.
    """
    reading = _Reading([])
    members = reading.members(document, origin, ("StateMachines", "MockedResponses"), "a mock configuration")
    responses = {
        name: reading.response(entry, origin.at("MockedResponses", name))
        for name, entry in reading.mapping(members.get("MockedResponses", {}), origin.at("MockedResponses")).items()
    }
    machines = {
        name: reading.machine(entry, responses, origin.at("StateMachines", name))
        for name, entry in reading.mapping(members.get("StateMachines", {}), origin.at("StateMachines")).items()
    }
    if reading.faults:
        raise Rejected(reading.faults)
    return MockConfig(machines, origin)


@dataclass(frozen=True, slots=True)
class _Reading:
    faults: list[Fault]

    def mapping(self, value: Json, origin: Origin) -> dict[str, Json]:
        """An object, empty where it is none."""
        if isinstance(value, dict):
            return value
        name = origin.pointer.rpartition("/")[2]
        self._fault(origin, "wrong-type", f"`{name}` must be an object", "write its members between braces")
        return {}

    def members(self, value: Json, origin: Origin, known: tuple[str, ...], what: str) -> dict[str, Json]:
        """An object that has no other members."""
        if not isinstance(value, dict):
            self._fault(origin, "wrong-type", f"{what} must be an object", f"it has {_listed(known)}")
            return {}
        for name in value:
            if name not in known:
                message = f"{what} has no member `{name}`"
                self._fault(origin.at(name), "unknown-key", message, hint(name, known, "members"))
        return value

    def machine(self, entry: Json, responses: Mapping[str, Script | None], origin: Origin) -> dict[str, MockCase]:
        """The test cases of a machine."""
        members = self.members(entry, origin, ("TestCases",), "a state machine")
        place = origin.at("TestCases")
        if "TestCases" not in members:
            if isinstance(entry, dict):
                self._fault(origin, "missing-key", "the member `TestCases` is missing", "add it")
            return {}
        cases = self.mapping(members["TestCases"], place)
        return {name: self._case(name, case, responses, place.at(name)) for name, case in cases.items()}

    def _case(self, name: str, entry: Json, responses: Mapping[str, Script | None], origin: Origin) -> MockCase:
        scripts: dict[str, Script] = {}
        for state, response in self.mapping(entry, origin).items():
            if not isinstance(response, str):
                message = f"the response of `{state}` must be a name"
                self._fault(origin.at(state), "wrong-type", message, "name one of `MockedResponses`")
            elif response not in responses:
                message = f"there is no mocked response `{response}`"
                self._fault(origin.at(state), "unknown-response", message, hint(response, responses, "responses"))
            elif (script := responses[response]) is not None:
                scripts[state] = script
        return MockCase(name, scripts)

    def response(self, entry: Json, origin: Origin) -> Script | None:
        """What comes of each attempt, in order; None where that cannot be said."""
        before, found = len(self.faults), []
        for text, outcome in self.mapping(entry, origin).items():
            attempts = self._attempts(text, origin.at(text))
            read = self._outcome(outcome, origin.at(text))
            if attempts is not None and read is not None:
                found.append((*attempts, read))
        found.sort(key=lambda each: each[0])
        if len(self.faults) == before:
            self.faults.extend(_gaps(found, origin))
        if len(self.faults) > before:
            return None
        return Script(tuple(Rule(read, times=last - first + 1) for first, last, read in found), origin)

    def _attempts(self, text: str, origin: Origin) -> tuple[int, int] | None:
        match = _ATTEMPTS.fullmatch(text)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > last:
            message = f"`{text}` is no attempt and no range of attempts"
            self._fault(origin, "wrong-attempts", message, "write `0` for the first, or a range such as `1-2`")
            return None
        return first, last

    def _outcome(self, entry: Json, origin: Origin) -> Outcome | None:
        members = self.members(entry, origin, ("Return", "Throw"), "a mocked response")
        if ("Return" in members) is ("Throw" in members):
            if isinstance(entry, dict):
                message = "an attempt has either `Return` or `Throw`"
                self._fault(origin, "wrong-answer", message, "say what comes back, or how it fails")
            return None
        if "Return" in members:
            return Returned(members["Return"], origin.at("Return"))
        return self._thrown(members["Throw"], origin.at("Throw"))

    def _thrown(self, entry: Json, origin: Origin) -> Outcome | None:
        members = self.members(entry, origin, ("Error", "Cause"), "`Throw`")
        error, cause = members.get("Error"), members.get("Cause", "")
        if isinstance(error, str) and isinstance(cause, str):
            return Raised(error, cause, 0, origin)
        if isinstance(entry, dict):
            wrong = "Cause" if isinstance(error, str) else "Error"
            message = f"`{wrong}` must be text" if wrong in members else f"the member `{wrong}` is missing"
            place = origin.at(wrong) if wrong in members else origin
            self._fault(place, "wrong-type" if wrong in members else "missing-key", message, "write it in quotes")
        return None

    def _fault(self, origin: Origin, code: str, message: str, remedy: str) -> None:
        self.faults.append(origin.fault(code, message, remedy))


def _gaps(found: Iterable[tuple[int, int, Outcome]], origin: Origin) -> Iterator[Fault]:
    """Attempts without a response, or with two, before the last one that has one."""
    expected = 0
    for first, last, _ in found:
        if first != expected:
            what = "has no response" if first > expected else "has two responses"
            number = min(first, expected)
            yield origin.fault("wrong-attempts", f"attempt `{number}` {what}", "number the attempts from 0, each once")
            return
        expected = last + 1
    if not expected:
        yield origin.fault("wrong-attempts", "a mocked response has no attempts", 'add `"0": {"Return": {}}`')


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(f"`{name}`" for name in names)
