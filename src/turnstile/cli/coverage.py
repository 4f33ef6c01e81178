"""`turnstile coverage`: what the runs of several machines cover together, read from their reports in JSON."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from turnstile.cli.exits import Exit, stop
from turnstile.cli.guard import guarded
from turnstile.cli.terminal import Color, colored, width, write
from turnstile.cli.thresholds import thresholds

if TYPE_CHECKING:
    from turnstile.report.tally import Coverage


class Form(StrEnum):
    """The choices of `--format`."""

    TEXT = "text"
    JSON = "json"


@guarded
def coverage(
    reports: Annotated[
        list[Path],
        typer.Argument(metavar="REPORT", help="Reports of `run --format json=FILE`.", show_default=False),
    ],
    *,
    fail_under: Annotated[
        str | None,
        typer.Option(
            "--fail-under",
            metavar="PERCENT|KIND=PERCENT,...",
            help="Not as expected if less is covered.",
        ),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="Form of what is printed.")] = Form.TEXT,
    color: Annotated[
        Color, typer.Option("--color", envvar="TURNSTILE_COLOR", help="When to colour the text.")
    ] = Color.AUTO,
) -> None:
    """Add up what several runs cover, such as those of shards, and hold it against what is asked for.

    Exit code: 0 enough is covered, 1 too little, 2 usage error or no report, 5 nothing was counted.
    """
    from turnstile.report.coverage import below  # noqa: PLC0415 - `--help` does not need it
    from turnstile.report.coverage_reread import together  # noqa: PLC0415 - as above
    from turnstile.report.tally import merged  # noqa: PLC0415 - as above

    least = thresholds(fail_under)
    files = together([_read(path) for path in reports])
    found = merged(files.values())
    if not found.hits:
        stop(Exit.NOTHING, "the reports have no coverage: nothing ran in them")
    _print(form, files, found, least, color)
    raise typer.Exit(Exit.UNEXPECTED if below(found, least) else Exit.EXPECTED)


def _read(path: Path) -> dict[str, Coverage]:
    from turnstile.report.coverage_reread import reread  # noqa: PLC0415 - `--help` does not need it
    from turnstile.source import open_source, read  # noqa: PLC0415 - as above

    document = read(open_source(path, most=_LARGEST))
    try:
        return reread(document)
    except (LookupError, TypeError, AttributeError):
        stop(Exit.USAGE, f"`{path}` is no report in JSON", "write one with `turnstile run --format json=FILE`")


_LARGEST = 2**30


def _print(form: Form, files: dict[str, Coverage], found: Coverage, least: dict[str, float], color: Color) -> None:
    if form is Form.JSON:
        import json  # noqa: PLC0415 - only where asked for

        from turnstile.report.coverage import as_json  # noqa: PLC0415 - as above

        write(json.dumps(as_json(found, files), indent=2, ensure_ascii=False) + "\n")
        return
    from turnstile.report.coverage_text import table  # noqa: PLC0415 - as above

    write(table(found, files, color=colored(sys.stdout, color), width=width(), wanted=least))
