"""How a command ends: exit codes, and the one place where exceptions become messages.

A user's mistake never ends in a traceback; a bug of ours always does.
"""

from __future__ import annotations

import functools
import sys
from enum import IntEnum
from typing import TYPE_CHECKING, NoReturn, ParamSpec

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.faults import Rejected, Unsupported

P = ParamSpec("P")


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
    typer.echo(f"turnstile: {message}", err=True)
    if remedy:
        typer.echo(f"  help: {remedy}", err=True)
    raise typer.Exit(code)


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """A command whose every way to end has an exit code of its own."""

    @functools.wraps(command)
    def run(*arguments: P.args, **options: P.kwargs) -> None:
        try:
            command(*arguments, **options)
        except (KeyboardInterrupt, BrokenPipeError):
            raise typer.Exit(Exit.INTERRUPTED) from None
        except Exception as error:
            if type(error).__module__.partition(".")[0] in ("typer", "click"):
                raise  # usage errors and exits are typer's to show
            _failed(error)

    return run


def _failed(error: Exception) -> NoReturn:
    from turnstile.faults import Rejected, Unsupported  # noqa: PLC0415 - `--help` does not need it

    match error:
        case Rejected():
            _rejected(error)
        case Unsupported():
            _unsupported(error)
        case _:
            _bug(error)


def _rejected(error: Rejected) -> NoReturn:
    from turnstile.cli.terminal import colored, width  # noqa: PLC0415 - only where it goes wrong
    from turnstile.report.text import faults  # noqa: PLC0415 - only where it goes wrong

    typer.echo(faults(error.faults, color=colored(sys.stderr), width=width()), err=True, nl=False)
    raise typer.Exit(Exit.USAGE) from None


def _unsupported(error: Unsupported) -> NoReturn:
    place = f" ({error.where})" if error.where else ""
    stop(Exit.UNSUPPORTED, f"not supported: {error.feature}{place}")


def _bug(error: Exception) -> NoReturn:
    import traceback  # noqa: PLC0415 - only where it goes wrong

    typer.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    stop(
        Exit.BUG,
        "this is a bug in Turnstile",
        "please report it with the lines above and the file that led to it",
    )
