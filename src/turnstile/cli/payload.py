"""The value of `--input`: a file, `-` for stdin, or JSON text as it stands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from turnstile.cli.exits import Exit, stop

if TYPE_CHECKING:
    from turnstile.document import Json

_LOOKS_LIKE_A_FILE = (".json", ".yaml", ".yml", "/")


def payload(value: str | None) -> Json:
    """The input of an execution; an empty object where none is given.

    Raises:
        typer.Exit: the file does not exist, or the text is neither JSON nor the name of a file.
        Rejected: the file is not JSON or YAML.
    """
    from turnstile.source import Source, open_source, read  # noqa: PLC0415 - `--help` does not need it

    if value is None:
        return {}
    if value == "-":
        return read(Source("<stdin>.json", _stdin()))
    path = _file(value)
    if path is not None:
        return read(open_source(path))
    return read(Source("<--input>.json", value))


def _stdin() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        stop(Exit.USAGE, "the input on stdin is not UTF-8 text")


def _file(value: str) -> Path | None:
    """The file a value names; None if it is JSON text."""
    path = Path(value)
    try:
        if path.is_dir():
            stop(Exit.USAGE, f"the input `{value}` is a folder", "give a file, `-` for stdin, or JSON text")
        if path.exists():
            return path
    except OSError:  # a long JSON text is no file name
        return None
    if value.endswith(_LOOKS_LIKE_A_FILE):
        stop(Exit.USAGE, f"no such input file: `{value}`", "give a file, `-` for stdin, or JSON text")
    return None
