"""`turnstile explain CODE`: what a code of a message means, offline."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from turnstile.cli.exits import Exit, stop
from turnstile.cli.formats import deliver
from turnstile.cli.terminal import width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from turnstile.cli.formats import Format


def show(name: str, wanted: Sequence[Format]) -> None:
    """Print the page of a code.

    Raises:
        typer.Exit: there is no such code.
    """
    from turnstile.report.codes import PAGES, code, meant, text  # noqa: PLC0415 - `--help` does not need it

    found = code(name)
    if found is None:
        near = meant(name)
        stop(
            Exit.USAGE,
            f"`{name}` is not a code",
            f"did you mean `{near}`?" if near else f"a message has its code at its end, in brackets; all: {PAGES}",
        )
    for one in wanted:
        as_json = json.dumps(asdict(found), indent=2, ensure_ascii=False) + "\n"
        deliver(one, as_json if one.name == "json" else text(found, width()))
