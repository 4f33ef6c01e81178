"""The command `turnstile`: its verbs, and the options before a verb."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from turnstile.cli.guard import guarded
from turnstile.cli.settings import defaults
from turnstile.cli.verbs import HELP_OPTIONS, Verbs

_COLLECTED = (50_000, 20, 100)
"""When the garbage collector looks for cycles: worlds are many small objects that live as long as their case, and with
Python's own figures an eighth of a run goes into looking at them again and again."""

app = typer.Typer(
    name="turnstile",
    cls=Verbs,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=HELP_OPTIONS,
    epilog="Documents: https://github.com/turnstile-asl/turnstile/tree/main/docs",
)


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - reads the file system

        typer.echo(f"turnstile {version('asl-turnstile')}")
        raise typer.Exit


@app.callback()
@guarded
def _options(
    context: typer.Context,
    *,
    version: Annotated[  # noqa: ARG001 - it is done before
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Run AWS Step Functions workflows that cross accounts, and learn which permission is missing."""
    context.default_map = {**defaults(), **(context.default_map or {})}


def main() -> None:
    """The console entry point."""
    gc.set_threshold(*_COLLECTED)
    app()
