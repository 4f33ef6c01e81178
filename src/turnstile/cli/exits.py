"""How a command ends: the exit codes, and ending with a message."""

from __future__ import annotations

from enum import IntEnum
from typing import NoReturn

import typer


class Exit(IntEnum):
    """What the exit code tells a script."""

    EXPECTED = 0
    UNEXPECTED = 1
    USAGE = 2
    UNSUPPORTED = 3
    BUG = 4
    NOTHING = 5
    INTERRUPTED = 130


def stop(code: Exit, message: str, remedy: str = "") -> NoReturn:
    """End the command with a message on stderr.

    Raises:
        typer.Exit: always.
    """
    from turnstile.report.layout import safe  # noqa: PLC0415 - only where it goes wrong

    typer.echo(f"turnstile: {safe(message)}", err=True)
    if remedy:
        typer.echo(f"  help: {safe(remedy)}", err=True)
    raise typer.Exit(code)
