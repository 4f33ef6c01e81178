"""Conditions against contexts, as a table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from turnstile.iam.conditions import holds
from turnstile.iam.operators import COMPARISONS, OPERATORS, Quantifier
from turnstile.iam.policy import Condition

CASES = json.loads((Path(__file__).parents[1] / "cases" / "iam" / "conditions.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_condition(case):
    """A condition holds exactly where the table says so."""
    context = {
        key.lower(): tuple(value) if isinstance(value, list) else value for key, value in case["context"].items()
    }
    condition = Condition(case["operator"], "aws:x", tuple(case["values"]), "/Condition")
    assert holds(condition, context, variables=case.get("variables", True)) is case["holds"]


def test_every_comparison_has_a_case():
    """No operator goes without an example."""
    written = {case["operator"].rpartition(":")[2].removesuffix("IfExists") for case in CASES}
    assert written == {*COMPARISONS, "Null"}


def test_the_table_of_operators_is_complete():
    """Every comparison exists plain and with both set operators, with and without IfExists; Null stands alone."""
    assert len(OPERATORS) == len(COMPARISONS) * len(Quantifier) * 2 + 1
    assert {"ForAllValues:ArnLikeIfExists", "BoolIfExists", "Null"} <= OPERATORS.keys()
    assert "NullIfExists" not in OPERATORS
