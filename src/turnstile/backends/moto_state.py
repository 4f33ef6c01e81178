"""What moto keeps in module globals, and how any number of worlds have it each for themselves.

Its models find one another through module globals, so two sets cannot be there at once: the contents of one world
are taken out and those of another put in whenever a call comes from another world than the last one. With them go its
random numbers, seeded by the world. A world can begin with the frozen contents of another.
"""

from __future__ import annotations

import random
import sys
import weakref
from dataclasses import dataclass
from typing import Any

from moto.core.base_backend import BackendDict
from moto.moto_api._internal import mock_random

from turnstile.backends.moto_copy import Frozen, UnwritableError

_DECLARED = frozenset(("backend", "service_name", "_use_boto3_regions", "_additional_regions", "_id"))
"""What every store has from its construction; other attributes are contents, such as S3's register of buckets."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The contents of a world as they were at one moment, with its random numbers."""

    contents: Frozen
    random: Any


class State:
    """The contents of one world, at rest or in place."""

    _in_place: State | None = None

    def __init__(self, seed: int, begun: Snapshot | None = None) -> None:
        self._contents: dict[Any, tuple[dict[str, Any], dict[str, Any]]] = {}
        self._begun = begun
        self._random = random.Random(f"moto {seed}").getstate() if begun is None else begun.random

    def put_in_place(self) -> None:
        """Make this the world that moto sees."""
        if State._in_place is self:
            return
        if State._in_place is not None:
            State._in_place._take_out()  # noqa: SLF001 - another of this class
        if self._begun is not None:
            self._contents, self._begun = self._begun.contents.thaw(), None
        for store, (accounts, others) in self._contents.items():
            store.update(accounts)
            vars(store).update(others)
        self._contents = {}
        _register_networks()
        mock_random.setstate(self._random)
        State._in_place = self

    def snapshot(self) -> Snapshot | None:
        """The contents as they are now, for other worlds to begin with; None where moto cannot be copied."""
        if self._begun is not None:
            return self._begun
        self.put_in_place()
        try:
            return Snapshot(Frozen(_found()), mock_random.getstate())
        except UnwritableError:
            return None

    def drop(self) -> None:
        """Forget the contents."""
        if State._in_place is self:
            self._take_out()
            State._in_place = None
        self._contents, self._begun = {}, None

    def _take_out(self) -> None:
        self._random = mock_random.getstate()
        self._contents = _found()
        for store, (_, others) in self._contents.items():
            store.clear()
            vars(store).update({name: type(value)() for name, value in others.items()})


def _register_networks() -> None:
    """Have EC2 know its backends of this world alone: it registers them by weak references, for peerings."""
    models: Any = sys.modules.get("moto.ec2.models")
    if models is None:
        return
    kind = models.EC2Backend
    for register in (kind.vpc_refs, kind.vpc_pcx_refs, kind.backend_refs):
        register[kind] = {weakref.ref(backend) for _, _, backend in models.ec2_backends.iter_backends()}


def _found() -> dict[Any, tuple[dict[str, Any], dict[str, Any]]]:
    """The contents of all stores in use."""
    return {
        store: (dict(store), {name: value for name, value in vars(store).items() if name not in _DECLARED})
        for store in BackendDict._instances  # noqa: SLF001 - moto's list of stores in use
    }
