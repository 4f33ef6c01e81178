"""The files of functions' code, so that whoever watches a scenario sees that one of them is saved."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from turnstile.source import note
from turnstile.world.function import Folder, HandlerFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from turnstile.world.function import Code, Function

_SUFFIXES = (".py", ".js", ".mjs", ".cjs", ".json")
_APART = ("__pycache__", "node_modules")
_MOST = 2000
"""More files of one folder are not looked at: that is no folder of a handler any more."""


def note_code(functions: Iterable[Function]) -> None:
    """Note a handler's file and all code beside and below it, which it may import, and the folders it is in."""
    for code in {function.code for function in functions if isinstance(function.code, HandlerFile | Folder)}:
        if isinstance(code, HandlerFile):
            note(code.path)
        for path in islice(_below(code), _MOST):
            note(path)


def _below(code: Code) -> Iterator[Path]:
    assert isinstance(code, HandlerFile | Folder)
    for folder, names, files in os.walk(code.path.parent if isinstance(code, HandlerFile) else code.path):
        names[:] = sorted(name for name in names if name not in _APART and not name.startswith("."))
        yield Path(folder)
        for name in files:
            if name.endswith(_SUFFIXES) and not name.startswith("."):
                yield Path(folder, name)
