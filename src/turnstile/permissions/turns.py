"""Tasks that can run at the same moment under different target roles: an execution has one assumed role at a time.

So they take turns (`states.role_slot`), and wait for ever where one of them waits for the other. One warning for each
state that lets them run side by side. Children of a distributed Map are executions with a slot of their own.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

from turnstile.asl.finding import Finding
from turnstile.permissions.task import Scope, Task, machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.asl.finding import Place
    from turnstile.document import Json

_HELP = "they take turns; `settings: {role_slot: per-task}` lifts that where you know that AWS does not wait"
WARNING = "WARNING"


def turns(definition: dict[str, Json]) -> Iterator[Finding]:
    """A warning for each Parallel or Map of a sound definition whose Tasks may have to wait for the role slot."""
    yield from _turns(machine(definition))


def _turns(scope: Scope) -> Iterator[Finding]:
    for name, body, place in scope.states():
        inner = tuple(scope.within(body, place))
        pair = next(_pairs(body, inner), None)
        if pair is not None:
            yield _warning(name, place, *pair)
        for each in inner:
            yield from _turns(each)


def _pairs(body: dict[str, Json], inner: tuple[Scope, ...]) -> Iterator[tuple[Task, Task]]:
    """Tasks that this state can run at the same moment, whose roles are not certainly the same."""
    if body.get("Type") == "Parallel":
        for left, right in combinations(inner, 2):
            yield from (pair for pair in product(_with_role(left), _with_role(right)) if not _same(*pair))
    elif body.get("Type") == "Map" and body.get("MaxConcurrency") != 1 and not any(map(_distributed, inner)):
        tasks = tuple(task for scope in inner for task in _with_role(scope))
        yield from (pair for pair in product(tasks, tasks) if not _same(*pair))


def _with_role(scope: Scope) -> Iterator[Task]:
    """The Tasks with `Credentials` in a scope and inside it, but for those of other executions."""
    yield from (task for task in scope.here() if task.role is not None)
    for _, body, place in scope.states():
        for inner in scope.within(body, place):
            if not _distributed(inner):
                yield from _with_role(inner)


def _distributed(scope: Scope) -> bool:
    return bool(scope.body.get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED")


def _same(left: Task, right: Task) -> bool:
    """Certainly under the same role."""
    one, other = left.role, right.role
    if one is None or other is None:
        return True
    if one.whole and other.whole:
        return one.known == other.known
    return one.fixed and other.fixed and one.written == other.written


def _warning(name: str, place: Place, left: Task, right: Task) -> Finding:
    if left is right or left.place == right.place:
        who = f"two iterations of the state `{left.name}` can need different roles at the same moment"
    else:
        who = f"the states `{left.name}` and `{right.name}` can need different roles at the same moment"
    waits = next((task.name for task in (left, right) if ".sync" in task.resource), None)
    held = f"; `{waits}` holds its role until the job is done, a deadlock if that needs the other" if waits else ""
    message = f"in `{name}`, {who}, and an execution has one assumed role at a time{held}"
    return Finding("role-slot", message, place, _HELP, WARNING)
