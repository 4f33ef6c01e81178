"""The steps of a case that happen during its run: names resolved, operations held against the services' models.

What a step changes in the world is read by `load`, which knows how worlds are declared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.document import Json, compact
from turnstile.scenario.course.step import After, Ask, At, InState, Send, Step, Stop, Work
from turnstile.scenario.declarations.operations import every_state, operation_named
from turnstile.scenario.declarations.reference import substitute
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.faults import Fault
    from turnstile.scenario.course.step import Act, Change, Trigger
    from turnstile.scenario.declarations.reference import Names
    from turnstile.scenario.models.disturbing_entries import EventEntry, HeartbeatEntry, StepEntry, WorkEntry
    from turnstile.source import Origin
    from turnstile.world.declaration import MachineDeclaration

_TRIGGERS = ("at", "when", "after")
_CHANGEABLE = ("roles", "users", "groups", "policies")
_EVENTS: Mapping[str, tuple[str, ...]] = {
    "entered": ("StateEntered",),
    "scheduled": ("Scheduled",),
    "started": ("TaskStarted", "FunctionStarted", "ActivityStarted", "ParallelStateStarted", "MapStateStarted"),
    "submitted": ("Submitted",),
    "failed": ("Failed", "TimedOut"),
    "exited": ("StateExited",),
}
"""How the types of events end, by the word for them."""


def check_changes(changes: Mapping[str, Json], origin: Origin, faults: list[Fault]) -> None:
    """Only identities, policies and the organization can change while the world runs; other things change by calls."""
    remedy = "change resources, functions and state machines by a `call:`"
    if not changes:
        faults.append(origin.fault("empty-step", "this step changes nothing", "say what it changes, or remove it"))
    for key, value in changes.items():
        if key not in ("accounts", "organization"):
            faults.append(origin.at(key).fault("no-change-now", f"`{key}` cannot change during a run", remedy))
        elif key == "accounts" and isinstance(value, dict):
            for name, account in value.items():
                for part in account if isinstance(account, dict) else ("it",):
                    if part not in _CHANGEABLE:
                        at = origin.at(key, name, part) if isinstance(account, dict) else origin.at(key, name)
                        faults.append(at.fault("no-change-now", f"`{part}` cannot change during a run", remedy))


@dataclass(frozen=True, slots=True)
class During:
    """Reads the steps of one case; `machine` is the one that runs."""

    names: Names
    machine: MachineDeclaration | None
    faults: list[Fault]

    def step(self, entry: StepEntry, change: Change | None, origin: Origin) -> Step | None:
        """One step, None where something is wrong with it."""
        before = len(self.faults)
        trigger = self._trigger(entry, origin)
        acts = tuple(act for act in self._acts(entry, origin) if act is not None)
        caller = self.names.starter(entry.caller, origin.at("caller"), self.faults) if entry.caller else ""
        if not acts and change is None and len(self.faults) == before:
            remedy = "add `call:`, `changes:`, `send_task_success:`, `stop_execution:` or another action"
            self.faults.append(origin.fault("empty-step", "this step does nothing", remedy))
        if entry.expect_error and not acts and len(self.faults) == before:
            message = "no call of this step can be refused: it makes none"
            self.faults.append(origin.at("expect_error").fault("empty-step", message, "add a call, or remove it"))
        if trigger is None or len(self.faults) > before:
            return None
        return Step(trigger, change, acts, caller, entry.expect_error, origin)

    def _trigger(self, entry: StepEntry, origin: Origin) -> Trigger | None:
        given = [name for name in _TRIGGERS if getattr(entry, name) is not None]
        if len(given) != 1:
            message = "a step happens `at` a time, `when` something happens or `after` a call"
            message += ", and this one says " + (" and ".join(f"`{name}`" for name in given) or "none of them")
            self.faults.append(origin.fault("wrong-step", message, "write exactly one of the three"))
            return None
        if entry.at is not None:
            return At(entry.at)
        if entry.when is not None:
            return self._in_state(entry.when, origin.at("when"))
        assert entry.after is not None, "it was given"
        found = operation_named(entry.after.call, origin.at("after", "call"), self.faults)
        return After(*found, entry.after.nth) if found else None

    def _in_state(self, entry: EventEntry, origin: Origin) -> Trigger:
        self._check_state(entry.state, origin.at("state"))
        return InState(entry.state, _EVENTS[entry.event], entry.nth)

    def _check_state(self, state: str, origin: Origin) -> None:
        if self.machine is None:
            return
        known = [name for name, _ in every_state(self.machine.definition.states)]
        if state not in known:
            message = f"there is no state `{state}`"
            self.faults.append(origin.fault("unknown-state", message, hint(state, known, "states")))

    def _acts(self, entry: StepEntry, origin: Origin) -> list[Act | None]:
        acts: list[Act | None] = []
        if entry.call is not None:
            place = origin.at("call")
            found = operation_named(f"{entry.call.service}:{entry.call.operation}", place, self.faults)
            parameters = self._filled(entry.call.parameters, place.at("parameters"))
            acts.append(Ask(*found, parameters) if found else None)
        if (success := entry.send_task_success) is not None:
            place = origin.at("send_task_success")
            output = {"output": compact(self._filled(success.output, place.at("output")))}
            acts.append(self._send("SendTaskSuccess", output, success, place))
        if (failure := entry.send_task_failure) is not None:
            texts = _present(error=failure.error, cause=failure.cause)
            acts.append(self._send("SendTaskFailure", texts, failure, origin.at("send_task_failure")))
        if entry.send_task_heartbeat is not None:
            place = origin.at("send_task_heartbeat")
            acts.append(self._send("SendTaskHeartbeat", {}, entry.send_task_heartbeat, place))
        if entry.poll_activity is not None:
            acts.append(self._work(entry.poll_activity, origin.at("poll_activity")))
        if entry.stop_execution is not None:
            acts.append(Stop(_present(error=entry.stop_execution.error, cause=entry.stop_execution.cause)))
        return acts

    def _send(self, operation: str, parameters: dict[str, Json], entry: HeartbeatEntry, origin: Origin) -> Act | None:
        if (entry.state is None) is (entry.token_from is None):
            message = "a token is that of a `state`, or comes `token_from` a queue"
            self.faults.append(origin.fault("wrong-step", message, "write one of the two"))
            return None
        if entry.state is not None:
            self._check_state(entry.state, origin.at("state"))
            return Send(operation, parameters, state=entry.state)
        assert entry.token_from is not None, "one of the two is there"
        queue = self._filled(entry.token_from.queue, origin.at("token_from", "queue"))
        return Send(operation, parameters, queue=str(queue), member=entry.token_from.member)

    def _work(self, entry: WorkEntry, origin: Origin) -> Act | None:
        if ("returns" in entry.model_fields_set) is (entry.raises is not None):
            message = "a worker either `returns` something or `raises` an error"
            self.faults.append(origin.fault("wrong-answer", message, "write one of the two"))
            return None
        arn = str(self._filled(entry.activity, origin.at("activity")))
        if entry.raises is not None:
            failed = {"error": entry.raises.error_type, "cause": entry.raises.message}
            return Work(arn, entry.worker, "SendTaskFailure", failed)
        output = {"output": compact(self._filled(entry.returns, origin.at("returns")))}
        return Work(arn, entry.worker, "SendTaskSuccess", output)

    def _filled(self, value: Json, origin: Origin) -> Json:
        return substitute(value, self.names.texts, origin, self.faults)


def _present(**texts: str | None) -> dict[str, Json]:
    return {name: text for name, text in texts.items() if text is not None}
