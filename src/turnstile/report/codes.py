"""Every code that a message of Turnstile can carry: what it means, an example, what to do.

One table, shipped as data (`data/codes.json`): `turnstile explain CODE`, the pages of docs/codes and the rules of SARIF
are made from it. A test holds every code of the source to have a row.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from turnstile.report.layout import labelled, wrapped
from turnstile.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOME = "https://github.com/turnstile-asl/turnstile"
PAGES = f"{HOME}/blob/main/docs/codes"
"""Where the pages of the codes are."""

KINDS = {
    "link": "a link of the permission chain that refused a call",
    "expectation": "an expectation of a case that did not hold",
    "fault": "a fault of a file, which keeps it from running",
    "definition": "a finding of a definition",
    "warning": "a warning, which keeps nothing from running",
}
"""The kinds of codes, in the order of docs/codes, and what each is."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code; texts are sentences of ours, with code in backticks."""

    name: str
    kind: str
    meaning: str
    example: str
    remedy: str

    @property
    def title(self) -> str:
        """The first sentence of what it means."""
        return self.meaning.partition(". ")[0].removesuffix(".")


@functools.cache
def codes() -> Mapping[str, Code]:
    """All codes by name, in the order of the table."""
    table = json.loads(files("turnstile").joinpath("data/codes.json").read_text("utf-8"))
    return {name: Code(name, **row) for name, row in table.items()}


def code(name: str) -> Code | None:
    """A code by its name, None for one that does not exist."""
    return codes().get(name)


def meant(name: str) -> str | None:
    """The code that a misspelt one was meant to be."""
    return nearest(name, codes())


def page(name: str) -> str:
    """The address of a code's page."""
    return f"{PAGES}/{name}.md"


def text(one: Code, width: int = 100) -> str:
    """A code for reading on a terminal of so many columns, with a line break at its end."""
    lines = [f"{one.name}: {KINDS[one.kind]}", "", *wrapped(one.meaning, width), ""]
    lines += labelled("example:", one.example, indent=2, margin=11, width=width)
    lines += labelled("help:", one.remedy, indent=2, margin=11, width=width)
    return "\n".join(lines) + "\n"


def pages() -> Iterator[tuple[str, str]]:
    """The files of docs/codes: name and Markdown text."""
    yield "README.md", _index()
    yield from ((f"{one.name}.md", _page(one)) for one in codes().values())


def _page(one: Code) -> str:
    lines = [
        f"# `{one.name}`",
        "",
        one.meaning,
        "",
        f"- **Kind:** {KINDS[one.kind]}",
        f"- **Example:** {one.example}",
        f"- **What to do:** {one.remedy}",
        "",
        f"`turnstile explain {one.name}` prints this page. [All codes](README.md)",
    ]
    return "\n".join(lines) + "\n"


def _index() -> str:
    lines = ["# Codes", "", "Every message of Turnstile has a code; `turnstile explain CODE` prints its page offline."]
    for kind, words in KINDS.items():
        lines += ["", f"## {words[:1].upper()}{words[1:]}", "", "| code | meaning |", "| --- | --- |"]
        of_kind = [one for one in codes().values() if one.kind == kind]
        lines += [f"| [`{one.name}`]({one.name}.md) | {one.title} |" for one in of_kind]
    return "\n".join(lines) + "\n"
