"""`turnstile explain`: why a request is allowed or denied, given by its policies or taken from a report; and codes."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from turnstile.cli.code_page import show
from turnstile.cli.exits import Exit, stop
from turnstile.cli.formats import formats, save
from turnstile.cli.guard import guarded
from turnstile.cli.history import explain_history
from turnstile.cli.terminal import Color, colored, width, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from turnstile.document import Json
    from turnstile.iam.request import ContextValue
    from turnstile.report.verdict import Verdict

_MANY = "repeatable"


def _files(name: str, what: str) -> typer.models.OptionInfo:
    """An option that takes files; typer reads it from the annotation."""
    option: typer.models.OptionInfo = typer.Option(name, metavar="FILE", help=what, show_default=False)
    return option


@guarded
def explain(
    code: Annotated[
        str | None,
        typer.Argument(metavar="CODE", help="A code of a message, to read what it means.", show_default=False),
    ] = None,
    *,
    principal: Annotated[
        str | None, typer.Option("--principal", metavar="ARN", help="Who asks: an ARN, or a service principal.")
    ] = None,
    action: Annotated[str | None, typer.Option("--action", metavar="ACTION", help="Such as sqs:SendMessage.")] = None,
    resource: Annotated[str | None, typer.Option("--resource", metavar="ARN", help="On what; * for none.")] = None,
    owner: Annotated[
        str | None,
        typer.Option("--resource-account", metavar="ID", help="Whose it is, where the ARN does not tell."),
    ] = None,
    context: Annotated[
        list[str] | None,
        typer.Option("--context", metavar="KEY=VALUE", help=f"A condition key, {_MANY}; twice: several values."),
    ] = None,
    identity: Annotated[list[Path] | None, _files("--identity", f"An identity policy, {_MANY}.")] = None,
    resource_policy: Annotated[Path | None, _files("--resource-policy", "The policy of the resource.")] = None,
    trust: Annotated[Path | None, _files("--trust", "The trust policy of the role that is to be assumed.")] = None,
    boundary: Annotated[list[Path] | None, _files("--boundary", f"A permissions boundary, {_MANY}.")] = None,
    session: Annotated[list[Path] | None, _files("--session", f"A session policy, {_MANY}.")] = None,
    scp: Annotated[
        list[str] | None,
        typer.Option("--scp", metavar="FILE[,FILE]", help=f"A level of service control policies, root first, {_MANY}."),
    ] = None,
    rcp: Annotated[
        list[str] | None,
        typer.Option("--rcp", metavar="FILE[,FILE]", help=f"A level of resource control policies, {_MANY}."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="A JSON report, instead of a request.")
    ] = None,
    case: Annotated[str | None, typer.Option("--case", metavar="NAME", help="The case of the report.")] = None,
    call: Annotated[int, typer.Option("--call", min=1, metavar="N", help="Which refused call of the case.")] = 1,
    history: Annotated[
        str | None,
        typer.Option(
            "--history", metavar="FILE|-", help="A history of an execution, or the text of a refusal, from AWS."
        ),
    ] = None,
    definition: Annotated[
        Path | None, typer.Option("--definition", metavar="FILE", help="With --history: the definition that ran.")
    ] = None,
    scenario: Annotated[
        Path | None, typer.Option("--scenario", metavar="FILE", help="With --history: accounts that are declared.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--write", metavar="FOLDER", help="With --history: write a scenario that shows it.")
    ] = None,
    form: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="text|json[=FILE]", help="Form of the answer, to stdout or a file."),
    ] = None,
    color: Annotated[Color, typer.Option("--color", help="When to colour the text.")] = Color.AUTO,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="With every statement that was looked at.")] = False,
) -> None:
    """Say why a request is allowed or denied, what a refusal of AWS may come from, or what a CODE means.

    A request: --principal, --action and --resource, and its policies; or a refused call of a --report. The context
    holds what follows from principal and resource; add what else the policies ask for with --context.

    A refusal that AWS has shown: --history, with a history or the pasted text; --scenario tells what is known.

    Exit code: 0 allowed, or a code was explained, 1 denied, 2 usage error or faulty file, 4 bug in Turnstile.
    """
    wanted = formats(form or ())
    request = {"--principal": principal, "--action": action, "--resource": resource}
    if code is not None:
        _alone(code, {**request, "--report": report, "--case": case})
        show(code, wanted)
        raise typer.Exit(Exit.EXPECTED)
    if history is not None:
        _alone("--history", {**request, "--report": report, "--case": case})
        explain_history(history, wanted, color, definition=definition, scenario=scenario, out=out)
    for option, value in {"--definition": definition, "--scenario": scenario, "--write": out}.items():
        if value is not None:
            raise typer.BadParameter("it needs `--history`", param_hint=option)
    _check(request, report, case)
    if report is not None:
        shown = _reported(report, case, call)
    else:
        shown = _asked(
            principal=principal,
            action=action,
            resource=resource,
            resource_account=owner,
            context=_context(context or ()),
            identity=identity or (),
            resource_policy=resource_policy,
            trust=trust,
            boundary=boundary or (),
            session=session or (),
            scps=_levels(scp),
            rcps=_levels(rcp),
        )
    for one in wanted:
        text = _rendered(shown, one.name, color=_color(one.file, color), every=verbose)
        save(one.file, text) if one.file else write(text)
    raise typer.Exit(Exit.EXPECTED if shown.allowed else Exit.UNEXPECTED)


def _alone(code: str, others: Mapping[str, object]) -> None:
    for option, value in others.items():
        if value is not None:
            raise typer.BadParameter(f"`{code}` is explained alone", param_hint=option)


def _check(request: Mapping[str, str | None], report: Path | None, case: str | None) -> None:
    given = [name for name, value in request.items() if value is not None]
    if report is not None and given:
        raise typer.BadParameter(f"a report has its own request, so `{given[0]}` is not for it", param_hint="--report")
    if report is None and case is not None:
        raise typer.BadParameter("it needs `--report`", param_hint="--case")
    missing = [name for name, value in request.items() if not value]
    if report is None and missing:
        listed = ", ".join(f"`{name}`" for name in missing)
        stop(Exit.USAGE, f"the request has no {listed}", "give all three; or else a code, `--report` or `--history`")


def _color(file: Path | None, choice: Color) -> bool:
    return choice is Color.ALWAYS if file else colored(sys.stdout, choice)


def _context(values: Sequence[str]) -> dict[str, ContextValue]:
    """Keys and values; a key that stands twice has several values."""
    found: dict[str, ContextValue] = {}
    for text in values:
        key, equals, value = text.partition("=")
        if not equals or ":" not in key:
            raise typer.BadParameter(f"`{text}` is not KEY=VALUE, such as `aws:TagKeys=a`", param_hint="--context")
        before = found.get(key)
        found[key] = value if before is None else (*((before,) if isinstance(before, str) else before), value)
    return found


def _levels(values: Sequence[str] | None) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(value.split(",")) for value in values or ())


def _asked(**request: Json) -> Verdict:
    from turnstile.report.verdict import verdict  # noqa: PLC0415 - `--help` does not need it
    from turnstile.simulation import explain as decide  # noqa: PLC0415 - `--help` does not need it

    return verdict(decide(**request))


def _reported(path: Path, name: str | None, number: int) -> Verdict:
    from turnstile.report.verdict import reported  # noqa: PLC0415 - `--help` does not need it
    from turnstile.source import open_source, read  # noqa: PLC0415 - `--help` does not need it

    document = read(open_source(path))
    try:
        cases = [case for file in document["files"] for case in file["cases"] if case["refused"]]
        chosen = [case for case in cases if name is None or case["name"] == name]
        if len(chosen) != 1:
            listed = ", ".join(f"`{case['name']}`" for case in cases) or "none"
            what = "no case with a refused call has that name" if name else "several cases have refused calls, or none"
            stop(Exit.USAGE, what, f"name one with `--case`: {listed}")
        refused = chosen[0]["refused"]
        if number > len(refused):
            stop(Exit.USAGE, f"the case has {len(refused)} refused calls", "`--call` counts from 1")
        return reported(refused[number - 1])
    except (LookupError, TypeError):
        stop(Exit.USAGE, f"`{path}` is not a report of this version", "`turnstile run --format json=FILE` writes one")


def _rendered(shown: Verdict, form: str, *, color: bool, every: bool) -> str:
    from turnstile.report.verdict import document, text  # noqa: PLC0415 - `--help` does not need it

    return document(shown) if form == "json" else text(shown, color=color, width=width(), every=every)
