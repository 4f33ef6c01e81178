"""Identities of templates as identities of the world: their policies, wherever the template has them."""

from __future__ import annotations

import json
from typing import Any

from turnstile.importers.importing import import_stacks
from turnstile.importers.kinds import Draft, Stack
from turnstile.importers.resources import KINDS
from turnstile.importers.resources.missing import missing
from turnstile.importers.stacks import StackTemplate
from turnstile.importers.template import read_template
from turnstile.source import Source

_STACK = Stack("demo", "111122223333", "us-east-1", "staging")
_OTHER = "444455556666"


def _trust(principal: dict[str, Any]) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _allow(action: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


_SERVICE = _trust({"Service": "states.amazonaws.com"})


def _draft(resources: dict[str, Any]) -> Draft:
    source = Source("t.json", json.dumps({"Resources": resources}, indent=1))
    (imported,) = import_stacks([StackTemplate(_STACK, read_template(source))], KINDS)
    into = Draft(_STACK)
    imported.declare(into, KINDS)
    assert into.faults == []
    return into


def _resource(type_: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::IAM::{type_}", "Properties": properties}


def test_a_role_has_everything_that_its_template_gives_it() -> None:
    """Path, inline policies, policies of AWS, boundary and tags are those of the template."""
    limit = {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess"}
    into = _draft(
        {
            "Role": _resource(
                "Role",
                RoleName="Runner",
                MaxSessionDuration="7200",
                Path="/team/",
                AssumeRolePolicyDocument=_SERVICE,
                Policies=[{"PolicyName": "read", "PolicyDocument": _allow("s3:GetObject")}],
                ManagedPolicyArns=["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
                PermissionsBoundary=limit,
                Tags=[{"Key": "team", "Value": "data"}],
            )
        }
    )
    role = into.roles["arn:aws:iam::111122223333:role/team/Runner"]
    assert [policy.name for policy in role.policies] == ["read"]
    assert role.managed == ("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",)
    assert role.boundary == "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert (role.tags, role.max_session) == ({"team": "data"}, 7200)
    assert set(into.aws_policies) == {*role.managed, role.boundary}
    where = role.policies[0].origin.within(role.policies[0].statements[0].pointer).where()
    assert where.pointer == "/Resources/Role/Properties/Policies/0/PolicyDocument/Statement/0"


def test_a_policy_of_its_own_goes_to_all_that_it_names() -> None:
    """One document, several identities; each keeps its place in the template."""
    into = _draft(
        {
            "Role": _resource("Role", RoleName="r", AssumeRolePolicyDocument=_SERVICE),
            "User": _resource("User", UserName="u"),
            "Group": _resource("Group", GroupName="g"),
            "Policy": _resource(
                "Policy",
                PolicyName="shared",
                PolicyDocument=_allow("sqs:SendMessage"),
                Roles=[{"Ref": "Role"}],
                Users=[{"Ref": "User"}],
                Groups=[{"Ref": "Group"}],
            ),
        }
    )
    identities = (*into.roles.values(), *into.users.values(), *into.groups.values())
    assert [[policy.name for policy in each.policies] for each in identities] == [["shared"]] * 3
    assert (
        into.roles["arn:aws:iam::111122223333:role/r"]
        .policies[0]
        .origin.where()
        .pointer.startswith("/Resources/Policy/")
    )


def test_single_policies_replace_those_of_their_name() -> None:
    """RolePolicy, UserPolicy and GroupPolicy put one document each."""
    into = _draft(
        {
            "Role": _resource(
                "Role",
                RoleName="r",
                AssumeRolePolicyDocument=_SERVICE,
                Policies=[{"PolicyName": "p", "PolicyDocument": _allow("s3:GetObject")}],
            ),
            "Single": _resource(
                "RolePolicy", RoleName={"Ref": "Role"}, PolicyName="p", PolicyDocument=_allow("s3:PutObject")
            ),
        }
    )
    (policy,) = into.roles["arn:aws:iam::111122223333:role/r"].policies
    assert policy.statements[0].actions == ("s3:PutObject",)


def test_managed_policies_are_attached_from_both_sides() -> None:
    """By `ManagedPolicyArns` of the identity, and by `Roles` of the policy."""
    into = _draft(
        {
            "First": _resource("ManagedPolicy", ManagedPolicyName="first", PolicyDocument=_allow("s3:*")),
            "Role": _resource(
                "Role", RoleName="r", AssumeRolePolicyDocument=_SERVICE, ManagedPolicyArns=[{"Ref": "First"}]
            ),
            "Second": _resource(
                "ManagedPolicy", ManagedPolicyName="second", Path="/p/", PolicyDocument=_allow("sqs:*"), Roles=["r"]
            ),
        }
    )
    wanted = ("arn:aws:iam::111122223333:policy/first", "arn:aws:iam::111122223333:policy/p/second")
    assert into.roles["arn:aws:iam::111122223333:role/r"].managed == wanted
    assert tuple(into.policies) == wanted


def test_users_join_groups_by_either_type() -> None:
    """`Groups` of a user and `UserToGroupAddition` come to the same."""
    into = _draft(
        {
            "Group": _resource("Group", GroupName="g", Path="/x/"),
            "Late": _resource("Group", GroupName="late"),
            "User": _resource("User", UserName="u", Groups=[{"Ref": "Group"}]),
            "Addition": _resource("UserToGroupAddition", GroupName={"Ref": "Late"}, Users=[{"Ref": "User"}]),
        }
    )
    (user,) = into.users.values()
    assert user.groups == ("arn:aws:iam::111122223333:group/x/g", "arn:aws:iam::111122223333:group/late")


def test_identities_of_other_stacks_are_reached_by_calls() -> None:
    """What the stack does not declare is left to IAM, which knows the whole account."""
    into = _draft(
        {
            "Policy": _resource("Policy", PolicyName="p", PolicyDocument=_allow("s3:*"), Roles=["elsewhere"]),
            "Managed": _resource("ManagedPolicy", ManagedPolicyName="m", PolicyDocument=_allow("s3:*"), Users=["u"]),
            "Addition": _resource("UserToGroupAddition", GroupName="g", Users=["u"]),
        }
    )
    assert [call.operation for call in into.resources] == ["PutRolePolicy", "AttachUserPolicy", "AddUserToGroup"]


def test_identities_that_do_not_exist_are_faults_where_they_are_named() -> None:
    """In trust policies, as managed policies, boundaries and roles of functions; accounts outside are left alone."""
    code = {"ZipFile": "def handler(event, context): ...\n"}
    role = f"arn:aws:iam::{_OTHER}:role/Gone"
    into = _draft(
        {
            "Role": _resource(
                "Role",
                RoleName="r",
                AssumeRolePolicyDocument=_trust({"AWS": [role, "arn:aws:iam::999999999999:role/Outside"]}),
                ManagedPolicyArns=["arn:aws:iam::111122223333:policy/gone"],
                PermissionsBoundary="arn:aws:iam::111122223333:policy/gone",
            ),
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Handler": "index.handler",
                    "Role": "arn:aws:iam::111122223333:role/gone",
                    "Code": code,
                },
            },
            "Machine": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {
                    "RoleArn": "arn:aws:iam::111122223333:role/r",
                    "Definition": {
                        "StartAt": "A",
                        "States": {
                            "A": {
                                "Type": "Task",
                                "Resource": "arn:aws:states:::lambda:invoke",
                                "Credentials": {"RoleArn": role},
                                "End": True,
                            }
                        },
                    },
                },
            },
        }
    )
    found = missing([into], {_STACK.account, _OTHER}, ())
    assert [(fault.code, fault.where.pointer.partition("/Properties")[0]) for fault in found] == [
        ("unknown-role", "/Resources/Role"),
        ("unknown-policy", "/Resources/Role"),
        ("unknown-policy", "/Resources/Role"),
        ("unknown-role", "/Resources/Function"),
        ("unknown-role", "/Resources/Machine"),
    ]
    assert found[-1].where.pointer.endswith("/Definition/States/A/Credentials/RoleArn")
    assert len(missing([into], {_STACK.account, _OTHER}, {role})) == len(found) - 2
    assert len(missing([into], {_STACK.account}, ())) == len(found) - 2


def test_a_service_linked_role_is_made_by_its_service() -> None:
    """The service gives the name, which `Ref` knows before."""
    into = _draft({"Linked": _resource("ServiceLinkedRole", AWSServiceName="batch.amazonaws.com")})
    assert [call.operation for call in into.resources] == ["CreateServiceLinkedRole"]
