"""A short run loads little: what is slow to load and not needed stays away."""

from __future__ import annotations

import subprocess
import sys

LATE = (
    "difflib",
    "fractions",
    "ipaddress",
    "pathlib",
    "uuid",
    "turnstile.asl.jayway",
    "turnstile.asl.jsonata_grammar",
    "turnstile.backends.functions",
    "turnstile.backends.handlers.pool",
    "turnstile.backends.iam",
    "turnstile.iam",
    "turnstile.scenario",
    "turnstile.states.activities",
    "turnstile.states.test_state",
)
RUN = "turnstile.run({'StartAt': 'A', 'States': {'A': {'Type': 'Pass', 'InputPath': '$.a', 'End': True}}}, {'a': 1})"


def test_one_state_runs_without_what_other_definitions_need():
    """The policy language, the grammar of JSONata, what starts handlers, and slow parts of the library."""
    script = (
        f"import sys, turnstile\nassert {RUN}.output == 1\nprint(*[name for name in {LATE!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
