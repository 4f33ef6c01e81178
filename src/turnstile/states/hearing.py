"""The events that reach a Task about its job: when they arrive, if a managed rule is there to bring them.

A rule counts at the moment the job ends: one that is made later brings nothing, one that is deleted later loses nothing
(*inferred*). Facts: reference/sync-jobs.json (monitoring rules).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.world.event_rule import rule_arn

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.gate.call import Output
    from turnstile.world.machine import Machine
    from turnstile.world.world import World


class Hearing:
    """Listens for the end of jobs, for a Task of a machine; `stir` is called when there is something to look at."""

    def __init__(self, world: World, machine: Machine, stir: Callable[[], None]) -> None:
        self._world = world
        self._machine = machine
        self._stir = stir
        self._rules: dict[str, str] = {}
        self._matched: dict[tuple[str, float], bool] = {}

    def listen(self, key: str, rule: str) -> None:
        """Listen for the event of a job, which the rule of that name brings."""
        partition = arns.partition_of(self._machine.region).name
        self._rules[key] = rule_arn(partition, self._machine.region, self._machine.account, rule)
        self._world.completions.listen(key, self._stir)

    def close(self) -> None:
        """Listen no longer."""
        for key in self._rules:
            self._world.completions.leave(key, self._stir)
        self._rules.clear()

    def heard(self, now: float) -> Output | None:
        """What an event that has arrived tells, None for none; to be asked at the times that `following` names."""
        for key in self._rules:
            ending = self._world.completions.ending(key)
            if ending is None or ending.when is None or ending.when > now:
                continue
            if self._matches(key, ending.when) and ending.after is not None and ending.when + ending.after <= now:
                return ending.describe()
        return None

    def following(self, now: float) -> float | None:
        """When there may be something to hear next, in seconds since 1970."""
        endings = (self._world.completions.ending(key) for key in self._rules)
        times = (
            time
            for each in endings
            if each is not None and each.when is not None
            for time in (each.when, each.when + (each.after or 0.0))
            if time > now
        )
        return min(times, default=None)

    def _matches(self, key: str, when: float) -> bool:
        """Whether the rule was there when the job ended; decided once, at that moment."""
        if (key, when) not in self._matched:
            rules = self._world.accounts[self._machine.account].event_rules
            self._matched[key, when] = self._rules[key] in rules
        return self._matched[key, when]
