"""The values of `--format`: which form of a report goes where, and putting it there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from turnstile.cli.exits import Exit, stop
from turnstile.cli.terminal import ESCAPED, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TEXT_OR_JSON = ("text", "json")
DIAGNOSTICS = ("text", "json", "sarif", "github")
"""The forms of findings that need no run."""
REPORTS = ("text", "json", "junit", "sarif", "github", "markdown", "html")
"""The forms of a report."""

_STDOUT = "-"
_FOR_THE_LOG = {"text", "github"}
"""These two go to stdout together: GitHub takes its commands out of whatever is printed."""
_OURS = (".scenario.yaml", ".scenario.yml", ".scenario.json", ".asl.json", ".asl.yaml", ".asl.yml")


@dataclass(frozen=True, slots=True)
class Format:
    """A form of the report and the file it goes to; None is stdout."""

    name: str
    file: Path | None = None


def formats(values: Sequence[str], known: Sequence[str] = TEXT_OR_JSON) -> tuple[Format, ...]:
    """What the options ask for; text goes to stdout where nothing else does.

    Raises:
        typer.BadParameter: an unknown name, two reports for stdout, or two for one file.
    """
    asked = tuple(_format(value, known) for value in values)
    to_stdout = [one.name for one in asked if one.file is None]
    if len(to_stdout) > 1 and sorted(to_stdout) != sorted(_FOR_THE_LOG):
        hint = f"write `{to_stdout[-1]}=FILE` for one of them"
        raise typer.BadParameter(f"only one report can go to stdout: {hint}", param_hint="--format")
    _once(one.file for one in asked if one.file is not None)
    return asked if to_stdout else (*asked, Format("text"))


def _format(value: str, known: Sequence[str]) -> Format:
    name, equals, file = value.partition("=")
    if name not in known or (equals and not file):
        listed = ", ".join(f"`{one}`" for one in known[:-1])
        raise typer.BadParameter(
            f"`{value}` is not {listed} or `{known[-1]}`, alone or with `=FILE`", param_hint="--format"
        )
    return Format(name, Path(file) if file and file != _STDOUT else None)


def _once(files: Iterable[Path]) -> None:
    seen: set[Path] = set()
    for file in files:
        if file.resolve() in seen:
            raise typer.BadParameter(f"two reports would go to `{file}`", param_hint="--format")
        seen.add(file.resolve())


def ready(wanted: Iterable[Format], sources: Iterable[Path] = ()) -> None:
    """Look at every file that is to be written before anything runs; `sources` are what the command reads.

    Raises:
        typer.Exit: its folder is missing, or it is a file that users write.
    """
    read = {source.resolve() for source in sources}
    for file in (one.file for one in wanted if one.file is not None):
        if not file.parent.is_dir():
            stop(Exit.USAGE, f"`{file}` cannot be written: there is no folder `{file.parent}`", "make the folder first")
        if file.resolve() in read or (file.name.endswith(_OURS) and file.exists()):
            stop(Exit.USAGE, f"`{file}` is a file that you wrote: no report goes there", "name another file")


def deliver(wanted: Format, text: str) -> None:
    """Print a report or save it."""
    save(wanted.file, text) if wanted.file is not None else write(text)


def save(file: Path, text: str) -> None:
    """Write a file whole or not at all; what is no plain file, such as a pipe, is written as it is."""
    content = text.encode("utf-8", errors=ESCAPED)
    try:
        if file.exists() and not file.is_file():
            file.write_bytes(content)
        else:
            _replace(file.resolve(), content)
    except OSError as error:
        stop(Exit.USAGE, f"`{file}` cannot be written: {(error.strerror or 'unknown reason').lower()}")


def _replace(file: Path, content: bytes) -> None:
    beside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        beside.write_bytes(content)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
