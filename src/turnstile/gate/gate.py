"""The one function through which every call goes: judge, write down, perform.

`Gate.decide` is pure over the world as it stands; `Gate.call` adds the policies that the services behind the gate keep
for their resources, the trail and the backend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.call import Answer
from turnstile.gate.errors import ServiceError
from turnstile.gate.learning import learn
from turnstile.gate.reference import permissions
from turnstile.gate.trail import Ruling, Trail
from turnstile.gate.validation import malformed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.gate.call import Backend, Call, Output
    from turnstile.gate.orders import Orders
    from turnstile.gate.permission import Permission
    from turnstile.gate.policies import Side
    from turnstile.gate.sides import Sides
    from turnstile.gate.trail import Entry
    from turnstile.world.world import World

_KEPT_HERE = frozenset({"iam", "lambda", "stepfunctions", "sts"})
"""Services whose resources are the world's own."""

_UNSIGNED = frozenset({"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"})


class Gate:
    """Judges calls by the policies of a world and passes the allowed ones to the backend of their service."""

    def __init__(self, world: World, backends: Mapping[str, Backend], others: Callable[[], Backend]) -> None:
        self.world = world
        self.trail = Trail()
        self._backends = backends
        self._others = others
        self._sides: Sides | None = None
        self.orders: Orders | None = None

    def begin_as(self, other: Gate) -> None:
        """Know what another gate knows, whose world was as this one is now."""
        self.trail = other.trail.copy()
        if other._sides is not None:
            self._sides = other._sides.copy(self.world, self._backend)

    def decide(self, call: Call) -> Ruling:
        """The ruling on a call, with every link of the chain judged by the policies that the world itself keeps."""
        call = self._identified(call)
        return self._rule(call, permissions(call, self.world))

    async def call(self, call: Call) -> Answer:
        """Judge a call, write it down and perform it.

        Raises:
            AccessDenied: a policy or a barrier refuses it.
            ServiceError: the service refuses it for reasons of its own.
            Unsupported: it is not emulated.
        """
        request_id = self.world.uuid()
        try:
            call = self._identified(call)
            needed = permissions(call, self.world)
            owner = self._admit(call, needed, await self._read(call, needed)) or call.caller.account
            output = await self._perform(call, owner)
            self._performed(call, output, owner)
            return Answer(output, request_id)
        except ServiceError as error:
            error.request_id = error.request_id or request_id
            raise
        finally:
            if self.orders is not None:
                self.orders.over(call)

    def owner(self, call: Call) -> str:
        """The account that performs a call: that of the resource, else the caller's."""
        needed = permissions(call, self.world)
        return (needed[0].account if needed else "") or call.caller.account

    async def look(self, call: Call, owner: str) -> Output:
        """The answer to a question from outside of the world: performed, but neither judged nor written down.

        Raises:
            ServiceError: the service refuses it.
            Unsupported: it is not emulated.
        """
        return await self._backend(call.service).perform(call, owner)

    async def judge(self, call: Call) -> str:
        """Judge a call as `call` does and write it down as one that a declared result stands in for; its request id.

        Raises:
            AccessDenied: a policy or a barrier refuses it.
            ServiceError: a parameter that names the resource is malformed.
            Unsupported: it cannot be judged.
        """
        request_id = self.world.uuid()
        needed = permissions(call, self.world)
        try:
            self._admit(call, needed, await self._read(call, needed))
        except ServiceError as error:
            error.request_id = error.request_id or request_id
            raise
        self.trail.rehearsed.append(len(self.trail))
        return request_id

    def admit(self, call: Call) -> str:
        """Judge a call and write it down, without performing it; the account that owns the resource, empty for none.

        Only for calls on what the world keeps itself: policies that other services keep are not read.

        Raises:
            AccessDenied: a policy or a barrier refuses it.
            ServiceError: a parameter that names the resource is malformed.
            Unsupported: it cannot be judged.
        """
        return self._admit(call, permissions(call, self.world), None)

    async def _perform(self, call: Call, owner: str) -> Output:
        if self.orders is None:
            return await self.perform(call, owner)
        return await self.orders.perform(call, owner, self, self.trail)

    async def perform(self, call: Call, owner: str) -> Output:
        """Have an allowed call performed by the backend of its service.

        Raises:
            ServiceError: the service's own refusal, as far as its caller may know it.
            Unsupported: it is not emulated.
        """
        try:
            return await self._backend(call.service).perform(call, owner)
        except ServiceError as error:
            if call.service != "s3":
                raise
            raise await self._told(call, error) from None

    async def _told(self, call: Call, error: ServiceError) -> ServiceError:
        """What S3 says to this caller in place of an error."""
        from turnstile.gate.missing_keys import listing, veiled  # noqa: PLC0415 - for errors of S3 alone

        asked = listing(call, error, self.world)
        if asked is None:
            return error
        needed = permissions(asked, self.world)
        ruling = self._rule(asked, needed, await self._read(asked, needed))
        if ruling.allowed:
            return error
        veil, told = veiled(call, asked, ruling, needed[0].resource, self.world, len(self.trail))
        self.trail.veiled.append(veil)
        return told

    def _admit(self, call: Call, needed: tuple[Permission, ...], sides: Mapping[str, Side] | None) -> str:
        ruling = self._rule(call, needed, sides)
        entry = self._write_down(call, needed, ruling)
        if not ruling.allowed:
            from turnstile.gate.judge import refusal  # noqa: PLC0415 - loads the policy language

            raise refusal(entry)
        return needed[0].account if needed else ""

    def _identified(self, call: Call) -> Call:
        """The call by whom its token names, for the operations of STS that nobody signs."""
        if call.operation not in _UNSIGNED or call.service != "sts":
            return call
        from turnstile.gate.federation import identified  # noqa: PLC0415 - for the two operations alone

        return identified(call, self.world)

    def _write_down(self, call: Call, needed: tuple[Permission, ...], ruling: Ruling) -> Entry:
        resource = needed[0].resource if needed else "*"
        approximate = any(permission.approximate for permission in needed)
        return self.trail.append(self.world.clock.now(), call, ruling, resource, approximate=approximate)

    async def _read(self, call: Call, needed: tuple[Permission, ...]) -> Mapping[str, Side] | None:
        """What stands at resources that the services behind the gate keep."""
        if self._sides is None:
            return None  # no such service was called yet
        return {each.resource: await self._sides.of(call, each) for each in needed}

    def _performed(self, call: Call, output: Output, owner: str) -> None:
        learn(call, output, owner, self.world)
        if not self.world.judged or call.service in _KEPT_HERE:
            return
        if self._sides is None:
            from turnstile.gate.sides import Sides  # noqa: PLC0415 - for worlds with resources of other services

            self._sides = Sides(self.world, self._backend)
        self._sides.performed(call)

    def _backend(self, service: str) -> Backend:
        return self._backends.get(service) or self._others()

    def _rule(self, call: Call, needed: tuple[Permission, ...], sides: Mapping[str, Side] | None = None) -> Ruling:
        barrier = malformed(call, self.world)
        if barrier is not None:
            return Ruling(allowed=False, barriers=(barrier,), judged=self.world.judged)
        if not self.world.judged:
            return Ruling(allowed=True, judged=False)
        from turnstile.gate.judge import judged  # noqa: PLC0415 - loads the policy language, for worlds that judge

        return judged(call, needed, self.world, sides)
