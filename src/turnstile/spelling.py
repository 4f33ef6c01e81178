"""The known word that a misspelt one was meant to be. Knows words only."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_SHOWN = 8
_CLOSE = 0.75


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one known word that is close enough to suggest; best are the same letters in another order."""
    folded = {name.casefold(): name for name in known}
    letters = sorted(word.casefold())
    swapped = [name for name in folded if sorted(name) == letters]
    close = swapped or get_close_matches(word.casefold(), folded, n=1, cutoff=_CLOSE)
    return folded[close[0]] if close else None


def hint(word: str, known: Iterable[str], kind: str) -> str:
    """A help line: the near word, else the known ones; `kind` is what they are, in the plural."""
    names = list(known)
    meant = nearest(word, names)
    if meant is not None:
        return f"did you mean `{meant}`?"
    if not names:
        return f"there are no {kind} here"
    shown = ", ".join(f"`{name}`" for name in names[:_MOST_SHOWN])
    return f"{kind} here: {shown}" + (" and more" if len(names) > _MOST_SHOWN else "")
