"""Settings of a project: `[tool.turnstile]` in the nearest `pyproject.toml` above the folder one is in.

An option on the command line comes before the environment (`TURNSTILE_*`), and that before this file. Every key that is
unknown or has a value of another kind is a fault with its line.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.faults import Fault

_FILE = "pyproject.toml"
_TABLE = "tool.turnstile"
_RUN = ("run", "test")
_COLORS = ("auto", "always", "never")


def _texts(value: Json) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)


def _number(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_KINDS: dict[str, tuple[str, Callable[[Json], bool]]] = {
    "color": (f"one of {', '.join(_COLORS)}", lambda value: value in _COLORS),
    "format": ("a list of texts", _texts),
    "jobs": ('a number from 1, or "auto"', lambda value: value == "auto" or (_number(value) and value > 0)),
    "maxfail": ("a number from 0", _number),
    "moto_url": ("a text", lambda value: isinstance(value, str)),
    "paths": ("a list of texts", _texts),
    "progress": ("true or false", lambda value: isinstance(value, bool)),
    "seed": ("a number from 0", _number),
}
"""By key: what its value is, and whether a value is that."""

_OPTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "color": ("color", (*_RUN, "validate", "simulate", "explain", "import", "test-state")),
    "format": ("form", _RUN),
    "jobs": ("jobs", _RUN),
    "maxfail": ("most", _RUN),
    "moto_url": ("moto_url", _RUN),
    "paths": ("paths", (*_RUN, "validate")),
    "progress": ("no_progress", _RUN),
    "seed": ("seed", _RUN),
}
"""By key: the parameter it fills, and of which verbs."""


def root() -> Path:
    """The folder of the project: the nearest above with a `pyproject.toml` or `.git` in it, else this one."""
    here = Path.cwd()
    marks = (_FILE, ".git")
    return next((above for above in (here, *here.parents) if any((above / mark).exists() for mark in marks)), here)


def defaults() -> dict[str, dict[str, Json]]:
    """What the project's settings say, by verb and parameter.

    Raises:
        Rejected: with every fault of the settings.
    """
    file = root() / _FILE
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    if _TABLE not in text and "turnstile" not in text:
        return {}
    found = _table(file, text)
    return _by_verb(file.parent, found) if found else {}


def _table(file: Path, text: str) -> Mapping[str, Json]:
    """The table of the settings, its keys known and its values of the right kind."""
    import tomllib  # noqa: PLC0415 - only where there are settings

    from turnstile.faults import Fault, Rejected, Where  # noqa: PLC0415 - as above

    name = os.path.relpath(file)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        where = Where(name, int(place[1]), int(place[2])) if place else Where(name)
        fault = Fault(where, "not-toml", "this is not TOML", "see toml.io for the notation")
        raise Rejected([fault]) from None
    tools = document.get("tool")
    found = tools.get("turnstile", {}) if isinstance(tools, dict) else {}
    if not isinstance(found, dict):
        where = Where(name, *_place(text, "turnstile", "tool"))
        raise Rejected([Fault(where, "wrong-type", "`tool.turnstile` is not a table", "write `[tool.turnstile]`")])
    faults = list(_faults(name, text, found))
    if faults:
        raise Rejected(faults)
    return found


def _faults(name: str, text: str, found: Mapping[str, Json]) -> Iterator[Fault]:
    from turnstile.faults import Fault, Where  # noqa: PLC0415 - only where there are settings
    from turnstile.spelling import hint  # noqa: PLC0415 - as above

    for key, value in found.items():
        where = Where(name, *_place(text, key, _TABLE))
        if key not in _KINDS:
            remedy = hint(key, _KINDS, "settings")
            yield Fault(where, "unknown-setting", f"there is no setting `{key}` of Turnstile", remedy)
        elif not _KINDS[key][1](value):
            yield Fault(where, "wrong-type", f"`{key}` is not {_KINDS[key][0]}")


def _place(text: str, key: str, table: str) -> tuple[int, int]:
    """Line and column of a key of a table; the start of the file where it is written in another way."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        head = re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line)
        if head:
            inside = head[1] == table
        elif inside and (match := re.match(rf"""(\s*)["']?{re.escape(key)}["']?\s*[=.]""", line)):
            return number, len(match[1]) + 1
    return 1, 1


def _by_verb(folder: Path, found: Mapping[str, Json]) -> dict[str, dict[str, Json]]:
    told: dict[str, dict[str, Json]] = {}
    for key, value in found.items():
        parameter, verbs = _OPTIONS[key]
        for verb in verbs:
            told.setdefault(verb, {})[parameter] = _value(key, value, folder)
    return told


def _value(key: str, value: Json, folder: Path) -> Json:
    """The value as its option takes it; paths are relative to the file."""
    match key:
        case "paths":
            return [os.path.relpath(folder / path) for path in value]
        case "progress":
            return not value
        case "jobs":
            return str(value)
    return value
