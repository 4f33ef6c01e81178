"""Partition, Region and account: what lies beyond a border is not reached, in the words of each service."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from turnstile import arn
from turnstile.gate.call import Call, Site
from turnstile.gate.errors import AccessDenied
from turnstile.gate.gate import Gate
from turnstile.gate.link import Link
from turnstile.iam.policy import Kind
from turnstile.report.explanation import explanation
from turnstile.world.caller import ServicePrincipal, Session
from turnstile.world.organization import FULL_ACCESS, Controls, Organization, Unit

CASES = Path(__file__).parent.parent / "cases" / "gate"
ROWS = json.loads((CASES / "other_region.json").read_text())
SITE = Site("arn:aws:states:us-east-1:111122223333:execution:Orders:one", "Call")
NOTHING = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
HOMES = [partition.home_region for partition in arn.PARTITIONS]


class Recording:
    """A backend that answers everything."""

    async def perform(self, call, owner):
        return {}


@pytest.fixture
def gate(accounts):
    backend = Recording()
    return Gate(accounts.world, {}, lambda: backend)


def session(role):
    """The execution role's session."""
    name = f"arn:{role.arn.split(':')[1]}:sts::{role.account}:assumed-role/{role.name}/s"
    return Session(name, role.arn, role.id, role.account, "s", 0.0, 4102444800.0, "states.amazonaws.com")


def assume(caller, role_arn, region="us-east-1"):
    members = {"RoleArn": role_arn, "RoleSessionName": "abc", "ExternalId": "arn:aws:states:us-east-1:1:stateMachine:M"}
    return Call(caller, "sts", "AssumeRole", members, region, SITE)


def named(ruling):
    """The reason codes of all links that refuse."""
    return [barrier.link.value for barrier in ruling.barriers] + [broken.link.value for broken in ruling.broken]


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
async def test_a_resource_of_another_region_is_refused_in_the_words_of_its_service(gate, accounts, row):
    """The same call is let through in the Region of the resource, and by nobody's policy in any other."""
    call = Call(session(accounts.execution), row["service"], row["operation"], row["parameters"], "us-east-1", SITE)
    with pytest.raises(AccessDenied) as caught:
        await gate.call(call)
    assert [caught.value.code, caught.value.status, caught.value.message] == row["error"]
    assert named(caught.value.entry.ruling)[0] == "region"
    told = explanation(caught.value.entry)
    (shown,) = (link for link in told.refusals if link.shown)
    assert (shown.link, told.answer) == ("region", row["error"][2])
    assert "is in Region `eu-west-1`, the call goes to `us-east-1`" in shown.sentence
    there = gate.decide(replace(call, region="eu-west-1"))
    assert "region" not in named(there)


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
async def test_the_border_speaks_before_the_policies_and_all_links_are_named(gate, accounts, write_policy, row):
    """A service that does not see the resource asks nobody's rights."""
    accounts.role(accounts.source, "ExecutionRole", accounts.execution.trust, write_policy(NOTHING))
    call = Call(session(accounts.execution), row["service"], row["operation"], row["parameters"], "us-east-1", SITE)
    with pytest.raises(AccessDenied) as caught:
        await gate.call(call)
    assert caught.value.message == row["error"][2]
    assert {"region", "caller-policy"} <= set(named(caught.value.entry.ruling))


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("iam", "GetRole", {"RoleName": "R"}),
        ("organizations", "DescribeOrganization", {}),
        ("route53", "GetHostedZone", {"Id": "Z1"}),
        ("cloudfront", "GetDistribution", {"Id": "E1"}),
        ("sts", "GetCallerIdentity", {}),
        ("s3", "ListBuckets", {}),
    ],
)
@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "ap-southeast-2"])
def test_global_services_have_no_region(gate, accounts, service, operation, parameters, region):
    """They answer from everywhere."""
    call = Call(session(accounts.execution), service, operation, parameters, region, SITE)
    assert gate.decide(call).barriers == ()


BUCKET = {"Bucket": "far", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}


async def test_a_bucket_lies_in_one_region(gate, accounts):
    """A Task elsewhere is redirected and does not follow; SDKs of other callers do."""
    await gate.call(Call(accounts.target.root, "s3", "CreateBucket", BUCKET, "us-east-1"))
    get = Call(session(accounts.execution), "s3", "GetObject", {"Bucket": "far", "Key": "k"}, "us-east-1", SITE)
    with pytest.raises(AccessDenied) as caught:
        await gate.call(get)
    assert (caught.value.code, caught.value.status) == ("PermanentRedirect", 301)
    assert "must be addressed using the specified endpoint" in caught.value.message
    assert "region" not in named(gate.decide(replace(get, site=None)))
    assert "region" not in named(gate.decide(replace(get, region="eu-west-1")))
    assert "region" not in named(gate.decide(replace(get, operation="GetBucketLocation")))
    await gate.call(Call(accounts.target.root, "s3", "DeleteBucket", {"Bucket": "far"}, "us-east-1"))
    assert "region" not in named(gate.decide(get))


@pytest.mark.parametrize("there", HOMES)
@pytest.mark.parametrize("here", HOMES)
def test_a_role_is_assumed_inside_its_partition_only(build, write_trust, here, there):
    """All pairs of the eight partitions; the execution role's own rights play no part."""
    accounts = build(region=here)
    gate = Gate(accounts.world, {}, dict)
    partition = arn.partition_of(there).name
    target = accounts.invoke.arn.replace(f"arn:{accounts.target.partition}:", f"arn:{partition}:")
    accounts.role(accounts.target, "InvokeRole", write_trust({"Principal": {"AWS": accounts.execution.arn}}))
    ruling = gate.decide(assume(session(accounts.execution), target, here))
    assert named(ruling) == ([] if here == there else ["partition"])


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("form", ["states.amazonaws.com", "states.{region}.amazonaws.com", "states.{suffix}",
                                  "states.{region}.{suffix}"])  # fmt: skip
def test_every_name_of_the_service_principal_is_known_in_its_partition(build, write_trust, home, form):
    """Global and regional, with the commercial domain or the partition's own."""
    accounts = build(region=home)
    principal = form.format(region=home, suffix=arn.partition_of(home).dns_suffix)
    role = accounts.role(accounts.source, "ExecutionRole", write_trust({"Principal": {"Service": principal}}))
    machine = accounts.source.arn("states", "stateMachine:Orders")
    service = ServicePrincipal("states.amazonaws.com", machine, accounts.source.id)
    ruling = Gate(accounts.world, {}, dict).decide(assume(service, role.arn, home))
    assert ruling.allowed


@pytest.mark.parametrize("principal", ["states.eu-west-1.amazonaws.com", "states.amazonaws.com.cn",
                                       "states.cn-north-1.amazonaws.com.cn", "lambda.amazonaws.com"])  # fmt: skip
def test_names_of_other_regions_and_partitions_are_not_the_service(accounts, write_trust, principal):
    """A trust policy that was copied from there does not admit it."""
    role = accounts.role(accounts.source, "ExecutionRole", write_trust({"Principal": {"Service": principal}}))
    service = ServicePrincipal("states.amazonaws.com", accounts.source.arn("states", "stateMachine:M"), "111122223333")
    ruling = Gate(accounts.world, {}, dict).decide(assume(service, role.arn))
    assert named(ruling) == ["service-trust"]


async def test_a_function_of_another_partition_is_as_far_as_one_of_another_region(gate, accounts):
    """Lambda knows neither; the link is the partition."""
    function = "arn:aws-cn:lambda:cn-north-1:444455556666:function:f"
    call = Call(session(accounts.execution), "lambda", "Invoke", {"FunctionName": function}, "us-east-1", SITE)
    with pytest.raises(AccessDenied) as caught:
        await gate.call(call)
    text = "Functions from 'cn-north-1' are not reachable in this region ('us-east-1')"
    assert (caught.value.code, caught.value.message) == ("ResourceNotFoundException", text)
    assert named(caught.value.entry.ruling) == ["partition"]


def _no_right(accounts, write_policy, _write_trust):
    accounts.role(accounts.source, "ExecutionRole", accounts.execution.trust, write_policy(NOTHING))


def _no_trust(accounts, _write_policy, write_trust):
    accounts.role(accounts.target, "InvokeRole", write_trust({"Principal": {"AWS": "999999999999"}}))


def _scp(accounts, write_policy, _write_trust):
    deny = write_policy({"Effect": "Deny", "Action": "sts:*", "Resource": "*"}, kind=Kind.SCP, name="Guard")
    members = {"111122223333": Controls((FULL_ACCESS, deny)), "444455556666": Controls()}
    accounts.world.organization = Organization("o-1", "999999999999", Unit("r-1", "Root", Controls(), members))


@pytest.mark.parametrize(
    ("changes", "role", "first", "others"),
    [
        ((_no_right,), "InvokeRole", "caller-policy", {"external-id"}),
        ((_no_right, _no_trust), "InvokeRole", "caller-policy", {"trust-policy"}),
        ((_no_right, _no_trust, _scp), "InvokeRole", "caller-policy", {"service-control-policy", "trust-policy"}),
        ((_no_trust, _scp), "InvokeRole", "service-control-policy", {"trust-policy"}),
        ((_no_right,), "Missing", "caller-policy", {"role-exists"}),
        ((_scp,), "Missing", "service-control-policy", {"role-exists"}),
        ((), "Missing", "role-exists", set()),
        ((), "arn:aws-cn:iam::444455556666:role/InvokeRole", "partition", set()),
        ((_no_right, _no_trust), "arn:aws-cn:iam::444455556666:role/InvokeRole", "caller-policy", {"partition"}),
        (
            (_no_right, _no_trust, _scp),
            "arn:aws-cn:iam::444455556666:role/InvokeRole",
            "caller-policy",
            {"partition", "service-control-policy"},
        ),
        ((_no_right,), "not a role", "malformed-request", set()),
    ],
)
async def test_the_first_broken_link_decides_and_the_others_are_listed(
    gate, accounts, write_policy, write_trust, changes, role, first, others
):
    """From the caller to the role: own policies, what limits them, the border, the role, its trust policy."""
    for change in changes:
        change(accounts, write_policy, write_trust)
    target = role if ":" in role or " " in role else accounts.target.arn("iam", f"role/{role}")
    with pytest.raises(AccessDenied) as caught:
        await gate.call(assume(session(accounts.execution), target))
    refusals = explanation(caught.value.entry).refusals
    assert [link.link for link in refusals if link.shown] == [first]
    assert {link.link for link in refusals if not link.shown} == others


@pytest.mark.parametrize(
    ("role", "help_"),
    [
        ("444455556666:role/invokerole", "did you mean `arn:aws:iam::444455556666:role/InvokeRole`?"),
        ("444455556666:role/team/InvokeRole", "did you mean `arn:aws:iam::444455556666:role/InvokeRole`?"),
        ("444455556666:role/InvokRole", "did you mean `arn:aws:iam::444455556666:role/InvokeRole`?"),
        ("444455556666:role/Nothing", "create the role in that account"),
        ("999900001111:role/InvokeRole", "no account `999900001111` is declared"),
    ],
)
def test_a_role_that_is_not_there_may_be_another_one(gate, accounts, role, help_):
    """The help names the role that was meant, where one has nearly that name."""
    ruling = gate.decide(assume(session(accounts.execution), f"arn:aws:iam::{role}"))
    (barrier,) = ruling.barriers
    assert barrier.link is Link.ROLE_EXISTS
    assert barrier.help.startswith(help_)


async def test_beyond_a_partition_no_policy_is_advised(gate, accounts, write_policy):
    """The link that decides may be the caller's own policy; what would open it is not told, since it helps nothing."""
    accounts.role(accounts.source, "ExecutionRole", accounts.execution.trust, write_policy(NOTHING))
    with pytest.raises(AccessDenied) as caught:
        await gate.call(assume(session(accounts.execution), "arn:aws-cn:iam::444455556666:role/InvokeRole"))
    own, border = explanation(caught.value.entry).refusals
    assert (own.link, own.shown, own.advice, border.link) == ("caller-policy", True, (), "partition")
    assert own.help.startswith("no policy helps as long as this is broken: ")


@pytest.mark.parametrize(
    ("account", "region", "links"),
    [
        ("source", "us-east-1", []),
        ("target", "us-east-1", ["task-token"]),
        ("source", "eu-west-1", ["task-token"]),
    ],
)
@pytest.mark.parametrize("operation", ["SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"])
async def test_a_task_token_is_good_in_its_own_account_and_region(gate, accounts, account, region, links, operation):
    """A worker elsewhere must assume a role over here, and the report says so."""
    accounts.world.known.tokens["T"] = "111122223333", "us-east-1"
    caller = session(accounts.execution if account == "source" else accounts.invoke)
    call = Call(caller, "stepfunctions", operation, {"taskToken": "T", "output": "1"}, region)
    ruling = gate.decide(call)
    assert (named(ruling), ruling.allowed) == (links, not links)
    if links:
        with pytest.raises(AccessDenied) as caught:
            await gate.call(call)
        assert (caught.value.code, caught.value.message) == ("InvalidToken", "Invalid Token: 'Invalid token'")
        (told,) = explanation(caught.value.entry).refusals
        assert "let the worker assume a role in the account of the state machine" in told.help


def test_an_unknown_token_is_the_services_business(gate, accounts):
    """Nobody can say whose it is."""
    call = Call(session(accounts.invoke), "stepfunctions", "SendTaskSuccess", {"taskToken": "U"}, "us-east-1")
    assert gate.decide(call).allowed


@pytest.mark.parametrize("link", list(Link))
def test_every_link_has_a_code_of_its_own(link):
    """Reason codes are what scenario files name."""
    assert Link(link.value) is link
