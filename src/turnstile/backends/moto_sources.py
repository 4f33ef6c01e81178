"""Where moto has its time and its chance from, and that it starts no thread: the world of the call being performed.

moto has one source of chance for ids, `mock_random`, and functions for the time, but not all of its modules ask them.
So the names by which they know `datetime`, `time`, `random`, `uuid`, `os` and `threading` are bound to look-alikes
here, after they were imported. What a class took as a default when it was made stays as it is. A thread that moto
starts (imports and exports of tables) runs to its end within the call. Two pure functions, which it asks for the same
in every call and which took a tenth of it, are remembered in the same way.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import sys
import threading
import time as real_time
import uuid
from contextlib import contextmanager
from functools import lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from moto.core.common_models import BaseModel
from moto.core.utils import camelcase_to_underscores, method_names_from_class
from moto.moto_api._internal import mock_random

from turnstile.backends import moto_places  # noqa: F401 - to be read before the modules of services
from turnstile.backends.moto_corrections import correct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.clock import Clock

_clock: list[Clock] = []


def tell_time(clock: Clock | None) -> None:
    """Let moto's time be that of a clock, or the real one."""
    _clock[:] = [] if clock is None else [clock]


def _now() -> float:
    return _clock[0].now() if _clock else real_time.time()


class _Alike(type):
    """The classes of a look-alike are those of the original."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, cls.__mro__[1])


class _Moment(dt.datetime, metaclass=_Alike):
    """Dates for which it is now as late as in the world; what it makes are ordinary dates."""

    def __new__(cls, *parts: Any, **named: Any) -> Any:
        return dt.datetime(*parts, **named)  # noqa: DTZ001 - moto's own choice

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:
        return dt.datetime.fromtimestamp(_now(), tz)

    @classmethod
    def utcnow(cls) -> Any:
        return dt.datetime.fromtimestamp(_now(), dt.UTC).replace(tzinfo=None)

    @classmethod
    def today(cls) -> Any:
        return cls.now()


class _Day(dt.date, metaclass=_Alike):
    """Days, likewise."""

    def __new__(cls, *parts: Any, **named: Any) -> Any:
        return dt.date(*parts, **named)

    @classmethod
    def today(cls) -> Any:
        return _Moment.now().date()


class _Inline(threading.Thread):
    """A thread that is none: it runs where it is started."""

    def start(self) -> None:
        self.run()

    def join(self, timeout: float | None = None) -> None:
        """It is over."""


def _like(module: ModuleType, **changed: object) -> ModuleType:
    other = ModuleType(module.__name__)
    vars(other).update(vars(module), **changed)
    return other


def _no_wait(_seconds: float) -> None:
    """In a call no time passes."""


def _parts(read: Any) -> Any:
    return lambda seconds=None: read(_now() if seconds is None else seconds)


def _chance() -> dict[str, Any]:
    names = (name for name in vars(random) if not name.startswith("_") and hasattr(mock_random, name))
    return {name: getattr(mock_random, name) for name in names if callable(getattr(random, name))}


_TIMES: dict[str, Any] = {
    "time": _now,
    "time_ns": lambda: int(_now() * 1_000_000_000),
    "gmtime": _parts(real_time.gmtime),
    "localtime": _parts(real_time.localtime),
    "sleep": _no_wait,
}
_IDS = {"uuid1": mock_random.uuid1, "uuid4": mock_random.uuid4}
_LOOK_ALIKES: dict[int, object] = {
    id(real_time): _like(real_time, **_TIMES),
    **{id(getattr(real_time, name)): made for name, made in _TIMES.items()},
    id(dt): _like(dt, datetime=_Moment, date=_Day),
    id(dt.datetime): _Moment,
    id(dt.date): _Day,
    id(uuid): _like(uuid, **_IDS),
    **{id(getattr(uuid, name)): made for name, made in _IDS.items()},
    id(random): _like(random, **_chance()),
    id(os): _like(os, urandom=mock_random.randbytes),
    id(threading): _like(threading, Thread=_Inline),
    id(threading.Thread): _Inline,
    **{id(work): lru_cache(maxsize=8192)(work) for work in (camelcase_to_underscores, method_names_from_class)},
}
_OWN = ("moto.core.base_backend", "moto.moto_api.", "moto.server", "moto.stepfunctions.")
"""Modules left alone: the ids of stores are drawn on import and must differ, the rest we do not call."""
_adopted: set[str] = set()
_known: list[int] = []


@contextmanager
def loading(what: str) -> Iterator[None]:
    """Let modules draw what they draw on import apart from the chance of any world, as moto.eks does.

    Each `what` draws its own, for ids of stores must differ.
    """
    kept = mock_random.getstate()
    mock_random.seed(f"moto modules of {what}")
    try:
        yield
    finally:
        mock_random.setstate(kept)


def adopt() -> None:
    """Bind the names of the modules of moto that were imported since the last time."""
    if _known == [len(sys.modules)]:
        return
    _known[:] = [len(sys.modules)]
    for name in [name for name in sys.modules if name.startswith("moto.") and name not in _adopted]:
        _adopted.add(name)
        if not name.startswith(_OWN):
            _bind(sys.modules[name])
            correct(sys.modules[name])


def _bind(module: ModuleType) -> None:
    for name, value in list(vars(module).items()):
        if id(value) in _LOOK_ALIKES:
            setattr(module, name, _LOOK_ALIKES[id(value)])
        elif isinstance(value, type) and issubclass(value, threading.Thread) and value.__module__ == module.__name__:
            value.start, value.join = _Inline.start, _Inline.join  # type: ignore[method-assign, assignment] # its own


def _untracked(cls: type, *_: Any, **__: Any) -> Any:
    return object.__new__(cls)


BaseModel.__new__ = _untracked  # it keeps every model there ever was, for a dashboard
adopt()
