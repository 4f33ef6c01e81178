"""A definition as a Mermaid state diagram (https://mermaid.js.org/syntax/stateDiagram.html, `stateDiagram-v2`).

States get ids of their own (`s1`), since names may hold what the notation cannot; names and labels are quoted with its
entity codes (`#quot;`).
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

from turnstile.report.layout import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.report.pictures.transitions import Scope

_SPECIAL = re.compile(r"[^\w .,$*+/()='!?\u200d\u2600-\u27bf\ufe0f\U0001f000-\U0001faff-]")
_COLOURS = {
    "succeeded": "fill:#d7f0dd,stroke:#1a7f37,color:#0b2e13",
    "failed": "fill:#fbdcdc,stroke:#b3261e,color:#410e0b",
    "caught": "fill:#fdebc8,stroke:#8a5a00,color:#3d2800",
    "timed out": "fill:#f3dcf5,stroke:#8e24aa,color:#3a0a45",
    "aborted": "fill:#e4e4e9,stroke:#55556a,color:#1d1d27",
    "stuck": "fill:#dbe6fb,stroke:#1f5fbf,color:#0a2450",
}


def document(scope: Scope, outcomes: Mapping[str, str] | None = None) -> str:
    """The text of the diagram, `outcomes` by state; ends with a line break."""
    found = outcomes or {}
    classes: dict[str, list[str]] = {}
    body = list(_scope(scope, count(1), found, classes, 1))
    used = sorted(set(classes) & set(_COLOURS))
    styles = [f"  classDef {_word(one)} {_COLOURS[one]}" for one in used]
    applied = [f"  class {','.join(classes[one])} {_word(one)}" for one in used]
    return "\n".join(["stateDiagram-v2", *styles, *body, *applied]) + "\n"


def quoted(text: str) -> str:
    """Text that Mermaid shows as it is: special characters as entity codes, line breaks as spaces.

    Letters of all languages and signs such as emoji stay readable; what turns the reading direction is spelt out.
    """
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", safe(" ".join(text.split())))


def _word(outcome: str) -> str:
    return outcome.replace(" ", "_")


def _scope(
    scope: Scope, numbers: count[int], outcomes: Mapping[str, str], classes: dict[str, list[str]], depth: int
) -> Iterator[str]:
    pad = "  " * depth
    known = {node.name: f"s{next(numbers)}" for node in scope.nodes}
    for node in scope.nodes:
        outcome = outcomes.get(node.name, "")
        told = f"{node.name} ({outcome})" if outcome else node.name
        yield f'{pad}state "{quoted(told)}" as {known[node.name]}'
        if node.inside:
            yield f"{pad}state {known[node.name]} {{"
            for index, inner in enumerate(node.inside):
                if index:
                    yield f"{pad}  --"
                yield from _scope(inner, numbers, outcomes, classes, depth + 1)
            yield f"{pad}}}"
        classes.setdefault(outcome, []).append(known[node.name])
    if scope.start:
        yield f"{pad}[*] --> {known[scope.start]}"
    for one in scope.transitions:
        label = f" : {quoted(one.label)}" if one.label else ""
        yield f"{pad}{known[one.source]} --> {known[one.target]}{label}"
    for node in scope.nodes:
        if node.ends:
            yield f"{pad}{known[node.name]} --> [*]"
