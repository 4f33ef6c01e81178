"""Refused calls for the tests of this room, made by a real world and a real gate from policies as users write them.

`tests/cases/report/staging.yaml` and `dev.json` hold the roles of two accounts; each row of `refusals.json` changes one
text in one of them, so that one link of the chain breaks. Links that a world cannot hold yet are judged from policies
given here.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.report.readers import Forms

from turnstile.arn import Arn
from turnstile.document import pointer
from turnstile.faults import Fault, Where
from turnstile.gate.broken import broken_links
from turnstile.gate.call import Call, Site
from turnstile.gate.gate import Gate
from turnstile.gate.trail import Collapse, Disturbance, LeaseEntry, LeaseStep, Ruling, Trail
from turnstile.iam.evaluate import evaluate
from turnstile.iam.message import message
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.iam.request import Policies, Request
from turnstile.report.report import STUCK, UNSUPPORTED, Case, File, Finding, Report, unsupported
from turnstile.source import Origin, Source, read
from turnstile.states.standstill import Orphan, Stuck, WaitsFor
from turnstile.world.caller import ServicePrincipal, Session
from turnstile.world.role import Role
from turnstile.world.world import World

CASES = Path(__file__).parent.parent / "cases" / "report"
STAGING, DEV, DAWN = "111122223333", "444455556666", 1_767_225_600.0
MACHINE = f"arn:aws:states:us-east-1:{STAGING}:stateMachine:Onboarding"
EXECUTION = f"arn:aws:states:us-east-1:{STAGING}:execution:Onboarding:first"
FUNCTION = f"arn:aws:lambda:us-east-1:{DEV}:function:TriggerDags"
QUEUE = f"arn:aws:sqs:us-east-1:{DEV}:Jobs"
ROWS = json.loads((CASES / "refusals.json").read_text())


def _world(row):
    texts = {name: (CASES / name).read_text() for name in ("staging.yaml", "dev.json")}
    for change in (row, row.get("and", {})):
        if "file" in change:
            old, new = change["change"]
            assert old in texts[change["file"]], f"{row['name']}: nothing to change"
            texts[change["file"]] = texts[change["file"]].replace(old, new)
    world = World()
    world.known.tokens["T"] = STAGING, "us-east-1"
    for account, file in ((STAGING, "staging.yaml"), (DEV, "dev.json")):
        owner = world.add_account(account)
        for role in _roles(owner, Source(f"scenarios/{file}", texts[file])):
            owner.roles[role.arn] = role
    return world


def _roles(account, source):
    for name, declared in read(source).items():
        origin = Origin(source, pointer("", name))
        trust_name = f"trust policy of {name}"
        trust = parse(declared["trust"], kind=Kind.TRUST, name=trust_name, origin=origin.at("trust"))
        policies = tuple(
            parse(document, kind=Kind.IDENTITY, name=policy, origin=origin.at("policies", policy))
            for policy, document in declared["policies"].items()
        )
        yield Role(account.arn("iam", f"role/{name}"), name, account.id, trust, policies, origin)


def _session(account, role, *, chained, expires=DAWN + 3600):
    name = "GGzJDbzYyvarbIioekwoULLKpGuSfJRc"
    return Session(
        arn=str(Arn("aws", "sts", "", account, f"assumed-role/{role}/{name}")),
        role_arn=str(Arn("aws", "iam", "", account, f"role/{role}")),
        role_id="AROAEXAMPLEEXAMPLE000",
        account=account,
        name=name,
        issued=DAWN,
        expires=expires,
        source="states.amazonaws.com",
        chained=chained,
    )


def _assume(role, caller=None, site=None):
    parameters = {"RoleArn": role, "RoleSessionName": "session", "ExternalId": MACHINE}
    caller = caller or _session(STAGING, "StagingExecution", chained=False)
    return Call(caller, "sts", "AssumeRole", parameters, "us-east-1", site)


def _create(role):
    parameters = {"name": "Onboarding", "definition": "{}", "roleArn": role}
    root = World().add_account(STAGING).root
    return Call(root, "stepfunctions", "CreateStateMachine", parameters, "us-east-1")


def _invoke(function, site):
    caller = _session(DEV, "InvokeRole", chained=True)
    return Call(caller, "lambda", "Invoke", {"FunctionName": function}, "us-east-1", site)


def call(kind, attempt=1):
    """One of the calls that the rows name."""
    site = Site(EXECUTION, "Trigger DSP MWAA DAGs", attempt)
    role = f"arn:aws:iam::{DEV}:role/"
    dev = _session(DEV, "InvokeRole", chained=True)
    service = ServicePrincipal("states.amazonaws.com", MACHINE, STAGING)
    function = ServicePrincipal("lambda.amazonaws.com", FUNCTION, DEV)
    return {
        "pass": _create(role + "InvokeRole"),
        "create-function": _assume(role + "InvokeRole", function),
        "assume-malformed": _assume("InvokeRole", site=site),
        "assume-expired": _assume(
            role + "InvokeRole", _session(STAGING, "StagingExecution", chained=False, expires=DAWN), site=site
        ),
        "create": _assume(f"arn:aws:iam::{STAGING}:role/StagingExecution", service),
        "assume": _assume(role + "InvokeRole", site=site),
        "assume-missing": _assume(role + "MissingRole", site=site),
        "assume-china": _assume("arn:aws-cn:iam::777788889999:role/InvokeRole", site=site),
        "invoke": _invoke(FUNCTION, site),
        "invoke-other-region": _invoke(FUNCTION.replace("us-east-1", "eu-west-1"), site),
        "send": Call(dev, "sqs", "SendMessage", {"QueueUrl": QUEUE}, "us-east-1", site),
        "report-back": Call(dev, "stepfunctions", "SendTaskSuccess", {"taskToken": "T", "output": "1"}, "us-east-1"),
    }[kind]


ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def _layered(one, layer):
    """A ruling in which one layer alone refuses, from a policy that was written in a file of its own."""
    action, resource = ("sqs:SendMessage", QUEUE) if one.service == "sqs" else ("lambda:InvokeFunction", FUNCTION)
    effect, principal = ("Deny", {"Principal": "*"}) if layer in ("resource", "rcp") else ("Allow", {})
    named = action if effect == "Deny" else "lambda:GetFunction"
    statement = {"Sid": "Guard", "Effect": effect, **principal, "Action": named, "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)
    guard = _policy(Kind(layer), "Guard", Source(f"policies/{layer}.json", text))
    everything = _policy(Kind.IDENTITY, "Everything", Source("policies/all.json", json.dumps(ALLOW)))
    full_scp = _policy(Kind.SCP, "FullAWSAccess", Source("policies/full.json", json.dumps(ALLOW)))
    policies = {
        "resource": Policies((everything,), resource=guard),
        "boundary": Policies((everything,), boundaries=(guard,)),
        "session": Policies((everything,), sessions=(guard,)),
        "scp": Policies((everything,), scps=((full_scp,), (guard,))),
        "rcp": Policies((everything,), rcps=((guard,),)),
    }[layer]
    request = Request(one.caller.arn, action, resource, DEV, {"aws:PrincipalAccount": DEV})
    decision = evaluate(request, policies)
    return Ruling(decision.allowed, (decision,), (), broken_links(one, decision))


def _policy(kind, name, source):
    return parse(read(source), kind=kind, name=name, origin=Origin(source))


def entries(row, attempts=1, *, allowed=False):
    """The trail of a row: the refused call, as often as it was tried, a second apart; or all of it."""
    trail = Trail()
    gate = Gate(_world(row), {}, dict)
    for attempt in range(1, attempts + 1):
        one = call(row["call"], attempt)
        ruling = _layered(one, row["layer"]) if "layer" in row else gate.decide(one)
        trail.append(DAWN + attempt + 0.5, one, ruling, one.parameters.get("RoleArn", FUNCTION))
    return tuple(trail) if allowed else trail.refused()


HISTORY = (
    {
        "timestamp": DAWN,
        "type": "ExecutionStarted",
        "id": 1,
        "previousEventId": 0,
        "executionStartedEventDetails": {"input": '{"mwaa_env_name":"dsp","password":"hunter2"}'},
    },
    {
        "timestamp": DAWN + 1.5,
        "type": "TaskStateEntered",
        "id": 2,
        "previousEventId": 1,
        "stateEnteredEventDetails": {"name": "Trigger DSP MWAA DAGs", "input": "{}"},
    },
)


_BEFORE = ("create", "pass", "create-function")
"""Calls that come before there is an execution."""


def refused_case(row, attempts=1):
    """The case that a row's refusal ends, as AWS shows it."""
    refused = entries(row, attempts)
    error, cause = _outcome(row["call"], refused[0])
    created = row["call"] not in _BEFORE
    details = {"error": error, "cause": cause}
    failed = {"timestamp": DAWN + attempts + 0.5, "type": "TaskFailed", "id": 3, "previousEventId": 2}
    return Case(
        name=row["name"],
        status="FAILED" if created else "NOT_CREATED",
        virtual=attempts + 0.5 if created else 0.0,
        wall=0.0042,
        output=None,
        error=error,
        cause=cause,
        findings=(),
        refused=refused,
        history=(*HISTORY, {**failed, "taskFailedEventDetails": details}) if created else (),
        judged=True,
        where=Where("scenarios/data-onboarding.scenario.yaml", 12, 5, "/cases/0"),
    )


def _outcome(kind, entry):
    execution = f"arn:aws:iam::{STAGING}:role/StagingExecution"
    if kind == "pass":
        return "AccessDeniedException", "Cross-account pass role is not allowed."
    if kind == "create-function":
        return "InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."
    if kind == "create":
        service = "states.amazonaws.com"
        text = f"Neither the global service principal {service}, nor the regional one is authorized to assume the "
        return "AccessDeniedException", text + "provided role."
    if kind.startswith("assume"):
        role = entry.call.parameters["RoleArn"]
        sentence = f"The role {execution} is not authorized to assume the task state's role, {role}."
        return "States.TaskFailed", sentence
    decision, barriers = entry.ruling.decisions[0], entry.ruling.barriers
    text = message(decision) if not decision.allowed else barriers[0].error[2]
    code = "AccessDeniedException" if not decision.allowed else barriers[0].error[0]
    suffix = f"Status Code: 403; Error Code: {code}; Request ID: 7f3c7d0e-0000-4000-8000-000000000000; Proxy: null)"
    return "Lambda.AWSLambdaException", f"{text} (Service: AWSLambda; {suffix}"


@pytest.fixture(params=ROWS, ids=lambda row: row["name"])
def row(request):
    """Each way a call can be refused."""
    return request.param


@pytest.fixture
def rows():
    """Every way a call can be refused, by name."""
    return {row["name"]: row for row in ROWS}


@pytest.fixture
def refused():
    """Makes the case that ends in a row's refusal."""
    return refused_case


SCENARIO = "sample.scenario.yaml"
QUEUED = "arn:aws:states:us-east-1:111122223333:execution:Onboarding:second"


def _plain(name, **changes):
    """A case that succeeded as expected."""
    case = Case(
        name=name,
        status="SUCCEEDED",
        virtual=3725.0,
        wall=1.234,
        output={"done": True, "password": "hunter2"},
        error=None,
        cause=None,
        findings=(),
        refused=(),
        history=(),
        judged=True,
        where=Where(SCENARIO, 6, 5, "/cases/0"),
    )
    return replace(case, **changes)


def _left_over(entry):
    """Stuck Tasks, jobs that run on, polls that were not made, a turn of the role slot and a fault on order."""
    site = Site(QUEUED, "Run | the <job>", 1, 3)
    order = Origin(Source(SCENARIO, (CASES / SCENARIO).read_text()), "/cases/1")
    role = f"arn:aws:iam::{DEV}:role/InvokeRole"
    steps = ((DAWN, LeaseStep.WAITS), (DAWN + 90, LeaseStep.TAKES), (DAWN + 95, LeaseStep.GIVES_BACK))
    return {
        "stuck": (Stuck(site, WaitsFor.JOB, "jr_1", entry), Stuck(site, WaitsFor.CALLBACK, QUEUE, None)),
        "orphans": (Orphan(site, "jr_1", DAWN, "AccessDeniedException", entry), Orphan(site, "jr_2", DAWN)),
        "collapses": (
            Collapse(DAWN, DAWN + 600, 10, "glue", "GetJobRun", site, 4),
            Collapse(DAWN, None, None, "batch", "DescribeJobs", site, 5),
        ),
        "leases": tuple(LeaseEntry(time, 1, step, role, site) for time, step in steps),
        "disturbances": (Disturbance(DAWN, "fails with `Throttling`", order, call("invoke")),),
    }


@pytest.fixture
def everything(monkeypatch):
    """A report with every kind of thing in it; its files stand in the working directory."""
    monkeypatch.chdir(CASES)
    rows = {row["name"]: row for row in ROWS}
    there = Where(SCENARIO, 8, 7, "/cases/1/expect/status")
    wrong = Finding("status", "the execution ended as `FAILED`, not `SUCCEEDED`", "SUCCEEDED", "FAILED", there)
    lack = unsupported("the resource `arn:aws:states:::glue:startJobRun`", Where(SCENARIO, 6, 5, "/cases/0"))
    at_case = Where(SCENARIO, 7, 5, "/cases/1")
    failed = {
        name: replace(refused_case(rows[name], attempts), findings=(wrong,), where=at_case)
        for name, attempts in (("trust-policy", 3), ("two-links", 1), ("caller-policy-explicit-deny", 1), ("region", 1))
    }
    place = Origin(Source(SCENARIO, (CASES / SCENARIO).read_text()), "/cases/1/expect/output")
    failed["two-links"] = replace(failed["two-links"], sites={(EXECUTION, "Trigger DSP MWAA DAGs"): place})
    stuck = _left_over(failed["region"].refused[0])
    allowed = entries(rows["expired-session"] | {"call": "assume"}, allowed=True)
    cases = (
        _plain("happy path", calls=allowed),
        replace(refused_case(rows["external-id"]), name="a refusal that is expected", where=at_case),
        *failed.values(),
        _plain("nothing moves", status=STUCK, output=None, findings=(wrong,), **stuck),
        _plain("not supported", status=UNSUPPORTED, output=None, findings=(lack,)),
    )
    help_ = "did you mean `accounts`?"
    broken = "broken.scenario.yaml"
    faults = (
        Fault(Where(broken, 3, 1, "/acounts"), "unknown-key", "`acounts` is not a key of a scenario", help_),
        Fault(Where(broken), "no-cases", "the file has no cases"),
    )
    return Report((File(SCENARIO, "data onboarding", cases), File(broken, broken, (), faults)), seed=7)


@pytest.fixture(scope="session")
def forms():
    """Readers of forms."""
    return Forms()
