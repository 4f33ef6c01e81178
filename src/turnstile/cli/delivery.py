"""What becomes of a run's report: its text or another form on stdout, forms in files, coverage, the exit code."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.cli.formats import deliver
from turnstile.cli.step_summary import summarize
from turnstile.cli.terminal import Color, colored, width
from turnstile.cli.thresholds import met, tell_coverage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.cli.formats import Format
    from turnstile.cli.ran import Ran


@dataclass(frozen=True, slots=True)
class Delivery:
    """The forms that are wanted, how much text, and, if `covered`, coverage with the least that must be covered."""

    wanted: tuple[Format, ...]
    color: Color = Color.AUTO
    verbose: int = 0
    covered: bool = False
    least: Mapping[str, float] = field(default_factory=dict)

    def tell(self, ran: Ran, whole: Ran | None = None) -> int:
        """Print what ran, save the `whole` of which it is a part; the exit code of that."""
        whole = whole or ran
        for one in self.wanted:
            self._print(ran if one.file is None else whole, one)
        if self.covered or self.least:
            tell_coverage(whole.report, self.least, self.wanted, self.color)
        return met(whole.report, self.least)

    def _print(self, ran: Ran, wanted: Format) -> None:
        shown = self.color is Color.ALWAYS if wanted.file else colored(sys.stdout, self.color)
        deliver(wanted, self._text(ran, color=shown) if wanted.name == "text" else _other(wanted.name, ran))

    def _text(self, ran: Ran, *, color: bool) -> str:
        from turnstile.report import execution, text  # noqa: PLC0415 - `--help` does not need it

        columns, verbose = width(), self.verbose
        parts = [execution.render(file, color=color, width=columns, verbose=verbose) for file in ran.definitions]
        if ran.scenarios:
            parts.append(text.render(ran.scenarios, color=color, width=columns, verbose=verbose))
        return "\n".join(parts)


def _other(name: str, ran: Ran) -> str:
    from turnstile.report.renderers import render  # noqa: PLC0415 - only where asked for

    if name == "github":
        summarize(ran.report)
    return render(name, ran.report)
