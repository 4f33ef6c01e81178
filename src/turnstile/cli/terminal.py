"""The terminal a command writes to: its width, and whether it shows colours."""

from __future__ import annotations

import codecs
import os
import shutil
import sys
from enum import StrEnum
from typing import TYPE_CHECKING

from turnstile.cli.exits import Exit, stop

if TYPE_CHECKING:
    from typing import TextIO

_NARROW, _USUAL, _WIDE = 60, 100, 140


class Color(StrEnum):
    """The choices of `--color`."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def colored(stream: TextIO | None, choice: Color = Color.AUTO) -> bool:
    """Colours are wanted and will be understood; NO_COLOR as on no-color.org."""
    if choice is not Color.AUTO:
        return choice is Color.ALWAYS
    return (
        stream is not None and stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def width() -> int:
    """Columns to fill: the terminal's, within reason; 100 where there is none."""
    return max(_NARROW, min(shutil.get_terminal_size((_USUAL, 24)).columns, _WIDE))


def columns(stream: TextIO) -> int:
    """Columns of the very terminal behind a stream, at this moment; 100 where it does not tell."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL
    except (OSError, ValueError):
        return _USUAL


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Characters that cannot be encoded as JSON escapes them, so that JSON stays JSON."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass").hex(" ", 2).split()
    return "".join(f"\\u{unit}" for unit in units), error.end


ESCAPED = "turnstile.escaped"
"""The name of what is done with characters that an encoding lacks."""
codecs.register_error(ESCAPED, _escape)


def write(text: str) -> None:
    """Print to stdout; characters its encoding lacks are written as escapes rather than refused.

    Raises:
        BrokenPipeError: nobody reads any more.
        typer.Exit: the text cannot be written.
    """
    if sys.stdout is None:  # closed by whoever started the command: nobody wants to read
        return
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, ESCAPED).decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        _silence()
        if isinstance(error, BrokenPipeError):
            raise
        stop(Exit.USAGE, f"the report cannot be written: {(error.strerror or 'unknown reason').lower()}")


def _silence() -> None:
    """Keep the interpreter from complaining about stdout again when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
