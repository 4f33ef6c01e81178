"""Which policies apply to a call: every kind of policy that the world holds has its say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from turnstile.gate.call import Call
from turnstile.gate.context import request_context
from turnstile.gate.gate import Gate
from turnstile.gate.link import Link
from turnstile.gate.permission import Permission
from turnstile.iam.message import message
from turnstile.iam.policy import Kind
from turnstile.source import unwritten
from turnstile.world.caller import FederatedUser, IamUser, ServicePrincipal, Session
from turnstile.world.managed import ManagedPolicy
from turnstile.world.organization import FULL_ACCESS, Controls, Organization, Unit
from turnstile.world.user import Group, User

SOURCE, TARGET, MANAGEMENT = "111122223333", "444455556666", "999999999999"
REGION = "us-east-1"
ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DENY_QUEUES = {"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}
DENY_QUEUES_TO_ALL = {**DENY_QUEUES, "Principal": "*"}
ONLY_LAMBDA = {"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}


def session(role, **more):
    arn = f"arn:aws:sts::{role.account}:assumed-role/{role.name}/one"
    return Session(arn, role.arn, role.id, role.account, "one", 0.0, 4102444800.0, "somebody", **more)


def send(caller, owner=SOURCE):
    url = f"https://sqs.us-east-1.amazonaws.com/{owner}/jobs"
    return Call(caller, "sqs", "SendMessage", {"QueueUrl": url, "MessageBody": "x"}, REGION)


@pytest.fixture
def gate(accounts):
    return Gate(accounts.world, {}, dict)


def links(gate, call):
    """The links that refuse; none where the call is allowed."""
    ruling = gate.decide(call)
    assert ruling.allowed is not bool(ruling.broken)
    return {broken.link for broken in ruling.broken}


def managed(account, policy, name="Shared", kind=Kind.IDENTITY):
    arn = account.arn("iam", f"policy/{name}")
    account.policies[arn] = ManagedPolicy(arn, name, account.id, {"v1": replace(policy, arn=arn)}, "v1", policy.origin)
    return arn


def organize(world, *, root=None, unit=None, source=None, target=None, management=MANAGEMENT):
    """Both accounts in one unit, with these controls at each level."""
    accounts = {SOURCE: source or Controls(), TARGET: target or Controls()}
    unit = Unit("ou-1", "Workloads", unit or Controls(), accounts)
    world.organization = Organization("o-a1b2c3d4e5", management, Unit("r-1", "Root", root or Controls(), {}, (unit,)))


def controls(write, *statements, full=True, kind=Kind.SCP):
    policy = write(*statements, kind=kind, name="Guard")
    if kind is Kind.RCP:
        return Controls(rcps=(policy,))
    return Controls((FULL_ACCESS, policy) if full else (policy,))


@pytest.mark.parametrize("level", ["root", "unit", "source"])
def test_a_service_control_policy_denies_at_every_level(gate, accounts, write_policy, level):
    """Of the caller's account, whatever its own policies allow; even for its root user."""
    organize(accounts.world, **{level: controls(write_policy, DENY_QUEUES)})
    assert links(gate, send(session(accounts.execution))) == {Link.SERVICE_CONTROL}
    assert links(gate, send(accounts.source.root)) == {Link.SERVICE_CONTROL}


@pytest.mark.parametrize("level", ["root", "unit", "source"])
def test_every_level_needs_an_allow(gate, accounts, write_policy, level):
    """FullAWSAccess is attached by default; where it is not, the rest of the level counts."""
    organize(accounts.world, **{level: controls(write_policy, ONLY_LAMBDA, full=False)})
    assert links(gate, send(session(accounts.execution))) == {Link.SERVICE_CONTROL}
    organize(accounts.world)
    assert links(gate, send(session(accounts.execution))) == set()


def test_control_policies_do_not_touch_the_management_account(gate, accounts, write_policy):
    """Neither as the caller's account nor as the owner's."""
    organize(accounts.world, root=controls(write_policy, DENY_QUEUES), management=SOURCE)
    assert links(gate, send(session(accounts.execution))) == set()
    organize(accounts.world, root=controls(write_policy, DENY_QUEUES_TO_ALL, kind=Kind.RCP), management=SOURCE)
    assert links(gate, send(session(accounts.execution))) == set()


def test_a_service_linked_role_is_not_controlled(gate, accounts, write_policy):
    """It is told by its path."""
    arn = accounts.source.arn("iam", "role/aws-service-role/states.amazonaws.com/Linked")
    role = accounts.source.roles[arn] = replace(accounts.execution, arn=arn, name="Linked")
    organize(accounts.world, root=controls(write_policy, DENY_QUEUES))
    assert links(gate, send(session(role))) == set()


def test_a_resource_control_policy_guards_the_owners_resources(gate, accounts, write_policy):
    """It follows the resource, not the caller, and only where its service is on the list."""
    organize(accounts.world, source=controls(write_policy, DENY_QUEUES_TO_ALL, kind=Kind.RCP))
    assert links(gate, send(session(accounts.execution))) == {Link.RESOURCE_CONTROL}
    organize(accounts.world, target=controls(write_policy, DENY_QUEUES_TO_ALL, kind=Kind.RCP))
    assert links(gate, send(session(accounts.execution))) == set()
    everything = {**DENY_QUEUES_TO_ALL, "Action": "states:*"}
    organize(accounts.world, source=controls(write_policy, everything, kind=Kind.RCP))
    listed = Call(session(accounts.execution), "stepfunctions", "ListStateMachines", {}, REGION)
    assert links(gate, listed) == set()


def test_a_denial_names_the_policy_of_the_organization(gate, accounts, write_policy):
    """By its ARN, as AWS does since 2026."""
    guard = replace(write_policy(DENY_QUEUES, kind=Kind.SCP), arn="arn:aws:organizations::9:policy/o-1/scp/p-1")
    organize(accounts.world, unit=Controls((FULL_ACCESS, guard)))
    (decision,) = gate.decide(send(session(accounts.execution))).decisions
    assert message(decision).endswith("with an explicit deny in a service control policy: " + guard.arn)


def test_managed_policies_count_like_inline_ones(gate, accounts, write_policy):
    """The version in force does; a policy that is gone grants nothing."""
    arn = managed(accounts.source, write_policy(ALLOW))
    role = accounts.source.roles[accounts.execution.arn] = replace(accounts.execution, policies=(), managed=(arn,))
    assert links(gate, send(session(role))) == set()
    shared = accounts.source.policies[arn]
    versions = {**shared.versions, "v2": write_policy(ONLY_LAMBDA)}
    accounts.source.policies[arn] = replace(shared, versions=versions, default="v2")
    assert links(gate, send(session(role))) == {Link.CALLER_POLICY}
    del accounts.source.policies[arn]
    assert links(gate, send(session(role))) == {Link.CALLER_POLICY}


def test_a_boundary_limits_a_role(gate, accounts, write_policy):
    """One that is not there allows nothing."""
    arn = managed(accounts.source, write_policy(ONLY_LAMBDA))
    role = accounts.source.roles[accounts.execution.arn] = replace(accounts.execution, boundary=arn)
    assert links(gate, send(session(role))) == {Link.BOUNDARY}
    (broken,) = gate.decide(send(session(role))).broken
    assert broken.decision.policies.boundaries[0].kind is Kind.BOUNDARY
    gone = accounts.source.arn("iam", "policy/Gone")
    accounts.source.roles[accounts.execution.arn] = replace(accounts.execution, boundary=gone)
    assert links(gate, send(session(role))) == {Link.BOUNDARY}


def test_session_policies_limit_a_session(gate, accounts, write_policy):
    """They grant nothing beyond the role's own policies."""
    limited = session(accounts.execution, policies=(write_policy(ONLY_LAMBDA, kind=Kind.SESSION),))
    assert links(gate, send(limited)) == {Link.SESSION_POLICY}
    wide = session(accounts.execution, policies=(write_policy(ALLOW, kind=Kind.SESSION),))
    assert links(gate, send(wide)) == set()


@pytest.fixture
def user(accounts, write_policy):
    """Ann, whose group may do everything with queues."""
    group = Group(
        accounts.source.arn("iam", "group/Staff"),
        "Staff",
        SOURCE,
        (write_policy({**ALLOW, "Action": "sqs:*"}),),
        unwritten("<group>"),
    )
    accounts.source.groups[group.arn] = group
    arn = accounts.source.arn("iam", "user/Ann")
    ann = User(arn, "Ann", SOURCE, (), unwritten("<user>"), (group.arn,), tags={"team": "orders"})
    accounts.source.users[arn] = ann
    return ann


def as_caller(user):
    return IamUser(user.arn, user.id, user.account, user.name)


def test_a_user_has_the_policies_of_its_groups(gate, accounts, user):
    """And no others."""
    assert links(gate, send(as_caller(user))) == set()
    listed = Call(as_caller(user), "stepfunctions", "ListStateMachines", {}, REGION)
    assert links(gate, listed) == {Link.CALLER_POLICY}


def test_a_user_is_told_by_name_and_tags(accounts, user):
    """Keys of users."""
    context = request_context(send(as_caller(user)), Permission("sqs:SendMessage", "*", SOURCE), accounts.world)
    assert context["aws:username"] == "Ann"
    assert context["aws:PrincipalType"] == "User"
    assert context["aws:PrincipalTag/team"] == "orders"
    assert context["aws:userid"] == user.id


def test_a_federated_user_may_what_both_allow(gate, accounts, user, write_policy):
    """The user that made the session, and the session's policy."""
    arn = f"arn:aws:sts::{SOURCE}:federated-user/guest"
    everything = (write_policy(ALLOW, kind=Kind.SESSION),)
    guest = FederatedUser(arn, SOURCE, "guest", user.arn, 0.0, everything)
    assert links(gate, send(guest)) == set()
    limited = replace(guest, policies=(write_policy(ONLY_LAMBDA, kind=Kind.SESSION),))
    assert links(gate, send(limited)) == {Link.SESSION_POLICY}


def test_tags_of_a_session_go_before_those_of_its_role(accounts):
    """Keys of sessions; a web identity tells its provider."""
    accounts.source.roles[accounts.execution.arn] = replace(accounts.execution, tags={"team": "a", "stage": "test"})
    caller = session(accounts.execution, tags={"team": "b"}, provider="accounts.example.com")
    context = request_context(send(caller), Permission("sqs:SendMessage", "*", SOURCE), accounts.world)
    assert (context["aws:PrincipalTag/team"], context["aws:PrincipalTag/stage"]) == ("b", "test")
    assert context["aws:FederatedProvider"] == "accounts.example.com"


def test_the_organization_is_a_condition_key(accounts):
    """Of the caller, of the resource, and of the source that a service acts for."""
    permission = Permission("sqs:SendMessage", "*", TARGET)
    assert not any("Org" in key for key in request_context(send(accounts.source.root), permission, accounts.world))
    organize(accounts.world)
    context = request_context(send(accounts.source.root), permission, accounts.world)
    assert context["aws:PrincipalOrgID"] == context["aws:ResourceOrgID"] == "o-a1b2c3d4e5"
    assert context["aws:PrincipalOrgPaths"] == ("o-a1b2c3d4e5/r-1/ou-1/",)
    service = ServicePrincipal("states.amazonaws.com", "arn:aws:states:us-east-1:1:stateMachine:m", SOURCE)
    context = request_context(send(service), permission, accounts.world)
    assert context["aws:SourceOrgID"] == "o-a1b2c3d4e5"
    assert "aws:PrincipalOrgID" not in context


def test_tags_of_a_role_are_keys_of_passing_it(gate, accounts, write_policy):
    """`aws:ResourceTag` of what the world keeps itself."""
    condition = {"StringEquals": {"aws:ResourceTag/stage": "test"}}
    statement = {"Effect": "Allow", "Action": ["iam:PassRole", "states:*"], "Resource": "*", "Condition": condition}
    allowing = write_policy(statement, {"Effect": "Allow", "Action": "states:*", "Resource": "*"})
    role = accounts.role(accounts.source, "Maker", accounts.execution.trust, allowing)
    parameters = {"name": "m", "definition": "{}", "roleArn": accounts.execution.arn}
    make = Call(session(role), "stepfunctions", "CreateStateMachine", parameters, REGION)
    assert links(gate, make) == {Link.CALLER_POLICY}
    accounts.source.roles[accounts.execution.arn] = replace(accounts.execution, tags={"stage": "test"})
    assert links(gate, make) == set()
