"""`turnstile demo`: a short walk through the shipped lesson, from a call that is allowed to one that is refused."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from turnstile.cli.exits import Exit, stop
from turnstile.cli.guard import guarded
from turnstile.cli.shipped import put, shipped
from turnstile.cli.terminal import Color, colored, width, write

if TYPE_CHECKING:
    from turnstile.report.report import Report

_LESSON = "cross-account-lambda.scenario.yaml"
_PICTURE = """\
  development 111122223333                  production 444455556666
  state machine Quote
    runs as WorkflowRole -- sts:AssumeRole --> InvokeRole -- lambda:InvokeFunction --> Price
"""
_NEXT = """\
What to do next
  turnstile demo --all            every case of this lesson
  turnstile demo --into lesson    take its files, to change them and `turnstile run lesson`
  turnstile init                  a scenario of your own to start from
  turnstile init machine.asl.json the same, from your state machine
"""


@dataclass(frozen=True, slots=True)
class _Step:
    title: str
    case: str
    remark: str


_STEPS = (
    _Step(
        "1. Every link allows the call",
        "production tells the price",
        "The execution role may assume the role, the role lets it in, and may invoke the function.",
    ),
    _Step(
        "2. One link refuses",
        "production trusts the service, not the workflow's role",
        "AWS shows one sentence whichever link is broken. Below it stands which one it is, where, and what to change.",
    ),
)


@guarded
def demo(
    *,
    every: Annotated[bool, typer.Option("--all", help="Run every case of the lesson.")] = False,
    into: Annotated[
        Path | None, typer.Option("--into", metavar="FOLDER", help="Copy the lesson there instead of running it.")
    ] = None,
    color: Annotated[
        Color, typer.Option("--color", envvar="TURNSTILE_COLOR", help="When to colour the text.")
    ] = Color.AUTO,
) -> None:
    """Run a shipped lesson: a workflow of one account calls a function of another.

    Exit code: 0 as expected, 1 not as expected, 2 the files cannot be written, 4 bug in Turnstile.
    """
    if into is not None:
        _copy(into)
        return
    with tempfile.TemporaryDirectory(prefix="turnstile-") as folder, contextlib.chdir(folder):
        put(shipped("lessons"), Path())
        passed = _everything(color) if every else _guided(color)
    raise typer.Exit(Exit.EXPECTED if passed else Exit.UNEXPECTED)


def _copy(folder: Path) -> None:
    found = shipped("lessons")
    there = next((name for name in found if (folder / name).exists()), None)
    if there is not None:
        stop(Exit.USAGE, f"`{folder / there}` is there already", "name another folder")
    try:
        put(found, folder)
    except OSError as error:
        stop(Exit.USAGE, f"`{folder}` cannot be written: {(error.strerror or 'unknown reason').lower()}")
    typer.echo(f"written: {folder / _LESSON}\nrun it:  turnstile run {folder}", err=True)


def _everything(color: Color) -> bool:
    report = _run(None)
    write(_text(report, color))
    return report.passed


def _guided(color: Color) -> bool:
    write(f"A workflow of one account calls a function of another.\n\n{_PICTURE}\n")
    passed = True
    for step in _STEPS:
        report = _run(step.case)
        passed = passed and report.passed
        write(f"{step.title}\n\n{step.remark}\n\n{_text(report, color)}\n")
    write(_NEXT)
    return passed


def _run(case: str | None) -> Report:
    from turnstile.scenario.processes.parallel import Effort, Plan, run_plans  # noqa: PLC0415 - needs pydantic and YAML
    from turnstile.scenario.running.choice import Choice  # noqa: PLC0415 - `--help` does not need it

    chosen = Choice(names=None if case is None else frozenset({case}))
    return run_plans([Plan(Path(_LESSON), chosen)], Effort())


def _text(report: Report, color: Color) -> str:
    from turnstile.report.text import render  # noqa: PLC0415 - `--help` does not need it

    return render(report, color=colored(sys.stdout, color), width=width())
