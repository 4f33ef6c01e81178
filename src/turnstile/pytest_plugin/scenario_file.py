"""A scenario file as a node of pytest, and each of its cases as an item.

The file is read when it is collected; its faults are an error of collection in our own words. Its world is staged when
its first case runs, once for the file in each process, and given up after its last. Cases share nothing else.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest

from turnstile.backends.handlers.pool import Handlers
from turnstile.faults import Rejected, Unsupported
from turnstile.gate.chain import deciding
from turnstile.pytest_plugin.patterns import marks
from turnstile.report import fault_text, text
from turnstile.report.layout import Paint, safe
from turnstile.report.masking import hiding, masked
from turnstile.report.place import duration
from turnstile.scenario.load import load
from turnstile.scenario.run import Running
from turnstile.scenario.running.staged import Worlds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.report.report import Case as Ended
    from turnstile.scenario.scenario import Case, Scenario

_NARROW, _WIDE = 60, 140
_ENDS = frozenset({"status", "error", "cause", "stuck"})
"""Codes of what a refused call may have brought about."""


class FaultyFileError(pytest.Collector.CollectError):
    """A scenario file has faults, or needs something that is not emulated; the message is told as it is."""


class FailedCaseError(Exception):
    """A case did not end as expected; the message is told as it is."""


class ScenarioFile(pytest.File):
    """The cases of one file."""

    _scenario: Scenario | None = None
    _play: _Play | None = None

    def collect(self) -> Iterator[pytest.Item]:
        """An item for each case, by its name."""
        scenario = self._scenario = self._load()
        lines = self.config.getini("turnstile_marks")
        taken: set[str] = set()
        for case in scenario.cases:
            item = CaseItem.from_parent(self, name=_distinct(_node_name(case.name), taken), case=case)
            told = marks(self.path, self.config.rootpath, lines, item.name)
            for mark in dict.fromkeys(("turnstile", *case.marks, *told)):
                item.add_marker(mark)
            yield item

    def _load(self) -> Scenario:
        try:
            return load(self.path)
        except Rejected as rejected:
            told = fault_text.faults(rejected.faults, color=_colored(self.config), width=_width())
            raise FaultyFileError(told.rstrip("\n")) from None
        except Unsupported as error:
            raise FaultyFileError(f"{error.where or self.path}: Turnstile does not emulate {error.feature}") from None

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: Any = None,  # noqa: ARG002 - a node has it, a collector does not use it
    ) -> Any:
        """Faults in our words, without a traceback."""
        if isinstance(excinfo.value, FaultyFileError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def play(self) -> _Play:
        """What the cases run in."""
        if self._play is None:
            assert self._scenario is not None, "what is not collected does not run"
            option = self.config.getoption
            self._play = _Play(self._scenario, option("turnstile_seed"), update=option("turnstile_update"))
        return self._play

    def teardown(self) -> None:
        """Give up the staged worlds and the processes of the handlers."""
        play, self._play = self._play, None
        if play is not None:
            play.close()


class CaseItem(pytest.Item):
    """One case of a scenario file."""

    parent: ScenarioFile

    def __init__(self, *, case: Case, **given: Any) -> None:
        super().__init__(**given)
        self.case = case
        self.turnstile_crash: dict[str, Any] | None = None

    def runtest(self) -> None:
        """Run the case; not as expected is a failure, not emulated and faults that only running shows as well."""
        play = self.parent.play()
        try:
            ended = play.run(self.case)
        except Rejected as rejected:
            self.turnstile_crash = self._crash(rejected.faults[0].message)
            raise FailedCaseError(
                fault_text.faults(rejected.faults, color=_colored(self.config), width=_width()).rstrip("\n")
            ) from None
        told = {"turnstile_status": ended.status, "turnstile_virtual_seconds": ended.virtual}
        self.user_properties += told.items()
        if not ended.passed:
            with hiding(play.secrets):
                self.turnstile_crash = self._crash(_headline(ended))
            raise FailedCaseError(_told(ended, play.secrets, self.config))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The explanation of the report, without a traceback; a bug of ours with one."""
        if isinstance(excinfo.value, FailedCaseError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """The file, the line from 0, and the name of the case."""
        line = self.case.origin.where().line
        return self.path, line - 1 if line else None, self.name

    def _crash(self, message: str) -> dict[str, Any]:
        """What `crash` is made from: the line from 1, in plain values."""
        path, line, _ = self.location
        brief = self.config.getoption("tbstyle", "auto") == "line"
        return {"path": path, "line": (line or 0) + 1, "message": safe(masked(message)), "brief": brief}


class _Play:
    """The cases of a file as they run in this process, one after the other, on a loop that no test sees."""

    def __init__(self, scenario: Scenario, seed: int | None, *, update: bool) -> None:
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)  # leaves the thread's own loop alone
        self._handlers = Handlers()
        used = scenario.seed if seed is None else seed
        shared = (case.declarations for case in scenario.cases)
        worlds = Worlds(shared, self._handlers, seed=used, start=scenario.start)
        self._running = Running(scenario, scenario.cases, worlds, update=update)
        self.secrets = self._running.secrets

    def run(self, case: Case) -> Ended:
        return self._runner.run(self._running.case(case))

    def close(self) -> None:
        with self._runner:
            self._runner.run(self._handlers.close())


def _headline(ended: Ended) -> str:
    """What is not as expected first, and where that is how it ended, which call was refused by what."""
    first, *others = ended.findings
    more = f" (and {len(others)} more)" if others else ""
    return f"{first.message}{_refusal(ended) if first.code in _ENDS else ''}{more}"


def _refusal(ended: Ended) -> str:
    for entry in ended.refused:
        decided = deciding(entry)
        if decided is not None:
            return f"; `{entry.call.service}:{entry.call.operation}` was refused by {decided.link.value}"
    return ""


def _told(ended: Ended, secrets: frozenset[str], config: pytest.Config) -> str:
    """How a case ended, and why."""
    paint = Paint(_colored(config))
    with hiding(secrets):
        head = safe(f"{ended.name}: {ended.status} after {duration(ended.virtual)} of virtual time")
        lines = list(text.below(ended, paint, _width(), text.NORMAL))
    return "\n".join([paint("bad", head), *lines]).rstrip("\n")


def _node_name(name: str) -> str:
    """A name that can stand in a node id: on one line, without what separates the parts of an id."""
    return re.sub(":(?=:)", ": ", safe(name)) or "unnamed"


def _distinct(name: str, taken: set[str]) -> str:
    """The name, with a number where another case of the file has it already."""
    found, count = name, 1
    while found in taken:
        count += 1
        found = f"{name} ({count})"
    taken.add(found)
    return found


def _width() -> int:
    """Columns of explanations: those of the terminal that pytest writes on, as pytest counts them."""
    return max(_NARROW, min(shutil.get_terminal_size(fallback=(80, 24)).columns, _WIDE))


def _colored(config: pytest.Config) -> bool:
    """As pytest itself was told; workers of xdist write for a terminal that they do not have."""
    chosen = config.getoption("color", "no")  # pytest may run without a terminal
    if chosen != "auto" or hasattr(config, "workerinput"):
        return bool(chosen == "yes")
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
