"""What the functions of a drafted scenario return: what the workflow reads of their answers, so that it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.scenario.drafts.provenance import document
from turnstile.scenario.drafts.reading import TEXT
from turnstile.scenario.drafts.task_texts import function_name, function_of, invokes, placeholder
from turnstile.scenario.drafts.tracing import traced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from turnstile.document import Json
    from turnstile.permissions.task import Task
    from turnstile.scenario.drafts.provenance import Place, Steps

_PAYLOAD = "Payload"


class Answers:
    """What is read of the answers of a definition's functions; states that invoke one function share its answer."""

    def __init__(self, definition: dict[str, Json], tasks: Sequence[Task], partition: str) -> None:
        self._tasks = {task.name: task for task in tasks if invokes(task) and not _hands_out(task)}
        members = {"RoleArn": f"arn:{partition}:iam::444455556666:role/MadeUpRole", "FunctionName": "made-up"}
        self._reads = traced(definition, members)
        self._choices = [name for name, body in _states(definition) if body.get("Type") == "Choice"]

    def returns(self, state: str) -> Json:
        """What the function that a Task invokes returns."""
        return document(self._wanted(state))

    def read_by(self, reader: str) -> dict[str, tuple[str, ...]]:
        """The members of answers that one state reads, by the function that gives them."""
        found: dict[str, dict[str, None]] = {}
        for place in self._reads.by(reader):
            steps = self._returned(place)
            if steps:
                found.setdefault(self._function(place.state), {})[_told(steps)] = None
        return {function: tuple(members) for function, members in found.items()}

    def deciding(self) -> dict[str, tuple[str, ...]]:
        """The members of answers that decide which way the workflow takes, by function."""
        found: dict[str, tuple[str, ...]] = {}
        for choice in self._choices:
            for function, members in self.read_by(choice).items():
                found[function] = tuple(dict.fromkeys((*found.get(function, ()), *members)))
        return found

    def _function(self, state: str) -> str:
        """The name of the function that a Task invokes; that of the Task where only a run can tell."""
        text = function_of(self._tasks[state])
        return placeholder(text).removesuffix("Arn") or function_name(text) or state

    def _wanted(self, state: str) -> dict[Steps, Json]:
        if state not in self._tasks:
            return {}
        function = function_of(self._tasks[state])
        alike = [name for name, task in self._tasks.items() if function and function_of(task) == function]
        wanted: dict[Steps, Json] = {}
        for place, sample in self._reads.samples.items():
            steps = self._returned(place)
            if place.state in (alike or [state]) and steps is not None and (steps or sample is not None):
                wanted.setdefault(steps, TEXT if sample is None else sample)
        return wanted

    def _returned(self, place: Place) -> Steps | None:
        """The way into what the function returns: `lambda:invoke` wraps that; None for a place that is not in it."""
        if place.state not in self._tasks:
            return None
        if ":states:::" not in self._tasks[place.state].resource:
            return place.steps
        return place.steps[1:] if place.steps[:1] == (_PAYLOAD,) else None


def _hands_out(task: Task) -> bool:
    """Somebody else gives the result."""
    return task.resource.endswith(".waitForTaskToken")


def _told(steps: Steps) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _states(scope: Mapping[str, Json]) -> Iterable[tuple[str, dict[str, Json]]]:
    for name, body in scope.get("States", {}).items():
        yield name, body
        for inner in (*body.get("Branches", ()), body.get("ItemProcessor") or {}, body.get("Iterator") or {}):
            yield from _states(inner)
