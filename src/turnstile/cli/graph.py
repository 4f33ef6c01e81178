"""`turnstile graph`: the picture of a definition, or of a case coloured by what became of its states."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from turnstile.cli.exits import Exit, stop
from turnstile.cli.formats import save
from turnstile.cli.guard import guarded
from turnstile.cli.paths import select
from turnstile.cli.terminal import write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.report.report import Case, File


class Form(StrEnum):
    """The choices of `--format`."""

    SVG = "svg"
    MERMAID = "mermaid"


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is drawn: a definition under its name, with the outcomes of its states where it ran."""

    name: str
    document: Json
    outcomes: Mapping[str, str] | None = None


@guarded
def graph(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A definition (*.asl.json, *.asl.yaml) or a scenario.")],
    *,
    case: Annotated[
        str | None, typer.Option("--case", metavar="NAME", help="The case of a scenario that is run and drawn.")
    ] = None,
    machine: Annotated[
        str | None, typer.Option("--machine", metavar="NAME", help="Another state machine that ran in the case.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="The notation of the picture.")] = Form.SVG,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it to a file.", show_default=False),
    ] = None,
) -> None:
    """Draw a definition; of a scenario, run a case and colour its states by what became of them.

    Exit code: 0 drawn, 2 usage error or faulty file, 5 no such case.
    """
    text = _drawn(_subject(path, case, machine), form)
    if output is None:
        write(text)
    else:
        save(output, text)


def _subject(path: Path, case: str | None, machine: str | None) -> _Subject:
    if not select([path]).definitions:
        return _of_case(path, case, machine)
    for option, value in (("--case", case), ("--machine", machine)):
        if value is not None:
            raise typer.BadParameter("only a scenario takes it", param_hint=option)
    return _Subject(path.name.partition(".")[0], _definition(path))


def _definition(path: Path) -> Json:
    """The document of a definition; one with faults has a picture too, as far as there are states.

    Raises:
        Rejected: it cannot be read, or has no states.
    """
    from turnstile.asl.finding import TARGET  # noqa: PLC0415 - `--help` does not need it
    from turnstile.faults import Rejected  # noqa: PLC0415 - as above
    from turnstile.source import Origin, open_source, read  # noqa: PLC0415 - as above
    from turnstile.validation import validate  # noqa: PLC0415 - as above

    source = open_source(path)
    document = read(source)
    states = document.get("States") if isinstance(document, dict) else None
    if not isinstance(states, dict) or not states:
        message = f"`{path.name}` has no states to draw"
        raise Rejected([Origin(source).fault("unknown-kind", message, "a definition has `StartAt` and `States`")])
    if any(found.code == TARGET for found in validate(document)):
        told = "leads to states that are not there, or has some that nothing leads to: `turnstile validate` lists them"
        typer.echo(f"`{path}` {told}", err=True)
    return document


def _of_case(path: Path, name: str | None, machine: str | None) -> _Subject:
    from turnstile.report.html_case import outcomes  # noqa: PLC0415 - `--help` does not need it

    case = _ran(path, name)
    runs = [run for run in case.runs if machine in (None, run.machine.rpartition(":")[2])]
    if not runs:
        what = (
            f"no state machine `{machine}` ran in it" if machine else f"it ended as {case.status} before anything ran"
        )
        stop(Exit.NOTHING, f"nothing to draw in the case `{case.name}`: {what}")
    return _Subject(runs[0].machine.rpartition(":")[2], runs[0].document, outcomes(case, runs[0]))


def _ran(path: Path, name: str | None) -> Case:
    """The case of that name, else the first that has it in its name; without a name the file must have one case."""
    from turnstile.scenario.run import run_files  # noqa: PLC0415 - needs pydantic and YAML

    file = run_files([path], select=name).files[0]
    _readable(file)
    found = [case for case in file.cases if case.name == name] or list(file.cases)
    if not found:
        stop(Exit.NOTHING, f"no case of `{path}` has `{name}` in its name" if name else f"`{path}` has no case")
    if name is None and len(found) > 1:
        listed = ", ".join(f"`{case.name}`" for case in found)
        raise typer.BadParameter(f"the file has {len(found)} cases, name one: {listed}", param_hint="--case")
    return found[0]


def _readable(file: File) -> None:
    if file.faults:
        from turnstile.faults import Rejected  # noqa: PLC0415 - only where it goes wrong

        raise Rejected(file.faults)


def _drawn(subject: _Subject, form: Form) -> str:
    from turnstile.report.pictures import mermaid, svg  # noqa: PLC0415 - `--help` does not need it
    from turnstile.report.pictures.figure import figure  # noqa: PLC0415 - as above
    from turnstile.report.pictures.transitions import scope  # noqa: PLC0415 - as above

    states = scope(subject.document)
    if form is Form.MERMAID:
        return mermaid.document(states, subject.outcomes)
    return svg.document(figure(states), f"states of {subject.name}", subject.outcomes)
