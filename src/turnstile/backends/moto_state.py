"""What moto keeps in module globals, and how any number of worlds have it each for themselves.

Its models find one another through module globals, so two sets cannot be there at once: the contents of one world
are taken out and those of another put in whenever a call comes from another world than the last one. With them go its
random numbers, seeded by the world.

Time: what moto takes from `moto.core.utils` or from the `time` module of one of its models is the world's while a
call is performed. Models that call `datetime.now` themselves (batch, glacier, redshift, and few of the rest) show
the real time in those fields; what keeps `uuid` for itself (dynamodb exports, cloudwatch) has random ids.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time as real_time
from types import ModuleType
from typing import TYPE_CHECKING, Any

from moto.core import utils as moto_utils
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.moto_api._internal import mock_random

if TYPE_CHECKING:
    from turnstile.clock import Clock

_DECLARED = frozenset(("backend", "service_name", "_use_boto3_regions", "_additional_regions", "_id"))
"""What every store has from its construction; other attributes are contents, such as S3's register of buckets."""


class State:
    """The contents of one world, at rest or in place."""

    _in_place: State | None = None
    _clock: Clock | None = None

    def __init__(self, seed: int) -> None:
        self._contents: dict[Any, tuple[dict[str, Any], dict[str, Any]]] = {}
        self._random = random.Random(f"moto {seed}").getstate()

    def put_in_place(self) -> None:
        """Make this the world that moto sees."""
        if State._in_place is self:
            return
        if State._in_place is not None:
            State._in_place._take_out()  # noqa: SLF001 - another of this class
        for store, (accounts, others) in self._contents.items():
            store.update(accounts)
            vars(store).update(others)
        self._contents = {}
        mock_random.setstate(self._random)
        State._in_place = self

    def drop(self) -> None:
        """Forget the contents."""
        if State._in_place is self:
            self._take_out()
            State._in_place = None
        self._contents = {}
        reset_model_data()

    def _take_out(self) -> None:
        self._random = mock_random.getstate()
        for store in BackendDict._instances:  # noqa: SLF001 - moto's list of stores in use
            others = {name: value for name, value in vars(store).items() if name not in _DECLARED}
            self._contents[store] = dict(store), others
            store.clear()
            vars(store).update({name: type(value)() for name, value in others.items()})


class _Moment(dt.datetime):
    """The class of dates, for which it is now as late as in the world of the call being performed."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:
        return dt.datetime.fromtimestamp(_now(), tz)


def _now() -> float:
    clock = State._clock  # noqa: SLF001 - this file's own
    return real_time.time() if clock is None else clock.now()


def tell_time(clock: Clock | None) -> None:
    """Let moto's time be that of a clock, or the real one."""
    State._clock = clock  # noqa: SLF001 - this file's own


def _like(module: ModuleType, **changed: object) -> ModuleType:
    other = ModuleType(module.__name__)
    vars(other).update(vars(module), **changed)
    return other


_TIME = _like(real_time, time=_now)
moto_utils.datetime = _like(dt, datetime=_Moment)


def adopt(package: str) -> None:
    """Have the modules of a moto package, once imported, take their time from here and close files without a word."""
    for name, module in list(sys.modules.items()):
        if not name.startswith(f"{package}."):
            continue
        if getattr(module, "time", None) is real_time:
            module.time = _TIME  # type: ignore[attr-defined] # they have imported it by this name
        if name == "moto.s3.models":
            module.FakeKey.__del__ = lambda key: key.dispose()  # it warns of the file, and leaves it to the collector
