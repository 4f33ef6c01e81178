"""The paths given to a command: which files they mean, and what kind each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.cli.exits import Exit, stop

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_SCENARIO = (".scenario.yaml", ".scenario.yml", ".scenario.json")
_DEFINITION = (".asl.json", ".asl.yaml", ".asl.yml")
_HIDDEN = (".", "__pycache__", "node_modules")


@dataclass(frozen=True, slots=True)
class Selection:
    """Scenario files and bare definitions, each in the order they were given."""

    scenarios: tuple[Path, ...]
    definitions: tuple[Path, ...]

    @property
    def all(self) -> tuple[Path, ...]:
        """Scenario files first."""
        return (*self.scenarios, *self.definitions)

    def only(self, path: Path) -> Selection:
        """One file of these."""
        return Selection((path,), ()) if path in self.scenarios else Selection((), (path,))


def select(paths: Sequence[Path]) -> Selection:
    """Look at each path; a folder means every scenario file in it.

    Raises:
        typer.Exit: a path does not exist, or no file is left.
    """
    missing = next((path for path in paths if str(path) != "-" and not path.exists()), None)
    if missing is not None:
        stop(Exit.USAGE, f"no such file or folder: `{missing}`")
    selection = found(paths)
    if not selection.all:
        listed = ", ".join(f"`{path}`" for path in paths)
        stop(Exit.NOTHING, f"no scenario in {listed}", f"scenario files end in {' or '.join(_SCENARIO)}")
    return selection


def found(paths: Iterable[Path]) -> Selection:
    """The files that paths mean; every path is there."""
    scenarios: dict[Path, None] = {}
    definitions: dict[Path, None] = {}
    for path in paths:
        if str(path) != "-" and path.is_dir():
            scenarios.update(dict.fromkeys(_inside(path)))
        else:
            (definitions if _is_definition(path) else scenarios)[path] = None
    return Selection(tuple(scenarios), tuple(definitions))


def _inside(folder: Path) -> Iterable[Path]:
    """Every scenario file below a folder, by name; hidden folders are left out."""
    found = (path for path in folder.rglob("*") if path.name.endswith(_SCENARIO) and path.is_file())
    return sorted(path for path in found if not is_hidden(path.relative_to(folder)))


def is_hidden(path: Path) -> bool:
    """A part of a path is one that nobody keeps scenarios in."""
    return any(part.startswith(_HIDDEN) for part in path.parts)


def _is_definition(path: Path) -> bool:
    """By its name, else by the key that every definition has; a file that cannot be read is no definition."""
    if path.name.endswith(_SCENARIO) or path.name.endswith(_DEFINITION):
        return path.name.endswith(_DEFINITION)
    from turnstile.faults import Rejected  # noqa: PLC0415 - only where the name does not tell
    from turnstile.source import open_source, read  # noqa: PLC0415 - only where the name does not tell

    try:
        document = read(open_source(path))
    except Rejected:
        return False
    return isinstance(document, dict) and "StartAt" in document
