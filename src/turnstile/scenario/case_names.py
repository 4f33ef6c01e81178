"""What the cases of a scenario file are called, without reading what they do.

For words about a choice that left nothing; a file with faults has been told of elsewhere and has no names here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.faults import Rejected
from turnstile.scenario.composition.composing import compose
from turnstile.scenario.composition.defaulting import write_out
from turnstile.scenario.composition.library import Library
from turnstile.scenario.composition.matrix import unfold

if TYPE_CHECKING:
    from pathlib import Path


def case_names(path: Path) -> tuple[str, ...]:
    """The names, each case of a matrix with its own, in the order of the file."""
    try:
        whole, _ = unfold(write_out(compose(path, Library(path.parent))))
    except Rejected:
        return ()
    cases = whole.document.get("cases") if isinstance(whole.document, dict) else None
    listed = cases if isinstance(cases, list) else []
    return tuple(case["name"] for case in listed if isinstance(case, dict) and isinstance(case.get("name"), str))
