"""`turnstile schema`: print the JSON Schema of scenario files, or write it to a file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from turnstile.cli.formats import save
from turnstile.cli.guard import guarded
from turnstile.cli.terminal import write


@guarded
def schema(
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it to a file.", show_default=False),
    ] = None,
) -> None:
    """Print the JSON Schema of scenario files, for editors and other tools."""
    text = (files("turnstile") / "data" / "scenario.schema.json").read_text("utf-8")
    if output is None:
        write(text)
    else:
        save(output, text)
