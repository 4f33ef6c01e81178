"""`turnstile import`: what templates, assemblies, plans and live accounts hold, as a fragment of a scenario file."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from turnstile.cli.exits import Exit, stop
from turnstile.cli.formats import save
from turnstile.cli.guard import guarded
from turnstile.cli.terminal import Color, colored, width, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.importers.brought import Brought
    from turnstile.importers.kinds import Draft, Stack

_ID = "111122223333"
_COUNTED = ("roles", "users", "groups", "policies", "functions", "machines", "resources")


class What(StrEnum):
    """What a file is."""

    ACCOUNT = "account"
    TEMPLATE = "template"
    CDK = "cdk"
    TERRAFORM = "terraform"


@guarded
def import_(
    what: Annotated[
        What, typer.Argument(metavar="account|template|cdk|terraform", help="What the files are.", show_default=False)
    ],
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", help="Files; for `cdk` the folder `cdk.out`.", show_default=False),
    ],
    *,
    account: Annotated[str, typer.Option("--account", help="What the scenario calls the account.")] = "account",
    id_: Annotated[
        str, typer.Option("--id", metavar="DIGITS", help="The account id, where the files do not say it.")
    ] = _ID,
    region: Annotated[str, typer.Option("--region", help="The Region of its resources.")] = "us-east-1",
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", metavar="NAME=VALUE", help="A parameter of the templates; repeatable."),
    ] = None,
    code: Annotated[
        list[str] | None,
        typer.Option("--code", metavar="NAME=PATH", help="The code of a function that has none here; repeatable."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where the fragment goes; stdout if left out.")
    ] = None,
    color: Annotated[Color, typer.Option("--color", help="When to colour faults.")] = Color.AUTO,
) -> None:
    """Write what the files hold as `accounts` and `state_machines` of a scenario file.

    What came in, and what was left out, is said on stderr. Values of secrets are never written.

    Exit code: 0 everything came in, 1 something was left out, 2 usage error or a fault in the files, 4 bug in
    Turnstile, 5 the files hold nothing.
    """
    stack = _stack(account, id_, region)
    brought = _read(what, paths, stack, pairs(parameter, "--parameter"), pairs(code, "--code"))
    draft = _together(brought, account, stack)
    if not any(getattr(draft, name) for name in _COUNTED):
        stop(Exit.NOTHING, "the files hold nothing that a scenario could have")
    text = _fragment(draft, account, (output or Path("scenario.yaml")).parent)
    if output is None:
        write(text)
    else:
        save(output, text)
    left_out = [*(note for each in brought for note in each.skipped), *draft.ignored, *_without_code(draft)]
    typer.echo(_summary(draft, account), err=True)
    if left_out:
        _tell(left_out, color)
    raise typer.Exit(Exit.UNEXPECTED if left_out else Exit.EXPECTED)


def _stack(account: str, id_: str, region: str) -> Stack:
    from turnstile.arn import partition_of  # noqa: PLC0415 - `--help` does not need it
    from turnstile.importers.kinds import Stack  # noqa: PLC0415 - as above

    if not (id_.isdecimal() and len(id_) == len(_ID)):
        raise typer.BadParameter(f"`{id_}` is not an account id: it has twelve digits", param_hint="--id")
    try:
        partition_of(region)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--region") from None
    return Stack("", id_, region, account)


def pairs(values: Sequence[str] | None, option: str) -> dict[str, str]:
    """What NAME=VALUE options say.

    Raises:
        typer.BadParameter: one is written in another way.
    """
    found = {}
    for value in values or ():
        name, equals, text = value.partition("=")
        if not name or not equals:
            raise typer.BadParameter(f"`{value}` is not NAME=VALUE", param_hint=option)
        found[name] = text
    return found


def _read(
    what: What, paths: Sequence[Path], stack: Stack, parameters: Mapping[str, str], code: Mapping[str, str]
) -> tuple[Brought, ...]:
    given = {name: Path(text) for name, text in code.items()}
    match what:
        case What.ACCOUNT:
            return _details(paths, stack)
        case What.TERRAFORM:
            return _plans(paths, stack, given)
    return _templates(what, paths, stack, parameters, given)


def _details(paths: Sequence[Path], stack: Stack) -> tuple[Brought, ...]:
    from turnstile.importers.authorization_details import read_details  # noqa: PLC0415 - `--help` does not need it
    from turnstile.importers.brought import Brought  # noqa: PLC0415 - as above

    return (Brought("details", read_details(paths, region=stack.region)),)


def _plans(paths: Sequence[Path], stack: Stack, code: Mapping[str, Path]) -> tuple[Brought, ...]:
    from turnstile.faults import Rejected  # noqa: PLC0415 - `--help` does not need it
    from turnstile.importers.terraform import Plan, bring_plan  # noqa: PLC0415 - as above

    read = [bring_plan(Plan(path, str(path), stack, code=code)) for path in paths]
    faults = [fault for _, found in read for fault in found]
    if faults:
        raise Rejected(faults)
    return tuple(found for found, _ in read)


def _templates(
    what: What, paths: Sequence[Path], stack: Stack, parameters: Mapping[str, str], code: Mapping[str, Path]
) -> tuple[Brought, ...]:
    from turnstile.faults import Rejected  # noqa: PLC0415 - `--help` does not need it
    from turnstile.importers.stacked import bring, stack_template  # noqa: PLC0415 - as above

    if what is What.CDK:
        wanted = [(each.name, each.template, each.region, each.code) for each in _synthesized(paths, stack)]
    else:
        wanted = [("", path, "", {}) for path in paths]
    found, faults = bring(
        [
            stack_template(
                path,
                stack,
                name=name,
                region=region,
                parameters=parameters,
                code={**assets, **code},
                lenient=what is What.CDK,
            )
            for name, path, region, assets in wanted
        ]
    )
    if faults:
        raise Rejected(faults)
    return found


def _synthesized(paths: Sequence[Path], stack: Stack) -> list[Json]:
    from turnstile.importers.cdk import read_assembly  # noqa: PLC0415 - `--help` does not need it

    found = [each for path in paths for each in read_assembly(path)]
    wanted = [each for each in found if each.account in ("", stack.account)]
    if found and not wanted:
        others = ", ".join(sorted({each.account for each in found}))
        stop(
            Exit.NOTHING, f"no stack is of account {stack.account}", f"the stacks are of {others}: name it with `--id`"
        )
    return wanted


def _together(brought: Sequence[Brought], account: str, stack: Stack) -> Draft:
    from dataclasses import replace  # noqa: PLC0415 - `--help` does not need it

    from turnstile.faults import Rejected  # noqa: PLC0415 - as above
    from turnstile.importers.brought import together  # noqa: PLC0415 - as above
    from turnstile.importers.kinds import Draft  # noqa: PLC0415 - as above

    owner = next((each.draft.stack.account for each in brought if each.draft.stack.account), stack.account)
    draft = together(Draft(replace(stack, name=account, account=owner)), brought)
    if draft.faults:
        raise Rejected(draft.faults)
    return draft


def _fragment(draft: Draft, account: str, folder: Path) -> str:
    from turnstile.importers.fragment import fragment  # noqa: PLC0415 - `--help` does not need it
    from turnstile.importers.notation import yaml_text  # noqa: PLC0415 - as above

    return yaml_text(fragment(draft, account, folder))


def _without_code(draft: Draft) -> Iterable[Fault]:
    from turnstile.importers.fragment import left_out  # noqa: PLC0415 - `--help` does not need it

    return left_out(draft)


def _summary(draft: Draft, account: str) -> str:
    counts = [_counted(len(getattr(draft, name)), name) for name in _COUNTED if getattr(draft, name)]
    return f"{account} ({draft.stack.account}): {', '.join(counts)}"


def _counted(count: int, name: str) -> str:
    several = {"policies": "managed policies", "machines": "state machines"}.get(name, name)
    one = {"policies": "managed policy"}.get(name, several.removesuffix("s"))
    return f"{count} {one if count == 1 else several}"


def _tell(notes: Iterable[Fault], color: Color) -> None:
    from turnstile.report.fault_text import faults  # noqa: PLC0415 - only where something is left out

    text = faults(tuple(notes), color=colored(sys.stderr, color), width=width(), word="note")
    typer.echo(text, err=True, nl=False)
