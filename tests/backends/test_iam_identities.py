"""Users, groups, managed policies and attachments by the IAM API, and what the gate makes of them."""

from __future__ import annotations

import json
from urllib.parse import unquote

import pytest

from turnstile.emulator import Emulator
from turnstile.faults import Unsupported
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.world.caller import IamUser

REGION = "us-east-1"
POLICY = "arn:aws:iam::111122223333:policy/Shared"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
SHARED = {"PolicyName": "Shared"}


def document(action, effect="Allow"):
    statement = {"Effect": effect, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
async def emulator(accounts):
    async with Emulator(accounts.world) as running:
        yield running


@pytest.fixture
def ask(emulator, accounts):
    async def call(operation, **parameters):
        return (await emulator.gate.call(Call(accounts.source.root, "iam", operation, parameters, REGION))).output

    return call


def may(emulator, user):
    """Whether a user may list the machines of its account."""
    caller = IamUser(user.arn, user.id, user.account, user.name)
    return emulator.gate.decide(Call(caller, "stepfunctions", "ListStateMachines", {}, REGION)).allowed


async def test_what_a_user_may_do_follows_its_groups_and_policies(emulator, accounts, ask):
    """Each write takes effect at once."""
    arn = (await ask("CreateUser", UserName="Ann", Path="/staff/"))["User"]["Arn"]
    assert arn == "arn:aws:iam::111122223333:user/staff/Ann"
    await ask("CreateGroup", GroupName="Staff")
    await ask("PutGroupPolicy", GroupName="Staff", PolicyName="List", PolicyDocument=document("states:List*"))
    assert not may(emulator, accounts.source.users[arn])
    await ask("AddUserToGroup", UserName="Ann", GroupName="Staff")
    assert may(emulator, accounts.source.users[arn])
    assert [user["UserName"] for user in (await ask("GetGroup", GroupName="Staff"))["Users"]] == ["Ann"]
    await ask("PutUserPolicy", UserName="Ann", PolicyName="No", PolicyDocument=document("*", "Deny"))
    assert not may(emulator, accounts.source.users[arn])
    await ask("DeleteUserPolicy", UserName="Ann", PolicyName="No")
    await ask("RemoveUserFromGroup", UserName="Ann", GroupName="Staff")
    assert not may(emulator, accounts.source.users[arn])


async def test_a_managed_policy_decides_by_its_default_version(emulator, accounts, ask):
    """Of five at most; one that is attached cannot be deleted."""
    arn = (await ask("CreateUser", UserName="Ann"))["User"]["Arn"]
    assert (await ask("CreatePolicy", PolicyDocument=document("sqs:*"), **SHARED))["Policy"]["Arn"] == POLICY
    await ask("AttachUserPolicy", UserName="Ann", PolicyArn=POLICY)
    assert not may(emulator, accounts.source.users[arn])
    made = await ask("CreatePolicyVersion", PolicyArn=POLICY, PolicyDocument=document("states:*"), SetAsDefault=True)
    version = {"VersionId": "v2", "IsDefaultVersion": True, "CreateDate": "2026-01-01T00:00:00Z"}
    assert made["PolicyVersion"] == version
    assert may(emulator, accounts.source.users[arn])
    await ask("SetDefaultPolicyVersion", PolicyArn=POLICY, VersionId="v1")
    assert not may(emulator, accounts.source.users[arn])
    with pytest.raises(ServiceError, match="DeleteConflict"):
        await ask("DeletePolicy", PolicyArn=POLICY)
    attached = await ask("ListAttachedUserPolicies", UserName="Ann")
    assert attached["AttachedPolicies"] == [{"PolicyName": "Shared", "PolicyArn": POLICY}]
    await ask("DetachUserPolicy", UserName="Ann", PolicyArn=POLICY)
    with pytest.raises(ServiceError, match="more than one version"):
        await ask("DeletePolicy", PolicyArn=POLICY)
    await ask("DeletePolicyVersion", PolicyArn=POLICY, VersionId="v2")
    await ask("DeletePolicy", PolicyArn=POLICY)
    assert accounts.source.policies == {}


async def test_policies_of_aws_are_attached_by_their_arns(emulator, accounts, ask):
    """They are looked up when they are named."""
    arn = (await ask("CreateUser", UserName="Ann"))["User"]["Arn"]
    await ask("AttachUserPolicy", UserName="Ann", PolicyArn=READ_ONLY)
    assert may(emulator, accounts.source.users[arn])
    got = await ask("GetPolicyVersion", PolicyArn=READ_ONLY, VersionId=(await ask("GetPolicy", PolicyArn=READ_ONLY))["Policy"]["DefaultVersionId"])  # fmt: skip # noqa: E501 - one question
    assert json.loads(unquote(got["PolicyVersion"]["Document"]))["Version"] == "2012-10-17"


async def test_a_role_is_made_with_its_boundary_and_tags(accounts, ask):
    """And not at all if there is no such boundary."""
    trust = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
    )
    await ask("CreatePolicy", PolicyDocument=document("sqs:*"), **SHARED)
    given = {"RoleName": "R", "AssumeRolePolicyDocument": trust, "Tags": [{"Key": "team", "Value": "a"}]}
    arn = (await ask("CreateRole", PermissionsBoundary=POLICY, **given))["Role"]["Arn"]
    role = accounts.source.roles[arn]
    assert (role.boundary, role.tags) == (POLICY, {"team": "a"})
    await ask("DeleteRolePermissionsBoundary", RoleName="R")
    await ask("TagRole", RoleName="R", Tags=[{"Key": "stage", "Value": "b"}])
    await ask("UntagRole", RoleName="R", TagKeys=["team"])
    role = accounts.source.roles[arn]
    assert (role.boundary, role.tags) == ("", {"stage": "b"})
    with pytest.raises(ServiceError, match="NoSuchEntity"):
        await ask("CreateRole", **{**given, "RoleName": "S", "PermissionsBoundary": f"{POLICY}s"})
    assert f"{arn[:-1]}S" not in accounts.source.roles


@pytest.mark.parametrize(
    ("operation", "parameters", "code"),
    [
        ("GetUser", {"UserName": "Nobody"}, "NoSuchEntity"),
        ("CreateUser", {}, "ValidationException"),
        ("CreateUser", {"UserName": "Ann"}, "EntityAlreadyExists"),
        ("CreateGroup", {"GroupName": 3}, "ValidationException"),
        ("AttachUserPolicy", {"UserName": "Ann"}, "ValidationException"),
        ("AttachUserPolicy", {"UserName": "Ann", "PolicyArn": f"{READ_ONLY}s"}, "NoSuchEntity"),
        ("DetachUserPolicy", {"UserName": "Ann", "PolicyArn": READ_ONLY}, "NoSuchEntity"),
        ("CreatePolicy", {"PolicyName": "P", "PolicyDocument": "{"}, "MalformedPolicyDocument"),
        ("CreatePolicy", {"PolicyName": "P", "PolicyDocument": "{}"}, "MalformedPolicyDocument"),
        ("GetPolicy", {"PolicyArn": POLICY}, "NoSuchEntity"),
        ("DeletePolicyVersion", {"PolicyArn": POLICY, "VersionId": "v1"}, "NoSuchEntity"),
        ("DeleteUserPolicy", {"UserName": "Ann", "PolicyName": "P"}, "NoSuchEntity"),
    ],
)
async def test_iam_refuses_in_its_own_words(ask, operation, parameters, code):
    """Names that lead nowhere, and documents that are none."""
    await ask("CreateUser", UserName="Ann")
    with pytest.raises(ServiceError) as caught:
        await ask(operation, **parameters)
    assert caught.value.code == code


async def test_what_iam_does_not_emulate_is_refused_by_name(ask):
    """Even for the root user."""
    with pytest.raises(Unsupported, match="iam:CreateLoginProfile"):
        await ask("CreateLoginProfile", UserName="Ann", Password="secret")
