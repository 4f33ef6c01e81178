"""The command `turnstile`: its verbs, and the options before a verb."""

from __future__ import annotations

from typing import Annotated

import typer

from turnstile.cli.demo import demo
from turnstile.cli.explain import explain
from turnstile.cli.graph import graph
from turnstile.cli.guard import guarded
from turnstile.cli.import_ import import_
from turnstile.cli.init import init
from turnstile.cli.run import run
from turnstile.cli.schema import schema
from turnstile.cli.settings import defaults
from turnstile.cli.simulate import simulate
from turnstile.cli.test_state import test_state
from turnstile.cli.validate import validate

app = typer.Typer(
    name="turnstile",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(short_help="See a refused call explained.")(demo)
app.command(short_help="Write a scenario to start from.")(init)
app.command(short_help="Run scenario files or a bare definition.")(run)
app.command("test", short_help="The same as `run`.")(run)
app.command("test-state", short_help="Test one state, its work done or mocked.")(test_state)
app.command(short_help="Check definitions and scenario files.")(validate)
app.command(short_help="Draw a definition, or what became of its states in a case.")(graph)
app.command("import", short_help="Turn templates, plans and live accounts into a scenario.")(import_)
app.command(short_help="Say why a request is allowed or denied.")(explain)
app.command(short_help="Decide every request of a file.")(simulate)
app.command(short_help="Print the JSON Schema of scenario files.")(schema)


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
    app()
