"""Which JSONata engine this platform has.

jsonatapy (Rust) wherever it has a wheel, jsonata-python elsewhere; the same tests hold for both. Neither is loaded
before an expression is compiled.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turnstile.asl.jsonata import Engine, Expression


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
    """
    return engine().compile(text)
