"""What `--last-failed` goes by: the cases that were not as expected when they ran last.

They stand in `.turnstile/last-failed.json` of the project, which is made when there is something to remember and tells
git to leave it alone. A case is known by its file and its name. A file that has another name now is known by its
content; a case that has another name is among those that its file did not have before.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.report.report import File as Ran
    from turnstile.report.report import Report

_VERSION = 2
_FOLDER = ".turnstile"
_FILE = "last-failed.json"


@dataclass(frozen=True, slots=True)
class Failed:
    """What is known of a file: the names of the cases that failed, None for all of one that could not be read.

    `known` are the names of all its cases that ever ran, `digest` is that of its content.
    """

    names: frozenset[str] | None
    known: frozenset[str] = frozenset()
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """By path relative to `root`; `trouble` says why nothing could be read, where there is something."""

    root: Path
    failed: Mapping[str, Failed] = field(default_factory=dict)
    trouble: str = ""

    def of(self, path: Path) -> Failed | None:
        """What failed of a file; None where nothing did."""
        known = self.failed.get(_key(self.root, path))
        if known is not None:
            return known
        moved = [each for place, each in self.failed.items() if each.digest and not (self.root / place).exists()]
        digest = _digest(path) if moved else ""
        return next((each for each in moved if each.digest == digest), None)


def remembered(root: Path) -> Remembered:
    """What the project remembers."""
    file = root / _FOLDER / _FILE
    try:
        document = json.loads(file.read_text("utf-8"))
        if document["version"] != _VERSION:
            return Remembered(root)
        return Remembered(root, {path: _read(each) for path, each in document["failed"].items()})
    except FileNotFoundError:
        return Remembered(root)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return Remembered(root, trouble=f"`{_FOLDER}/{_FILE}` cannot be read")


def _read(each: Json) -> Failed:
    names = each["names"]
    return Failed(None if names is None else frozenset(names), frozenset(each["known"]), str(each["digest"]))


def remember(root: Path, report: Report, *, whole: bool) -> str:
    """Write down how the cases of a report went; why that was not possible, where it was not.

    `whole` says that nothing was left out of what could be chosen: what did not run is there no more. Else it stays as
    it was. Runs at the same time take turns.
    """
    if not (root / _FOLDER).exists() and all(_fine(file) for file in report.files):
        return ""
    try:
        with _alone(root / _FOLDER):
            before = remembered(root)
            after = _after(before, report, whole=whole)
            if after != before.failed or before.trouble:
                _write(root / _FOLDER / _FILE, after)
    except OSError as error:
        return (error.strerror or "unknown reason").lower()
    return ""


def _fine(file: Ran) -> bool:
    return not file.faults and all(case.passed for case in file.cases)


def _after(before: Remembered, report: Report, *, whole: bool) -> dict[str, Failed]:
    """What is remembered from now on; files that are gone are not."""
    after = {key: failed for key, failed in before.failed.items() if (before.root / key).exists()}
    for file in report.files:
        key = _key(before.root, Path(file.path))
        known = before.of(Path(file.path)) or Failed(frozenset())
        left = _left(file, known, whole=whole)
        if left is None or left:
            names = known.known | {case.name for case in file.cases}
            after[key] = Failed(left, names, _digest(Path(file.path)))
        else:
            after.pop(key, None)
    return after


def _left(file: Ran, known: Failed, *, whole: bool) -> frozenset[str] | None:
    if file.faults:
        return None
    ran = {case.name for case in file.cases}
    failed = frozenset(case.name for case in file.cases if not case.passed)
    return failed if whole or known.names is None else failed | known.names - ran


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else writes meanwhile, where the system has locks; the folder is there.

    Raises:
        OSError: it cannot be.
    """
    folder.mkdir(exist_ok=True)
    if not (folder / ".gitignore").exists():
        (folder / ".gitignore").write_text("*\n", "utf-8")
    try:
        import fcntl  # noqa: PLC0415 - Windows has none
    except ImportError:
        yield
        return
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(file: Path, failed: Mapping[str, Failed]) -> None:
    """Write the file whole or not at all."""
    listed = {path: _written(each) for path, each in sorted(failed.items())}
    text = json.dumps({"version": _VERSION, "failed": listed}, indent=2, ensure_ascii=False) + "\n"
    beside = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        beside.write_text(text, "utf-8")
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _written(each: Failed) -> Json:
    names = None if each.names is None else sorted(each.names)
    return {"names": names, "known": sorted(each.known), "digest": each.digest}


def _digest(path: Path) -> str:
    """Of a file's content; empty where it cannot be read, as of what stands on stdin."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    except OSError:
        return ""


def _key(root: Path, path: Path) -> str:
    try:
        return Path(os.path.relpath(path.absolute(), root.absolute())).as_posix()
    except ValueError:  # on another drive
        return path.absolute().as_posix()
