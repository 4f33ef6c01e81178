"""Time. Nothing else in the project asks what time it is or puts a worker to sleep.

A *worker* is a coroutine that is started by `Clock.start` (or stands inside `Clock.attend`) and blocks only by
`sleep_until`, `wait` or real work (a process, a socket). Two clocks give it time:

* `VirtualClock` jumps. It counts the workers that can run; a worker in real work counts as running. When none can,
  it goes to the next deadline and wakes exactly the one worker (or timeout) that is due, ties in order of arrival. So a
  deadline is met only when everything that could happen before it has happened, and a year of Waits takes no time.
* `WallClock` waits, for serving clients that live in real time.

`loop.time()` is never touched. A `Signal` is how one worker wakes another: a wake counts as running from the moment
it is given, so time cannot slip between a wake and the worker taking it up.
"""

from turnstile.clock.interface import Clock, Expired, Signal, Stalled, Worker
from turnstile.clock.real import RealWork
from turnstile.clock.virtual import DAWN, VirtualClock
from turnstile.clock.wall import WallClock, pause, stopwatch

__all__ = [
    "DAWN",
    "Clock",
    "Expired",
    "RealWork",
    "Signal",
    "Stalled",
    "VirtualClock",
    "WallClock",
    "Worker",
    "pause",
    "stopwatch",
]
