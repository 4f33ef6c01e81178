"""Which files a pattern of the settings means: by their name, or with a slash in it by their path from the root."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


def matches(path: Path, root: Path, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns means the file; `*` of a path goes beyond slashes."""
    within = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    return any(fnmatchcase(within if "/" in one else path.name, one.removeprefix("./")) for one in patterns)


def marks(path: Path, root: Path, lines: Sequence[str], case: str) -> Iterator[str]:
    """The marks of a case of a file, in the order of the lines `pattern: mark mark` or `pattern::case: mark mark`.

    Raises:
        ValueError: a line is not of that form.
    """
    for line in lines:
        meant, colon, names = line.rpartition(":")
        if not colon or meant.endswith(":") or not names.split():
            raise ValueError(f"`{line}` is no line of turnstile_marks: write `pattern: mark mark`")
        pattern, within, cases = meant.strip().partition("::")
        if matches(path, root, [pattern]) and (not within or fnmatchcase(case, cases)):
            yield from names.replace(",", " ").split()
