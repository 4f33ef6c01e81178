"""The one place where exceptions become messages.

A user's mistake never ends in a traceback; a bug of ours always does.
"""

from __future__ import annotations

import functools
import os
import sys
from typing import TYPE_CHECKING, NoReturn, ParamSpec

import typer

from turnstile.cli.exits import Exit, stop
from turnstile.cli.terminal import colored, width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    from turnstile.report.fault_text import faults  # noqa: PLC0415 - only where it goes wrong

    typer.echo(faults(error.faults, color=colored(sys.stderr), width=width()), err=True, nl=False)
    raise typer.Exit(Exit.USAGE) from None


def _unsupported(error: Unsupported) -> NoReturn:
    place = f" ({error.where})" if error.where else ""
    stop(Exit.UNSUPPORTED, f"not supported: {error.feature}{place}")


def _bug(error: Exception) -> NoReturn:
    """Tell what happened and where in Turnstile, without the folders of this machine."""
    import platform  # noqa: PLC0415 - only where it goes wrong
    from importlib.metadata import version  # noqa: PLC0415 - as above

    about = f"turnstile {version('asl-turnstile')}, Python {platform.python_version()}, {platform.system()}"
    typer.echo("\n".join((about, *_frames(error))), err=True)
    stop(
        Exit.BUG,
        "this is a bug in Turnstile",
        "please report it with the lines above and the file that led to it",
    )


def _frames(error: BaseException) -> Iterator[str]:
    """The traceback as Python writes it, files told by their packages alone; what led to an error comes first."""
    import traceback  # noqa: PLC0415 - only where it goes wrong

    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _frames(before)
        yield ""
    yield "Traceback (most recent call last):"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f'  File "{_within(frame.filename)}", line {frame.lineno}, in {frame.name}'
    yield from (_placeless(line) for line in traceback.format_exception_only(error))


def _within(file: str) -> str:
    """The path of a file below the folder that its packages are in."""
    parts = file.replace("\\", "/").split("/")
    starts = [place for place, part in enumerate(parts) if part in ("turnstile", "site-packages")]
    return "/".join(parts[starts[-1] :]) if starts else parts[-1]


def _placeless(line: str) -> str:
    """A message without the folder one is in and one's home."""
    from turnstile.report.layout import safe  # noqa: PLC0415 - only where it goes wrong

    for place, word in ((os.getcwd(), "."), (os.path.expanduser("~"), "~")):  # noqa: PTH109, PTH111 - texts
        line = line.replace(place, word) if len(place) > 1 else line
    return "\n".join(safe(each) for each in line.rstrip().split("\n"))
