"""`turnstile schema`: print the JSON Schema of scenario files, their parts or JSON reports, or write it to a file."""

from __future__ import annotations

from enum import StrEnum
from importlib.resources import files
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from turnstile.cli.formats import save
from turnstile.cli.guard import guarded
from turnstile.cli.terminal import write


class Kind(StrEnum):
    """What a schema describes."""

    SCENARIO = "scenario"
    PART = "part"
    REPORT = "report"


@guarded
def schema(
    kind: Annotated[
        Kind, typer.Argument(metavar="[scenario|part|report]", help="What the schema describes.")
    ] = Kind.SCENARIO,
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it to a file.", show_default=False),
    ] = None,
) -> None:
    """Print the JSON Schema of scenario files, of files that they include, or of reports in JSON."""
    text = (files("turnstile") / "data" / f"{kind.value}.schema.json").read_text("utf-8")
    if output is None:
        write(text)
    else:
        save(output, text)
