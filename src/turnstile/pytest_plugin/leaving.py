"""What still runs when a fixture ends its worlds: a warning names it, since its outcome is never looked at."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from turnstile.pytest_plugin.trouble import LeftRunningWarning

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.pytest_plugin.open_scenario import OpenScenario
    from turnstile.pytest_plugin.open_world import OpenWorld

_MOST = 3
"""So many executions are named, the others counted."""


def tell(ending: Iterable[OpenWorld | OpenScenario]) -> None:
    """Warn of executions that still run in worlds which are about to be ended; a world that is closed has none."""
    left = [name for one in ending for name in one.left_running]
    if left:
        more = f" and {len(left) - _MOST} more" if len(left) > _MOST else ""
        who = "an execution is" if len(left) == 1 else f"{len(left)} executions are"
        listed = ", ".join(left[:_MOST])
        remedy = "join or stop what a test starts, or close the world in the test"
        warnings.warn(f"{who} ended with the world while running: {listed}{more}; {remedy}", LeftRunningWarning, 3)
