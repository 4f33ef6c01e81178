"""Every call is judged, written down, and only then performed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from turnstile.faults import Unsupported
from turnstile.gate.call import Call, Site
from turnstile.gate.errors import AccessDenied, ServiceError
from turnstile.gate.gate import Gate
from turnstile.gate.link import Link
from turnstile.world.caller import ServicePrincipal, Session
from turnstile.world.settings import Settings

UNRELATED = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
MACHINE = "arn:aws:states:us-east-1:111122223333:stateMachine:Orders"


class Recording:
    """A backend that notes what reached it."""

    def __init__(self):
        self.performed = []

    async def perform(self, call, owner):
        self.performed.append((call.service, call.operation, owner))
        return {"done": True}


@pytest.fixture
def backend():
    return Recording()


@pytest.fixture
def gate(accounts, backend):
    return Gate(accounts.world, {"lambda": backend, "sts": backend, "iam": backend}, lambda: backend)


def session(role, *, chained=False):
    """A session of a role."""
    arn = f"arn:aws:sts::{role.account}:assumed-role/{role.name}/session"
    return Session(arn, role.arn, role.id, role.account, "session", 0.0, 4102444800.0, "somebody", chained)


def assume(caller, role_arn, **extra):
    return Call(caller, "sts", "AssumeRole", {"RoleArn": role_arn, "RoleSessionName": "abc", **extra}, "us-east-1")


def invoke(caller, name, region="us-east-1"):
    return Call(caller, "lambda", "Invoke", {"FunctionName": name}, region)


async def test_an_allowed_call_reaches_the_backend_of_the_owning_account(gate, accounts, backend):
    """The owner comes from the ARN, not from the caller."""
    call = assume(session(accounts.execution), accounts.invoke.arn, ExternalId=MACHINE)
    answer = await gate.call(call)
    assert answer.output == {"done": True}
    assert backend.performed == [("sts", "AssumeRole", "444455556666")]
    (entry,) = gate.trail
    assert (entry.sequence, entry.ruling.allowed, entry.resource) == (1, True, accounts.invoke.arn)


async def test_a_refused_call_is_recorded_and_never_performed(gate, accounts, backend):
    """Without the external id the trust policy refuses."""
    with pytest.raises(AccessDenied) as caught:
        await gate.call(assume(session(accounts.execution), accounts.invoke.arn))
    assert (caught.value.code, caught.value.status) == ("AccessDenied", 403)
    caller = "arn:aws:sts::111122223333:assumed-role/ExecutionRole/session"
    sentence = f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {accounts.invoke.arn}"
    assert caught.value.message == sentence  # no detail across accounts without an organization
    assert backend.performed == []
    assert [broken.link for broken in gate.trail.refused()[0].ruling.broken] == [Link.EXTERNAL_ID]
    assert caught.value.request_id


def _without_assume(accounts, write_policy, write_trust):
    accounts.role(accounts.source, "ExecutionRole", accounts.execution.trust, write_policy(UNRELATED))


def _without_principal(accounts, write_policy, write_trust):
    other = {"AWS": "arn:aws:iam::111122223333:role/Other"}
    accounts.role(accounts.target, "InvokeRole", write_trust({"Principal": other}), *accounts.invoke.policies)


def _both(accounts, write_policy, write_trust):
    _without_assume(accounts, write_policy, write_trust)
    _without_principal(accounts, write_policy, write_trust)


def _other_condition(accounts, write_policy, write_trust):
    condition = {"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/Other"}}
    statement = {"Principal": {"AWS": accounts.execution.arn}, "Condition": condition}
    accounts.role(accounts.target, "InvokeRole", write_trust(statement), *accounts.invoke.policies)


@pytest.mark.parametrize(
    ("change", "links"),
    [
        (_without_assume, [Link.CALLER_POLICY]),
        (_without_principal, [Link.TRUST_POLICY]),
        (_other_condition, [Link.TRUST_CONDITION]),
        (_both, [Link.CALLER_POLICY, Link.TRUST_POLICY]),
    ],
)
async def test_each_broken_link_of_an_assumption_is_named(gate, accounts, write_policy, write_trust, change, links):
    """All links are judged, not only the first that fails."""
    change(accounts, write_policy, write_trust)
    ruling = gate.decide(assume(session(accounts.execution), accounts.invoke.arn, ExternalId=MACHINE))
    assert not ruling.allowed
    assert {broken.link for broken in ruling.broken} == set(links)


@pytest.mark.parametrize(
    ("condition", "link"),
    [
        ({"StringEquals": {"aws:SourceAccount": "999999999999"}}, Link.SOURCE_CONDITION),
        ({"ArnLike": {"aws:SourceArn": f"{MACHINE}-other"}}, Link.SOURCE_CONDITION),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, Link.TRUST_CONDITION),
    ],
)
async def test_the_confused_deputy_guard_is_a_link_of_its_own(gate, accounts, write_trust, condition, link):
    """A service that acts for another resource or account is refused by the source condition."""
    statement = {"Principal": {"Service": "states.amazonaws.com"}, "Condition": condition}
    role = accounts.role(accounts.source, "ExecutionRole", write_trust(statement))
    service = ServicePrincipal("states.amazonaws.com", MACHINE, "111122223333")
    ruling = gate.decide(assume(service, role.arn))
    assert [broken.link for broken in ruling.broken] == [link]


async def test_a_role_that_does_not_trust_the_service_breaks_the_service_link(gate, accounts):
    """The trust policy names somebody else."""
    service = ServicePrincipal("states.amazonaws.com", MACHINE, "111122223333")
    ruling = gate.decide(assume(service, accounts.invoke.arn))
    assert [broken.link for broken in ruling.broken] == [Link.SERVICE_TRUST]


@pytest.mark.parametrize(("chained", "link"), [(False, Link.CALLER_POLICY), (True, Link.TARGET_POLICY)])
async def test_a_missing_permission_is_told_apart_by_whose_it_is(gate, accounts, write_policy, chained, link):
    """A session taken through Credentials misses a right of the target role, any other one of its own."""
    role = accounts.role(accounts.target, "InvokeRole", accounts.invoke.trust, write_policy(UNRELATED))
    function = accounts.target.arn("lambda", "function:f")
    ruling = gate.decide(invoke(session(role, chained=chained), function))
    assert [broken.link for broken in ruling.broken] == [link]


async def test_a_role_that_does_not_exist_is_a_barrier(gate, accounts):
    """STS answers as for any refusal, the trail knows better."""
    missing = "arn:aws:iam::444455556666:role/Missing"
    with pytest.raises(AccessDenied, match="is not authorized to perform: sts:AssumeRole"):
        await gate.call(assume(session(accounts.execution), missing))
    ruling = gate.trail.refused()[0].ruling
    assert [barrier.link for barrier in ruling.barriers] == [Link.ROLE_EXISTS]
    assert Link.TRUST_POLICY not in [broken.link for broken in ruling.broken]


async def test_a_machine_cannot_run_under_a_role_of_another_account(gate, accounts):
    """IAM passes no role across accounts, whatever the role trusts."""
    parameters = {"name": "Orders", "definition": "{}", "roleArn": accounts.invoke.arn}
    call = Call(
        accounts.world.accounts["111122223333"].root, "stepfunctions", "CreateStateMachine", parameters, "us-east-1"
    )
    with pytest.raises(AccessDenied) as caught:
        await gate.call(call)
    text = "Cross-account pass role is not allowed."
    assert (caught.value.code, caught.value.message) == ("AccessDeniedException", text)
    (entry,) = gate.trail.refused()
    (barrier,) = entry.ruling.barriers
    assert (barrier.link, barrier.action, barrier.resource) == (Link.PASSING, "iam:PassRole", accounts.invoke.arn)
    assert entry.ruling.broken == ()


ASSUME = "sts:AssumeRole"
_DETECTED = "1 validation error detected: Value"
_PATTERN = "failed to satisfy constraint: Member must satisfy regular expression pattern:"


@pytest.mark.parametrize("judged", [True, False])
@pytest.mark.parametrize(
    ("changed", "code", "text"),
    [
        ({"RoleArn": "Target"}, "ValidationError", "Target is invalid"),
        ({"RoleArn": ""}, "ValidationError", " is invalid"),
        ({"RoleArn": "arn:aws:iam::the new one:role/R"}, "ValidationError", "Request ARN is invalid"),
        ({"RoleArn": None}, "ValidationException", 'Missing required parameter in input: "RoleArn"'),
        ({"RoleSessionName": None}, "ValidationException", 'Missing required parameter in input: "RoleSessionName"'),
        (
            {"ExternalId": f"{MACHINE}!"},
            "ValidationError",
            rf"{_DETECTED} '{MACHINE}!' at 'externalId' {_PATTERN} [\w+=,.@:\/-]*",
        ),
        (
            {"RoleSessionName": "a b"},
            "ValidationError",
            rf"{_DETECTED} 'a b' at 'roleSessionName' {_PATTERN} [\w+=,.@-]*",
        ),
    ],
)
async def test_a_malformed_assumption_is_a_link_of_its_own(build, backend, judged, changed, code, text):
    """STS refuses it before any policy is asked, and it stands in the trail all the same."""
    accounts = build(judged=judged)
    gate = Gate(accounts.world, {"sts": backend}, lambda: backend)
    parameters = {"RoleArn": accounts.invoke.arn, "RoleSessionName": "abc", "ExternalId": MACHINE} | changed
    given = {name: value for name, value in parameters.items() if value is not None}
    with pytest.raises(AccessDenied) as caught:
        await gate.call(Call(session(accounts.execution), "sts", "AssumeRole", given, "us-east-1"))
    assert (caught.value.code, caught.value.message, caught.value.status) == (code, text, 400)
    (entry,) = gate.trail.refused()
    assert (entry.ruling.decisions, entry.ruling.broken, entry.ruling.judged) == ((), (), judged)
    assert [(barrier.link, barrier.action) for barrier in entry.ruling.barriers] == [(Link.MALFORMED, ASSUME)]
    assert backend.performed == []


async def test_a_call_can_be_judged_without_being_performed(gate, accounts, backend):
    """It stands in the trail, and no backend hears of it."""
    call = assume(session(accounts.execution), accounts.invoke.arn, ExternalId=MACHINE)
    assert gate.admit(call) == "444455556666"
    assert (len(gate.trail), backend.performed) == (1, [])


async def test_a_function_of_another_region_is_out_of_reach(gate, accounts):
    """Lambda's own text is what the caller sees."""
    function = "arn:aws:lambda:eu-west-1:111122223333:function:f"
    with pytest.raises(ServiceError) as caught:
        await gate.call(invoke(session(accounts.execution), function))
    text = "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"
    assert (caught.value.code, caught.value.message, caught.value.status) == ("ResourceNotFoundException", text, 404)
    assert [barrier.link for barrier in gate.trail.refused()[0].ruling.barriers] == [Link.REGION]


async def test_a_role_of_another_partition_is_out_of_reach(gate, accounts):
    """Nothing is delegated between partitions, and nothing else is to be said of what lies beyond the border."""
    ruling = gate.decide(assume(session(accounts.execution), "arn:aws-cn:iam::444455556666:role/InvokeRole"))
    assert [barrier.link for barrier in ruling.barriers] == [Link.PARTITION]
    assert ruling.broken == ()


def test_credentials_can_be_kept_to_commercial_regions(build):
    """As AWS's page once said: a Task elsewhere cannot assume a role, while the service takes its own."""
    accounts = build(region="cn-north-1")
    accounts.world.settings = Settings(commercial_regions_only=True)
    gate = Gate(accounts.world, {}, pytest.fail)
    site = Site("execution", "Charge")
    by_task = replace(assume(session(accounts.execution), accounts.invoke.arn), region="cn-north-1", site=site)
    assert [barrier.link for barrier in gate.decide(by_task).barriers] == [Link.PARTITION]
    assert gate.decide(replace(by_task, site=None)).barriers == ()
    accounts.world.settings = Settings()
    assert gate.decide(by_task).barriers == ()


async def test_an_operation_outside_the_table_is_never_allowed_by_default(gate, accounts):
    """Only the root user of the account may do what has no row."""
    call = Call(session(accounts.execution), "sqs", "MakeQueue", {"QueueName": "q"}, "us-east-1")
    with pytest.raises(Unsupported, match="sqs:MakeQueue"):
        await gate.call(call)
    assert (await gate.call(Call(accounts.source.root, "sqs", "CreateQueue", {}, "us-east-1"))).output


async def test_a_world_that_is_not_judged_lets_everything_pass(build, backend):
    """The ruling says that nothing was judged."""
    accounts = build(judged=False)
    gate = Gate(accounts.world, {"sts": backend}, lambda: backend)
    ruling = gate.decide(assume(session(accounts.execution), "arn:aws:iam::444455556666:role/Missing"))
    assert (ruling.allowed, ruling.judged) == (True, False)


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("f", "arn:aws:lambda:us-east-1:111122223333:function:f"),
        ("f:$LATEST", "arn:aws:lambda:us-east-1:111122223333:function:f:$LATEST"),
        ("f:live", "arn:aws:lambda:us-east-1:111122223333:function:f:live"),
        ("444455556666:function:f", "arn:aws:lambda:us-east-1:444455556666:function:f"),
        ("arn:aws:lambda:us-east-1:444455556666:function:f:3", "arn:aws:lambda:us-east-1:444455556666:function:f:3"),
    ],
)
async def test_a_function_is_found_by_every_form_of_its_name(gate, accounts, name, resource):
    """Names and partial ARNs are completed with the caller's account and Region."""
    await gate.call(invoke(accounts.source.root, name)) if resource.split(":")[4] == "111122223333" else None
    ruling = gate.decide(invoke(session(accounts.execution), name))
    assert ruling.decisions[0].request.resource == resource


async def test_a_qualifier_beside_the_name_is_judged_as_one_in_it(gate, accounts):
    """A policy for the unqualified function does not allow its versions."""
    call = Call(accounts.source.root, "lambda", "Invoke", {"FunctionName": "f", "Qualifier": "live"}, "us-east-1")
    (decision,) = gate.decide(call).decisions
    assert decision.request.resource == "arn:aws:lambda:us-east-1:111122223333:function:f:live"


async def test_a_malformed_function_name_is_the_services_own_error(gate, accounts):
    """It is refused before any policy is asked."""
    with pytest.raises(ServiceError) as caught:
        await gate.call(invoke(session(accounts.execution), "no such name!"))
    assert caught.value.code == "ValidationException"
    assert len(gate.trail) == 0


async def test_creating_a_machine_needs_the_right_to_pass_its_role(gate, accounts, write_policy):
    """Two permissions, judged apart."""
    create = {"Effect": "Allow", "Action": "states:CreateStateMachine", "Resource": "*"}
    role = accounts.role(accounts.source, "Deployer", accounts.execution.trust, write_policy(create))
    parameters = {"name": "Orders", "roleArn": accounts.execution.arn, "definition": "{}"}
    ruling = gate.decide(Call(session(role), "stepfunctions", "CreateStateMachine", parameters, "us-east-1"))
    verdicts = {decision.request.action: decision.allowed for decision in ruling.decisions}
    assert verdicts == {"states:CreateStateMachine": True, "iam:PassRole": False}
