"""What a test does wrong is told at its own line; what is no outcome of the test keeps its frames."""

from __future__ import annotations

import pytest
from tests.plugin.worlds import ACCOUNT, allow, trust, wait

from turnstile.faults import Rejected
from turnstile.pytest_plugin import NotThereError, UnusableError, assert_denied, assert_succeeded

pytest_plugins = ("pytester",)

STATES = {"Service": "states.amazonaws.com"}


@pytest.fixture
def world(turnstile_world):
    """An account with a role for state machines that may call functions."""
    turnstile_world.account("dev", ACCOUNT)
    turnstile_world.role("dev", "Exec", trust=trust(STATES), policies={"P": allow("lambda:*")})
    return turnstile_world


def calling(arn):
    """A definition that calls a function and catches one error of it."""
    catch = [{"ErrorEquals": ["KeyError"], "Next": "Caught"}]
    task = {"Type": "Task", "Resource": arn, "Catch": catch, "End": True}
    return {"StartAt": "Call", "States": {"Call": task, "Caught": {"Type": "Pass", "End": True}}}


WRONG = {
    "time backwards": (lambda world: world.clock.advance(-1), UnusableError, "`-1` seconds cannot pass"),
    "no time": (lambda world: world.clock.advance(float("nan")), UnusableError, "finite"),
    "all time": (lambda world: world.clock.advance(float("inf")), UnusableError, "finite"),
    "an id": (lambda world: world.account("new", "11"), UnusableError, "twelve digits"),
    "an id taken": (lambda world: world.account("new", ACCOUNT), UnusableError, "exists already"),
    "a name taken": (lambda world: world.account("dev", "444455556666"), UnusableError, "called `dev` already"),
    "no machine": (lambda world: world.emulator.execute("M"), NotThereError, "no state machine is called `M`"),
    "no role": (lambda world: world.state_machine("dev", "M", wait(1), role="No"), NotThereError, "no role `No`"),
    "a definition": (lambda world: world.state_machine("dev", "M", {"StartAt": "A"}, role="Exec"), Rejected, "States"),
    "a policy": (lambda world: world.role("dev", "R", trust={"Statement": 1}), Rejected, "trust policy of dev/R"),
}


@pytest.mark.parametrize(("do", "error", "message"), WRONG.values(), ids=WRONG)
def test_it_is_told_at_the_line_of_the_test(world, do, error, message):
    """The error says what is wrong, and pytest shows no frame but those of the test."""
    with pytest.raises(error, match=message) as caught:
        do(world)
    assert {entry.path.name for entry in caught.traceback.filter(caught)} == {"test_trouble.py"}


async def test_so_it_is_in_a_loop(world):
    """The twins do the same."""
    with pytest.raises(UnusableError) as caught:
        await world.clock.advance_async(-1)
    with pytest.raises(NotThereError):
        await world.emulator.start_async("M")
    assert {entry.path.name for entry in caught.traceback.filter(caught)} == {"test_trouble.py"}


def test_what_a_handler_raises_is_the_functions_error(world):
    """Its type is the error's name, which a Catch may name; its text is in the cause."""

    def handler(event):
        raise {"key": KeyError, "value": ValueError}[event["raise"]]("too bad")

    world.state_machine("dev", "M", calling(world.function("dev", "F", handler)), role="Exec")
    assert_succeeded(world.emulator.execute("M", {"raise": "key"}))
    failed = world.emulator.execute("M", {"raise": "value"})
    assert failed.error == "ValueError"
    assert '"errorMessage":"too bad"' in failed.cause


def test_a_failed_assertion_in_a_handler_fails_the_test(world):
    """It is the test's own, so no Catch sees it."""

    def handler(event):
        assert event == {}, "what the handler got"
        return event

    world.state_machine("dev", "M", calling(world.function("dev", "F", handler)), role="Exec")
    with pytest.raises(AssertionError, match="what the handler got"):
        world.emulator.execute("M", {"a": 1})


def test_a_coroutine_function_is_no_handler(world):
    """Nobody would await it."""

    async def handler(event):
        return event

    with pytest.raises(UnusableError, match="the handler of `F` is a coroutine function"):
        world.function("dev", "F", handler)


def test_what_was_called_is_told_where_nothing_was_refused(world):
    """A test that expects a refusal sees the calls there were."""
    world.state_machine("dev", "M", wait(1), role="Exec")
    execution = world.emulator.execute("M")
    with pytest.raises(
        AssertionError,
        match=r"no refused call has action `s3:\*`\n  no call was refused\n  made: states:StartExecution on ",
    ):
        assert_denied(execution, action="s3:*")


def test_the_calls_there_were_are_listed_once(world):
    """Ten kinds of them at most."""
    queues = world.client("sqs", account="dev")
    for number in range(12):
        queues.create_queue(QueueName=f"q{number % 11}")
    with pytest.raises(AssertionError, match="no call was refused") as caught:
        assert_denied(world, action="s3:*")
    assert str(caught.value).count("  made: sqs:CreateQueue on ") == 10
    assert str(caught.value).endswith("\n  and 1 more")


def test_fixtures_follow_a_world_of_the_modules_own(pytester):
    """Who overrides `turnstile_world` gets clients, emulator and clock of that world, of any scope and in classes."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\naddopts = -p no:hypothesispytest\n")
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture(scope="module")
        def turnstile_world(turnstile_world_factory):
            with turnstile_world_factory() as world:
                world.account("dev", "111122223333")
                yield world

        class TestQueues:
            def test_one(self, turnstile_client, turnstile_clock):
                turnstile_clock.advance(60)
                turnstile_client("sqs", account="dev").create_queue(QueueName="jobs")

            @pytest.mark.asyncio(loop_scope="class")
            async def test_two(self, turnstile_client_async, turnstile_clock, turnstile_world):
                client = await turnstile_client_async("sqs", account="dev")
                assert (await client.list_queues())["QueueUrls"]
        """
    )
    pytester.runpytest_inprocess("-p", "no:randomly").assert_outcomes(passed=2)


def test_a_faulty_file_is_told_at_the_line_of_the_test(turnstile_scenario, tmp_path):
    """Faults of a scenario file come without frames of ours."""
    (tmp_path / "x.scenario.json").write_text("{}")
    with pytest.raises(Rejected) as caught:
        turnstile_scenario(tmp_path / "x.scenario.json")
    assert {entry.path.name for entry in caught.traceback.filter(caught)} == {"test_trouble.py"}
