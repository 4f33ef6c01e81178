"""The one place where exceptions become messages.

A user's mistake never ends in a traceback; a bug of ours always does.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, NoReturn, ParamSpec

import typer

from turnstile.cli.exits import Exit, stop
from turnstile.cli.terminal import colored, width

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.faults import Rejected, Unsupported

P = ParamSpec("P")


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
