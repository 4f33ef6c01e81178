"""What goes wrong in other processes, as this one raises it: a process that is gone, and exceptions that travel."""

from __future__ import annotations

import signal
import traceback
from multiprocessing.reduction import ForkingPickler


class WorkerLost(Exception):  # noqa: N818 - what happened, as `Rejected` is
    """A process that ran cases is gone. `status` is its exit status (negative: a signal), `running` what it ran."""

    def __init__(self, status: int | None, running: str) -> None:
        self.status, self.running = status, running
        super().__init__(f"a process that ran scenarios ended {_ending(status)}{f', in {running}' if running else ''}")


def _ending(status: int | None) -> str:
    if status is not None and status < 0:
        return f"by signal {signal.Signals(-status).name}"
    return f"with exit status {status}"


class Elsewhere(Exception):  # noqa: N818 - it holds a text and goes wrong nowhere
    """The traceback of an exception in a worker, as text."""


def portable(error: Exception) -> tuple[Exception, str]:
    """An exception that can be sent, and its traceback."""
    text = "".join(traceback.format_exception(error))
    try:
        ForkingPickler.loads(ForkingPickler.dumps(error))
    except Exception:  # noqa: BLE001 - whatever keeps it from travelling
        return RuntimeError(f"{type(error).__name__}: {error}"), text
    return error, text
