"""Coverage on the command line: `--fail-under`, the table below the report, and what it means for the exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from turnstile.cli.exits import Exit
from turnstile.cli.terminal import Color, colored, width, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from turnstile.cli.formats import Format
    from turnstile.report.report import Report

_WHOLE = 100.0


def thresholds(text: str | None) -> dict[str, float]:
    """The least percent by kind, `total` for a bare number: `90`, `states=100,permissions=80`.

    Raises:
        typer.BadParameter: an unknown kind, or no percentage.
    """
    return dict(_threshold(part.strip()) for part in text.split(",")) if text is not None else {}


def _threshold(part: str) -> tuple[str, float]:
    from turnstile.report.coverage import TOTAL  # noqa: PLC0415 - `--help` does not need it
    from turnstile.report.tally import KINDS  # noqa: PLC0415 - `--help` does not need it

    kind, equals, number = part.rpartition("=")
    if equals and kind not in (*KINDS, TOTAL):
        listed = ", ".join(f"`{one}`" for one in (*KINDS, TOTAL))
        raise typer.BadParameter(f"`{kind}` is no kind of coverage: {listed}", param_hint="--fail-under")
    try:
        percent = float(number)
    except ValueError:
        percent = -1.0
    if not 0.0 <= percent <= _WHOLE:
        raise typer.BadParameter(f"`{number}` is not a percentage from 0 to 100", param_hint="--fail-under")
    return kind or TOTAL, percent


def judged_only(least: Mapping[str, float]) -> None:
    """Look whether something is asked of policies where only definitions run, which have none.

    Raises:
        typer.BadParameter: it is.
    """
    from turnstile.report.tally import DENIALS, PERMISSIONS  # noqa: PLC0415 - `--help` does not need it

    for kind in (PERMISSIONS, DENIALS):
        if kind in least:
            message = f"`{kind}` are counted for scenarios only: a definition alone has no policies"
            raise typer.BadParameter(message, param_hint="--fail-under")


def tell_coverage(report: Report, least: Mapping[str, float], wanted: Sequence[Format], color: Color) -> None:
    """Print the table: on stdout below text, on stderr where stdout has a report for machines."""
    from turnstile.report.coverage_text import render  # noqa: PLC0415 - only where asked for

    stream = sys.stdout if any(one.name == "text" and one.file is None for one in wanted) else sys.stderr
    text = render(report, color=colored(stream, color), width=width(), wanted=least)
    write(f"\n{text}") if stream is sys.stdout else typer.echo(text, err=True, nl=False)


def met(report: Report, least: Mapping[str, float]) -> int:
    """The exit code of the report, or that of a thing not as expected where too little is covered."""
    from turnstile.report.coverage import below, coverage  # noqa: PLC0415 - `--help` does not need it

    if report.exit_code != Exit.EXPECTED or not below(coverage(report), least):
        return report.exit_code
    return Exit.UNEXPECTED
