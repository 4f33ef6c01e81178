"""`run --watch`: run again what a saved file belongs to, in the same process, which stays warm."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import typer

from turnstile.cli.paths import Selection, select
from turnstile.clock import pause

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_EVERY = 0.05
"""Wall seconds between two looks."""

_SETTLED = 0.02
"""Wall seconds for an editor to finish writing what it has begun."""


def rerun(paths: Sequence[Path], chosen: Selection, once: Callable[[Selection], int]) -> NoReturn:
    """Run each file whenever it, or one it used, is saved, until Ctrl-C.

    Raises:
        KeyboardInterrupt: it is enough.
    """
    used = {path: _run(path, _alone(chosen, path), once) for path in (*chosen.scenarios, *chosen.definitions)}
    while True:
        typer.echo(f"watching {len(used)} files, Ctrl-C ends", err=True)
        changed = wait(used)
        current = select(paths)
        for path in (*current.scenarios, *current.definitions):
            if path in changed or path not in used:
                used[path] = _run(path, _alone(current, path), once)


def _alone(chosen: Selection, path: Path) -> Selection:
    return Selection((path,), ()) if path in chosen.scenarios else Selection((), (path,))


def _run(path: Path, alone: Selection, once: Callable[[Selection], int]) -> dict[Path, int]:
    """Run one file; the files it used, and when each was written last before it was read."""
    from turnstile.source import note, used_files  # noqa: PLC0415 - `--help` does not need it

    with used_files() as used:
        note(path)
        try:
            once(alone)
        except typer.Exit:
            sys.stderr.flush()
    return used


def wait(used: Mapping[Path, Mapping[Path, int]]) -> frozenset[Path]:
    """Wait for a change; the files to run again."""
    while not (changed := _changed(used)):
        pause(_EVERY)
    pause(_SETTLED)
    return changed | _changed(used)


def _changed(used: Mapping[Path, Mapping[Path, int]]) -> frozenset[Path]:
    from turnstile.source import written  # noqa: PLC0415 - `--help` does not need it

    now = {file: written(file) for files in used.values() for file in files}
    return frozenset(path for path, files in used.items() if any(now[file] != then for file, then in files.items()))
