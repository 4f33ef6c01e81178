"""What the plugin costs where nobody uses it, and how it gets along with others."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest_plugins = ("pytester",)

SETTINGS = (
    "[pytest]\nfilterwarnings = error\naddopts = -p no:hypothesispytest\n"
    "asyncio_default_fixture_loop_scope = function\n"
)


def test_the_plugin_loads_nothing_else():
    """Importing it costs every pytest on the machine: no room of Turnstile, no library but pytest."""
    script = (
        "import sys, pytest, typing, importlib\nbefore = set(sys.modules)\nimport turnstile.pytest_plugin\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["turnstile", "turnstile.pytest_plugin"]


def test_collecting_other_tests_loads_nothing_either(pytester):
    """Of a YAML file that is no scenario only its name is looked at."""
    pytester.makeini(SETTINGS)
    pytester.makefile(".yaml", other="a: 1")
    pytester.makepyfile(
        """
        import sys

        def test_it():
            loaded = {name for name in sys.modules if name.startswith("turnstile.")}
            assert loaded == {"turnstile.pytest_plugin", "turnstile.pytest_plugin.patterns"}
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("-p", "no:asyncio"), ("-p", "no:xdist"), ("-p", "no:terminal")], ids=str)
def test_it_needs_no_other_plugin(pytester, arguments):
    """Neither pytest-asyncio nor xdist nor a terminal."""
    pytester.makeini("[pytest]\n")
    (pytester.path / "faulty.scenario.json").write_text("{}")
    result = pytester.runpytest_subprocess(*arguments)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()


def test_scenarios_beside_tests_with_loops(pytester):
    """Items of a scenario leave the loops of pytest-asyncio alone, in any order."""
    pytester.makeini(SETTINGS + "asyncio_mode = auto\n")
    body = """
        import asyncio
        import pytest_asyncio

        @pytest_asyncio.fixture(scope="module", loop_scope="module")
        async def loop():
            yield asyncio.get_running_loop()

        async def test_it(turnstile_world, loop):
            turnstile_world.account("dev", "111122223333")
            client = await turnstile_world.client_async("sts", account="dev")
            assert (await client.get_caller_identity())["Account"] == "111122223333"
        """
    pytester.makepyfile(test_a=body, test_z=body)
    trust = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", '
        '"Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'
    )
    (pytester.path / "m.scenario.yaml").write_text(
        "version: 1\nname: m\n"
        f'accounts: {{dev: {{id: "111122223333", region: us-east-1, roles: {{Exec: {{trust: {trust}}}}}}}}}\n'
        "state_machines: {M: {account: dev, role: Exec, definition: {StartAt: A, States: {A: {Type: Succeed}}}}}\n"
        "cases: [{name: one, expect: {status: SUCCEEDED}}]\n"
    )
    pytester.runpytest_subprocess("test_a.py", "m.scenario.yaml", "test_z.py").assert_outcomes(passed=3)
