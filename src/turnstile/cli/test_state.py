"""`turnstile test-state`: test one state, and print what the API's TestState answers."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from turnstile.cli.exits import Exit, stop
from turnstile.cli.guard import guarded
from turnstile.cli.payload import payload
from turnstile.cli.terminal import write

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.state_test import StateResult

_WENT_ON = ("SUCCEEDED", "CAUGHT_ERROR")


class Level(StrEnum):
    """The choices of `--level`."""

    INFO = "INFO"
    DEBUG = "DEBUG"
    TRACE = "TRACE"


@guarded
def test_state(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="A state, or with --state a whole definition.", show_default=False)
    ],
    *,
    state: Annotated[
        str | None, typer.Option("--state", metavar="NAME", help="The state of a whole definition to test.")
    ] = None,
    given: Annotated[
        str | None, typer.Option("--input", metavar="FILE|-|JSON", help="Input of the state; {} if not given.")
    ] = None,
    mock: Annotated[
        str | None,
        typer.Option(
            "--mock",
            metavar="FILE|-|JSON",
            help='What the work gives: {"result": ...} or {"errorOutput": {"error": ..., "cause": ...}}.',
        ),
    ] = None,
    context: Annotated[
        str | None, typer.Option("--context", metavar="FILE|-|JSON", help="The context object; needs --mock.")
    ] = None,
    variables: Annotated[
        str | None, typer.Option("--variables", metavar="FILE|-|JSON", help="Variables and their values.")
    ] = None,
    configuration: Annotated[
        str | None,
        typer.Option("--configuration", metavar="FILE|-|JSON", help="What happened around the state; needs --mock."),
    ] = None,
    level: Annotated[
        Level, typer.Option("--level", case_sensitive=False, help="DEBUG and TRACE show the data on its way.")
    ] = Level.INFO,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N", help="Fix ids and random choices.")] = 0,
) -> None:
    """Test one state, its work done or mocked, and print what became of it as JSON.

    Exit code: 0 the state succeeded or its error was caught, 1 it failed or would be retried, 2 usage error, faulty
    file or refused request, 3 not supported, 4 bug in Turnstile.
    """
    documents = {
        "mock": _object(mock, "--mock"),
        "context": _object(context, "--context"),
        "variables": _object(variables, "--variables"),
        "state_configuration": _object(configuration, "--configuration"),
    }
    _check(documents)
    result = _tested(path, payload(given), documents, state_name=state, inspection_level=level.value, seed=seed)
    write(json.dumps(result.documents(), indent=2, ensure_ascii=False) + "\n")
    raise typer.Exit(Exit.EXPECTED if result.status in _WENT_ON else Exit.UNEXPECTED)


def _object(value: str | None, option: str) -> dict[str, Json] | None:
    if value is None:
        return None
    document = payload(value, option)
    if not isinstance(document, dict):
        raise typer.BadParameter("it is no JSON object", param_hint=option)
    return document


def _check(documents: dict[str, Json]) -> None:
    from turnstile.state_test import check_members  # noqa: PLC0415 - `--help` does not need it

    try:
        check_members(documents["mock"], documents["state_configuration"])
    except ValueError as error:
        stop(Exit.USAGE, str(error))


def _check_alone(path: Path) -> None:
    """Of a whole definition, a state has to be named."""
    from turnstile.source import open_source, read  # noqa: PLC0415 - `--help` does not need it
    from turnstile.spelling import hint  # noqa: PLC0415 - as above

    document = read(open_source(path))
    if isinstance(document, dict) and isinstance(states := document.get("States"), dict) and "Type" not in document:
        remedy = f"name a state with `--state`; {hint('', states, 'states')}"
        stop(Exit.USAGE, f"`{path}` is a whole definition", remedy)


def _tested(path: Path, document: Json, documents: dict[str, Json], **options: Json) -> StateResult:
    from turnstile.gate.errors import ServiceError  # noqa: PLC0415 - `--help` does not need it
    from turnstile.state_test import test_state as run  # noqa: PLC0415 - `--help` does not need it

    if options["state_name"] is None:
        _check_alone(path)
    try:
        return run(path, document, **documents, **options)
    except ServiceError as error:
        stop(Exit.USAGE, f"{error.code}: {error.message}")
