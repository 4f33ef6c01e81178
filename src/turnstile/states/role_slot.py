"""One assumed role at a time: the slot that the Tasks of one execution share.

A Task whose Credentials name a role takes the slot before it is scheduled and gives it back when it needs the session
no more. Tasks that name the same role share it; others wait in order of arrival, and nobody overtakes, so that no
branch starves. What is taken and given back stands in the trail. This file knows no Task. Facts:
reference/cross-account.md section 1 ("one role at a time"); that AWS keeps to it by waiting is *inferred*.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.gate.trail import LeaseStep

if TYPE_CHECKING:
    from turnstile.clock import Clock, Signal
    from turnstile.gate.call import Site
    from turnstile.gate.trail import Trail


@dataclass(frozen=True, slots=True, eq=False)
class Lease:
    """The place of one attempt in the slot; `granted` is given when it has it."""

    role_arn: str
    site: Site
    granted: Signal[None]


class RoleSlot:
    """The slot of one execution."""

    def __init__(self, clock: Clock, trail: Trail) -> None:
        self._clock = clock
        self._trail = trail
        self._held: dict[Lease, None] = {}
        self._waiting: deque[Lease] = deque()

    async def take(self, role_arn: str, site: Site) -> Lease:
        """Wait for the slot and take it for a role; somebody who is cut while waiting leaves the queue."""
        lease = Lease(role_arn, site, self._clock.signal())
        self._waiting.append(lease)
        self._grant()
        if not lease.granted.given:
            self._write(LeaseStep.WAITS, lease)
            try:
                await self._clock.wait(lease.granted)
            except BaseException:
                self.give_back(lease)
                raise
        return lease

    def give_back(self, lease: Lease) -> None:
        """Leave the slot, or the queue, to those who wait; once is enough, and twice is no harm."""
        if lease in self._waiting:
            self._waiting.remove(lease)
        elif lease in self._held:
            del self._held[lease]
            self._write(LeaseStep.GIVES_BACK, lease)
        self._grant()

    def standstill(self) -> tuple[Lease, Lease] | None:
        """Who waits first, and who holds what it waits for; None if nobody waits."""
        if not self._waiting or not self._held:
            return None
        return self._waiting[0], next(iter(self._held))

    def _grant(self) -> None:
        while self._waiting and all(held.role_arn == self._waiting[0].role_arn for held in self._held):
            lease = self._waiting.popleft()
            self._held[lease] = None
            self._write(LeaseStep.TAKES, lease)
            lease.granted.give(None)

    def _write(self, step: LeaseStep, lease: Lease) -> None:
        self._trail.lease(self._clock.now(), step, lease.role_arn, lease.site)
