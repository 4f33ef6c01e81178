"""The one function through which every call goes: judge, write down, perform.

`Gate.decide` is pure over the world as it stands; `Gate.call` adds the trail and the backend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.call import Answer
from turnstile.gate.errors import ServiceError
from turnstile.gate.reference import permissions
from turnstile.gate.trail import Ruling, Trail
from turnstile.gate.validation import malformed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.gate.call import Backend, Call
    from turnstile.gate.reference import Permission
    from turnstile.gate.trail import Entry
    from turnstile.world.world import World


class Gate:
    """Judges calls by the policies of a world and passes the allowed ones to the backend of their service."""

    def __init__(self, world: World, backends: Mapping[str, Backend], others: Callable[[], Backend]) -> None:
        self.world = world
        self.trail = Trail()
        self._backends = backends
        self._others = others

    def decide(self, call: Call) -> Ruling:
        """The ruling on a call, with every link of the chain judged."""
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
            owner = self.admit(call)
            backend = self._backends.get(call.service) or self._others()
            return Answer(await backend.perform(call, owner or call.caller.account), request_id)
        except ServiceError as error:
            error.request_id = error.request_id or request_id
            raise

    def admit(self, call: Call) -> str:
        """Judge a call and write it down, without performing it; the account that owns the resource, empty for none.

        Raises:
            AccessDenied: a policy or a barrier refuses it.
            ServiceError: a parameter that names the resource is malformed.
            Unsupported: it cannot be judged.
        """
        needed = permissions(call, self.world)
        ruling = self._rule(call, needed)
        entry = self._write_down(call, needed, ruling)
        if not ruling.allowed:
            from turnstile.gate.judge import refusal  # noqa: PLC0415 - loads the policy language

            raise refusal(entry)
        return needed[0].account if needed else ""

    def _write_down(self, call: Call, needed: tuple[Permission, ...], ruling: Ruling) -> Entry:
        resource = needed[0].resource if needed else "*"
        return self.trail.append(self.world.clock.now(), call, ruling, resource)

    def _rule(self, call: Call, needed: tuple[Permission, ...]) -> Ruling:
        barrier = malformed(call)
        if barrier is not None:
            return Ruling(allowed=False, barriers=(barrier,), judged=self.world.judged)
        if not self.world.judged:
            return Ruling(allowed=True, judged=False)
        from turnstile.gate.judge import judged  # noqa: PLC0415 - loads the policy language, for worlds that judge

        return judged(call, needed, self.world)
