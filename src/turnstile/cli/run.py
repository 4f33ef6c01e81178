"""`turnstile run`: run scenario files, or a bare definition, and print how it went."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from turnstile.cli.exits import Exit, stop
from turnstile.cli.formats import formats, save
from turnstile.cli.guard import guarded
from turnstile.cli.manner import Kind, Manner, Mocks
from turnstile.cli.paths import Selection, select
from turnstile.cli.payload import payload
from turnstile.cli.terminal import Color, colored, width, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.cli.formats import Format
    from turnstile.report.report import File, Report

_NOTHING: tuple[str, ...] = ()


@guarded
def run(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH",
            help="Scenario files, folders with scenario files, or definitions (*.asl.json, *.asl.yaml).",
            show_default=False,
        ),
    ],
    *,
    given: Annotated[
        str | None,
        typer.Option("--input", metavar="FILE|-|JSON", help="Input of a definition: a file, stdin, or JSON text."),
    ] = None,
    keyword: Annotated[
        str | None,
        typer.Option("-k", metavar="SUBSTRING", help="Run only the cases whose name contains this."),
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, metavar="N", help="Fix ids and random choices.")] = None,
    form: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="text|json[=FILE]",
            help="Form of the report, to stdout or a file; repeatable.",
        ),
    ] = None,
    color: Annotated[Color, typer.Option("--color", help="When to colour the text.")] = Color.AUTO,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Name of the execution of a definition.")
    ] = None,
    kind: Annotated[
        Kind | None, typer.Option("--type", help="Type of the state machine of a definition.", show_default=False)
    ] = None,
    stop_after: Annotated[
        float | None,
        typer.Option(
            "--stop-after", min=0, metavar="SECONDS", help="Stop a definition's execution after so much virtual time."
        ),
    ] = None,
    redrive: Annotated[
        bool, typer.Option("--redrive", help="Redrive a definition's execution once if it does not succeed.")
    ] = False,
    mock_config: Annotated[
        Path | None,
        typer.Option(
            "--mock-config",
            metavar="FILE",
            help="What a definition's Tasks give: a MockConfigFile.json.",
        ),
    ] = None,
    test_case: Annotated[
        str | None, typer.Option("--test-case", metavar="NAME", help="The test case of the mock configuration.")
    ] = None,
    moto_url: Annotated[
        str | None,
        typer.Option(
            "--moto-url",
            envvar="TURNSTILE_MOTO_URL",
            metavar="URL",
            help="A moto server that keeps the resources of scenarios; it is emptied for each case.",
        ),
    ] = None,
    quiet: Annotated[
        int,
        typer.Option("-q", "--quiet", count=True, help="Only what is not as expected.", show_default=False),
    ] = 0,
    verbose: Annotated[
        int, typer.Option("-v", "--verbose", count=True, help="Events too; -vv: in full.", show_default=False)
    ] = 0,
) -> None:
    """Run scenarios, or a bare definition, and say which permission is missing.

    Exit code: 0 as expected, 1 not as expected, 2 usage error or faulty file, 3 not supported, 4 bug in
    Turnstile, 5 nothing selected.
    """
    wanted = formats(form or _NOTHING)
    chosen = select(paths)
    _check_for_definition(
        chosen,
        {
            "--input": given,
            "--name": name,
            "--type": kind,
            "--stop-after": stop_after,
            "--redrive": redrive or None,
            "--mock-config": mock_config,
        },
    )
    mocks = _mocks(mock_config, test_case)
    manner = Manner(name, kind or Kind.STANDARD, stop_after, redrive=redrive, mocks=mocks)
    ran = _run(chosen, _Wanted(given, keyword, manner, seed, moto_url))
    for one in wanted:
        _print(ran, one, color, verbose - quiet)
    raise typer.Exit(ran.report.exit_code)


def _mocks(path: Path | None, test_case: str | None) -> Mocks | None:
    """The test case that was chosen; the two options go together."""
    if path is not None and test_case is not None:
        return Mocks(path, test_case)
    if path is None and test_case is None:
        return None
    missing, given = ("--mock-config", "--test-case") if path is None else ("--test-case", "--mock-config")
    raise typer.BadParameter(f"`{missing}` is missing: the two go together", param_hint=given)


@dataclass(frozen=True, slots=True)
class _Ran:
    """What came out: the whole report, and its two parts, which text shows differently."""

    scenarios: Report | None
    definitions: tuple[File, ...]
    report: Report


def _check_for_definition(chosen: Selection, options: Mapping[str, object]) -> None:
    for option, value in options.items():
        if value is not None and not chosen.definitions:
            raise typer.BadParameter("only a definition takes it; scenarios have their own", param_hint=option)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """How to run what was chosen."""

    given: str | None
    keyword: str | None
    manner: Manner
    seed: int | None
    moto_url: str | None


def _run(chosen: Selection, wanted: _Wanted) -> _Ran:
    from turnstile.report.report import Report  # noqa: PLC0415 - `--help` does not need it

    seed = wanted.seed or 0
    definitions = _run_definitions(chosen, wanted.given, wanted.manner, seed)
    scenarios = _run_scenarios(chosen, wanted)
    files = (*(scenarios.files if scenarios else ()), *definitions)
    return _Ran(scenarios, definitions, Report(files, scenarios.seed if scenarios else seed))


def _run_definitions(chosen: Selection, given: str | None, manner: Manner, seed: int) -> tuple[File, ...]:
    if not chosen.definitions:
        return ()
    from turnstile.cli.bare import run_definition  # noqa: PLC0415 - `--help` does not need it

    document = payload(given)
    return tuple(run_definition(path, document, manner, seed=seed) for path in chosen.definitions)


def _run_scenarios(chosen: Selection, wanted: _Wanted) -> Report | None:
    if not chosen.scenarios:
        return None
    from turnstile.scenario.run import run_files  # noqa: PLC0415 - needs pydantic and YAML

    report = run_files(list(chosen.scenarios), seed=wanted.seed, select=wanted.keyword, moto_url=wanted.moto_url)
    if not any(file.cases or file.faults for file in report.files):
        why = f"no case has `{wanted.keyword}` in its name" if wanted.keyword is not None else "no file has a case"
        stop(Exit.NOTHING, why)
    return report


def _print(ran: _Ran, wanted: Format, color: Color, verbose: int) -> None:
    shown = color is Color.ALWAYS if wanted.file else colored(sys.stdout, color)
    text = _json(ran) if wanted.name == "json" else _text(ran, color=shown, verbose=verbose)
    if wanted.file:
        save(wanted.file, text)
    else:
        write(text)


def _json(ran: _Ran) -> str:
    from turnstile.report.json import render  # noqa: PLC0415 - only where asked for

    return render(ran.report)


def _text(ran: _Ran, *, color: bool, verbose: int) -> str:
    from turnstile.report import execution, text  # noqa: PLC0415 - `--help` does not need it

    columns = width()
    parts = [execution.render(file, color=color, width=columns, verbose=verbose) for file in ran.definitions]
    if ran.scenarios:
        parts.append(text.render(ran.scenarios, color=color, width=columns, verbose=verbose))
    return "\n".join(parts)
