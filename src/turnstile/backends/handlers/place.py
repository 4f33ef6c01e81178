"""Where the code of a function lies on this machine: its root, the module in it, layers, and which runtime it needs.

Files and folders are used where they are; archives are unpacked into the pool's folder, once for all functions that
have the same. Handler names: Lambda Developer Guide, "Naming" of Python and Node.js handlers. Layers: "Packaging your
layer content"; each keeps a folder of its own instead of one common /opt, later ones go first.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.backends.handlers.archive import unpack
from turnstile.world.function import Archive, HandlerFile

if TYPE_CHECKING:
    from pathlib import Path

    from turnstile.world.function import Code, Function

_NODE = (".js", ".mjs", ".cjs")


@dataclass(frozen=True, slots=True)
class Placed:
    """A handler's module as a path without suffix below `root`, the function's name in it, and folders of layers."""

    root: Path
    module: str
    name: str
    runtime: str
    layers: tuple[Path, ...] = ()

    @property
    def handler(self) -> str:
        """As Lambda writes it."""
        return f"{self.module}.{self.name}"

    @property
    def file(self) -> Path:
        """The file of the module, or where it should be."""
        suffixes = _NODE if self.runtime == "node" else (".py", "/__init__.py")
        stem = self.module if self.runtime == "node" else self.module.replace(".", "/")
        found = (self.root / f"{stem}{suffix}" for suffix in suffixes)
        return next((path for path in found if path.is_file()), self.root / f"{stem}{suffixes[0]}")

    @property
    def python_path(self) -> tuple[Path, ...]:
        """What layers add to the import path of Python."""
        version = "python{}.{}".format(*sys.version_info)
        ends = (f"python/lib/{version}/site-packages", "python")
        return tuple(layer / end for layer in self.layers for end in ends if (layer / end).is_dir())

    def inside(self, end: str) -> tuple[Path, ...]:
        """The folders of that name in the layers."""
        return tuple(layer / end for layer in self.layers if (layer / end).is_dir())


def placed(function: Function, code: Code, folder: Path) -> Placed:
    """Where a function's code lies; archives are unpacked below `folder`.

    Raises:
        BadArchive: what should be unpacked may not be.
    """
    layers = tuple(_layer(path, folder) for path in reversed(function.layers))
    if isinstance(code, HandlerFile):
        root, file = code.path.parent.absolute(), code.path
        runtime = "node" if file.suffix in _NODE else "python"
        return Placed(root, file.stem, code.handler, runtime, layers)
    root = _unpacked(code.data, folder) if isinstance(code, Archive) else code.path.absolute()
    module, _, name = code.handler.rpartition(".")
    return Placed(root, module, name, _runtime(function, root, module), layers)


def _layer(path: Path, folder: Path) -> Path:
    return path.absolute() if path.is_dir() else _unpacked(path.read_bytes(), folder)


def _unpacked(data: bytes, folder: Path) -> Path:
    place = folder / f"code-{hashlib.sha256(data).hexdigest()[:32]}"
    if not place.is_dir():
        unpack(data, place)
    return place


def _runtime(function: Function, root: Path, module: str) -> str:
    """As declared, else as the files tell."""
    if function.runtime:
        return "node" if function.runtime.startswith("nodejs") else "python"
    return "node" if any((root / f"{module}{suffix}").is_file() for suffix in _NODE) else "python"
