"""The values of `--format`: which report goes where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from turnstile.cli.exits import Exit, stop

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = ("text", "json")


@dataclass(frozen=True, slots=True)
class Format:
    """A form of the report and the file it goes to; None is stdout."""

    name: str
    file: Path | None = None


def formats(values: Sequence[str]) -> tuple[Format, ...]:
    """What the options ask for; text goes to stdout where nothing else does.

    Raises:
        typer.BadParameter: an unknown name, or two reports for stdout.
    """
    asked = tuple(_format(value) for value in values)
    to_stdout = [one.name for one in asked if one.file is None]
    if len(to_stdout) > 1:
        hint = f"write `{to_stdout[-1]}=FILE` for one of them"
        raise typer.BadParameter(f"only one report can go to stdout: {hint}", param_hint="--format")
    return asked if to_stdout else (*asked, Format("text"))


def _format(value: str) -> Format:
    name, equals, file = value.partition("=")
    if name not in NAMES or (equals and not file):
        listed = " or ".join(f"`{one}`" for one in NAMES)
        raise typer.BadParameter(f"`{value}` is not {listed}, alone or with `=FILE`", param_hint="--format")
    return Format(name, Path(file) if file else None)


def save(file: Path, text: str) -> None:
    """Write a report to a file."""
    try:
        file.write_text(text, "utf-8", errors="backslashreplace")
    except OSError as error:
        stop(Exit.USAGE, f"`{file}` cannot be written: {(error.strerror or 'unknown reason').lower()}")
