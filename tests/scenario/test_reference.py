"""Names inside texts and in the places of roles."""

import pytest

from turnstile.scenario.declarations.reference import Names, substitute
from turnstile.scenario.models.file import WorldEntry
from turnstile.source import unwritten

TRUST = {"Version": "2012-10-17", "Statement": []}
WORLD = WorldEntry.model_validate(
    {
        "accounts": {
            "home": {
                "id": "111122223333",
                "region": "eu-central-1",
                "roles": {"Runner": {"trust": TRUST}, "Deep": {"trust": TRUST, "path": "/teams/data/"}},
                "functions": {"Work": {"handler": "work.py:handler"}},
            },
            "gov": {"id": "444455556666", "region": "us-gov-west-1", "roles": {"Runner": {"trust": TRUST}}},
        },
        "state_machines": {"Flow": {"account": "home", "role": "Runner", "definition": {}}},
    }
)
NAMES = Names(WORLD)
HERE = unwritten("<test>")

TEXTS = [
    ("${home/id}", "111122223333"),
    ("${home/region}", "eu-central-1"),
    ("${home/role/Runner}", "arn:aws:iam::111122223333:role/Runner"),
    ("${home/role/Deep}", "arn:aws:iam::111122223333:role/teams/data/Deep"),
    ("${home/function/Work}:*", "arn:aws:lambda:eu-central-1:111122223333:function:Work:*"),
    ("${gov/role/Runner}", "arn:aws-us-gov:iam::444455556666:role/Runner"),
    ("${state_machine/Flow}", "arn:aws:states:eu-central-1:111122223333:stateMachine:Flow"),
    ("${home/id}-${home/id}", "111122223333-111122223333"),
    ("$${home/id}", "${home/id}"),
    ("arn:aws:s3:::${aws:PrincipalTag/team}/${*}${?}${$}", "arn:aws:s3:::${aws:PrincipalTag/team}/${*}${?}${$}"),
    ("${aws:username, 'nobody'}", "${aws:username, 'nobody'}"),
    ("{% ${'a': b} %}", "{% ${'a': b} %}"),
    ("$$.Execution.Id and $x {} ${", "$$.Execution.Id and $x {} ${"),
]


@pytest.mark.parametrize(("text", "resolved"), TEXTS)
def test_names_in_a_text_stand_for_what_is_declared(text, resolved):
    """ARNs carry partition, Region and path; what is not ours stays as it is."""
    faults = []
    assert substitute({text: [text]}, NAMES.texts, HERE, faults) == {resolved: [resolved]}
    assert not faults


def test_a_document_without_names_is_shared_not_copied():
    """The same object comes back, and of a changed document the unchanged parts."""
    same = {"deep": [1, {"a": "$.b"}]}
    assert substitute(same, NAMES.texts, HERE, []) is same
    changed = substitute({"same": same, "id": "${home/id}"}, NAMES.texts, HERE, [])
    assert changed["same"] is same


def test_a_resolved_text_is_not_resolved_again():
    """What a name stands for is taken as it is."""
    assert substitute("${a}", {"a": "${b}", "b": "no"}, HERE, []) == "${b}"


def test_keys_that_become_one_are_a_fault():
    """No member is lost without a word."""
    faults = []
    substitute({"${home/id}": 1, "111122223333": 2}, NAMES.texts, HERE, faults)
    assert [fault.code for fault in faults] == ["duplicate-key"]


ROLES = [
    ("Runner", "home", "arn:aws:iam::111122223333:role/Runner"),
    ("gov/Runner", "home", "arn:aws-us-gov:iam::444455556666:role/Runner"),
    ("${home/role/Deep}", "gov", "arn:aws:iam::111122223333:role/teams/data/Deep"),
    ("arn:aws:iam::111122223333:role/Runner", "", "arn:aws:iam::111122223333:role/Runner"),
]


@pytest.mark.parametrize(("text", "account", "arn"), ROLES)
def test_a_role_is_named_in_four_ways(text, account, arn):
    """By itself in its account, with its account, by reference, by ARN."""
    faults = []
    assert NAMES.role(text, account, HERE, faults) == arn
    assert not faults


@pytest.mark.parametrize("text", ["Nobody", "home/Nobody", "arn:aws:iam::111122223333:role/Nobody", "${home/role/X}"])
def test_a_role_that_nobody_declared_is_one_fault(text):
    """Whichever way it is named."""
    faults = []
    NAMES.role(text, "home", HERE, faults)
    assert len(faults) == 1


@pytest.mark.parametrize(
    "text", ["states.amazonaws.com", "states.cn-north-1.amazonaws.com.cn", "arn:aws:iam::111122223333:root"]
)
def test_services_and_roots_can_be_refused_too(text):
    """`who` takes a service principal and the root of an account."""
    faults = []
    assert NAMES.caller(text, HERE, faults) == text
    assert not faults


def test_what_a_case_takes_away_keeps_its_name():
    """The ARN of a removed role still stands for it, as in a policy that outlives a role."""
    accounts = {name: account for name, account in WORLD.accounts.items() if name != "gov"}
    after = Names(WORLD.model_copy(update={"accounts": accounts}), NAMES)
    assert after.texts["gov/role/Runner"] == NAMES.texts["gov/role/Runner"]
