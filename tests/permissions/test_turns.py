"""A warning stands where Tasks may have to wait for the one role of an execution, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from turnstile.permissions.surroundings import Surroundings
from turnstile.permissions.turns import turns
from turnstile.validation import foresee
from turnstile.world.settings import Settings

ROWS = json.loads((Path(__file__).parent.parent / "cases" / "permissions" / "turns.json").read_text())


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_states_that_need_different_roles_at_one_moment_are_named(row):
    """Both names, at the state that runs them side by side."""
    found = list(turns(row["definition"]))
    assert len(found) == (1 if row["warned"] else 0)
    for each in found:
        place, *names = row["warned"]
        assert (each.code, each.severity, each.pointer) == ("role-slot", "WARNING", place)
        assert all(name in each.message for name in names)
        assert "role_slot: per-task" in each.help


def test_there_is_no_warning_where_each_task_has_a_role_of_its_own():
    """The setting lifts the rule."""
    row = next(row for row in ROWS if row["warned"])
    assert len(foresee(row["definition"])) == 1
    assert foresee(row["definition"], Surroundings(settings=Settings(role_slot="per-task"))) == ()
