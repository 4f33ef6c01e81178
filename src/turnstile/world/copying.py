"""A world once more: everything that can change is copied, everything that cannot is shared.

What can change: containers, the random numbers, the clock, and the objects of this room that are not frozen. Documents,
policies, roles, functions and machines are frozen values, so a world costs what its registers cost. The copy has the
time of its original, and nobody who waits.
"""

from __future__ import annotations

import random
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from turnstile.clock import VirtualClock

if TYPE_CHECKING:
    from turnstile.world.world import World

_ROOM = f"{__name__.rpartition('.')[0]}."


def copy_world(world: World) -> World:
    """Another world, as this one is now, on a virtual clock of its own."""
    copy: World = _copied(world, {id(world.clock): VirtualClock(world.clock.now())})
    return copy


def _copied(value: Any, made: dict[int, Any]) -> Any:
    """The copy of a value; `made` holds those of objects met before, by identity."""
    kind: Any = type(value)
    if kind in _CONTAINERS or kind is random.Random or _can_change(kind) or id(value) in made:
        if id(value) not in made:
            made[id(value)] = _made(value, kind, made)
        return made[id(value)]
    return value


def _made(value: Any, kind: type, made: dict[int, Any]) -> Any:
    if kind is dict:
        return {name: _copied(item, made) for name, item in value.items()}
    if kind in _CONTAINERS:
        return kind(_copied(item, made) for item in value)
    if kind is random.Random:
        twin = random.Random()
        twin.setstate(value.getstate())
        return twin
    return _twin(value, kind, made)


def _twin(value: Any, kind: type, made: dict[int, Any]) -> Any:
    twin: Any = object.__new__(kind)
    made[id(value)] = twin
    for name in (*getattr(value, "__dict__", ()), *_slots(kind)):
        object.__setattr__(twin, name, _copied(getattr(value, name), made))
    return twin


_CONTAINERS = frozenset({dict, list, set})


@lru_cache(maxsize=256)
def _can_change(kind: type) -> bool:
    """An object of this room, but no frozen value."""
    frozen = getattr(getattr(kind, "__dataclass_params__", None), "frozen", False)
    return kind.__module__.startswith(_ROOM) and not frozen


@lru_cache(maxsize=256)
def _slots(kind: type) -> tuple[str, ...]:
    names = (name for each in kind.__mro__ for name in vars(each).get("__slots__", ()))
    return tuple(name for name in names if name not in ("__dict__", "__weakref__"))
