"""`turnstile init`: a scenario to start from, of its own or around a state machine or template that is there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from turnstile.cli.exits import Exit, stop
from turnstile.cli.guard import guarded
from turnstile.cli.import_ import pairs
from turnstile.cli.payload import payload
from turnstile.cli.shipped import SCHEMA, put, schema, shipped

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEAD = 1000
"""Bytes of a schema that have its title."""


@guarded
def init(
    source: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            help="A definition (*.asl.json) or a SAM or CloudFormation template to write a scenario for.",
            show_default=False,
        ),
    ] = None,
    *,
    into: Annotated[Path, typer.Option("--into", metavar="FOLDER", help="Where the files go.")] = Path(),
    given: Annotated[str | None, typer.Option("--input", metavar="FILE|-|JSON", help="Input of the cases.")] = None,
    account: Annotated[
        str | None,
        typer.Option("--account", metavar="DIGITS", help="The account of the state machine.", show_default=False),
    ] = None,
    region: Annotated[
        str | None, typer.Option("--region", help="The Region of the state machine.", show_default=False)
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", metavar="NAME=VALUE", help="A parameter of the template; repeatable."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there.")] = False,
) -> None:
    """Write a scenario that runs as it is: a case that works, and one for each role that could refuse.

    Exit code: 0 written, 1 written, with something left for you, 2 usage error, a fault in the file, or a file
    that is there already, 3 not supported, 4 bug in Turnstile.
    """
    wishes = _Wishes(given, account or "", region or "", pairs(parameter, "--parameter"))
    files, left = (shipped("starter"), []) if source is None else _drafted(source, into, wishes)
    _save({**files, SCHEMA: schema()}, into, force=force)
    for line in left:
        typer.echo(f"left for you: {line}", err=True)
    name = next(name for name in files if name.endswith(".scenario.yaml"))
    typer.echo(f"run it: turnstile run {into / name}", err=True)
    raise typer.Exit(Exit.UNEXPECTED if left else Exit.EXPECTED)


@dataclass(frozen=True, slots=True)
class _Wishes:
    given: str | None
    account: str
    region: str
    parameters: dict[str, str]


def _drafted(source: Path, into: Path, wishes: _Wishes) -> tuple[dict[str, bytes], list[str]]:
    """The files for a definition or template, and what is left to do."""
    if not source.is_file():
        what = f"`{source}` is a folder" if source.is_dir() else f"no such file: `{source}`"
        stop(Exit.USAGE, what, "name a definition or a template")
    from turnstile.scenario.drafts.drafting import Wishes, draft  # noqa: PLC0415 - needs pydantic and YAML

    account = wishes.account
    if account and not (len(account) == 12 and account.isdecimal()):  # noqa: PLR2004 - digits of an id
        raise typer.BadParameter(f"`{account}` is not an account id: it has twelve digits", param_hint="--account")
    _check_region(wishes.region)
    asked = Wishes(payload(wishes.given), account, wishes.region, wishes.parameters)
    drafted = draft(source, into, asked)
    return {drafted.name: drafted.text.encode()}, list(drafted.left)


def _check_region(region: str) -> None:
    from turnstile.arn import partition_of  # noqa: PLC0415 - `--help` does not need it

    try:
        partition_of(region or "us-east-1")
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--region") from None


def _save(files: dict[str, bytes], folder: Path, *, force: bool) -> None:
    there = [name for name in files if (folder / name).exists() and not (name == SCHEMA and _ours(folder / name))]
    if there and not force:
        stop(
            Exit.USAGE, f"there already: {_listed(folder, there)}", "`--force` writes over it; `--into` goes elsewhere"
        )
    try:
        put(files, folder)
    except OSError as error:
        stop(Exit.USAGE, f"`{folder}` cannot be written: {(error.strerror or 'unknown reason').lower()}")
    typer.echo(f"written: {_listed(folder, files)}", err=True)


def _ours(file: Path) -> bool:
    """A schema of scenarios, which may be that of another version."""
    try:
        return b'"title": "Turnstile scenario"' in file.read_bytes()[:_HEAD]
    except OSError:
        return False


def _listed(folder: Path, names: Iterable[str]) -> str:
    return ", ".join(f"`{folder / name}`" for name in names)
