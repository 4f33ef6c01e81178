"""What is said where options leave no case: which cases there are, and which phrase may be misspelt."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from turnstile.cli.choosing import Wish

_MOST = 5
"""So many names are listed, the others counted."""


def unchosen(wish: Wish) -> str:
    """That there is nothing to run, in one sentence."""
    left_out = str(wish)
    return f"no case is chosen by {left_out}" if left_out else "no file has a case"


def names_there(paths: Sequence[Path], wish: Wish) -> str:
    """The names that `-k` could have meant, near ones first; empty without `-k` or names."""
    if wish.keyword is None:
        return ""
    from turnstile.scenario.case_names import case_names  # noqa: PLC0415 - needs pydantic and YAML
    from turnstile.scenario.running.keyword import Keyword  # noqa: PLC0415 - `--help` does not need it

    found = {path: there for path in paths if (there := case_names(path))}
    names = list(dict.fromkeys(name for each in found.values() for name in each))
    if not names:
        return ""
    near = dict.fromkeys(close for phrase in Keyword(wish.keyword).phrases if (close := _near(phrase, names)))
    meant = f"did you mean {' and '.join(f'`{one}`' for one in near)}? " if near else ""
    first = [name for name in names if any(one in name.casefold() for one in near)]
    listed = [*first, *(name for name in names if name not in first)]
    return f"{meant}{_of(sum(map(len, found.values())), len(found))}: {_listed(listed)}"


def _near(phrase: str, names: Iterable[str]) -> str | None:
    """The words of a name, as many as the phrase has, that are spelt like it."""
    from turnstile.spelling import nearest  # noqa: PLC0415 - only where it goes wrong

    if any(phrase in name.casefold() for name in names):
        return None
    return nearest(phrase, (one for name in names for one in _parts(name.casefold().split(), len(phrase.split()))))


def _parts(words: Sequence[str], length: int) -> Iterator[str]:
    for first in range(len(words) - length + 1):
        yield " ".join(words[first : first + length])


def _of(cases: int, files: int) -> str:
    there = "there is 1 case" if cases == 1 else f"there are {cases} cases"
    return f"{there} in {'1 file' if files == 1 else f'{files} files'}"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST
    return ", ".join(f"`{name}`" for name in names[:_MOST]) + (f" and {more} more" if more > 0 else "")
