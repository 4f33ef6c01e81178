"""`turnstile explain --history`: refused calls in histories and pasted texts, and the links they come from."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from turnstile.cli.exits import Exit, stop
from turnstile.cli.formats import save
from turnstile.cli.terminal import Color, colored, width, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from turnstile.asl.definition import StateMachine
    from turnstile.cli.formats import Format
    from turnstile.importers.history import Evidence
    from turnstile.importers.suspected import Suspected
    from turnstile.world.declaration import Declarations

_NAME = "refused.scenario.yaml"


def explain_history(
    given: str,
    wanted: Sequence[Format],
    color: Color,
    *,
    definition: Path | None,
    scenario: Path | None,
    out: Path | None,
) -> NoReturn:
    """Tell what a file or stdin says of refused calls, and write a case of the first one where that is asked for.

    Raises:
        typer.Exit: always; 1 where a refused call was found.
        Rejected: the text tells of none, or a file is faulty.
    """
    from turnstile.importers.history import read_evidence  # noqa: PLC0415 - `--help` does not need it
    from turnstile.importers.suspected import as_json, suspected, text  # noqa: PLC0415 - as above
    from turnstile.report.json_text import json_text  # noqa: PLC0415 - as above

    evidence = read_evidence(*_text(given))
    found = suspected(evidence, _declarations(scenario), _definition(definition))
    for one in wanted:
        shown = color is Color.ALWAYS if one.file else colored(sys.stdout, color)
        told = as_json(found, evidence) if one.name == "json" else ""
        told = json_text(told) if told else text(found, evidence, shown, width())
        save(one.file, told) if one.file else write(told)
    if out is not None:
        _write(found, evidence, out)
    raise typer.Exit(Exit.UNEXPECTED)


def _text(given: str) -> tuple[str, str]:
    from turnstile.source import open_source  # noqa: PLC0415 - `--help` does not need it

    if given == "-":
        return "<stdin>", _decoded(sys.stdin.buffer.read())
    path = Path(given)
    if path.is_file() and _is_utf_16(content := path.read_bytes()):
        return given, _decoded(content)
    source = open_source(path)
    return source.name, source.text


def _is_utf_16(content: bytes) -> bool:
    """What `>` of Windows PowerShell writes begins so."""
    return content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def _decoded(content: bytes) -> str:
    return content.decode("utf-16" if _is_utf_16(content) else "utf-8-sig", errors="replace")


def _declarations(path: Path | None) -> Declarations | None:
    if path is None:
        return None
    from turnstile.scenario.load import load  # noqa: PLC0415 - needs pydantic and YAML

    cases = load(path).cases
    return cases[0].declarations if cases else None


def _definition(path: Path | None) -> StateMachine | None:
    if path is None:
        return None
    from turnstile.asl.parse import parse  # noqa: PLC0415 - `--help` does not need it

    return parse(path)


def _write(found: Sequence[Suspected], evidence: Evidence, folder: Path) -> None:
    from turnstile.importers.failing_case import NotWritten, failing_case  # noqa: PLC0415 - only where asked for

    try:
        text = failing_case(found[0].refused, evidence)
    except NotWritten as error:
        stop(Exit.USAGE, str(error))
    path = folder / _NAME
    if path.exists():
        stop(Exit.USAGE, f"`{path}` exists already", "name another folder, or take the file away")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        stop(Exit.USAGE, f"`{folder}` cannot be made: {(error.strerror or 'unknown reason').lower()}")
    save(path, text)
    typer.echo(f"wrote {path}; run it with `turnstile run {path}`", err=True)
