"""The IAM API over the roles of a world."""

import json

import pytest

from turnstile.backends.iam import Iam
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.world.world import World

ACCOUNT = "111122223333"
ROLE_OPERATIONS = ("GetRole", "DeleteRole", "ListRolePolicies")
POLICY_OPERATIONS = ("PutRolePolicy", "GetRolePolicy", "DeleteRolePolicy")


def trust(action="sts:AssumeRole", **elements):
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, **elements}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


@pytest.fixture
def ask():
    """Makes calls of the root user to one world."""
    world = World()
    account = world.add_account(ACCOUNT)
    backend = Iam(world)

    async def ask(operation, **parameters):
        return await backend.perform(Call(account.root, "iam", operation, parameters, "us-east-1"), ACCOUNT)

    return ask


async def refusal(ask, operation, **parameters):
    with pytest.raises(ServiceError) as caught:
        await ask(operation, **parameters)
    return caught.value.code, caught.value.message


async def test_a_role_lives_from_its_creation_to_its_deletion(ask):
    """With its path in the ARN, and its inline policies by name."""
    created = (await ask("CreateRole", RoleName="R", Path="/team/", AssumeRolePolicyDocument=trust()))["Role"]
    assert created["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/team/R"
    assert (await ask("GetRole", RoleName="R"))["Role"] == {**created, "RoleLastUsed": {}}
    allow = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    await ask("PutRolePolicy", RoleName="R", PolicyName="All", PolicyDocument=allow)
    assert (await ask("ListRolePolicies", RoleName="R"))["PolicyNames"] == ["All"]
    assert (await refusal(ask, "DeleteRole", RoleName="R"))[0] == "DeleteConflict"
    await ask("DeleteRolePolicy", RoleName="R", PolicyName="All")
    await ask("DeleteRole", RoleName="R")
    assert (await ask("ListRoles"))["Roles"] == []


@pytest.mark.parametrize(
    ("operation", "given", "missing"),
    [
        ("CreateRole", {}, "RoleName"),
        ("CreateRole", {"RoleName": "R"}, "AssumeRolePolicyDocument"),
        ("UpdateAssumeRolePolicy", {"RoleName": "R"}, "PolicyDocument"),
        *((operation, {}, "RoleName") for operation in ROLE_OPERATIONS),
        *((operation, {"RoleName": "R"}, "PolicyName") for operation in POLICY_OPERATIONS),
    ],
)
async def test_a_missing_member_is_named(ask, operation, given, missing):
    """Before anything is looked up."""
    code, text = await refusal(ask, operation, **given)
    assert (code, f'Missing required parameter in input: "{missing}"' in text) == ("ValidationException", True)


async def test_a_policy_document_is_text(ask):
    """The API takes its JSON text; a mapping is the slip of a scenario file."""
    document = json.loads(trust())
    code, text = await refusal(ask, "CreateRole", RoleName="R", AssumeRolePolicyDocument=document)
    assert code == "ValidationException"
    assert text.startswith("Invalid type for parameter AssumeRolePolicyDocument")


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (trust("lambda:InvokeFunction"), "AssumeRole policy may only specify STS AssumeRole actions."),
        (trust("sts:*"), "AssumeRole policy may only specify STS AssumeRole actions."),
        (trust("*"), "AssumeRole policy may only specify STS AssumeRole actions."),
        (trust("sts:*", Effect="allow"), "Syntax errors in policy."),
        ("{", "This policy contains invalid Json"),
    ],
)
async def test_a_trust_policy_that_iam_does_not_take(ask, document, text):
    """On creation as on update."""
    expected = ("MalformedPolicyDocument", text)
    assert await refusal(ask, "CreateRole", RoleName="R", AssumeRolePolicyDocument=document) == expected
    await ask("CreateRole", RoleName="R", AssumeRolePolicyDocument=trust())
    assert await refusal(ask, "UpdateAssumeRolePolicy", RoleName="R", PolicyDocument=document) == expected
