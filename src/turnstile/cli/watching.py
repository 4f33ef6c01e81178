"""`run --watch`: run again what a saved file belongs to, in the same process, which stays warm.

Every file that a run read is looked at, and every folder that could get a new one: a look at some hundred files takes
less than a millisecond, and unlike what the system tells of files it holds on network drives and in containers as well
(docs/decisions/0012). Nothing that was read is kept: each run reads its files anew.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NoReturn

import typer

from turnstile.cli.exits import Exit
from turnstile.cli.guard import guarded
from turnstile.cli.looking import changes, places, stamps
from turnstile.cli.paths import found
from turnstile.cli.ran import merged, run_selection
from turnstile.cli.remembered import remembered
from turnstile.cli.unchosen import names_there, unchosen
from turnstile.report.layout import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from turnstile.cli.delivery import Delivery
    from turnstile.cli.paths import Selection
    from turnstile.cli.ran import Ran, Wanted
    from turnstile.source import Written

_NAMED = 3
"""So many files are named, the others counted."""


def rerun(paths: Sequence[Path], chosen: Selection, wanted: Wanted, delivery: Delivery) -> NoReturn:
    """Run each file whenever it, or one it used, is saved, until Ctrl-C.

    Raises:
        KeyboardInterrupt: it is enough.
    """
    watch = _Watch(tuple(paths), replace(wanted, watching=True), delivery)
    watch.begin(chosen)
    while True:
        watch.again()


@dataclass(slots=True, eq=False)
class _Watch:
    """The files that are watched, by the scenario or definition they belong to, and how that went when it ran last."""

    paths: tuple[Path, ...]
    wanted: Wanted
    delivery: Delivery
    used: dict[Path, dict[Path, Written]] = field(default_factory=dict)
    latest: dict[Path, Ran] = field(default_factory=dict)
    places: dict[Path, Written] = field(default_factory=dict)

    def begin(self, chosen: Selection) -> None:
        """Run everything once; with `--last-failed` only files of which a case failed, if there are any."""
        self.places = places(self.paths)
        self.used = {path: stamps((path,)) for path in chosen.all}
        for path in self._first(chosen):
            self._run(chosen, path)
            if self._enough:
                break
        if not any(ran.report.files for ran in self.latest.values()):
            _say(unchosen(self.wanted.wish))
            there = names_there(chosen.scenarios, self.wanted.wish)
            if there:
                _say(f"  help: {safe(there)}")
        self._waiting()

    def _first(self, chosen: Selection) -> tuple[Path, ...]:
        if not self.wanted.wish.last_failed:
            return chosen.all
        known = remembered(self.wanted.root)
        return tuple(path for path in chosen.all if known.of(path) is not None) or chosen.all

    @property
    def _enough(self) -> bool:
        """So many cases are not as expected as end a run."""
        cases = (case for ran in self.latest.values() for file in ran.report.files for case in file.cases)
        return bool(self.wanted.most) and sum(not case.passed for case in cases) >= self.wanted.most

    def again(self) -> None:
        """Wait for a change, and run what it touches."""
        files = changes((self.places, *self.used.values()))
        current = found(path for path in self.paths if path.exists())
        self.places = places(self.paths)
        gone = [path for path in self.used if path not in current.all]
        new = [path for path in current.all if path not in self.used]
        touched = [path for path in current.all if files & self.used.get(path, {}).keys()]
        if not (gone or new or touched):
            return  # something that is none of ours has come into a folder, or gone
        _say(_listed(files, gone, new))
        for path in gone:
            del self.used[path]
            self.latest.pop(path, None)
        for path in current.all:
            if path in new or path in touched:
                self._run(current, path)
        self._waiting()

    def _waiting(self) -> None:
        _say(f"watching {_files(len({file for files in self.used.values() for file in files}))}, Ctrl-C ends")

    def _run(self, current: Selection, path: Path) -> None:
        """Run one file, and keep which files it used, each as it was before it was read."""
        from turnstile.source import note, used_files  # noqa: PLC0415 - `--help` does not need it

        with used_files() as used:
            note(path)
            try:
                self._told(current, path)
            except typer.Exit as ended:
                if ended.exit_code in (Exit.INTERRUPTED, Exit.BUG):
                    raise
        sys.stderr.flush()
        self.used[path] = used

    @guarded
    def _told(self, current: Selection, path: Path) -> None:
        """Run it and tell of it; files of reports have what is known of the others too."""
        self.latest[path] = ran = run_selection(current.only(path), self.wanted)
        if ran.report.files:
            self.delivery.tell(ran, merged([self.latest[each] for each in current.all if each in self.latest]))


def _listed(files: Iterable[Path], gone: Sequence[Path], new: Sequence[Path]) -> str:
    """What happened to which files."""
    told: dict[str, list[Path]] = {"new": list(new), "gone": list(gone)}
    for file in sorted(files):
        if not file.exists():
            told["gone"] += [file] if file not in gone else []
        elif file not in new and not (file.is_dir() and any(told.values())):
            told.setdefault("changed", []).append(file)
    return "; ".join(f"{word}: {_named(paths)}" for word, paths in told.items() if paths)


def _named(paths: Sequence[Path]) -> str:
    names = ", ".join(f"`{safe(os.path.relpath(path))}`" for path in paths[:_NAMED])
    more = len(paths) - _NAMED
    return f"{names} and {_files(more)} more" if more > 0 else names


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _say(text: str) -> None:
    typer.echo(text, err=True)
