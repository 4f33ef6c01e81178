"""Placeholders of templates, `${Name}`, that nobody filled in before a definition was read.

To AWS they are texts like others. Findings at such a text are AWS's own; only the help says what is behind them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.document import resolve

if TYPE_CHECKING:
    from turnstile.asl.finding import Finding
    from turnstile.document import Json

_PLACEHOLDER = re.compile(r"\$\{[A-Za-z0-9_:]+\}")


def explained(finding: Finding, document: Json) -> Finding:
    """The finding, with a help about the placeholder if there is one in the text it is about."""
    if finding.place is None:
        return finding
    try:
        value = resolve(document, finding.pointer)
    except (LookupError, ValueError, TypeError):
        return finding
    match = _PLACEHOLDER.search(value) if isinstance(value, str) else None
    if match is None:
        return finding
    filled = f"`{match[0]}` is a placeholder: fill it in by `substitutions` of a scenario, or run its template"
    return replace(finding, help=f"{filled}; `turnstile init FILE` drafts a scenario")
