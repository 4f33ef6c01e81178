"""How large the variables of an execution may be: 256 KiB for all that one Assign sets, 10 MiB together.

Documented (reference/limits.md, "variables"). *Inferred*: the error, its text, that a value counts by its JSON text and
a name not at all, and that what a branch assigned is not counted in the other branches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import errors
from turnstile.asl.errors import StatesError
from turnstile.document import Json, compact, size

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_ASSIGN = 262_144
"""Bytes of UTF-8 of what one Assign sets, and so of one variable."""

LARGEST_TOGETHER = 10_485_760
"""Bytes of UTF-8 of all variables."""

_SMALL = 1_024
"""Bytes up to which a variable is not counted: only ten thousand of this size are more than may be."""

_SCALAR = (int, float, bool, type(None))


def weighed(assigned: Mapping[str, Json], before: Mapping[str, int], state: str) -> Mapping[str, int]:
    """The bytes of each large variable after an Assign, given those before it; measures only what it sets.

    Raises:
        StatesError: the Assign sets too much, or the variables are too large together.
    """
    sizes = {name: size(compact(value)) for name, value in assigned.items() if not isinstance(value, _SCALAR)}
    if not before and (not sizes or max(sizes.values()) <= _SMALL):
        return before
    if sum(sizes.values()) > LARGEST_ASSIGN:
        raise _exceeded(f"The state/task '{state}' assigned variables with a size")
    after = {name: bytes_ for name, bytes_ in {**before, **sizes}.items() if bytes_ > _SMALL}
    for name in assigned.keys() - sizes.keys():
        after.pop(name, None)
    if sum(after.values()) > LARGEST_TOGETHER:
        raise _exceeded(f"After the state/task '{state}' all variables together have a size")
    return after


def _exceeded(what: str) -> StatesError:
    return StatesError(errors.DATA_LIMIT_EXCEEDED, f"{what} exceeding the maximum number of bytes service limit.")
