"""Calling what blocks while a loop runs."""

import pytest

import turnstile

ECHO = {"StartAt": "Echo", "States": {"Echo": {"Type": "Pass", "End": True}}}


@pytest.mark.parametrize(
    ("call", "instead"),
    [
        (lambda: turnstile.run(ECHO), r"`await run_async\(\.\.\.\)`"),
        (lambda: turnstile.run_scenario("x.scenario.yaml"), r"`await run_scenario_async\(\.\.\.\)`"),
        (lambda: turnstile.test_state(ECHO["States"]["Echo"]), r"`await test_state_async\(\.\.\.\)`"),
        (turnstile.open_session, r"`async with open_session_async\(\.\.\.\)`"),
    ],
)
async def test_what_blocks_names_what_does_not(call, instead):
    """In a sentence, and no coroutine is left that was never awaited: warnings are errors here."""
    with pytest.raises(RuntimeError, match=instead):
        call()


async def test_scenarios_run_inside_a_loop(tmp_path):
    """With the report that they give outside of one."""
    report = await turnstile.run_scenario_async(tmp_path / "none.scenario.yaml")
    assert report.exit_code == 2
