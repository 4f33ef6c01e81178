"""Places and times as a report shows them: no absolute paths, no raw floats.

Paths are shown relative to the working directory, and by their file name alone where they lie outside of it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from turnstile.faults import Where

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))


def shown_file(name: str) -> str:
    """A file's name as a report may tell it."""
    path = Path(name)
    if not path.is_absolute():
        return name
    directory = Path.cwd()
    return str(path.relative_to(directory)) if path.is_relative_to(directory) else path.name


def relative(name: str) -> str:
    """A file below the working directory as a path without `..`, with `/`; its name alone where it lies outside."""
    path = Path(os.path.normpath(Path.cwd() / name))
    return (path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else Path(path.name)).as_posix()


def shown(where: Where) -> Where:
    """A place with its file as a report may tell it."""
    return Where(shown_file(where.file), where.line, where.column, where.pointer)


def instant(seconds: float) -> str:
    """Seconds since 1970 as ISO 8601 in UTC, to the millisecond, as AWS writes event times."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def duration(seconds: float) -> str:
    """Seconds for reading: `0 s`, `2.5 s`, `1 h 30 min`."""
    rest = round(max(seconds, 0.0), 3)
    words = []
    for unit, size in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            words.append(f"{int(count)} {unit}")
    rest = round(rest, 3)
    if rest or not words:
        words.append(f"{rest:g} s")
    return " ".join(words)


def short(seconds: float) -> str:
    """A measured time for reading: `3 ms`, `1.24 s`."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
