"""The pytest plugin: scenario files as tests, worlds as fixtures, assertions that explain. See docs/pytest.md.

This file is loaded by every pytest that has Turnstile installed, so it loads nothing of Turnstile but itself: each hook
and fixture loads what it needs when there is a scenario file, or a test that asks for a world.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from turnstile.pytest_plugin.asserting import assert_denied, assert_not_called, assert_succeeded
    from turnstile.pytest_plugin.hosted_emulator import HostedClock, HostedEmulator
    from turnstile.pytest_plugin.open_scenario import OpenScenario
    from turnstile.pytest_plugin.open_world import OpenWorld
    from turnstile.pytest_plugin.played import Played
    from turnstile.pytest_plugin.trouble import ClosedWorldError, LeftRunningWarning, NotThereError, UnusableError

__all__ = [
    "ClosedWorldError",
    "HostedClock",
    "HostedEmulator",
    "LeftRunningWarning",
    "NotThereError",
    "OpenScenario",
    "OpenWorld",
    "Played",
    "UnusableError",
    "assert_denied",
    "assert_not_called",
    "assert_succeeded",
]

_HOMES = {
    "ClosedWorldError": "trouble",
    "HostedClock": "hosted_emulator",
    "HostedEmulator": "hosted_emulator",
    "LeftRunningWarning": "trouble",
    "OpenScenario": "open_scenario",
    "OpenWorld": "open_world",
    "NotThereError": "trouble",
    "Played": "played",
    "UnusableError": "trouble",
    "assert_denied": "asserting",
    "assert_not_called": "asserting",
    "assert_succeeded": "asserting",
}

UNTOLD = ("turnstile_status", "UNSUPPORTED")
"""The property of such a case."""

_FAILED = pytest.StashKey[bool]()
"""Of a test that failed: what it leaves running is no wonder."""

_FILES = ("*.scenario.yaml", "*.scenario.yml", "*.scenario.json")


def __getattr__(name: str) -> Any:
    """Load a public name from its home, once."""
    if name not in _HOMES:
        raise AttributeError(f"module `turnstile.pytest_plugin` has no attribute `{name}`")
    value = globals()[name] = getattr(import_module(f"turnstile.pytest_plugin.{_HOMES[name]}"), name)
    return value


def pytest_addoption(parser: pytest.Parser) -> None:
    """The settings: which files are scenarios, their marks, the seed."""
    group = parser.getgroup("turnstile", "workflows across AWS accounts")
    group.addoption(
        "--turnstile-seed",
        type=int,
        metavar="N",
        help="seed of scenario files and of worlds that name none; by default that of each file, else 0",
    )
    group.addoption(
        "--turnstile-update", action="store_true", help="write the golden histories of cases instead of comparing them"
    )
    group.addoption("--no-turnstile", action="store_true", help="collect no scenario files")
    parser.addini(
        "turnstile_scenarios",
        "patterns of scenario files, of names or of paths from the root; none: collect no scenario files",
        type="linelist",
        default=list(_FILES),
    )
    parser.addini(
        "turnstile_marks",
        "marks of cases, lines `pattern: mark mark` or `pattern::case: mark`, patterns as in turnstile_scenarios",
        type="linelist",
        default=[],
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known that every case of a scenario file has."""
    config.addinivalue_line("markers", "turnstile: a case of a Turnstile scenario file")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A scenario file, if the name is that of one."""
    config = parent.config
    patterns = config.getini("turnstile_scenarios")
    if file_path.suffix not in (".yaml", ".yml", ".json") or config.getoption("no_turnstile") or not patterns:
        return None
    from turnstile.pytest_plugin.patterns import matches  # noqa: PLC0415 - no other file is looked at closely

    if not matches(file_path, config.rootpath, patterns):
        return None
    from turnstile.pytest_plugin.scenario_file import ScenarioFile  # noqa: PLC0415 - only where there is one

    made: pytest.Collector = ScenarioFile.from_parent(parent, path=file_path)
    return made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the line of a failed case beside its explanation."""
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    crash = getattr(item, "turnstile_crash", None)
    if crash is not None and call.when == "call" and report.failed:
        vars(report)["turnstile_crash"] = crash  # goes with the report from a worker of xdist
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: pytest.CollectReport | pytest.TestReport) -> tuple[str, str, str] | None:
    """A case that came to something which is not emulated is an error: nobody can tell whether it is as expected."""
    if report.when == "call" and report.failed and UNTOLD in getattr(report, "user_properties", ()):
        return "error", "E", "ERROR"
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Tell the line of a failed case to whatever shows no more of it, in this process and of workers of xdist."""
    facts = getattr(report, "turnstile_crash", None)
    if facts is not None and isinstance(report.longrepr, str):
        from turnstile.pytest_plugin.crash import told  # noqa: PLC0415 - only for cases that failed

        vars(report)["longrepr"] = told(report.longrepr, facts)


@pytest.fixture(scope="session")
def turnstile_world_factory(request: pytest.FixtureRequest) -> Iterator[Callable[..., OpenWorld]]:
    """Opens worlds for fixtures of any scope: `turnstile_world_factory(seed=0, start=None, judged=True)`.

    Each world is a context manager; those that nobody has closed are closed when the session ends.
    """
    from contextlib import ExitStack  # noqa: PLC0415 - as all that fixtures need

    from turnstile.pytest_plugin.leaving import tell  # noqa: PLC0415 - as all that fixtures need
    from turnstile.pytest_plugin.open_world import OpenWorld  # noqa: PLC0415 - as all that fixtures need

    made: list[OpenWorld] = []
    with ExitStack() as stack:

        def make(*, seed: int | None = None, start: float | None = None, judged: bool = True) -> OpenWorld:
            made.append(OpenWorld.fresh(seed=_seed(request, seed), start=start, judged=judged))
            return stack.enter_context(made[-1])

        yield make
        tell(made)


@pytest.fixture
def turnstile_world(request: pytest.FixtureRequest) -> Iterator[OpenWorld]:
    """A fresh world without accounts, for one test."""
    from turnstile.pytest_plugin.leaving import tell  # noqa: PLC0415 - only for tests that ask for a world
    from turnstile.pytest_plugin.open_world import OpenWorld  # noqa: PLC0415 - only for tests that ask for a world

    with OpenWorld.fresh(seed=_seed(request, None)) as world:
        yield world
        if not request.node.stash.get(_FAILED, False):
            tell([world])


@pytest.fixture
def turnstile_emulator(turnstile_world: OpenWorld) -> HostedEmulator:
    """The emulator of the test's world: starts executions and waits for them."""
    return turnstile_world.emulator


@pytest.fixture
def turnstile_clock(turnstile_world: OpenWorld) -> HostedClock:
    """The virtual clock of the test's world."""
    return turnstile_world.clock


@pytest.fixture
def turnstile_client(turnstile_world: OpenWorld) -> Callable[..., Any]:
    """Makes clients of boto3 for the test's world: `turnstile_client("s3", account="dev", role="Reader")`."""
    return turnstile_world.client


@pytest.fixture
def turnstile_session(turnstile_world: OpenWorld) -> Callable[..., Any]:
    """Makes sessions of boto3, with clients and resources: `turnstile_session(account="dev", role="Reader")`."""
    return turnstile_world.session


@pytest.fixture
def turnstile_environment(turnstile_world: OpenWorld, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets code that makes its own clients call as somebody in the world: `turnstile_environment(account="dev")`."""
    from turnstile.pytest_plugin.surroundings import surround  # noqa: PLC0415 - as all that fixtures need

    def become(*, account: str, **whose: Any) -> None:
        __tracebackhide__ = True
        surround(monkeypatch, turnstile_world.environment(account=account, **whose))

    return become


@pytest.fixture
def turnstile_client_async(turnstile_world: OpenWorld) -> Callable[..., Any]:
    """As `turnstile_client`, by `await` or `async with`, with operations that are awaited."""
    return turnstile_world.client_async


@pytest.fixture(scope="session")
def turnstile_scenario_factory(request: pytest.FixtureRequest) -> Iterator[Callable[..., OpenScenario]]:
    """Opens scenario files for fixtures of any scope: `turnstile_scenario_factory(path)`, from pytest's root folder."""
    yield from _opened(request, request.config.rootpath)


@pytest.fixture
def turnstile_scenario(request: pytest.FixtureRequest) -> Iterator[Callable[..., OpenScenario]]:
    """Opens scenario files for one test: `turnstile_scenario("orders.scenario.yaml")`, from the test's own folder."""
    yield from _opened(request, request.path.parent)


def _opened(request: pytest.FixtureRequest, folder: Path) -> Iterator[Callable[..., OpenScenario]]:
    from contextlib import ExitStack  # noqa: PLC0415 - as all that fixtures need

    from turnstile.pytest_plugin.leaving import tell  # noqa: PLC0415 - as all that fixtures need
    from turnstile.pytest_plugin.open_scenario import OpenScenario  # noqa: PLC0415 - loads pydantic
    from turnstile.pytest_plugin.trouble import direct  # noqa: PLC0415 - as all that fixtures need

    made: list[OpenScenario] = []
    with ExitStack() as stack:

        def make(path: Path | str, *, seed: int | None = None) -> OpenScenario:
            __tracebackhide__ = True
            chosen = request.config.getoption("turnstile_seed") if seed is None else seed
            made.append(direct(OpenScenario)(folder / path, seed=chosen))
            return stack.enter_context(made[-1])

        yield make
        if not request.node.stash.get(_FAILED, False):
            tell(made)


def _seed(request: pytest.FixtureRequest, seed: int | None) -> int:
    return seed if seed is not None else request.config.getoption("turnstile_seed") or 0
