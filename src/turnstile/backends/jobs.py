"""The jobs of a world: each lives as declared, in front of the backend that keeps the resources around it.

A start call goes to the backend behind, which checks it and makes up ids, and begins a life (`jobs.life`); from then on
describing, listing and stopping answer from that life, whoever asks. Where the backend has no such job, the start is
answered by `job_answers`. A stub of a describing call goes before. Facts: reference/sync-jobs.json, moto-coverage.json.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from turnstile.backends.job_answers import BEFORE, READY, STARTS, Start, stopped
from turnstile.backends.job_lists import LISTS, relisted
from turnstile.backends.job_removals import REMOVALS
from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.jobs.identity import alike, each_job, key, keys, label, plain
from turnstile.jobs.job import follow
from turnstile.jobs.job import parameters as about
from turnstile.jobs.life import Life
from turnstile.jobs.place import put
from turnstile.jobs.table import JOBS
from turnstile.world.job_plan import USUAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Backend, Call, Output
    from turnstile.jobs.identity import Key
    from turnstile.jobs.job import Job, Query
    from turnstile.world.job_plan import JobPlan
    from turnstile.world.world import World

_ROWS = tuple(row for row in JOBS.values() if row.client != "stepfunctions")
_STARTS: Mapping[tuple[str, str], Job] = {(row.client, row.start): row for row in _ROWS}
_DESCRIBES: Mapping[tuple[str, str], tuple[Job, ...]] = {
    (row.client, row.describe.operation): tuple(
        other for other in _ROWS if (other.client, other.describe.operation) == (row.client, row.describe.operation)
    )
    for row in _ROWS
}
_CANCELS: Mapping[tuple[str, str], Query] = {
    (row.client, row.cancel.operation): row.cancel for row in _ROWS if row.cancel is not None
}
_ENDING = ("cancel", "delete", "stop", "terminate")
_NOT_FOUND = 404


class Jobs:
    """Jobs in front of a backend; `lives` are those of each account, by client."""

    def __init__(self, world: World, behind: Backend) -> None:
        self._world = world
        self._behind = behind
        self.lives: dict[tuple[str, str], dict[Key, Life]] = defaultdict(dict)

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`."""
        called = call.service, call.operation
        if called in _STARTS:
            return await self._start(_STARTS[called], call, owner)
        lives = self.lives.get((owner, call.service), {})
        if self._stubbed(call, owner):
            return await self._behind.perform(call, owner)
        if called in REMOVALS:
            return REMOVALS[called](call, lives)
        return await (self._asked(call, owner, lives) if lives else self._behind.perform(call, owner))

    async def _asked(self, call: Call, owner: str, lives: Mapping[Key, Life]) -> Output:
        """Describe, stop or list jobs that live here."""
        called = call.service, call.operation
        if called in _DESCRIBES:
            return await self._describe(_DESCRIBES[called][0], call, owner, lives)
        if called in _CANCELS:
            return await self._cancel(_CANCELS[called], call, owner, lives)
        if called in LISTS:
            return await self._list(call, owner, lives)
        return await self._behind.perform(call, owner)

    def _stubbed(self, call: Call, owner: str) -> bool:
        account = self._world.accounts.get(owner)
        return account is not None and f"{call.service}:{call.operation}" in account.stubs

    async def _start(self, row: Job, call: Call, owner: str) -> Output:
        account = self._world.accounts.get(owner)
        plans = account.jobs.get(f"{call.service}:{call.operation}") if account else None
        plan = plans.next(call.parameters) if plans else USUAL
        before = await self._before(row, call, owner)
        await self._make_ready(row, call, owner)
        start = Start(self._world, call, owner)
        answer = dict(plan.answer) if plan.answer is not None else await self._answer(start)
        for request, one in each_job(row, call.parameters, answer):
            await self._live(row, plan, replace(start, call=replace(call, parameters=request)), one, before)
        return answer

    async def _make_ready(self, row: Job, call: Call, owner: str) -> None:
        """Tell the backend where a thing stands, if it would refuse the call for what it believes of it."""
        operation, states = READY.get(f"{call.service}:{call.operation}", ("", ()))
        life = self.lives[owner, row.client].get(key(row, call.parameters, None)) if operation else None
        if life is not None and life.state(self._world.clock.now()) in states:
            await self._behind.perform(replace(call, operation=operation), owner)

    async def _before(self, row: Job, call: Call, owner: str) -> Mapping[Key, Json]:
        """What is told of the things that the call takes away, while they can still be described."""
        if not row.api.startswith(_ENDING):
            return {}
        requests = [request for request, _ in each_job(row, call.parameters, {})]
        told = [await self._told(row, replace(call, parameters=one), owner, None) for one in requests]
        return {key(row, one, None): found for one, found in zip(requests, told, strict=True)}

    async def _live(self, row: Job, plan: JobPlan, start: Start, answer: Json, before: Mapping[Key, Json]) -> None:
        """Begin the life of a job that was started."""
        call, owner = start.call, start.account
        found = key(row, call.parameters, answer)
        baseline = before.get(found) or await self._told(row, call, owner, answer)
        detail = follow(row.detail, baseline, call.parameters, answer) if baseline else None
        if detail is None:
            detail = _made_up(start, answer)
            baseline = {}
        ending = about(row.cancel, call.parameters, answer) if row.cancel else {}
        life = Life(row, plan, self._world.clock.now(), detail, baseline, ending)
        self.lives[owner, row.client][found] = life
        self._announce(life, label(row.client, owner, found))

    async def _answer(self, start: Start) -> Output:
        """What the start call answers: the backend's answer, or ours where it has no such job."""
        call = start.call
        called = f"{call.service}:{call.operation}"
        try:
            return await self._behind.perform(call, start.account)
        except Unsupported:
            if called not in STARTS:
                raise
        if called in BEFORE:
            operation, members = BEFORE[called]
            await self._behind.perform(replace(call, operation=operation, parameters=members(call)), start.account)
        return STARTS[called][0](start)

    async def _told(self, row: Job, call: Call, owner: str, answer: Json) -> Json:
        """What the describing call answers of the job, ours or that of the backend; None where it has none such."""
        found = key(row, call.parameters, answer)
        life = self.lives[owner, row.client].get(found)
        if life is not None and answer is None:
            return _answer(life, self._world.clock.now())
        describing = about(row.describe, call.parameters, answer)
        try:
            asked = replace(call, operation=row.describe.operation, parameters=describing)
            return await self._behind.perform(asked, owner)
        except (ServiceError, Unsupported):
            return None

    def _announce(self, life: Life, name: str) -> None:
        """Let it be known when it will end, unless that depends on how often it is asked about."""
        if life.plan.polls is None:
            told = partial(self._told_of, life)
            self._world.completions.expect(name, life.due(), told, after=life.plan.event)

    def _ended(self, life: Life, name: str) -> None:
        told = partial(self._told_of, life)
        self._world.completions.ended(name, self._world.clock.now(), told, after=life.plan.event)

    def _told_of(self, life: Life) -> Json:
        return _answer(life, self._world.clock.now())

    async def _describe(self, row: Job, call: Call, owner: str, lives: Mapping[Key, Life]) -> Output:
        wanted = list(keys(row.describe, call.parameters))
        mine = {each: [life for found, life in lives.items() if _about(row, life, each, found)] for each in wanted}
        if not any(mine.values()):
            return await self._behind.perform(call, owner)
        if len(row.detail) > 1 and not isinstance(row.detail[1], str):
            return await self._described_list(row, call, owner, mine)
        (life, *_) = next(filter(None, mine.values()))
        if life.gone(self._world.clock.now()):
            await self._behind.perform(call, owner)
            raise ServiceError(life.row.gone, "The resource was not found.", _NOT_FOUND)
        return put(life.answer, _place(row), self._ask(life, owner, row.client))

    def _ask(self, life: Life, owner: str, client: str) -> Json:
        """Describe a job; one that ends by being asked for the last time tells whoever listens."""
        over = life.over(now := self._world.clock.now())
        detail = life.ask(now)
        if not over and life.over(now):
            found = next(each for each, other in self.lives[owner, client].items() if other is life)
            self._ended(life, label(client, owner, found))
        return detail

    async def _described_list(self, row: Job, call: Call, owner: str, mine: Mapping[Key, list[Life]]) -> Output:
        """Several jobs described: those that live here, and the rest as the backend says."""
        member = str(row.detail[0])
        named = next((name for name, source in row.describe.parameters.items() if isinstance(source, list)), "")
        given = call.parameters.get(named) or ()
        rest = [text for text, each in zip(given, mine, strict=False) if not mine[each]]
        output: dict[str, Json] = {member: []}
        if rest:
            asked = replace(call, parameters={**call.parameters, named: rest})
            output = dict(await self._behind.perform(asked, owner))
        told = [self._ask(life, owner, row.client) for lives in mine.values() for life in lives if not life.removed]
        removed = [text for text, each in zip(given, mine, strict=False) if any(life.removed for life in mine[each])]
        missing: Output = {f"{member}NotFound": removed} if removed else {}
        return {**output, **missing, member: [*told, *(output.get(member) or ())]}

    async def _cancel(self, query: Query, call: Call, owner: str, lives: Mapping[Key, Life]) -> Output:
        about_these = [
            (found, life)
            for found, life in lives.items()
            if life.row.cancel == query and _named(query, call.parameters, life)
        ]
        if not about_these:
            return await self._behind.perform(call, owner)
        now = self._world.clock.now()
        answer: Output = None
        try:
            answer = await self._behind.perform(call, owner)
        except (ServiceError, Unsupported):  # it knows no such job, or believes that it has ended
            answer = None
        for found, life in about_these:
            if life.stop(now, str(call.parameters.get("reason") or "")):
                self._ended(life, label(call.service, owner, found))
        return stopped(call, about_these[0][1].told(now)) if answer is None else answer

    async def _list(self, call: Call, owner: str, lives: Mapping[Key, Life]) -> Output:
        listing = LISTS[call.service, call.operation]
        asked = replace(
            call, parameters={name: value for name, value in call.parameters.items() if name != listing.filter}
        )
        try:
            output = await self._behind.perform(asked, owner)
        except Unsupported:
            output = {listing.member: []}
        return relisted(listing, call, output, lives, self._world.clock.now())


def _place(row: Job) -> tuple[str | int, ...]:
    return tuple(step for step in row.detail if isinstance(step, str | int))


def _answer(life: Life, now: float) -> Json:
    """What the describing call answers of the job alone."""
    return put(life.answer, _place(life.row), life.told(now))


def _about(row: Job, life: Life, wanted: Key, found: Key) -> bool:
    return life.row.describe.operation == row.describe.operation and alike(wanted, found)


def _named(query: Query, given: Mapping[str, Json], life: Life) -> bool:
    """Whether a stopping call names the job; what it names besides the job, such as a reason, says nothing."""
    told = {name: value for name, value in life.ending.items() if "." in str(query.parameters[name])}
    return all(_within(value, given.get(name)) for name, value in told.items())


def _within(value: Json, given: Json) -> bool:
    """Whether a call that gives `given` means the value, by name or ARN; what is not given may be anything."""
    if given is None:
        return True
    wanted = set(map(plain, given)) if isinstance(given, list | tuple) else {plain(given)}
    return plain(value[0] if isinstance(value, list) else value) in wanted


def _made_up(start: Start, answer: Json) -> Json:
    """What is told of a job that the backend does not know."""
    called = f"{start.call.service}:{start.call.operation}"
    if called in STARTS:
        return STARTS[called][1](start, answer)
    return {**start.call.parameters, **answer}
