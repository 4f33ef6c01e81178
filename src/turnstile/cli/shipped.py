"""The files that come with Turnstile: lessons to run and a scenario to start from, copied to where they are wanted."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

SCHEMA = "scenario.schema.json"

_DATA = "data"


def shipped(folder: str) -> dict[str, bytes]:
    """The files of a folder of the package, by path below it."""
    return dict(_below(files("turnstile").joinpath(_DATA, folder), ""))


def schema() -> bytes:
    """The JSON Schema of scenario files."""
    return files("turnstile").joinpath(_DATA, SCHEMA).read_bytes()


def _below(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for each in sorted(folder.iterdir(), key=lambda one: one.name):
        if each.is_file():
            yield prefix + each.name, each.read_bytes()
        elif each.name != "__pycache__":
            yield from _below(each, f"{prefix}{each.name}/")


def put(found: dict[str, bytes], folder: Path) -> None:
    """Write files below a folder.

    Raises:
        OSError: one cannot be written.
    """
    for name, content in found.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
