"""A Task whose result is declared: its call is judged and written down, and then the declared result is given.

The integration makes its call as ever, so parameters are shaped and a refusal is named as it would be; what it would
be answered is not asked for (`Authority.rehearse`). What TaskSubmitted shows then is *inferred*: what every answer has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from turnstile.asl.errors import StatesError
from turnstile.faults import Unsupported
from turnstile.integrations.failure import metadata
from turnstile.states.authority import Rehearsed
from turnstile.world.answers import Raised

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from turnstile.document import Json
    from turnstile.integrations.work import Work
    from turnstile.states.attempt import Attempt
    from turnstile.states.authority import Authority
    from turnstile.states.execution import Execution
    from turnstile.world.answers import Outcome


def declared(execution: Execution, state: str, parameters: Json) -> Outcome | None:
    """The declared result of a Task's next attempt; None where it is to do its work.

    Raises:
        Unsupported: its test case has no response left, and a mocked Task never calls its service.
    """
    rehearsal = execution.rehearsal
    if rehearsal is None:
        return None
    outcome = rehearsal.outcome(state, parameters)
    if outcome is None and state in rehearsal.strict:
        origin = rehearsal.answers[state].script.origin
        feature = f"one more attempt of `{state}`, for which the test case `{rehearsal.case}` has no response"
        raise Unsupported(feature, origin.where())
    return outcome


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One attempt with a declared result; `begin` makes the call, None for an activity, whose work needs none.

    `waits`: the Task waits for something after its call.
    """

    outcome: Outcome
    work: Work
    attempt: Attempt
    authority: Authority
    begin: Callable[[Work], Awaitable[object]] | None
    waits: bool

    async def result(self) -> Json:
        """The declared result.

        Raises:
            StatesError: it is a failure, or the call is refused.
        """
        request_id = await self._judged()
        if isinstance(self.outcome, Raised):
            raise StatesError(self.outcome.code, self.outcome.message)
        if self.waits:
            self.attempt.submitted(metadata(request_id))
        return self.outcome.document

    async def _judged(self) -> str:
        """Let the call be judged; the id it would have had, empty where there is none."""
        if self.begin is None:
            self.attempt.taken(None)
            return ""
        self.attempt.started()
        await self.authority.session()
        try:
            await self.begin(replace(self.work, ask=self.authority.rehearse))
        except Rehearsed as rehearsed:
            return rehearsed.request_id
        return ""
