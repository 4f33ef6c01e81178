"""Watching what a handler's processes hold in memory while an invocation runs, where the system tells (Linux)."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS = 0.02
"""Wall seconds between two looks; an invocation that ends before the first costs nothing."""
_MEBIBYTE = 1024 * 1024


class MemoryWatch:
    """Looks at a process and those below it until `stop`; calls `exceeded` once if they hold more than `limit` MiB."""

    def __init__(self, process: int, limit: int, exceeded: Callable[[], object]) -> None:
        self._process = process
        self._limit = limit * _MEBIBYTE
        self._exceeded = exceeded
        self._timer = asyncio.get_running_loop().call_later(_SECONDS, self._look)
        self.over = False

    def stop(self) -> None:
        """Look no more."""
        self._timer.cancel()

    def _look(self) -> None:
        if held(self._process) > self._limit:
            self.over = True
            self._exceeded()
            return
        self._timer = asyncio.get_running_loop().call_later(_SECONDS, self._look)


def held(process: int) -> int:
    """Resident bytes of a process and of all below it; 0 where nothing tells."""
    place = Path(f"/proc/{process}")
    try:
        pages = int((place / "statm").read_text().split()[1])
        below = (place / f"task/{process}/children").read_text().split()
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGESIZE") + sum(held(int(child)) for child in below)
