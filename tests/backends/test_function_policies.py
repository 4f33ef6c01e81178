"""Policies of functions by the Lambda API, and what the gate makes of them."""

from __future__ import annotations

import json

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.gate.errors import AccessDenied, ServiceError
from turnstile.gate.link import Link
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.source import unwritten
from turnstile.world.caller import ServicePrincipal, Session

REGION = "us-east-1"
SOURCE = "111122223333"


@pytest.fixture
async def emulator(accounts):
    async with Emulator(accounts.world) as running:
        yield running


@pytest.fixture
def function(accounts):
    """A function of the target account that answers its event."""
    return accounts.function(accounts.target, "Echo", lambda event: event)


@pytest.fixture
def ask(emulator, accounts):
    """Calls Lambda as the root user of the target account."""

    async def call(operation, **parameters):
        answer = await emulator.gate.call(Call(accounts.target.root, "lambda", operation, parameters, REGION))
        return answer.output

    return call


def session(accounts):
    role = accounts.execution
    arn = f"arn:aws:sts::{SOURCE}:assumed-role/{role.name}/one"
    return Session(arn, role.arn, role.id, SOURCE, "one", 0.0, 4102444800.0, "somebody")


async def invoked(emulator, caller, function):
    return (await emulator.gate.call(Call(caller, "lambda", "Invoke", {"FunctionName": function}, REGION))).output


def document(function, *statements):
    full = [{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": function, **each} for each in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": full})


async def test_a_caller_of_another_account_needs_the_functions_policy(emulator, accounts, function, ask):
    """Refused before AddPermission, allowed after it, refused again after RemovePermission."""
    caller = session(accounts)
    with pytest.raises(AccessDenied) as caught:
        await invoked(emulator, caller, function)
    assert [broken.link for broken in caught.value.entry.ruling.broken] == [Link.RESOURCE_POLICY]
    permission = {"StatementId": "Books", "Action": "lambda:InvokeFunction", "Principal": SOURCE}
    added = await ask("AddPermission", FunctionName="Echo", **permission)
    assert json.loads(added["Statement"])["Principal"] == {"AWS": f"arn:aws:iam::{SOURCE}:root"}
    assert (await invoked(emulator, caller, function))["StatusCode"] == 200
    await ask("RemovePermission", FunctionName="Echo", StatementId="Books")
    with pytest.raises(AccessDenied):
        await invoked(emulator, caller, function)


async def test_a_whole_document_replaces_all_statements(emulator, accounts, function, ask):
    """It may deny, and a later AddPermission appends to it."""
    await ask("AddPermission", FunctionName="Echo", StatementId="One", Action="lambda:InvokeFunction", Principal="*")
    text = document(function, {"Sid": "Two", "Effect": "Deny", "Principal": "*"})
    put = await ask("PutResourcePolicy", ResourceArn=function, Policy=text)
    assert [statement["Sid"] for statement in json.loads(put["Policy"])["Statement"]] == ["Two"]
    with pytest.raises(AccessDenied) as caught:
        await invoked(emulator, session(accounts), function)
    (broken,) = caught.value.entry.ruling.broken
    assert (broken.link, broken.nearest.statement.sid) == (Link.RESOURCE_POLICY, "Two")
    await ask("AddPermission", FunctionName="Echo", StatementId="Three", Action="lambda:InvokeFunction", Principal="*")
    kept = json.loads((await ask("GetResourcePolicy", ResourceArn=function))["Policy"])["Statement"]
    assert [statement["Sid"] for statement in kept] == ["Two", "Three"]


async def test_a_service_is_let_in_for_its_source(emulator, accounts, function, ask):
    """Conditions of AddPermission are those of the confused deputy."""
    source = f"arn:aws:events:{REGION}:{SOURCE}:rule/nightly"
    await ask(
        "AddPermission",
        FunctionName="Echo",
        StatementId="Rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=source,
        SourceAccount=SOURCE,
    )
    rule = ServicePrincipal("events.amazonaws.com", source, SOURCE)
    assert (await invoked(emulator, rule, function))["StatusCode"] == 200
    with pytest.raises(AccessDenied):
        await invoked(emulator, ServicePrincipal("events.amazonaws.com", f"{source}-2", SOURCE), function)


@pytest.mark.parametrize(
    ("operation", "parameters", "code"),
    [
        ("GetPolicy", {"FunctionName": "Echo"}, "ResourceNotFoundException"),
        ("GetPolicy", {"FunctionName": "Missing"}, "ResourceNotFoundException"),
        ("DeleteResourcePolicy", {"ResourceArn": "Echo"}, "ResourceNotFoundException"),
        ("RemovePermission", {"FunctionName": "Echo", "StatementId": "x"}, "ResourceNotFoundException"),
        ("PutResourcePolicy", {"ResourceArn": "Echo", "Policy": "{"}, "InvalidParameterValueException"),
        ("PutResourcePolicy", {"ResourceArn": "Echo", "Policy": "{}"}, "InvalidParameterValueException"),
        ("PutResourcePolicy", {"ResourceArn": "Echo", "Policy": '"x"'}, "InvalidParameterValueException"),
        (
            "PutResourcePolicy",
            {"ResourceArn": "Echo", "Policy": "{}", "RevisionId": "1"},
            "PreconditionFailedException",
        ),
        (
            "AddPermission",
            {"FunctionName": "Echo", "StatementId": "a b", "Action": "lambda:*", "Principal": "*"},
            "ValidationException",
        ),
        (
            "AddPermission",
            {"FunctionName": "Echo", "StatementId": "a", "Action": "Invoke", "Principal": "*"},
            "InvalidParameterValueException",
        ),
    ],
)
async def test_lambda_refuses_what_is_no_policy(emulator, function, ask, operation, parameters, code):
    """Nothing is stored then."""
    with pytest.raises(ServiceError) as caught:
        await ask(operation, **parameters)
    assert caught.value.code == code
    assert emulator.world.function(function).policy is None


async def test_a_statement_id_is_given_once(function, ask):
    """A second statement under it is a conflict."""
    permission = {"StatementId": "One", "Action": "lambda:InvokeFunction", "Principal": "*"}
    await ask("AddPermission", FunctionName=function, **permission)
    with pytest.raises(ServiceError) as caught:
        await ask("AddPermission", FunctionName=function, **permission)
    assert (caught.value.code, caught.value.status) == ("ResourceConflictException", 409)


async def test_a_policy_may_not_grow_beyond_its_quota(function, ask):
    """20 KB."""
    text = document(function, *({"Sid": f"S{number}", "Principal": "*"} for number in range(200)))
    with pytest.raises(ServiceError) as caught:
        await ask("PutResourcePolicy", ResourceArn=function, Policy=text)
    assert caught.value.code == "PolicyLengthExceededException"


async def test_a_version_or_alias_has_a_policy_of_its_own(emulator, accounts, function, ask):
    """What is granted on an alias is granted on nothing else, and the other way round."""
    await ask("PublishVersion", FunctionName="Echo")
    await ask("CreateAlias", FunctionName="Echo", Name="live", FunctionVersion="1")
    permission = {"StatementId": "One", "Action": "lambda:InvokeFunction", "Principal": SOURCE}
    added = await ask("AddPermission", FunctionName="Echo", Qualifier="live", **permission)
    assert json.loads(added["Statement"])["Resource"] == f"{function}:live"
    caller = session(accounts)
    assert (await invoked(emulator, caller, f"{function}:live"))["ExecutedVersion"] == "1"
    for other in (function, f"{function}:1"):
        with pytest.raises(AccessDenied):
            await invoked(emulator, caller, other)
    assert f"{function}:live" in (await ask("GetPolicy", FunctionName="Echo", Qualifier="live"))["Policy"]
    await ask("RemovePermission", FunctionName=f"{function}:live", StatementId="One")
    with pytest.raises(AccessDenied):
        await invoked(emulator, caller, f"{function}:live")
    with pytest.raises(ServiceError, match="Function not found"):
        await ask("GetPolicy", FunctionName="Echo", Qualifier="other")


async def test_a_policy_can_be_taken_away(emulator, function, ask):
    """A revision guards it."""
    await ask("AddPermission", FunctionName="Echo", StatementId="One", Action="lambda:InvokeFunction", Principal="*")
    revision = (await ask("GetPolicy", FunctionName="Echo"))["RevisionId"]
    await ask("DeleteResourcePolicy", ResourceArn=function, RevisionId=revision)
    assert emulator.world.function(function).policy is None


async def test_session_policies_come_with_the_assumption(emulator, accounts):
    """Inline and managed ones, and tags that go on with the session."""
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
    accounts.role(accounts.target, "InvokeRole", _open(accounts), *accounts.invoke.policies)
    parameters = {
        "RoleArn": accounts.invoke.arn,
        "RoleSessionName": "abc",
        "Policy": policy,
        "PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
        "Tags": [{"Key": "team", "Value": "orders"}],
        "TransitiveTagKeys": ["team"],
    }
    answer = await emulator.gate.call(Call(session(accounts), "sts", "AssumeRole", parameters, REGION))
    taken = emulator.world.sessions[answer.output["Credentials"]["AccessKeyId"]]
    assert [one.name for one in taken.policies] == ["session policy", "ReadOnlyAccess"]
    assert (taken.tags, taken.transitive) == ({"team": "orders"}, frozenset({"team"}))


def _open(accounts):
    """A trust policy that lets everybody of the source account tag sessions as well."""
    actions = ["sts:AssumeRole", "sts:TagSession"]
    statement = {"Effect": "Allow", "Principal": {"AWS": accounts.execution.arn}, "Action": actions}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return parse(document, kind=Kind.TRUST, name="trust", origin=unwritten("<trust>"))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"Policy": "{"}, "MalformedPolicyDocument"),
        ({"Policy": " " * 3000}, "PackedPolicyTooLarge"),
        ({"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/Nope"}]}, "InvalidInput"),
        ({"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}] * 11}, "ValidationError"),
    ],
)
async def test_sts_refuses_session_policies_that_are_none(emulator, accounts, given, code):
    """After the gate has allowed the assumption."""
    accounts.role(accounts.target, "InvokeRole", _open(accounts), *accounts.invoke.policies)
    parameters = {"RoleArn": accounts.invoke.arn, "RoleSessionName": "abc", **given}
    with pytest.raises(ServiceError) as caught:
        await emulator.gate.call(Call(session(accounts), "sts", "AssumeRole", parameters, REGION))
    assert caught.value.code == code
