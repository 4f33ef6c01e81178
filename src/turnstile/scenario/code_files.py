"""The files of functions' code, so that whoever watches a scenario sees that one of them is saved."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from turnstile.source import note
from turnstile.world.function import Folder, HandlerFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from turnstile.world.function import Code, Function

_SUFFIXES = (".py", ".js", ".mjs", ".cjs", ".json")
_APART = ("__pycache__", "node_modules")
_MOST = 2000
"""More files of one folder are not looked at: that is no folder of a handler any more."""


def note_code(functions: Iterable[Function]) -> None:
    """Note a handler's file and all code beside and below it, which it may import."""
    for code in {function.code for function in functions if isinstance(function.code, HandlerFile | Folder)}:
        if isinstance(code, HandlerFile):
            note(code.path)
        for file in islice(_below(code), _MOST):
            note(file)


def _below(code: Code) -> Iterator[Path]:
    assert isinstance(code, HandlerFile | Folder)
    root = code.path.parent if isinstance(code, HandlerFile) else code.path
    for path in root.rglob("*"):
        inside = path.relative_to(root).parts
        if path.suffix in _SUFFIXES and not any(part in _APART or part.startswith(".") for part in inside):
            yield path
