"""The renderers by name: a report in, text out. Each is loaded only where it is asked for.

A new form of report is a row here; what prints or saves it knows names only.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.report.report import Report


@dataclass(frozen=True, slots=True)
class Options:
    """What a renderer may follow: colours, columns and how much to tell; only text does."""

    color: bool = False
    width: int = 100
    verbose: int = 0


Renderer: TypeAlias = "Callable[[Report, Options], str]"
"""Makes one form of a report: text that ends with a line break."""


def _text(report: Report, options: Options) -> str:
    from turnstile.report.text import render  # noqa: PLC0415 - only where asked for

    return render(report, color=options.color, width=options.width, verbose=options.verbose)


def _of(module: str) -> Renderer:
    """The `render` of a module of this room, which needs the report alone."""

    def render(report: Report, _options: Options) -> str:
        text: str = import_module(f"turnstile.report.{module}").render(report)
        return text

    return render


RENDERERS: Mapping[str, Renderer] = {
    "text": _text,
    "json": _of("json"),
    "junit": _of("junit"),
    "sarif": _of("sarif"),
    "github": _of("github"),
    "markdown": _of("markdown"),
    "html": _of("html"),
}


def render(name: str, report: Report, options: Options | None = None) -> str:
    """A report in the form of that name.

    Raises:
        KeyError: there is no such form.
    """
    return RENDERERS[name](report, options or Options())
