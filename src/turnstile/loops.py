"""Event loops: what blocks may not be called inside one that runs. Knows nothing of what is run."""

from __future__ import annotations

import asyncio


def outside_a_loop(name: str, instead: str) -> None:
    """Refuse to block a loop that runs.

    Raises:
        RuntimeError: one does; the message says what to write instead of calling `name`.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError(f"`{name}` cannot be called while an event loop is running: write `{instead}`")
