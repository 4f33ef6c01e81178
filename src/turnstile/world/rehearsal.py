"""Declared results of Tasks: what a state gives instead of the work it would do.

A Task's call is still judged; only what the service would answer is declared. There are two sources: results for every
execution of a machine, and test cases of a machine by name, of which an execution has one, as in Step Functions Local.
Each execution begins its scripts anew (`begin`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from turnstile.world.answers import Answers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.world.answers import Outcome, Script

Scripts: TypeAlias = "Mapping[str, Script]"
"""By name of a state."""


@dataclass(frozen=True, slots=True, eq=False)
class MockCase:
    """What a mock configuration says of one execution; a state that has no response left must not be asked again."""

    name: str
    scripts: Scripts


@dataclass(slots=True, eq=False)
class Rehearsal:
    """The declared results of one execution; `strict` are the states whose calls are never made."""

    answers: Mapping[str, Answers]
    strict: frozenset[str] = frozenset()
    case: str = ""

    def outcome(self, state: str, parameters: Json) -> Outcome | None:
        """The result of a Task, which is counted; None where the call is to be made."""
        answers = self.answers.get(state)
        return None if answers is None else answers.next(parameters)


@dataclass(slots=True, eq=False)
class Rehearsals:
    """The declared results of a world: by machine ARN for every execution, by machine name the test cases.

    `chosen` is the test case, by machine name, of an execution that names none itself.
    """

    always: dict[str, Scripts] = field(default_factory=dict)
    cases: dict[str, Mapping[str, MockCase]] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)

    def begin(self, machine_arn: str, machine_name: str, case: str) -> Rehearsal | None:
        """The declared results of a new execution, None for none.

        Raises:
            KeyError: the machine has no such test case.
        """
        always = self.always.get(machine_arn, {})
        name = case or self.chosen.get(machine_name, "")
        if not name:
            return Rehearsal({state: Answers(script) for state, script in always.items()}) if always else None
        mocked = self.cases[machine_name][name].scripts
        answers = {state: Answers(script) for state, script in {**always, **mocked}.items()}
        return Rehearsal(answers, frozenset(mocked), name)
