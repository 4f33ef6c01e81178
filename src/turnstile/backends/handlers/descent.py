"""A process and its children as the system has them: threads, orphans that fell to it, limits, who has ended and how.

Stdlib only and cheap to import, as each pool starts with it. Knows no handlers.
"""

from __future__ import annotations

import os
import signal
import sys

_SUBREAPER, _DEATH_SIGNAL = 36, 1
"""Options of prctl(2)."""
_SPARE = 1024
"""MiB of data beyond those that a handler may have."""


def threads_of_this() -> int:
    """Threads of this process, also those of C libraries where the system shows them."""
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - pathlib is a dear import
    except FileNotFoundError:
        threading = sys.modules.get("threading")
        return int(threading.active_count()) if threading else 1


def limit(memory: int) -> None:
    """No file of a crash, and an end to what grows faster than anybody looks; `memory` in MiB is watched elsewhere."""
    import resource  # noqa: PLC0415 - not for the root

    for kind, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_DATA, (2 * memory + _SPARE) * 1024 * 1024)):
        try:
            resource.setrlimit(kind, (most, most))
        except (OSError, ValueError):  # the system sets a lower one, or has none
            continue


def take_orphans() -> None:
    """Have descendants that lose their parent fall to this process, and have it die with its own parent (Linux)."""
    if sys.platform != "linux":
        return
    import ctypes  # noqa: PLC0415 - already imported by the root

    control = ctypes.CDLL(None).prctl
    control(_SUBREAPER, 1, 0, 0, 0)
    control(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def orphans() -> set[int]:
    """The children of this process, where the system lists them."""
    try:
        with open("/proc/thread-self/children") as file:  # noqa: PTH123 - pathlib is a dear import
            return set(map(int, file.read().split()))
    except (FileNotFoundError, ProcessLookupError):
        return set()


def gone(pid: int) -> bool:
    """Whether a child has ended; it is not reaped, so its process id stays its own."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def reap(pid: int, first: int = 0) -> int | None:
    """Wait for the end of a child, after a signal if one is given; its exit status, None for no child."""
    try:
        os.kill(pid, first)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except (ProcessLookupError, ChildProcessError):
        return None
