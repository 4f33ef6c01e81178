"""The summary that GitHub shows for a step: added to the file it names in `GITHUB_STEP_SUMMARY`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from turnstile.cli.exits import Exit, stop

if TYPE_CHECKING:
    from turnstile.report.report import Report

_VARIABLE = "GITHUB_STEP_SUMMARY"


def summarize(report: Report) -> None:
    """Add the summary of a report; nothing where GitHub runs no step."""
    name = os.environ.get(_VARIABLE)
    if not name:
        return
    from turnstile.report.github import append  # noqa: PLC0415 - only where asked for

    try:
        append(Path(name), report)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        stop(Exit.USAGE, f"`{name}`, named by `{_VARIABLE}`, cannot be written: {reason}")
