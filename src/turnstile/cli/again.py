"""What `--last-failed` says on stderr: what it runs, and what it runs instead where nothing remembered is there.

As pytest does it, nothing remembered means that everything runs: a fixed project is run whole at the end.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from turnstile.report.report import Report
    from turnstile.scenario.processes.parallel import Plan

_NAMED = 3
"""So many cases are named, the others counted."""


def nothing(trouble: str) -> None:
    """Of these files, no case failed when it ran last, or nobody knows."""
    _say(f"{trouble or 'no case of these files failed when it ran last'}: all of them run")


def none_left() -> None:
    """Nothing of what is remembered was there."""
    _say("no case that failed when it ran last is there any more: all cases run")


def forgotten(plans: Sequence[Plan], report: Report) -> None:
    """Tell which remembered cases were not there, and what ran instead."""
    ran = {file.path: {case.name for case in file.cases} for file in report.files if not file.faults}
    asked = {str(plan.path): plan.choice.names or frozenset() for plan in plans}
    gone = [name for path, names in ran.items() for name in sorted(asked.get(path, frozenset()) - names)]
    if gone:
        new = sum(len(names - asked[path]) for path, names in ran.items() if path in asked)
        instead = f": {_cases(new)} with a new name ran instead" if new else ""
        _say(f"{_listed(gone)} {'is' if len(gone) == 1 else 'are'} not there any more{instead}")


def untold(reason: str) -> None:
    """The next run will not know how this one went."""
    _say(f"what failed cannot be remembered: {reason}")


def _listed(names: Sequence[str]) -> str:
    from turnstile.report.layout import safe  # noqa: PLC0415 - `--help` does not need it

    named = ", ".join(f"`{safe(name)}`" for name in islice(names, _NAMED))
    more = len(names) - _NAMED
    return f"{named} and {more} more" if more > 0 else named


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count} cases"


def _say(text: str) -> None:
    typer.echo(f"--last-failed: {text}", err=True)
