"""Which JSONata engine this platform has.

jsonatapy (Rust) wherever it has a wheel, jsonata-python elsewhere; the same tests hold for both. Neither is loaded
before an expression is compiled. Regular expressions of Rust neither look around nor refer back, those of Python do, so
what needs that is evaluated by jsonata-python everywhere.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from turnstile.faults import Unsupported

if TYPE_CHECKING:
    from turnstile.asl.jsonata import Engine, Expression
    from turnstile.asl.jsonata_grammar import Node

_AROUND = re.compile(r"\(\?<?[=!]|\\[1-9]")
"""Looking ahead or behind, or back to a group."""


@cache
def engine() -> Engine:
    """The engine of this platform."""
    if find_spec("jsonatapy") is not None:
        from turnstile.asl.jsonata_rust import RustEngine  # noqa: PLC0415 - loaded when first needed

        return RustEngine()
    from turnstile.asl.jsonata_python import PythonEngine  # noqa: PLC0415 - loaded when first needed

    return PythonEngine()


@lru_cache(maxsize=4096)
def compiled(text: str) -> Expression:
    """An expression, compiled once.

    Raises:
        EvaluationError: the engine cannot compile it.
        Unsupported: it needs jsonata-python, which is not there.
    """
    return (_thorough() if _looks_around(text) else engine()).compile(text)


@cache
def _thorough() -> Engine:
    """The engine whose regular expressions can do all that AWS's can."""
    if find_spec("jsonata") is None:
        feature = "regular expressions of JSONata that look around or refer back"
        raise Unsupported(f"{feature} without `jsonata-python` (install the extra `lookaround`)")
    from turnstile.asl.jsonata_python import PythonEngine  # noqa: PLC0415 - few expressions need it

    return PythonEngine()


def _looks_around(text: str) -> bool:
    if _AROUND.search(text) is None:
        return False
    from turnstile.asl.jsonata_grammar import parse  # noqa: PLC0415 - expressions were read before

    return any(_AROUND.search(pattern) for pattern in _patterns(parse(text)))


def _patterns(node: Node) -> list[str]:
    """The regular expressions in a tree."""
    inner = [pattern for part in node.parts for pattern in _patterns(part)]
    return [str(node.value), *inner] if node.kind == "regex" else inner
