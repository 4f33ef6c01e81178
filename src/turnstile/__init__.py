"""Turnstile runs AWS Step Functions workflows that cross accounts, on one machine.

    machine = turnstile.parse(definition)            # dict, JSON or YAML text, or path
    execution = turnstile.run(machine, {"x": 1})     # .status .output .error .cause .history()
    execution = await turnstile.run_async(machine, {"x": 1})
    report = turnstile.run_scenario("scenarios/data-onboarding.scenario.yaml")
    for diagnostic in turnstile.validate(definition): ...
    with turnstile.open_session() as session: ...    # executions that can be stopped and redriven
    decision = turnstile.explain(principal=..., action=..., resource=..., identity=[...])  # .allowed .message .judged
    result = turnstile.test_state(state, {"x": 1})   # .status .output .error .cause .next_state .inspection

Importing this module and running definitions loads neither pydantic, aiohttp, typer, botocore nor moto. Each name loads
what it needs when it is first asked for, so that checking a definition does not wait for an emulator.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from os import PathLike

    from turnstile.asl.parse import parse
    from turnstile.faults import Fault, Rejected, Unsupported, Where
    from turnstile.report.report import Report
    from turnstile.running import run, run_async
    from turnstile.session import open_session
    from turnstile.session_async import open_session_async
    from turnstile.simulation import explain, simulate
    from turnstile.state_test import test_state, test_state_async
    from turnstile.validation import Diagnostic, validate
    from turnstile.world.world import World

__all__ = [
    "Diagnostic",
    "Fault",
    "Rejected",
    "Unsupported",
    "Where",
    "World",
    "explain",
    "open_session",
    "open_session_async",
    "parse",
    "run",
    "run_async",
    "run_scenario",
    "run_scenario_async",
    "simulate",
    "test_state",
    "test_state_async",
    "validate",
]

_HOMES = {
    "Diagnostic": "validation",
    "Fault": "faults",
    "Rejected": "faults",
    "Unsupported": "faults",
    "Where": "faults",
    "World": "world.world",
    "explain": "simulation",
    "open_session": "session",
    "open_session_async": "session_async",
    "parse": "asl.parse",
    "run": "running",
    "run_async": "running",
    "simulate": "simulation",
    "test_state": "state_test",
    "test_state_async": "state_test",
    "validate": "validation",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its home, once."""
    if name not in _HOMES:
        raise AttributeError(f"module `turnstile` has no attribute `{name}`")
    value = globals()[name] = getattr(import_module(f"turnstile.{_HOMES[name]}"), name)
    return value


def run_scenario(path: str | PathLike[str], *, seed: int | None = None) -> Report:
    """Run every case of a scenario file; faults of the file are in the report.

    `seed` fixes ids, jitter and random choices; without one, the file's own seed counts, else 0.
    """
    from pathlib import Path  # noqa: PLC0415 - scenario files need pydantic and YAML, definitions do not

    from turnstile.scenario.run import run_files  # noqa: PLC0415 - as above

    return run_files([Path(path)], seed=seed)


async def run_scenario_async(path: str | PathLike[str], *, seed: int | None = None) -> Report:
    """As `run_scenario`, inside a loop."""
    from pathlib import Path  # noqa: PLC0415 - as above

    from turnstile.scenario.run import run_files_async  # noqa: PLC0415 - as above

    return await run_files_async([Path(path)], seed=seed)
