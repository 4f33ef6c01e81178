"""Running what `run` was given: scenario files and bare definitions, into one report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.cli import again
from turnstile.cli.choosing import Jobs, plans
from turnstile.cli.exits import Exit, stop
from turnstile.cli.payload import payload
from turnstile.cli.progress import Progress
from turnstile.cli.remembered import remember, remembered
from turnstile.cli.terminal import Color
from turnstile.cli.unchosen import names_there, unchosen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from turnstile.cli.choosing import Wish
    from turnstile.cli.manner import Manner
    from turnstile.cli.paths import Selection
    from turnstile.report.report import File, Report
    from turnstile.scenario.processes.parallel import Plan


@dataclass(frozen=True, slots=True)
class Ran:
    """What came out: the whole report, and its two parts, which text shows differently."""

    scenarios: Report | None
    definitions: tuple[File, ...]
    report: Report


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to run what was chosen; `root` is the project's folder, so many failures as `most` end the run (0: never).

    `watching`: a file of which no case is chosen is passed over.
    """

    root: Path
    given: str | None
    wish: Wish
    manner: Manner
    seed: int | None = None
    moto_url: str | None = None
    jobs: Jobs = field(default_factory=Jobs)
    most: int = 0
    update: bool = False
    progress: bool = True
    quiet: bool = False
    color: Color = Color.AUTO
    watching: bool = False


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


def merged(ran: Sequence[Ran]) -> Ran:
    """Several as one, in this order."""
    from turnstile.report.report import Report  # noqa: PLC0415 - `--help` does not need it

    files = tuple(file for one in ran if one.scenarios for file in one.scenarios.files)
    definitions = tuple(file for one in ran for file in one.definitions)
    seeds = {one.report.seed for one in ran}
    seed = seeds.pop() if len(seeds) == 1 else 0
    return Ran(Report(files, seed) if files else None, definitions, Report((*files, *definitions), seed))


def _definitions(paths: Sequence[Path], wanted: Wanted, seed: int) -> tuple[File, ...]:
    if not paths:
        return ()
    from turnstile.cli.bare import run_definition  # noqa: PLC0415 - `--help` does not need it

    document = payload(wanted.given)
    return tuple(run_definition(path, document, wanted.manner, seed=seed) for path in paths)


def _scenarios(paths: Sequence[Path], wanted: Wanted) -> Report:
    """Run the cases that are chosen; with `--last-failed` all others where none of them is there."""
    from turnstile.report.report import Report  # noqa: PLC0415 - `--help` does not need it

    known = remembered(wanted.root) if wanted.wish.last_failed else None
    chosen = plans(paths, wanted.wish, known)
    if known is not None and not chosen:
        again.nothing(known.trouble)
        known, chosen = None, plans(paths, wanted.wish, None)
    report = _run(chosen, wanted)
    whole = wanted.wish.whole and not wanted.most
    if known is not None and whole and not _any(report):
        again.none_left()
        report = _run(plans(paths, wanted.wish, None), wanted)
    elif known is not None and whole:
        again.forgotten(chosen, report)
    if not _any(report):
        if wanted.watching:
            return Report((), report.seed)
        stop(Exit.NOTHING, unchosen(wanted.wish), names_there(paths, wanted.wish))
    trouble = remember(wanted.root, report, whole=whole)
    if trouble and wanted.wish.last_failed:
        again.untold(trouble)
    return report


def _run(chosen: Sequence[Plan], wanted: Wanted) -> Report:
    from turnstile.scenario.processes.lost import WorkerLost  # noqa: PLC0415 - as above
    from turnstile.scenario.processes.parallel import Effort, run_plans  # noqa: PLC0415 - needs pydantic and YAML

    alone = not all(plan.path.is_file() for plan in chosen)  # stdin and pipes can be read but once
    jobs = Jobs() if alone else wanted.jobs
    effort = Effort(wanted.seed, wanted.moto_url, jobs.most, wanted.most, wanted.update, jobs.alone)
    with Progress(wanted=wanted.progress, quiet=wanted.quiet, color=wanted.color) as progress:
        try:
            return run_plans(chosen, effort, progress.heard)
        except WorkerLost as lost:
            progress.close()
            stop(Exit.BUG, str(lost), "the system may be short of memory: `-j 1` runs one case at a time")


def _any(report: Report) -> bool:
    return any(file.cases or file.faults for file in report.files)
