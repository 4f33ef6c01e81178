"""Running a bare definition from the command line: one file, one execution, one case of the report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile.cli.mocking import choose
from turnstile.clock import stopwatch
from turnstile.faults import Rejected, Unsupported, Where
from turnstile.gate.errors import ServiceError
from turnstile.report.place import shown_file
from turnstile.report.report import STUCK, UNSUPPORTED, Case, File, Finding, unsupported
from turnstile.report.tally import NOTHING, Coverage
from turnstile.report.turned import turned
from turnstile.scenario.running.telling import runs
from turnstile.session import open_session
from turnstile.world.stages import Stages

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from turnstile.cli.manner import Manner
    from turnstile.document import Json
    from turnstile.session import Session, Started
    from turnstile.states.execution import Execution
    from turnstile.states.standstill import Stuck

_SUCCEEDED = "SUCCEEDED"
_RUNNING = "RUNNING"
_ABSENT = re.compile(r"NotFound|DoesNotExist|NonExistent|NoSuch")
"""Part of every error name of AWS that says that something is not there."""


def run_definition(path: Path, document: Json, manner: Manner, *, seed: int) -> File:
    """Run a definition in the default world, where permissions are not judged.

    Its faults, and what it needs that is not emulated, are in the result.
    """
    elapsed = stopwatch()
    where = Where(str(path))
    try:
        ended = _execution(path, document, manner, seed)
    except Rejected as error:
        return File(str(path), path.name, faults=error.faults)
    except ServiceError as error:
        ended = {"status": "NOT_CREATED", "error": error.code, "cause": error.message}
    wall = elapsed()
    case = _case(ended, manner.name or path.name.partition(".")[0], wall, where)
    return File(str(path), path.name, (case,))


def _execution(path: Path, document: Json, manner: Manner, seed: int) -> dict[str, Json]:
    """How the execution ended."""
    opened = open_session(seed=seed)
    try:
        with opened as session:
            started = _run(session, path, document, manner)
            execution = started.execution
            ended = {**_ended(execution, started.stuck), "coverage": _covered(session, execution)}
            return ended | _watched(session, execution)
    except Unsupported as error:
        return _cut_short(opened, error, Where(str(path)))


def _run(session: Session, path: Path, document: Json, manner: Manner) -> Started:
    """Start it, and let it run to its end."""
    if manner.watched:
        session.world.stages = Stages()
    named = {} if manner.mocks is None else {"machine_name": choose(session.world, path, manner.mocks)}
    started = session.start(path, document, name=manner.name, type=manner.kind.value, **named)
    if manner.stop_after is not None:
        session.sleep(manner.stop_after)
        started.stop()
    started.join()
    if manner.redrive and started.status not in (_SUCCEEDED, _RUNNING):
        started.redrive()
        started.join()
    return started


def _cut_short(session: Session, error: Unsupported, where: Where) -> dict[str, Json]:
    """What happened until it came to something which is not emulated, and the place."""
    place = error.where if isinstance(error.where, Where) else where
    found = {"status": UNSUPPORTED, "findings": (unsupported(error.feature, place),)}
    if not session.executions:
        return found
    execution = session.executions[0]
    ended = {**_ended(execution, ()), "virtual": session.world.clock.now() - execution.started}
    return ended | {"coverage": _covered(session, execution)} | _watched(session, execution) | found


def _watched(session: Session, execution: Execution) -> dict[str, Json]:
    """All executions, the one that was started first, and what they asked for; nothing where nobody wants to know."""
    stages = session.world.stages
    if stages is None:
        return {}
    others = (one for one in session.executions if one is not execution)
    return {"runs": runs((execution, *others), stages), "calls": session.calls}


def _ended(execution: Execution, stuck: tuple[Stuck, ...]) -> dict[str, Json]:
    stopped = execution.stopped if execution.stopped is not None else execution.started
    return {
        "status": STUCK if stuck else execution.status.value,
        "virtual": stopped - execution.started,
        "output": execution.output,
        "error": execution.error,
        "cause": execution.cause,
        "history": tuple(execution.history()),
        "judged": execution.judged,
        "stuck": stuck,
        "runs": runs((execution,)),
    }


def _covered(session: Session, execution: Execution) -> Coverage:
    """What the execution made use of in its definition; permissions are not judged, so none are counted."""
    machine = execution.machine
    taken = session.world.turns.taken(machine.arn, machine.definition)
    return Coverage(turned(machine.arn, machine.definition, taken))


def _case(ended: Mapping[str, Json], name: str, wall: float, where: Where) -> Case:
    status = ended["status"]
    message = f"the execution ended as {status}"
    remedy = _remedy(ended.get("error") or "", where)
    failed = () if status == _SUCCEEDED else (Finding("status", message, _SUCCEEDED, status, where, remedy),)
    return Case(
        name=name,
        status=status,
        virtual=ended.get("virtual", 0.0),
        wall=wall,
        output=ended.get("output"),
        error=ended.get("error"),
        cause=ended.get("cause"),
        findings=ended.get("findings", failed),
        refused=(),
        history=ended.get("history", ()),
        judged=ended.get("judged", False),
        where=where,
        stuck=ended.get("stuck", ()),
        calls=ended.get("calls", ()),
        runs=ended.get("runs", ()),
        coverage=ended.get("coverage", NOTHING),
    )


def _remedy(error: str, where: Where) -> str:
    """What to do about a Task for which something is not there; empty for any other error."""
    if not _ABSENT.search(error):
        return ""
    file = where.file if where.file != "-" else "FILE"
    return (
        "a definition alone runs in a world without functions and resources: "
        f"`turnstile init {shown_file(file)}` drafts a scenario with those it names"
    )
