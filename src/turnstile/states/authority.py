"""The session that one attempt of a Task acts under, and the calls it makes with it.

One session for everything: the start call, every poll and the cancel call; the execution role's, or the target role's
by the Task's Credentials. A session that has expired is taken again (inferred: reference/sync-jobs.json, the last of
its monitoring rules), so a trust policy that was edited meanwhile comes to light then.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from turnstile.gate.call import Call
from turnstile.states.role_slot import RoleSlot
from turnstile.states.standstill import WaitsFor
from turnstile.states.timely import time_tells
from turnstile.world.caller import Session

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Answer, Site
    from turnstile.gate.gate import Gate
    from turnstile.gate.trail import Collapse
    from turnstile.states.execution import Execution
    from turnstile.states.role_slot import Lease
    from turnstile.states.sessions import Sessions
    from turnstile.states.standstill import Standstill
    from turnstile.world.machine import Machine


class Rehearsed(Exception):  # noqa: N818 - named for what happened
    """A call was allowed, and is not made; `request_id` is the one it would have had."""

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        super().__init__(request_id)


class Authority:
    """Who an attempt is; `role_arn` is the target role, None for the execution role. `polled` is the last poll."""

    def __init__(self, gate: Gate, sessions: Sessions, execution: Execution, role_arn: str | None, site: Site) -> None:
        self._gate = gate
        self._sessions = sessions
        self._execution = execution
        self._role_arn = role_arn
        self._site = site
        self._session: Session | None = None
        self._lease: Lease | None = None
        self.polled = site
        self._latest: Call | None = None
        self._refused = False

    @property
    def machine(self) -> Machine:
        """The machine that the attempt belongs to."""
        return self._execution.machine

    @property
    def site(self) -> Site:
        """The attempt."""
        return self._site

    @property
    def calls(self) -> int:
        """How many calls stand in the trail."""
        return len(self._gate.trail)

    def asked_time(self, after: int) -> bool:
        """Whether a policy that was asked about a call since then asks for the time; `after` is what `calls` was."""
        return any(map(time_tells, islice(self._gate.trail, after, None)))

    @property
    def at_home(self) -> bool:
        """Whether the role is of the account of the machine."""
        return self._role_arn is None or self._role_arn.split(":")[4:5] == [self._execution.machine.account]

    @property
    def lapse(self) -> float | None:
        """When the session of the latest call is over, in seconds since 1970; None where a new one was refused."""
        session = self._execution.session if self._role_arn is None else self._session
        if session is None or self._refused:
            return None
        world = self._gate.world
        return world.clock.now() if world.has_lapsed(session) else session.expires

    @property
    def changes_ahead(self) -> bool:
        """Whether the same call may go another way later, because of a fault on order."""
        gate, latest = self._gate, self._latest
        if latest is None:
            return False
        lapse = gate.world.lapses.get(latest.caller.role_arn) if isinstance(latest.caller, Session) else None
        if lapse is not None and lapse > gate.world.clock.now():
            return True
        return gate.orders is not None and gate.orders.changes(latest)

    def disturbed_for_good(self, borne: Container[str]) -> bool:
        """Whether orders will always have the same call unanswered, or refused with one of these codes."""
        orders, latest = self._gate.orders, self._latest
        return orders is not None and latest is not None and orders.stays(latest, self._gate.owner(latest), borne)

    async def take_slot(self, standstill: Standstill) -> None:
        """Wait until the execution has no other role assumed; at once for a Task without a target role."""
        world = self._gate.world
        if self._role_arn is None or world.settings.role_slot == "per-task":
            return
        if self._execution.slot is None:
            self._execution.slot = RoleSlot(world.clock, self._gate.trail)
        slot = self._execution.slot
        with standstill.vigil(self._site, WaitsFor.ROLE, self._role_arn, slot):
            self._lease = await slot.take(self._role_arn, self._site)

    def give_back_slot(self) -> None:
        """Let other roles in: the attempt is over, or needs its session no more."""
        if self._lease is not None and self._execution.slot is not None:
            self._execution.slot.give_back(self._lease)
            self._lease = None

    async def session(self, site: Site | None = None) -> Session:
        """The session, taken when first needed and again when it has expired; `site` is the poll that needs it.

        Raises:
            StatesError: the role cannot be assumed.
        """
        if self._role_arn is None:
            return await self._sessions.execution_role(self._execution, site)
        if self._session is None or self._gate.world.has_lapsed(self._session):
            self._session = await self._sessions.target_role(self._execution, self._role_arn, site or self._site)
        return self._session

    async def ask(self, service: str, operation: str, members: Mapping[str, Json]) -> Answer:
        """Make a call.

        Raises:
            ServiceError: refused.
            StatesError: the role cannot be assumed.
        """
        return await self._call(service, operation, members, self._site)

    async def poll(self, service: str, operation: str, members: Mapping[str, Json]) -> Answer:
        """Make a call that asks about a job; the trail shows which one it is.

        Raises:
            ServiceError: refused.
            StatesError: the role cannot be assumed.
        """
        self.polled = replace(self._site, poll=self.polled.poll + 1)
        return await self._call(service, operation, members, self.polled)

    def leave_out(self, polls: Collapse) -> None:
        """Write down that polls were not made."""
        self._gate.trail.collapses.append(polls)

    async def rehearse(self, service: str, operation: str, members: Mapping[str, Json]) -> Answer:
        """Let a call be judged and go no further, because its Task has a declared result.

        Raises:
            ServiceError: refused.
            StatesError: the role cannot be assumed.
            Rehearsed: it was allowed.
        """
        session = await self.session()
        region = self._execution.machine.region
        raise Rehearsed(await self._gate.judge(Call(session, service, operation, members, region, self._site)))

    async def _call(self, service: str, operation: str, members: Mapping[str, Json], site: Site) -> Answer:
        self._refused = True
        session = await self.session(site if site.poll else None)
        self._refused = False
        region = self._execution.machine.region
        self._latest = Call(session, service, operation, members, region, site)
        return await self._gate.call(self._latest)
