"""`turnstile validate`: check definitions and scenario files without running anything."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from turnstile.cli.exits import Exit
from turnstile.cli.formats import DIAGNOSTICS, deliver, formats, ready
from turnstile.cli.guard import guarded
from turnstile.cli.paths import select
from turnstile.cli.terminal import Color, colored, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from turnstile.cli.formats import Format
    from turnstile.faults import Fault
    from turnstile.permissions.surroundings import Surroundings
    from turnstile.report.alerts import Alert
    from turnstile.scenario.scenario import Scenario
    from turnstile.validation import Diagnostic

_NO_FILE = frozenset({"file-too-large", "not-text", "unreadable-file"})
"""Faults of a file that could not be looked into at all."""
_VERSION = 1


class Type(StrEnum):
    """The choices of `--type`."""

    STANDARD = "STANDARD"
    EXPRESS = "EXPRESS"


@guarded
def validate(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH",
            help="Definitions (*.asl.json, *.asl.yaml), scenario files, or folders with scenario files.",
            show_default=False,
        ),
    ],
    *,
    type_: Annotated[
        Type, typer.Option("--type", case_sensitive=False, help="The kind of machine that definitions are for.")
    ] = Type.STANDARD,
    machine: Annotated[
        str | None,
        typer.Option(
            "--machine", metavar="ARN", help="The ARN of the machine that definitions are for, to see what it reaches."
        ),
    ] = None,
    form: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="NAME[=FILE]",
            help=f"Form of the findings ({', '.join(DIAGNOSTICS)}), to stdout or a file; repeatable.",
        ),
    ] = None,
    color: Annotated[Color, typer.Option("--color", help="When to colour the text.")] = Color.AUTO,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only what is wrong.")] = False,
) -> None:
    """Check definitions as CreateStateMachine does, and scenario files with their policies, with every finding at once.

    Also finds what no policy can open: another partition, another Region, a role that is not there.

    Exit code: 0 nothing found but warnings, 1 something found, 2 usage error or a file that cannot be
    read, 4 bug in Turnstile, 5 nothing selected.
    """
    wanted = formats(form or (), DIAGNOSTICS)
    around = _around(machine)
    chosen = select(paths)
    ready(wanted, (*chosen.scenarios, *chosen.definitions))
    checked = [*(_definition(path, type_, around) for path in chosen.definitions), *map(_scenario, chosen.scenarios)]
    for one in wanted:
        _print(checked, one, color, quiet=quiet)
    raise typer.Exit(Exit.EXPECTED if all(file.sound for file in checked) else Exit.UNEXPECTED)


@dataclass(frozen=True, slots=True)
class _Checked:
    """One file, what was found in it, and what is worth a second look in its policies."""

    path: Path
    found: tuple[Diagnostic, ...]
    warned: tuple[Diagnostic, ...] = ()

    @property
    def sound(self) -> bool:
        return not self.found

    @property
    def all(self) -> tuple[Diagnostic, ...]:
        return (*self.found, *self.warned)


def _around(machine: str | None) -> Surroundings:
    from turnstile import arn  # noqa: PLC0415 - `--help` does not need it
    from turnstile.permissions.surroundings import NOWHERE, Surroundings  # noqa: PLC0415 - as above

    if machine is None:
        return NOWHERE
    try:
        parsed = arn.parse(machine)
        arn.partition_of(parsed.region)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--machine") from None
    if not parsed.resource.startswith("stateMachine:"):
        raise typer.BadParameter(f"`{machine}` is not the ARN of a state machine", param_hint="--machine")
    return Surroundings(parsed)


def _definition(path: Path, type_: Type, around: Surroundings) -> _Checked:
    from turnstile.validation import foresee  # noqa: PLC0415 - `--help` does not need it
    from turnstile.validation import validate as check  # noqa: PLC0415 - as above

    found = check(path, type=type_.value)
    return _Checked(path, found) if found else _told(path, foresee(path, around))


def _told(path: Path, found: Iterable[Diagnostic], warned: Iterable[Diagnostic] = ()) -> _Checked:
    """A file with what was found in it, told apart by severity."""
    every = tuple(dict.fromkeys((*found, *warned)))
    errors = tuple(each for each in every if each.severity == "ERROR")
    return _Checked(path, errors, tuple(each for each in every if each.severity != "ERROR"))


def _scenario(path: Path) -> _Checked:
    """Everything wrong with a scenario file, and with Express machines in it what only they may not have."""
    from turnstile.faults import Rejected  # noqa: PLC0415 - `--help` does not need it
    from turnstile.scenario.load import load  # noqa: PLC0415 - needs pydantic and YAML

    try:
        scenario = load(path)
    except Rejected as rejected:
        if any(fault.code in _NO_FILE for fault in rejected.faults):
            raise
        return _Checked(path, tuple(map(_diagnostic, rejected.faults)))
    return _told(path, (*_machines(scenario), *_borders(scenario)), _policies(scenario))


def _machines(scenario: Scenario) -> Iterator[Diagnostic]:
    from turnstile.validation import validate as check  # noqa: PLC0415 - `--help` does not need it

    declared = {id(machine): machine for case in scenario.cases for machine in case.declarations.machines}
    for machine in declared.values():
        yield from check(machine.definition, type=machine.type)


def _borders(scenario: Scenario) -> Iterator[Diagnostic]:
    """What the machines run into in the world of some case; faults only where no refusal is what the case is about."""
    from turnstile.permissions.surroundings import around  # noqa: PLC0415 - `--help` does not need it
    from turnstile.validation import foresee  # noqa: PLC0415 - as above

    for case in scenario.cases:
        for machine in case.declarations.machines:
            for found in foresee(machine.definition, around(machine, case.declarations)):
                if found.severity != "ERROR" or not case.expectation.of_refusal:
                    yield found


def _policies(scenario: Scenario) -> Iterator[Diagnostic]:
    """What was left out of imported files, and the warnings of every policy of every role, each policy once."""
    from turnstile.iam.lint import warnings  # noqa: PLC0415 - `--help` does not need it
    from turnstile.validation import Diagnostic  # noqa: PLC0415 - `--help` does not need it

    accounts = (account for case in scenario.cases for account in case.declarations.accounts)
    roles = dict.fromkeys(role for account in accounts for role in account.roles)
    policies = dict.fromkeys(policy for role in roles for policy in (role.trust, *role.policies))
    found = (fault for policy in policies for fault in warnings(policy))
    for fault in dict.fromkeys((*scenario.notes, *found)):
        yield Diagnostic(fault.code, "WARNING", fault.message, None, fault.where, fault.help)


def _diagnostic(fault: Fault) -> Diagnostic:
    from turnstile.validation import Diagnostic  # noqa: PLC0415 - `--help` does not need it

    return Diagnostic(fault.code, "ERROR", fault.message, None, fault.where, fault.help)


def _print(checked: Sequence[_Checked], wanted: Format, color: Color, *, quiet: bool) -> None:
    match wanted.name:
        case "json":
            deliver(wanted, _json(checked))
        case "sarif":
            deliver(wanted, _sarif(checked))
        case "github":
            deliver(wanted, _github(checked))
        case _:
            shown = color is Color.ALWAYS if wanted.file else colored(sys.stdout, color)
            deliver(wanted, _text(checked, color=shown, quiet=quiet))


def _alerts(checked: Sequence[_Checked]) -> tuple[Alert, ...]:
    from turnstile.report.alerts import ERROR, WARNING, merged, of_faults  # noqa: PLC0415 - only where asked for

    found = of_faults((each.fault() for file in checked for each in file.found), ERROR)
    warned = of_faults((each.fault() for file in checked for each in file.warned), WARNING)
    return merged((*found, *warned))


def _sarif(checked: Sequence[_Checked]) -> str:
    from turnstile.report.sarif import document  # noqa: PLC0415 - only where asked for

    return document(_alerts(checked), exit_code=0 if all(file.sound for file in checked) else 1)


def _github(checked: Sequence[_Checked]) -> str:
    from turnstile.report.github import commands  # noqa: PLC0415 - only where asked for

    return commands(_alerts(checked))


def _json(checked: Sequence[_Checked]) -> str:
    files = [{"path": str(file.path), "diagnostics": [asdict(each) for each in file.all]} for file in checked]
    passed = all(file.sound for file in checked)
    return json.dumps({"version": _VERSION, "passed": passed, "files": files}, indent=2, ensure_ascii=False) + "\n"


def _text(checked: Sequence[_Checked], *, color: bool, quiet: bool) -> str:
    found = tuple(each.fault() for file in checked for each in file.found)
    warned = tuple(each.fault() for file in checked for each in file.warned)
    text = ""
    if found or warned:
        from turnstile.report.fault_text import faults  # noqa: PLC0415 - only where something is wrong

        columns = width()
        text = faults(found, color=color, width=columns) if found else ""
        text += faults(warned, color=color, width=columns, word="warning") if warned and not quiet else ""
    return text if quiet else text + _summary(len(checked), len(found), len(warned))


def _summary(files: int, found: int, warned: int) -> str:
    counts = [_count(found, "finding")] if found else []
    counts += [_count(warned, "warning")] if warned else []
    return f"{_count(files, 'file')}, {', '.join(counts) or 'nothing found'}\n"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
