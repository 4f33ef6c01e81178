"""Running what `run` was given: scenario files and bare definitions, into one report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.cli.choosing import plans
from turnstile.cli.exits import Exit, stop
from turnstile.cli.payload import payload
from turnstile.cli.progress import Progress
from turnstile.cli.remembered import remember, remembered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from turnstile.cli.choosing import Wish
    from turnstile.cli.manner import Manner
    from turnstile.cli.paths import Selection
    from turnstile.report.report import File, Report


@dataclass(frozen=True, slots=True)
class Ran:
    """What came out: the whole report, and its two parts, which text shows differently."""

    scenarios: Report | None
    definitions: tuple[File, ...]
    report: Report


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to run what was chosen; `root` is the project's folder, so many failures as `most` end the run (0: never)."""

    root: Path
    given: str | None
    wish: Wish
    manner: Manner
    seed: int | None = None
    moto_url: str | None = None
    jobs: int = 1
    most: int = 0
    update: bool = False
    progress: bool = True
    quiet: bool = False


def run_selection(chosen: Selection, wanted: Wanted) -> Ran:
    """Run everything, scenario files first.

    Raises:
        typer.Exit: no case was chosen.
        Rejected: the input of definitions cannot be read.
    """
    from turnstile.report.report import Report  # noqa: PLC0415 - `--help` does not need it

    seed = wanted.seed or 0
    definitions = _definitions(chosen.definitions, wanted, seed)
    scenarios = _scenarios(chosen.scenarios, wanted) if chosen.scenarios else None
    files = (*(scenarios.files if scenarios else ()), *definitions)
    return Ran(scenarios, definitions, Report(files, scenarios.seed if scenarios else seed))


def _definitions(paths: Sequence[Path], wanted: Wanted, seed: int) -> tuple[File, ...]:
    if not paths:
        return ()
    from turnstile.cli.bare import run_definition  # noqa: PLC0415 - `--help` does not need it

    document = payload(wanted.given)
    return tuple(run_definition(path, document, wanted.manner, seed=seed) for path in paths)


def _scenarios(paths: Sequence[Path], wanted: Wanted) -> Report:
    from turnstile.scenario.parallel import Effort, run_plans  # noqa: PLC0415 - needs pydantic and YAML

    chosen = plans(paths, wanted.wish)
    jobs = 1 if any(str(path) == "-" for path in paths) else wanted.jobs  # stdin is read in this process
    effort = Effort(wanted.seed, wanted.moto_url, jobs, wanted.most, wanted.update)
    with Progress(wanted=wanted.progress, quiet=wanted.quiet) as progress:
        report = run_plans(chosen, effort, progress.heard)
    if not any(file.cases or file.faults for file in report.files):
        left_out = str(wanted.wish)
        stop(Exit.NOTHING, f"no case is chosen by {left_out}" if left_out else "no file has a case")
    remember(remembered(wanted.root), report)
    return report
