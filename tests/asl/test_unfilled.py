"""Placeholders that nobody filled in: AWS's finding stays, the help says what is behind it."""

from __future__ import annotations

import pytest

from turnstile.asl.parse import parse
from turnstile.faults import Rejected
from turnstile.validation import validate

TASK = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${ChargeArn}", "End": True}}}
HELP = "`${ChargeArn}` is a placeholder: fill it in by `substitutions` of a scenario, or run its template; "


def test_a_placeholder_is_explained_where_a_definition_is_checked():
    """The message is AWS's."""
    (found,) = validate(TASK)
    assert (found.message, found.help.startswith(HELP)) == ("Value is not a valid resource ARN", True)


def test_a_placeholder_is_explained_where_a_definition_is_read():
    """As `turnstile run` does."""
    with pytest.raises(Rejected) as raised:
        parse(TASK)
    assert [fault.help.startswith(HELP) for fault in raised.value.faults] == [True]


@pytest.mark.parametrize("resource", ["nonsense", "$${x", 7, None, {"${a}": 1}])
def test_other_findings_have_their_own_help(resource):
    """What is no placeholder is not called one."""
    found = validate({"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": resource, "End": True}}})
    assert found
    assert not [one for one in found if "placeholder" in one.help]
