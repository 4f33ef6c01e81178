"""The value of `--input`: a file, `-` for stdin, or JSON text as it stands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from turnstile.cli.exits import Exit, stop

if TYPE_CHECKING:
    from turnstile.document import Json

_LOOKS_LIKE_A_FILE = (".json", ".yaml", ".yml", "/")


def payload(value: str | None, option: str = "--input") -> Json:
    """The input of an execution, or what another option gives; an empty object where nothing is given.

    Raises:
        typer.Exit: the file does not exist, or the text is neither JSON nor the name of a file.
        Rejected: the file is not JSON or YAML.
    """
    from turnstile.source import open_source, read  # noqa: PLC0415 - `--help` does not need it

    if value is None:
        return {}
    if value == "-":
        return _json(_stdin(), "<stdin>")
    path = _file(value, option)
    return _json(value, option) if path is None else read(open_source(path))


def _json(text: str, name: str) -> Json:
    """The document in a text that can only be JSON, so that a mistyped file name is no YAML text."""
    from turnstile.faults import Fault, Rejected, Where  # noqa: PLC0415 - `--help` does not need it
    from turnstile.source import Source, read  # noqa: PLC0415 - `--help` does not need it

    try:
        return read(Source("input.json", text))
    except Rejected as rejected:
        found = rejected.faults
    remedy = "give a file, `-` for stdin, or JSON text"
    places = (Where(name, fault.where.line, fault.where.column) for fault in found)
    raise Rejected(Fault(place, fault.code, fault.message, remedy) for place, fault in zip(places, found, strict=True))


def _stdin() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        stop(Exit.USAGE, "the input on stdin is not UTF-8 text")


def _file(value: str, option: str) -> Path | None:
    """The file a value names; None if it is JSON text."""
    path = Path(value)
    try:
        if path.is_dir():
            stop(Exit.USAGE, f"the {_thing(option)} `{value}` is a folder", "give a file, `-` for stdin, or JSON text")
        if path.exists():
            return path
    except OSError:  # a long JSON text is no file name
        return None
    if value.endswith(_LOOKS_LIKE_A_FILE):
        stop(Exit.USAGE, f"no such {_thing(option)} file: `{value}`", "give a file, `-` for stdin, or JSON text")
    return None


def _thing(option: str) -> str:
    return option.removeprefix("--")
