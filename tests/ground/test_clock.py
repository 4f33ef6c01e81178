"""Virtual time jumps to the next deadline exactly when nothing else can happen."""

from __future__ import annotations

import asyncio
import random

import pytest

from turnstile.clock import DAWN, Expired, RealWork, Signal, Stalled, VirtualClock, WallClock


async def test_a_year_of_sleep_takes_no_time():
    """A sleeping worker wakes exactly at its deadline."""
    clock = VirtualClock()
    with clock.attend():
        await clock.sleep(365 * 86400)
    assert clock.now() == DAWN + 365 * 86400


async def test_workers_wake_in_order_of_deadline_then_of_arrival():
    """Two deadlines at one instant wake in the order they were set."""
    clock = VirtualClock(0)
    seen: list[tuple[str, float]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        seen.append((name, clock.now()))

    async with asyncio.TaskGroup() as group:
        with clock.attend():
            for name, seconds in (("c", 3.0), ("a", 1.0), ("b", 1.0)):
                clock.start(group, sleeper(name, seconds))
    assert seen == [("a", 1.0), ("b", 1.0), ("c", 3.0)]


async def test_time_stands_still_while_a_worker_does_real_work():
    """A worker that awaits anything but the clock counts as running."""
    clock = VirtualClock(0)
    order: list[str] = []

    async def real() -> None:
        for _ in range(50):
            await asyncio.sleep(0)
        order.append(f"real at {clock.now()}")

    async def sleeper() -> None:
        await clock.sleep(5)
        order.append(f"slept until {clock.now()}")

    async with asyncio.TaskGroup() as group:
        with clock.attend():
            clock.start(group, sleeper())
            clock.start(group, real())
    assert order == ["real at 0", "slept until 5"]


async def test_a_signal_wakes_its_waiters_before_time_moves():
    """Between a wake and the worker taking it up, no deadline is met."""
    clock = VirtualClock(0)
    signal: Signal[str] = clock.signal()
    seen: list[tuple[str, float]] = []

    async def waiter() -> None:
        value = await clock.wait(signal)
        seen.append((value, clock.now()))

    async def giver() -> None:
        await clock.sleep(2)
        signal.give("now")

    async def late() -> None:
        await clock.sleep(3)
        seen.append(("late", clock.now()))

    async with asyncio.TaskGroup() as group:
        with clock.attend():
            for work in (waiter(), late(), giver()):
                clock.start(group, work)
    assert seen == [("now", 2), ("late", 3)]


async def test_a_signal_given_before_is_taken_at_once():
    """Waiting for a given signal does not block."""
    clock = VirtualClock(0)
    signal: Signal[int] = clock.signal()
    signal.give(1)
    signal.give(2)
    with clock.attend():
        assert await clock.wait(signal) == 1


async def test_a_timeout_ends_a_wait_and_leaves_the_time_there():
    """The body of a timeout ends with the yielded Expired at the deadline."""
    clock = VirtualClock(0)
    with clock.attend():
        with pytest.raises(Expired) as caught:
            async with clock.timeout(4) as expiry:
                await clock.sleep(100)
        assert caught.value is expiry
        assert clock.now() == 4


async def test_an_inner_timeout_does_not_answer_for_the_outer_one():
    """With nested timeouts the earlier deadline raises its own Expired."""
    clock = VirtualClock(0)
    with clock.attend():
        with pytest.raises(Expired) as caught:
            async with clock.timeout(2) as outer, clock.timeout(5):
                await clock.sleep(100)
        assert caught.value is outer


async def test_a_finished_timeout_moves_no_time():
    """A deadline nobody waits for any more is passed over."""
    clock = VirtualClock(0)
    with clock.attend():
        async with clock.timeout(50):
            await clock.sleep(1)
        await clock.sleep(2)
    assert clock.now() == 3


async def _look(clock, seconds, looks):
    """Look again and again, idly, whether something has happened; the times of the looks."""
    while True:
        try:
            async with clock.timeout(clock.now() + seconds, idle=True):
                await clock.wait(clock.signal())
        except Expired:
            looks.append(clock.now() - DAWN)


async def test_an_idle_look_does_not_move_time_by_itself():
    """While somebody sleeps it comes up in time, then once more for what that one did, and then not any more."""
    clock, looks = VirtualClock(), []
    async with asyncio.TaskGroup() as group:
        with clock.attend():
            looker = clock.start(group, _look(clock, 10, looks))
            await clock.sleep(25)
            with pytest.raises(Expired):
                async with clock.timeout(DAWN + 1000):
                    await clock.wait(clock.signal())
            assert clock.now() == DAWN + 1000
            assert looks == [10, 20, 30]
            await clock.sleep(5)
            looker.cancel()
    assert looks == [10, 20, 30, 1000]


async def test_a_cancelled_worker_cleans_up_before_time_moves():
    """Cancelling wakes the worker at once, and its sleep is forgotten."""
    clock = VirtualClock(0)
    seen: list[float] = []

    async def sleeper() -> None:
        try:
            await clock.sleep(1000)
        finally:
            seen.append(clock.now())

    async with asyncio.TaskGroup() as group:
        with clock.attend():
            worker = clock.start(group, sleeper())
            await clock.sleep(1)
            worker.cancel()
            outcome = await clock.wait(worker.done)
    assert isinstance(outcome, asyncio.CancelledError)
    assert seen == [1]
    assert clock.now() == 1


async def test_a_worker_cancelled_before_its_first_step_is_done():
    """Nothing hangs and nothing is left unawaited."""
    clock = VirtualClock(0)

    async def never() -> None:
        raise AssertionError

    async with asyncio.TaskGroup() as group:
        with clock.attend():
            worker = clock.start(group, never())
            worker.cancel()
            assert isinstance(await clock.wait(worker.done), asyncio.CancelledError)


async def test_a_worker_hands_its_error_to_whoever_waits():
    """The result of a worker raises what the worker raised."""
    clock = VirtualClock(0)

    async def failing() -> None:
        await clock.sleep(1)
        raise ValueError("mine")

    async with asyncio.TaskGroup() as group:
        with clock.attend():
            worker = clock.start(group, failing())
            with pytest.raises(ValueError, match="mine"):
                await clock.result(worker)


async def test_a_world_that_stands_still_says_so():
    """Waiting for a signal that nothing can give ends with Stalled instead of hanging."""
    clock = VirtualClock(0)
    with clock.attend(), pytest.raises(Stalled):
        await clock.wait(clock.signal())


async def test_waiting_outside_a_worker_is_refused():
    """The clock cannot count a coroutine it does not know."""
    with pytest.raises(RuntimeError, match="only a worker"):
        await VirtualClock().sleep(1)


async def test_the_wall_clock_keeps_the_same_promises():
    """Sleeping, signals and timeouts work on real time too."""
    clock = WallClock()
    before = clock.now()
    signal: Signal[int] = clock.signal()

    async def giver() -> None:
        await clock.sleep(0.01)
        signal.give(7)

    async with asyncio.TaskGroup() as group:
        clock.start(group, giver())
        assert await clock.wait(signal) == 7
        with pytest.raises(Expired) as caught:
            async with clock.timeout(clock.now() + 0.01) as expiry:
                await clock.sleep(5)
        assert caught.value is expiry
    assert 0.02 <= clock.now() - before < 2


async def _scramble(seed: int, workers: int, steps: int) -> list[tuple[float, int]]:
    """Many workers that sleep, signal each other and time out; the trace of what happened when."""
    clock = VirtualClock(0)
    chance = random.Random(seed)
    trace: list[tuple[float, int]] = []
    signals: list[Signal[int]] = [clock.signal() for _ in range(workers)]

    async def work(me: int, plan: list[tuple[str, float]]) -> None:
        for kind, amount in plan:
            before = clock.now()
            if kind == "sleep":
                await clock.sleep(amount)
                assert clock.now() == before + amount
            elif kind == "turn":
                await asyncio.sleep(0)
                assert clock.now() == before
            else:
                try:
                    async with clock.timeout(before + amount):
                        await clock.wait(signals[(me + 1) % workers])
                except Expired:
                    assert clock.now() == before + amount
            trace.append((clock.now(), me))
        signals[me].give(me)

    async with asyncio.TaskGroup() as group:
        with clock.attend():
            for me in range(workers):
                plan = [(chance.choice(("sleep", "turn", "wait")), float(chance.randint(1, 9))) for _ in range(steps)]
                clock.start(group, work(me, plan))
    return trace


async def test_one_seed_gives_one_trace():
    """The order of everything that happens depends on the plan alone."""
    first = await _scramble(1, 20, 20)
    assert first == sorted(first, key=lambda entry: entry[0])
    assert first == await _scramble(1, 20, 20)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
async def test_soak(seed):
    """Hundreds of workers for hundreds of steps: deadlines exact, time forward only, the trace repeatable."""
    first = await _scramble(seed, 200, 150)
    assert [time for time, _ in first] == sorted(time for time, _ in first)
    assert first == await _scramble(seed, 200, 150)


async def test_real_work_that_is_put_aside_lets_time_pass():
    """Time stands still for it, moves while it is aside, and stands again afterwards."""
    clock = VirtualClock(0)
    seen: list[float] = []

    async def work() -> str:
        for _ in range(20):
            await asyncio.sleep(0)
        seen.append(clock.now())
        with clock.attend():
            with real.aside(), real.aside():
                await clock.sleep(60)
            seen.append(clock.now())
        for _ in range(20):
            await asyncio.sleep(0)
        seen.append(clock.now())
        return "done"

    async def sleeper() -> None:
        await clock.sleep(100)
        seen.append(clock.now())

    real = RealWork(clock, work())
    async with asyncio.TaskGroup() as group:
        with clock.attend():
            clock.start(group, sleeper())
            assert await real.done() == "done"
    assert seen == [0, 60, 60, 100]


async def test_a_deadline_meets_real_work_that_is_put_aside():
    """Whoever waits for it is woken, and the work is cancelled."""
    clock = VirtualClock(0)
    ended: list[str] = []

    async def work() -> None:
        try:
            with clock.attend(), real.aside():
                await clock.sleep(60)
        finally:
            ended.append("cancelled")

    real = RealWork(clock, work())
    with clock.attend(), pytest.raises(Expired):
        async with clock.timeout(10):
            await real.done()
    assert clock.now() == 10
    assert ended == ["cancelled"]


@pytest.mark.parametrize("clock", [VirtualClock(0), WallClock()])
async def test_real_work_gives_its_result_and_its_error(clock):
    """Also for one who is no worker, and on both clocks."""

    async def work(*, fails: bool) -> int:
        with clock.attend(), real.aside():
            await asyncio.sleep(0)
        if fails:
            raise ValueError("no")
        return 1

    real = RealWork(clock, work(fails=False))
    assert await real.done() == 1
    real = RealWork(clock, work(fails=True))
    with clock.attend(), pytest.raises(ValueError, match="no"):
        await real.done()
