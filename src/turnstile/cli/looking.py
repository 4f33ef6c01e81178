"""Looking whether files have changed, for `run --watch`: by their time, size and number, folders by what is in them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from turnstile.cli.paths import is_hidden
from turnstile.clock import pause, stopwatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from turnstile.source import Written

_EVERY = 0.05
"""Wall seconds between two looks, at the least."""
_SHARE = 20
"""A look is followed by a pause so many times as long: watching takes a twentieth of a processor at the most."""
_SETTLED = 0.02
"""Wall seconds without a change after which whoever writes is done: several saves at once give one run."""
_ABSENT = 0.2
"""Wall seconds after which a file is gone, and not about to be written anew."""
_PATIENCE = 50
"""So many times may files change while they settle: who writes all the time is not waited for."""


def stamps(files: Iterable[Path]) -> dict[Path, Written]:
    """How files and folders are now."""
    from turnstile.source import written  # noqa: PLC0415 - `--help` does not need it

    return {file: written(file) for file in files}


def places(paths: Sequence[Path]) -> dict[Path, Written]:
    """How the paths are now that were given, and every folder below them in which a new file counts."""
    found = dict.fromkeys(paths)
    for path in paths:
        for folder, names, _ in os.walk(path):
            names[:] = sorted(name for name in names if not is_hidden(Path(name)))
            found.update(dict.fromkeys(Path(folder, name) for name in names))
    return stamps(found)


def changes(known: Sequence[Mapping[Path, Written]]) -> frozenset[Path]:
    """Wait for a change; the files and folders that are not as somebody knows them, once they have settled."""
    while True:
        elapsed = stopwatch()
        if files := _differing(known):
            break
        pause(max(_EVERY, _SHARE * elapsed()))
    before = stamps(files)
    for _ in range(_PATIENCE):
        pause(_ABSENT if any(not stamp for stamp in before.values()) else _SETTLED)
        files = _differing(known)
        if (now := stamps(files)) == before:
            break
        before = now
    return files


def _differing(known: Sequence[Mapping[Path, Written]]) -> frozenset[Path]:
    now = stamps({file for each in known for file in each})
    return frozenset(file for each in known for file, then in each.items() if now[file] != then)
