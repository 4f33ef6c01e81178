"""How large and how deep the documents of an execution may be."""

from __future__ import annotations

from turnstile.asl import errors
from turnstile.document import Json, compact, is_deep, size

LARGEST_DOCUMENT = 262_144
"""Bytes of UTF-8 that an input or output may have (reference/limits.md)."""

DEEPEST_DOCUMENT = 400
"""Levels of nesting an output may have; what AWS bears is not known (*inferred*), Python bears less than a thousand."""


def weight(document: Json, name: str) -> int:
    """The bytes of a state's output.

    Raises:
        StatesError: it is nested too deeply, as a loop around a Parallel makes it.
    """
    try:
        text = compact(document)
        brackets = text.count("[") + text.count("{")
        deep = brackets > DEEPEST_DOCUMENT and is_deep(document, DEEPEST_DOCUMENT)
    except RecursionError:
        deep = True
    if deep:
        raise errors.runtime(f"The state/task '{name}' returned a result that is nested too deeply.")
    return size(text)
