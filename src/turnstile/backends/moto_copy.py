"""Contents of moto, frozen: written as bytes once, and made anew from them as often as one likes.

Pickle, with words for what it has none for. Stores themselves, classes, functions, modules and keys of cryptography
are not copied but shared, for they do not change; locks and threads are made new. What holds anything else that cannot
be written is not frozen at all, and its owner begins anew instead.
"""

from __future__ import annotations

import gc
import io
import pickle
import random
import threading
from collections import defaultdict
from contextlib import contextmanager
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from moto.core.base_backend import BackendDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOCKS: dict[type, Callable[[], Any]] = {
    type(threading.Lock()): threading.Lock,
    type(threading.RLock()): threading.RLock,
}
_SHARED = (BackendDict, type, ModuleType, random.Random)
_IMMUTABLE = ("cryptography.", "botocore.", "boto3.")
_PLAIN = object.__getattribute__


class Frozen:
    """Contents that are at rest for good."""

    def __init__(self, contents: Any) -> None:
        """Write the contents down.

        Raises:
            UnwritableError: something in them cannot be.
        """
        self._shared: list[Any] = []
        written = io.BytesIO()
        try:
            _Writer(written, self._shared).dump(contents)
        except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
            raise UnwritableError from error
        self._bytes = written.getvalue()
        try:
            self.thaw()
        except (TypeError, AttributeError, KeyError) as error:  # what a class of moto makes of being made anew
            raise UnwritableError from error

    def thaw(self) -> Any:
        """The contents, new."""
        with _no_collection():
            return _Reader(io.BytesIO(self._bytes), self._shared).load()


class UnwritableError(Exception):
    """These contents cannot be frozen."""


@contextmanager
def _no_collection() -> Iterator[None]:
    """While many objects are made at once, the collector would look at all of them again and again, and find none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Writer(pickle.Pickler):
    def __init__(self, file: io.BytesIO, shared: list[Any]) -> None:
        super().__init__(file, protocol=5)
        self._shared = shared
        self._places: dict[int, int] = {}

    def persistent_id(self, value: Any) -> int | None:
        if not (isinstance(value, _SHARED) or _is_constant(value)):
            return None
        if id(value) not in self._places:
            self._places[id(value)] = len(self._shared)
            self._shared.append(value)
        return self._places[id(value)]

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        if kind in _LOCKS:
            return _LOCKS[kind], ()
        if isinstance(value, threading.Thread):
            own = vars(threading.Thread())
            return _thread, (kind, {name: item for name, item in vars(value).items() if name not in own})
        if "__getattribute__" in vars(kind) and kind.__module__.startswith("moto."):
            return _wrapper, (kind, _PLAIN(value, "__dict__"))
        if isinstance(value, defaultdict) and kind is not defaultdict:
            return _mapping, (kind, value.default_factory), vars(value) or None, None, iter(dict.items(value))
        return NotImplemented


class _Reader(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, shared: list[Any]) -> None:
        super().__init__(file)
        self._shared = shared

    def persistent_load(self, place: int) -> Any:
        return self._shared[place]


def _is_constant(value: Any) -> bool:
    """A function that holds nothing of the contents, or a value that nobody can change."""
    if isinstance(value, FunctionType):
        return value.__closure__ is None
    if isinstance(value, BuiltinFunctionType):
        return isinstance(value.__self__, ModuleType | type) or value.__self__ is None
    return type(value).__module__.startswith(_IMMUTABLE)


def _thread(kind: type, own: dict[str, Any]) -> Any:
    """One that has not started; those of moto never do (see `moto_sources`)."""
    thread: Any = object.__new__(kind)
    threading.Thread.__init__(thread)
    vars(thread).update(own)
    return thread


def _mapping(kind: type[defaultdict[Any, Any]], factory: Any) -> Any:
    """An empty mapping of a class of moto's, without what its constructor would ask for."""
    mapping = kind.__new__(kind)
    defaultdict.__init__(mapping, factory)
    return mapping


def _wrapper(kind: type, own: dict[str, Any]) -> Any:
    """An object that sends what it is asked on to another one."""
    wrapper: Any = object.__new__(kind)
    _PLAIN(wrapper, "__dict__").update(own)
    return wrapper
