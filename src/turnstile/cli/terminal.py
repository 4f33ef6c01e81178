"""The terminal a command writes to: its width, and whether it shows colours."""

from __future__ import annotations

import os
import shutil
import sys
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

_NARROW, _USUAL, _WIDE = 60, 100, 140


class Color(StrEnum):
    """The choices of `--color`."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def colored(stream: TextIO, choice: Color = Color.AUTO) -> bool:
    """Colours are wanted and will be understood; NO_COLOR as on no-color.org."""
    if choice is not Color.AUTO:
        return choice is Color.ALWAYS
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns to fill: the terminal's, within reason; 100 where there is none."""
    return max(_NARROW, min(shutil.get_terminal_size((_USUAL, 24)).columns, _WIDE))


def write(text: str) -> None:
    """Print to stdout; characters its encoding lacks are written as escapes rather than refused."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
