"""`turnstile simulate`: decide every request of a file, and compare with what is expected."""

from __future__ import annotations

import json
import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from turnstile.cli.exits import Exit, stop
from turnstile.cli.formats import formats, save
from turnstile.cli.guard import guarded
from turnstile.cli.terminal import Color, colored, width, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from turnstile.document import Json
    from turnstile.simulation import Simulated

_VERSION = 1


@guarded
def simulate(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="JSON or YAML files, each a list of cases.", show_default=False),
    ],
    *,
    form: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="text|json[=FILE]", help="Form of the report, to stdout or a file."),
    ] = None,
    color: Annotated[Color, typer.Option("--color", help="When to colour the text.")] = Color.AUTO,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only what is not as expected.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Explain every refusal.")] = False,
) -> None:
    """Decide every request of a file; its fields are those of docs/policies.md.

    Exit code: 0 every request is allowed, or decided as its `expected` says; 1 one is denied, or decided otherwise; 2
    usage error or faulty file; 4 bug in Turnstile; 5 no request.
    """
    from turnstile.simulation import simulate as decide  # noqa: PLC0415 - `--help` does not need it

    wanted = formats(form or ())
    found = [one for path in paths for one in decide(path)]
    if not found:
        stop(Exit.NOTHING, "no request in these files")
    for each in wanted:
        if each.name == "json":
            text = _json(found)
        else:
            shown = color is Color.ALWAYS if each.file else colored(sys.stdout, color)
            text = "".join(f"{line}\n" for line in _lines(found, color=shown, quiet=quiet, verbose=verbose))
        save(each.file, text) if each.file else write(text)
    raise typer.Exit(Exit.EXPECTED if all(map(_good, found)) else Exit.UNEXPECTED)


def _good(one: Simulated) -> bool:
    """As expected; allowed where nothing is expected."""
    return one.passed and (bool(one.expected or one.expected_reason) or one.decision.allowed)


def _lines(found: Sequence[Simulated], *, color: bool, quiet: bool, verbose: bool) -> Iterator[str]:
    from turnstile.report.layout import Paint, safe  # noqa: PLC0415 - `--help` does not need it

    paint = Paint(color)
    for one in found:
        if quiet and _good(one):
            continue
        word = paint("good" if one.decision.allowed else "bad", f"{one.verdict:<5}")
        yield f"{word}  {one.decision.reason.value:<13}  {safe(one.name)}{_mismatch(one, paint)}"
        if verbose and not one.decision.allowed:
            yield from _why(one, color=color)
    failed = sum(1 for one in found if not one.passed)
    allowed = sum(1 for one in found if one.decision.allowed)
    others = f", {failed} not as expected" if failed else ""
    yield f"{len(found)} requests, {allowed} allowed{others}" if len(found) != 1 else f"1 request{others}"


def _mismatch(one: Simulated, paint: Json) -> str:
    if one.passed:
        return ""
    wanted = " ".join(word for word in (one.expected, one.expected_reason) if word)
    return f"  {paint('bad', 'expected')} {wanted}"


def _why(one: Simulated, *, color: bool) -> list[str]:
    from turnstile.report.verdict import text, verdict  # noqa: PLC0415 - `--help` does not need it

    told = text(verdict(one.decision), color=color, width=width(), every=False)
    return [*told.splitlines()[1:], ""]


def _json(found: Sequence[Simulated]) -> str:
    cases = [
        {
            "name": one.name,
            "verdict": one.verdict,
            "reason": one.decision.reason.value,
            "layer": one.decision.layer.value if one.decision.layer else None,
            "message": one.decision.message or None,
            "expected": one.expected or None,
            "expected_reason": one.expected_reason or None,
            "passed": one.passed,
        }
        for one in found
    ]
    document = {"version": _VERSION, "passed": all(map(_good, found)), "cases": cases}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
