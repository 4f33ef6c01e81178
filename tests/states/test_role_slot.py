"""One assumed role at a time, as the trail proves it."""

from __future__ import annotations

import asyncio

import pytest

from turnstile.clock import Stalled, VirtualClock
from turnstile.gate.call import Site
from turnstile.gate.trail import LeaseStep, Trail
from turnstile.states.role_slot import RoleSlot

ONE, TWO = "arn:aws:iam::444455556666:role/One", "arn:aws:iam::444455556666:role/Two"


def site(state):
    """A place in a workflow."""
    return Site("arn:aws:states:us-east-1:111122223333:execution:Orders:one", state)


async def run(*tasks):
    """Run Tasks, each a name, a role, its arrival and how long it holds the slot; the trail."""
    clock, trail = VirtualClock(0.0), Trail()
    slot = RoleSlot(clock, trail)

    async def work(name, role, arrives, holds):
        await clock.sleep_until(arrives)
        lease = await slot.take(role, site(name))
        await clock.sleep(holds)
        slot.give_back(lease)

    async with asyncio.TaskGroup() as group:
        with clock.attend():
            workers = [clock.start(group, work(*task)) for task in tasks]
            for worker in workers:
                await clock.result(worker)
    return [(entry.time, entry.site.state, entry.step) for entry in trail.leases]


async def test_another_role_waits_until_the_slot_is_free():
    """The second Task takes the slot at the instant the first gives it back."""
    assert await run(("A", ONE, 0, 10), ("B", TWO, 2, 5)) == [
        (0, "A", LeaseStep.TAKES),
        (2, "B", LeaseStep.WAITS),
        (10, "A", LeaseStep.GIVES_BACK),
        (10, "B", LeaseStep.TAKES),
        (15, "B", LeaseStep.GIVES_BACK),
    ]


async def test_the_same_role_is_shared():
    """Two Tasks of one role overlap, and a third of another waits for both."""
    steps = await run(("A", ONE, 0, 10), ("B", ONE, 1, 20), ("C", TWO, 2, 1))
    assert [step for step in steps if step[2] is LeaseStep.TAKES] == [
        (0, "A", LeaseStep.TAKES),
        (1, "B", LeaseStep.TAKES),
        (21, "C", LeaseStep.TAKES),
    ]


async def test_nobody_overtakes_who_waits():
    """A Task of the role that is held waits behind one of another role that came before it."""
    steps = await run(("A", ONE, 0, 10), ("B", TWO, 1, 5), ("C", ONE, 2, 5))
    assert [(time, state) for time, state, step in steps if step is LeaseStep.TAKES] == [(0, "A"), (10, "B"), (15, "C")]


async def test_at_no_instant_are_two_roles_held():
    """Whatever the arrivals, the trail shows one role between a taking and the last giving back."""
    tasks = [(f"T{number}", (ONE, TWO)[number * 7 % 3 % 2], number * 3 % 5, number % 4 + 1) for number in range(20)]
    held = {}
    roles = {name: role for name, role, *_ in tasks}
    for _, state, step in await run(*tasks):
        if step is LeaseStep.TAKES:
            held[state] = roles[state]
        elif step is LeaseStep.GIVES_BACK:
            del held[state]
        assert len(set(held.values())) <= 1
    assert not held


async def test_who_is_cut_while_waiting_leaves_the_queue():
    """A Task that runs out of time in the queue does not keep those behind it waiting."""
    clock, trail = VirtualClock(0.0), Trail()
    slot = RoleSlot(clock, trail)

    async def impatient():
        async with clock.timeout(3.0):
            await slot.take(TWO, site("B"))

    async with asyncio.TaskGroup() as group:
        with clock.attend():
            first = await slot.take(ONE, site("A"))
            worker = clock.start(group, impatient())
            await clock.sleep(5.0)
            assert worker.done.given
            again = await slot.take(ONE, site("C"))
            slot.give_back(first)
            slot.give_back(again)
    assert [(entry.site.state, entry.step.value) for entry in trail.leases] == [
        ("A", "takes"),
        ("B", "waits"),
        ("C", "takes"),
        ("A", "gives back"),
        ("C", "gives back"),
    ]


async def test_a_standstill_names_who_waits_and_who_holds():
    """Two Tasks that wait for each other are named, and the clock says that nothing can move."""
    clock, trail = VirtualClock(0.0), Trail()
    slot = RoleSlot(clock, trail)
    with clock.attend():
        assert slot.standstill() is None
        await slot.take(ONE, site("A"))
        with pytest.raises(Stalled):
            await slot.take(TWO, site("B"))
    assert slot.standstill() is None


async def test_giving_back_twice_is_no_harm():
    """The second giving back leaves no entry."""
    clock, trail = VirtualClock(0.0), Trail()
    slot = RoleSlot(clock, trail)
    with clock.attend():
        lease = await slot.take(ONE, site("A"))
        slot.give_back(lease)
        slot.give_back(lease)
    assert [entry.step for entry in trail.leases] == [LeaseStep.TAKES, LeaseStep.GIVES_BACK]
