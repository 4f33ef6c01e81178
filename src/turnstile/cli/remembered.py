"""What `--last-failed` goes by: the cases that were not as expected when they ran last.

They stand in `.turnstile/last-failed.json` of the project, which is made when there is something to remember and tells
git to leave it alone. A file that cannot be read remembers nothing; one that cannot be written is no reason to fail.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.report.report import File, Report

_VERSION = 1
_FOLDER = ".turnstile"
_FILE = "last-failed.json"


@dataclass(frozen=True, slots=True)
class Remembered:
    """By path relative to `root`: the names of cases, or None for a whole file that could not be read."""

    root: Path
    failed: Mapping[str, frozenset[str] | None]

    def of(self, path: Path) -> frozenset[str] | None:
        """The names of a file's cases that are to run again; empty where none is, None for all."""
        return self.failed.get(_key(self.root, path), frozenset())


def remembered(root: Path) -> Remembered:
    """What the project remembers."""
    try:
        document = json.loads((root / _FOLDER / _FILE).read_text("utf-8"))
        if document["version"] != _VERSION:
            return Remembered(root, {})
        failed = {path: None if names is None else frozenset(names) for path, names in document["failed"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        failed = {}
    return Remembered(root, failed)


def remember(before: Remembered, report: Report) -> None:
    """Write down how the cases of a report went; what did not run stays as it was."""
    after = dict(before.failed)
    for file in report.files:
        key = _key(before.root, Path(file.path))
        known = before.failed.get(key, frozenset())
        left = _left(file, known)
        if left is None or left:
            after[key] = left
        else:
            after.pop(key, None)
    if after != before.failed:
        _write(before.root / _FOLDER, after)


def _left(file: File, known: frozenset[str] | None) -> frozenset[str] | None:
    if file.faults:
        return None
    ran = {case.name for case in file.cases}
    return frozenset((known or frozenset()) - ran | {case.name for case in file.cases if not case.passed})


def _write(folder: Path, failed: Mapping[str, frozenset[str] | None]) -> None:
    listed = {path: None if names is None else sorted(names) for path, names in sorted(failed.items())}
    text = json.dumps({"version": _VERSION, "failed": listed}, indent=2, ensure_ascii=False) + "\n"
    try:
        folder.mkdir(exist_ok=True)
        (folder / ".gitignore").write_text("*\n", "utf-8")
        (folder / _FILE).write_text(text, "utf-8")
    except OSError:
        return


def _key(root: Path, path: Path) -> str:
    try:
        return Path(os.path.relpath(path.absolute(), root.absolute())).as_posix()
    except ValueError:  # on another drive
        return path.absolute().as_posix()
