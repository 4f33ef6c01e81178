"""Choosing the test case of a mock configuration for a definition on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.faults import Rejected
from turnstile.source import Origin, open_source, read, unwritten

if TYPE_CHECKING:
    from pathlib import Path

    from turnstile.cli.manner import Mocks
    from turnstile.world.world import World

_OPTION = "<--test-case>"


def choose(world: World, path: Path, mocks: Mocks) -> str:
    """Give the world a test case; the name that the state machine of the definition has in the configuration.

    It is called like the definition's file up to the first dot, or else is the only one of the configuration.

    Raises:
        Rejected: the file is no mock configuration, or has no such test case.
    """
    from turnstile.importers.mock_config import read_mock_config  # noqa: PLC0415 - for runs with mocks only

    source = open_source(mocks.path)
    config = read_mock_config(read(source), Origin(source))
    name = path.name.partition(".")[0]
    if name not in config.machines and len(config.machines) == 1:
        name = next(iter(config.machines))
    if name not in config.machines:
        known = ", ".join(f"`{machine}`" for machine in config.machines) or "none"
        message = f"no state machine of the mock configuration is called `{name}`, like the definition"
        remedy = f"name the file of the definition like one of its state machines: {known}"
        raise Rejected([Origin(source).at("StateMachines").fault("unknown-state-machine", message, remedy)])
    config.case(name, mocks.test_case, unwritten(_OPTION))
    config.enact(world.rehearsals)
    world.rehearsals.chosen[name] = mocks.test_case
    return name
