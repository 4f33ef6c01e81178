"""A copy of a world is as the world is, and goes its own way."""

import dataclasses

import pytest

from turnstile.world.activity import Activity
from turnstile.world.copying import copy_world
from turnstile.world.world import World

ROOM = "turnstile.world."


@pytest.fixture
def world(accounts):
    """Two accounts with roles, a function, an activity, tags, things learned, and credentials."""
    made = accounts.world
    accounts.function(accounts.target, "f", lambda event: event)
    arn = accounts.source.arn("states", "activity:a")
    accounts.source.activities[arn] = Activity(arn, "a", 0.0)
    accounts.source.tags[arn] = {"team": "orders"}
    made.known.buckets["aws", "b"] = accounts.source.id
    made.credentials.of(accounts.source.root)
    return made


def test_a_copy_draws_and_knows_the_same(world):
    """The time, the next random values, the registers and the credentials."""
    copy = copy_world(world)
    assert copy.clock.now() == world.clock.now()
    assert [copy.uuid() for _ in range(3)] == [world.uuid() for _ in range(3)]
    assert copy.accounts.keys() == world.accounts.keys()
    assert dict(copy.credentials) == dict(world.credentials)
    for account in world.accounts.values():
        assert copy.accounts[account.id].roles == account.roles
        assert copy.accounts[account.id].tags == account.tags


def test_what_a_copy_does_stays_in_it(world):
    """Registers, tags, things learned and chance."""
    copy, before = copy_world(world), copy_world(world)
    account = next(iter(copy.accounts.values()))
    account.roles.clear()
    next(iter(account.tags.values()))["team"] = "other"
    copy.known.buckets.clear()
    copy.add_account("777788889999")
    copy.uuid()
    assert world.uuid() == before.uuid()
    assert len(world.accounts) == 2
    assert all(each.roles for each in world.accounts.values())
    assert next(iter(next(iter(world.accounts.values())).tags.values())) == {"team": "orders"}
    assert world.known.buckets


def test_nothing_that_can_change_is_shared(world):
    """Whatever is reached from both worlds is a frozen value of this room, a document inside one, or foreign to it."""
    copy = copy_world(world)
    shared = _changeable(world) & _changeable(copy)
    assert not shared
    assert len(_changeable(world)) > 15


def test_an_empty_world_can_be_copied():
    """No account, no session."""
    assert copy_world(World(seed=3)).random.random() == World(seed=3).random.random()


def _changeable(world):
    """The identities of all containers and objects of this room that are not frozen, but for what frozen ones hold."""
    found, waiting = set(), [world]
    while waiting:
        value = waiting.pop()
        if id(value) in found or not _can_change(value):
            continue
        found.add(id(value))
        waiting += _parts(value)
    return found


def _can_change(value):
    if isinstance(value, dict | list | set):
        return True
    frozen = dataclasses.is_dataclass(value) and value.__dataclass_params__.frozen
    return type(value).__module__.startswith(ROOM) and not frozen and not isinstance(value, type)


def _parts(value):
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list | set):
        return list(value)
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    return [getattr(value, name) for name in (*getattr(value, "__dict__", ()), *slots)]
