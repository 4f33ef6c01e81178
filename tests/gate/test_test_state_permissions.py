"""Who may test a state: an action without resources, the passing of a role, and the showing of secrets."""

from __future__ import annotations

import pytest

from turnstile.gate.call import Call
from turnstile.gate.reference import permissions
from turnstile.world.world import default_world

ROLE = "arn:aws:iam::123456789012:role/r"


@pytest.mark.parametrize(
    ("parameters", "needed"),
    [
        ({"mock": {"result": "{}"}}, [("states:TestState", "*")]),
        ({"roleArn": ROLE}, [("states:TestState", "*"), ("iam:PassRole", ROLE)]),
        (
            {"roleArn": ROLE, "revealSecrets": True},
            [("states:TestState", "*"), ("states:RevealSecrets", "*"), ("iam:PassRole", ROLE)],
        ),
    ],
)
def test_what_testing_a_state_needs(parameters, needed):
    """A role is passed to the service, and only where one is named."""
    world = default_world()
    (account,) = world.accounts.values()
    call = Call(account.root, "stepfunctions", "TestState", parameters, "us-east-1")
    found = permissions(call, world)
    assert [(each.action, each.resource) for each in found] == needed
    passed = [each.context for each in found if each.action == "iam:PassRole"]
    assert all(context == {"iam:PassedToService": "states.amazonaws.com"} for context in passed)
