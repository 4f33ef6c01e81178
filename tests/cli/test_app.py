from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version

import pytest

from turnstile.report.codes import HOME


def test_the_version(turnstile):
    """`--version` prints name and version."""
    ended = turnstile("--version")
    assert (ended.code, ended.out) == (0, f"turnstile {version('asl-turnstile')}\n")


def test_help_names_the_verbs(turnstile):
    """`--help` and `-h` list what there is to do."""
    for option in ("--help", "-h"):
        ended = turnstile(option)
        assert (ended.code, "run " in ended.out) == (0, True)


def test_help_tells_where_the_documents_are(turnstile):
    """Who has installed a package has no folder of documents."""
    assert f"Documents: {HOME}/" in turnstile("--help").out


def test_help_of_run_tells_the_exit_codes(turnstile):
    """The help of a verb says what its exit codes mean."""
    assert "5 nothing selected" in " ".join(turnstile("run", "--help").out.split())


def test_an_unknown_verb(turnstile):
    """A verb that does not exist is a usage error."""
    ended = turnstile("walk")
    assert (ended.code, "walk" in ended.err) == (2, True)


def test_help_loads_nothing_heavy():
    """What runs workflows is imported inside a command only."""
    heavy = ("pydantic", "aiohttp", "botocore", "moto", "ruamel", "turnstile.scenario")
    code = f"import sys, turnstile.cli.app; print([name for name in {heavy} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown == "[]\n"


@pytest.mark.parametrize(
    ("words", "place", "wanted"),
    [
        ("turnstile va", "1", ["validate"]),
        ("turnstile te", "1", ["test", "test-state"]),
        ("turnstile run --wa", "2", ["--watch"]),
        ("turnstile run --color ", "3", ["auto", "always", "never"]),
    ],
)
def test_a_shell_completes_verbs_and_options(words, place, wanted):
    """Though a verb is loaded only when it is typed."""
    asked = {"_TURNSTILE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": place}
    code = "import sys; sys.argv = ['turnstile']; from turnstile.cli.app import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **asked}, capture_output=True, text=True, check=False
    )
    assert ended.stdout.split() == wanted
