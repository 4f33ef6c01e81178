"""Details of live accounts: pages, notations of documents, and what is wrong with them."""

import json
from pathlib import Path

import pytest

from turnstile.faults import Rejected
from turnstile.importers.authorization_details import read_details

PAGES = [Path(__file__).parents[1] / "cases" / "importers" / "details" / f"page-{number}.json" for number in (1, 2)]
ACCOUNT = "444455556666"
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}


def role(**members):
    return {
        "RoleName": "r",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/r",
        "AssumeRolePolicyDocument": TRUST,
        **members,
    }


def faults(tmp_path, document):
    path = tmp_path / "details.json"
    path.write_text(json.dumps(document))
    with pytest.raises(Rejected) as rejected:
        read_details([path])
    return [fault.code for fault in rejected.value.faults]


def test_pages_are_one_account():
    """Groups, policies and boundaries are found on whichever page they stand."""
    draft = read_details(PAGES)
    assert draft.stack.account == ACCOUNT
    (ann,) = draft.users.values()
    assert ann.groups == (f"arn:aws:iam::{ACCOUNT}:group/Operators",)
    trigger = draft.roles[f"arn:aws:iam::{ACCOUNT}:role/dag-trigger"]
    assert trigger.boundary in draft.policies
    assert trigger.tags == {"team": "data"}
    assert set(draft.aws_policies) == {"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}


def test_the_version_in_force_is_the_default_one():
    """The others are kept, and no number is given twice."""
    shared = read_details(PAGES).policies[f"arn:aws:iam::{ACCOUNT}:policy/Shared"]
    assert (shared.default, sorted(shared.versions), shared.last) == ("v3", ["v2", "v3"], 3)
    assert shared.policy.statements[0].actions == ("sqs:SendMessage",)


def test_policies_keep_their_lines():
    """Objects lead to the statement, percent-encoded documents to the line they stand on."""
    draft = read_details(PAGES)
    trigger = draft.roles[f"arn:aws:iam::{ACCOUNT}:role/dag-trigger"]
    where = trigger.policies[0].origin.within(trigger.policies[0].statements[0].pointer).where()
    line = PAGES[0].read_text().splitlines()[where.line - 1]
    assert (where.file, line.strip()) == (str(PAGES[0]), "{")
    assert "airflow:CreateCliToken" in "".join(PAGES[0].read_text().splitlines()[where.line : where.line + 3])
    (operators,) = draft.groups.values()
    encoded = operators.policies[0].origin.within(operators.policies[0].statements[0].pointer).where()
    assert "%22states%3AStartExecution%22" in PAGES[1].read_text().splitlines()[encoded.line - 1]


def test_instance_profiles_are_named_as_left_out():
    """Nothing runs as one here."""
    assert [note.code for note in read_details(PAGES).ignored] == ["instance-profile"]


def test_a_page_given_twice_changes_nothing():
    """What stands in the files already is not declared again."""
    assert set(read_details([*PAGES, *PAGES]).roles) == set(read_details(PAGES).roles)


def test_a_list_of_pages_may_be_one_file(tmp_path):
    """As a script that follows the markers writes it."""
    path = tmp_path / "all.json"
    path.write_text(json.dumps([json.loads(page.read_text()) for page in PAGES]))
    assert set(read_details([path]).groups) == set(read_details(PAGES).groups)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({}, "no-details"),
        ([], "no-details"),
        ("text", "no-details"),
        ({"RoleDetailList": [1]}, "wrong-type"),
        ({"RoleDetailList": [role(Arn="role/r")]}, "not-an-arn"),
        ({"RoleDetailList": [role(Arn=None)]}, "missing-member"),
        ({"RoleDetailList": [role(AssumeRolePolicyDocument="%7Bnot")]}, "not-a-document"),
        ({"RoleDetailList": [role(AssumeRolePolicyDocument=None)]}, "policy-not-object"),
        (
            {"RoleDetailList": [role(AttachedManagedPolicies=[{"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/x"}])]},
            "unknown-policy",
        ),
        ({"RoleDetailList": [role(), role(Arn="arn:aws:iam::111122223333:role/r")]}, "two-accounts"),
        (
            {"UserDetailList": [{"UserName": "u", "Arn": f"arn:aws:iam::{ACCOUNT}:user/u", "GroupList": ["g"]}]},
            "unknown-group",
        ),
        (
            {"Policies": [{"PolicyName": "p", "Arn": f"arn:aws:iam::{ACCOUNT}:policy/p", "DefaultVersionId": "v1"}]},
            "no-default-version",
        ),
    ],
)
def test_what_is_wrong_is_a_fault(tmp_path, document, code):
    """Whatever stands in the file."""
    assert faults(tmp_path, document) == [code]
