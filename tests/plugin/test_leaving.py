"""What a fixture says of executions that still run when it ends their world."""

from __future__ import annotations

import pytest

MADE = """
import pytest

def trust():
    statement = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}

def begun(world, *names):
    world.account("dev", "111122223333")
    world.role("dev", "Exec", trust=trust())
    definition = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "End": True}}}
    world.state_machine("dev", "Slow", definition, role="Exec")
    return [world.emulator.start("Slow", {}, name=name) for name in names]
"""
SILENT = """
def test_joined(turnstile_world):
    begun(turnstile_world, "one")[0].join()

def test_closed(turnstile_world):
    begun(turnstile_world, "one")
    turnstile_world.close()

def test_with(turnstile_world_factory):
    with turnstile_world_factory() as world:
        begun(world, "one")

def test_nothing(turnstile_world):
    pass
"""
WARNING = "*LeftRunningWarning: {}; join or stop what a test starts, or close the world in the test"
ONE = "an execution is ended with the world while running: `Slow` (`one`)"


def run(pytester, test, *options):
    """Run a file of tests with what they share."""
    pytester.makepyfile(MADE + test)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = default")
    return pytester.runpytest_inprocess(*options)


def test_an_execution_that_still_runs_is_named(pytester):
    """By its machine and its name, at the test that left it."""
    result = run(pytester, "def test_it(turnstile_world):\n    begun(turnstile_world, 'one')\n")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*::test_it", WARNING.format(ONE)])


def test_many_are_counted(pytester):
    """Three are named."""
    result = run(pytester, "def test_it(turnstile_world):\n    begun(turnstile_world, *'abcde')\n")
    told = "5 executions are ended with the world while running: `Slow` (`a`), `Slow` (`b`), `Slow` (`c`) and 2 more"
    result.stdout.fnmatch_lines([WARNING.format(told)])


def test_worlds_of_a_session_are_told_of_at_its_end(pytester):
    """By the factory that opened them."""
    result = run(pytester, "def test_it(turnstile_world_factory):\n    begun(turnstile_world_factory(), 'one')\n")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines([WARNING.format(ONE)])


def test_nothing_is_said_where_nothing_is_left(pytester):
    """Joined, closed by the test, or never started."""
    run(pytester, SILENT).assert_outcomes(passed=4, warnings=0)


def test_a_failed_test_leaves_what_it_likes(pytester):
    """Its failure is what matters."""
    test = "def test_it(turnstile_world):\n    begun(turnstile_world, 'one')\n    assert False\n"
    run(pytester, test).assert_outcomes(failed=1, warnings=0)


@pytest.mark.parametrize(("action", "outcome"), [("ignore", {"passed": 1}), ("error", {"passed": 1, "errors": 1})])
def test_the_warning_is_filtered_by_its_class(pytester, action, outcome):
    """As any warning of pytest is."""
    test = "def test_it(turnstile_world):\n    begun(turnstile_world, 'one')\n"
    result = run(pytester, test, "-W", f"{action}::turnstile.pytest_plugin.LeftRunningWarning")
    result.assert_outcomes(**outcome, warnings=0)
