"""Which attributes an update names."""

from __future__ import annotations

import pytest

from turnstile.backends.updated_attributes import named


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("SET a = :v", {"a"}),
        ("set a=:v, b = if_not_exists(b, :z) remove c", {"a", "b", "c"}),
        ("ADD #n :v DELETE s :t", {"number", "s"}),
        ("SET a = list_append(if_not_exists(a, :e), :v), b = c + :v", {"a", "b"}),
        ("SET offset = :v REMOVE added", {"offset", "added"}),
        ("SET a.b = :v", None),
        ("REMOVE a[0]", None),
        ("", None),
        (None, None),
    ],
)
def test_the_names_stand_before_the_values(expression, names):
    """Placeholders are looked up; parts of attributes are not told apart."""
    found = named({"UpdateExpression": expression, "ExpressionAttributeNames": {"#n": "number"}})
    assert found == (None if names is None else frozenset(names))
