"""Refused calls read from histories, logs, events and pasted texts, with the links they may come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from turnstile.asl.parse import parse
from turnstile.faults import Rejected
from turnstile.importers.failing_case import failing_case
from turnstile.importers.history import read_evidence
from turnstile.importers.suspected import as_json, suspected, text
from turnstile.scenario.load import load
from turnstile.scenario.run import run_files

ROOT = Path(__file__).parent.parent.parent
SCENARIO = ROOT / "scenarios" / "cross-account-lambda.scenario.yaml"
ROLE = "arn:aws:iam::111122223333:role/WorkflowRole"
TARGET = "arn:aws:iam::444455556666:role/InvokeRole"
SENTENCE = f"The role {ROLE} is not authorized to assume the task state's role, {TARGET}."
SESSION = "arn:aws:sts::444455556666:assumed-role/InvokeRole/abc"
FUNCTION = "arn:aws:lambda:us-east-2:444455556666:function:Price"
DENIED = f"User: {SESSION} is not authorized to perform: lambda:InvokeFunction on resource: {FUNCTION}"


def event(number, kind, field="", before=None, **details):
    """An event in the shape of GetExecutionHistory."""
    previous = number - 1 if before is None else before
    found = {"timestamp": "2026-01-01T00:00:00+00:00", "type": kind, "id": number, "previousEventId": previous}
    return {**found, field: details} if field else found


SCHEDULED = {
    "resourceType": "lambda",
    "resource": "invoke",
    "region": "us-east-2",
    "parameters": json.dumps({"FunctionName": FUNCTION}),
    "taskCredentials": {"roleArn": TARGET},
}
EVENTS = [
    event(1, "ExecutionStarted", "executionStartedEventDetails", 0, input='{"n":1}', roleArn=ROLE),
    event(2, "TaskStateEntered", "stateEnteredEventDetails", 0, name="Ask", input="{}"),
    event(3, "TaskScheduled", "taskScheduledEventDetails", **SCHEDULED),
    event(4, "TaskStarted", "taskStartedEventDetails", resource="invoke", resourceType="lambda"),
    event(5, "TaskFailed", "taskFailedEventDetails", error="Lambda.AWSLambdaException", cause=DENIED),
    event(6, "TaskScheduled", "taskScheduledEventDetails", **SCHEDULED),
    event(7, "TaskStarted", "taskStartedEventDetails", resource="invoke", resourceType="lambda"),
    event(8, "TaskFailed", "taskFailedEventDetails", error="Lambda.AWSLambdaException", cause=DENIED),
    event(9, "ExecutionFailed", "executionFailedEventDetails", error="Lambda.AWSLambdaException", cause=DENIED),
]


def pascal(events):
    """The events as SDKs with capital members print them."""
    return [{name[0].upper() + name[1:]: value for name, value in one.items()} for one in events]


def logged(events):
    """The events as CloudWatch Logs has them, a line for each."""
    lines = []
    for one in events:
        details = next((value for name, value in one.items() if name.endswith("Details")), {})
        arn = "arn:aws:states:us-east-2:111122223333:express:M:1"
        line = {"id": str(one["id"]), "type": one["type"], "details": details, "execution_arn": arn}
        lines.append(json.dumps({**line, "previous_event_id": str(one["previousEventId"]), "event_timestamp": "0"}))
    return "\n".join(lines)


FORMS = {
    "the AWS CLI": json.dumps({"events": EVENTS}),
    "the console": json.dumps(EVENTS, indent=2),
    "newest first": json.dumps({"events": EVENTS[::-1]}),
    "two pages in a list": json.dumps([{"events": EVENTS[:4], "nextToken": "x"}, {"events": EVENTS[4:]}]),
    "two pages one after the other": json.dumps({"events": EVENTS[:4]}) + "\n" + json.dumps({"events": EVENTS[4:]}),
    "capital members": json.dumps({"Events": pascal(EVENTS)}),
    "a log of an express workflow": logged(EVENTS),
    "a byte order mark": "\ufeff" + json.dumps({"events": EVENTS}),
}


@pytest.mark.parametrize("form", FORMS)
def test_reads_histories_in_every_form(form):
    """The same refusal, its state, attempts, events, Task and roles come out of each form of a history."""
    evidence = read_evidence("h.json", FORMS[form])
    (refused,) = evidence.refused
    assert (refused.state, refused.attempts, refused.events) == ("Ask", (1, 2), (5, 8))
    assert (refused.task.resource, refused.task.role) == ("arn:aws:states:::lambda:invoke", TARGET)
    assert refused.task.parameters == {"FunctionName": FUNCTION}
    assert (evidence.role, evidence.input, evidence.partial) == (ROLE, {"n": 1}, False)


def test_says_that_a_history_is_not_whole():
    """A page without the beginning or the end still tells its refusals, and that there may be more."""
    for events in (EVENTS[:6], EVENTS[2:]):
        evidence = read_evidence("h.json", json.dumps({"events": events}))
        assert evidence.partial
        assert evidence.refused


TEXTS = {
    "a sentence": SENTENCE,
    "DescribeExecution": json.dumps(
        {"executionArn": "arn:aws:states:us-east-2:111122223333:execution:M:1", "status": "FAILED", "cause": SENTENCE}
    ),
    "StartSyncExecution": json.dumps({"status": "FAILED", "error": "States.TaskFailed", "cause": SENTENCE}),
    "a payload of Lambda": json.dumps({"errorMessage": SENTENCE, "errorType": "ClientError", "stackTrace": []}),
    "JSON in a cause": json.dumps({"error": "ClientError", "cause": json.dumps({"errorMessage": SENTENCE})}),
    "a log line that begins with a bracket": f"[ERROR] 2026-01-01 {SENTENCE}",
}


@pytest.mark.parametrize("form", TEXTS)
def test_reads_pasted_texts(form):
    """The sentence is found in whatever it is wrapped in."""
    (refused,) = read_evidence("<stdin>", TEXTS[form]).refused
    assert (refused.denial.caller, refused.denial.resource) == (ROLE, TARGET)


def test_reads_events_of_cloudtrail():
    """An event without a full message tells caller and call by its other members."""
    record = {
        "userIdentity": {"type": "AssumedRole", "arn": SESSION},
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "errorCode": "AccessDenied",
        "errorMessage": "Access Denied",
        "resources": [{"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::bucket/key"}],
    }
    for document in (record, {"Records": [record]}):
        (refused,) = read_evidence("e.json", json.dumps(document)).refused
        denial = refused.denial
        assert (denial.caller, denial.action, denial.resource) == (SESSION, "s3:GetObject", "arn:aws:s3:::bucket/key")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("", "empty-file"),
        ("  \n", "empty-file"),
        ("hello", "no-refusal"),
        ("{}", "no-refusal"),
        ("[]", "no-refusal"),
        (json.dumps({"events": []}), "no-refusal"),
        (json.dumps({"events": EVENTS[:4]}), "no-refusal"),
        (json.dumps({"events": EVENTS})[:-40], "json-syntax"),
        (json.dumps({"events": EVENTS})[:700], "json-syntax"),
        ("[" * 100_000, "json-syntax"),
        (json.dumps({"events": [{"id": "x", "type": 3, "timestamp": None}, 7, None]}), "no-refusal"),
    ],
)
def test_refuses_what_tells_nothing(given, code):
    """An empty, foreign, uneventful or cut-off text is a fault of its own kind."""
    with pytest.raises(Rejected) as caught:
        read_evidence("h.json", given)
    assert [fault.code for fault in caught.value.faults] == [code]


def standings(found):
    """The standing of each link by its code."""
    return {link.link.value: link.standing.value for link in found.links}


def test_lists_the_links_of_an_assumption_in_order():
    """The sentence of a workflow leaves every link open but the ones that ARNs tell."""
    evidence = read_evidence("t", SENTENCE)
    (found,) = suspected(evidence, None, None)
    assert [link.link.value for link in found.links] == [
        "caller-policy", "permissions-boundary", "service-control-policy", "partition", "role-exists",
        "resource-control-policy", "trust-policy", "external-id", "trust-condition",
    ]  # fmt: skip
    assert {code for code, standing in standings(found).items() if standing != "possible"} == {"partition"}


def test_a_border_between_partitions_is_seen():
    """Two ARNs of different partitions are enough to know the link."""
    evidence = read_evidence("t", SENTENCE.replace("arn:aws:iam::4444", "arn:aws-cn:iam::4444"))
    assert standings(suspected(evidence, None, None)[0])["partition"] == "broken"


@pytest.mark.parametrize(
    ("clause", "link"),
    [
        ("because no identity-based policy allows the lambda:InvokeFunction action", "target-policy"),
        ("because no resource-based policy allows the lambda:InvokeFunction action", "resource-policy"),
        ("with an explicit deny in a permissions boundary", "permissions-boundary"),
        ("with an explicit deny in a service control policy", "service-control-policy"),
        ("with an explicit deny in a resource control policy", "resource-control-policy"),
        ("because no session policy allows the lambda:InvokeFunction action", "session-policy"),
    ],
)
def test_the_link_that_aws_names_is_marked(clause, link):
    """The clause names one link, and only that one; a role that a Task took is told from the workflow's."""
    events = json.loads(json.dumps(EVENTS).replace(DENIED, f"{DENIED} {clause}"))
    (found,) = suspected(read_evidence("h", json.dumps({"events": events})), None, None)
    assert [code for code, standing in standings(found).items() if standing == "named"] == [link]


@pytest.mark.parametrize("name", ["development forgot its half", "nobody has made the role yet"])
def test_declared_accounts_narrow_it_down(name):
    """With the accounts of a scenario, the link that is broken there is found, and those that hold are marked."""
    case = next(case for case in load(SCENARIO).cases if case.name == name)
    broken = {"development forgot its half": "caller-policy", "nobody has made the role yet": "role-exists"}[name]
    (found,) = suspected(read_evidence("t", SENTENCE), case.declarations, None)
    assert [code for code, standing in standings(found).items() if standing == "broken"] == [broken]
    assert standings(found)["permissions-boundary"] == "holds"


NAMED = f"{DENIED} because no identity-based policy allows the lambda:InvokeFunction action"


def declared(name):
    """What a case of the scenario declares."""
    return next(case for case in load(SCENARIO).cases if case.name == name).declarations


def test_what_aws_names_stays_named_beside_a_scenario_that_allows_it():
    """A scenario whose policies allow the call does not clear the link that AWS names: something else is deployed."""
    (found,) = suspected(read_evidence("t", NAMED), declared("production tells the price"), None)
    (link,) = (link for link in found.links if link.standing.value == "named")
    assert link.link.value in ("caller-policy", "target-policy")
    assert link.known.endswith("so what is deployed is not what is declared")


TRUSTS = {
    "production trusts the service, not the workflow's role": "trust-policy",
    "the external id is a word that the teams agreed on": "external-id",
}


@pytest.mark.parametrize("name", TRUSTS)
def test_the_link_of_a_declared_trust_policy_is_told(name):
    """Of the three links in a trust policy the one is marked whose part of the declared policy does not match."""
    (found,) = suspected(read_evidence("t", SENTENCE), declared(name), None)
    assert [code for code, standing in standings(found).items() if standing == "broken"] == [TRUSTS[name]]


def test_a_conclusion_stands_before_the_links():
    """What AWS names, or what is left where all that is declared holds."""
    named, open_ = read_evidence("t", NAMED), read_evidence("t", SENTENCE)
    shown = text(suspected(named, None, None), named, color=False, width=100)
    assert "  look at     caller-policy\n" in shown
    found = suspected(open_, declared("production tells the price"), None)
    shown = text(found, open_, color=False, width=100)
    assert "  left        service-control-policy, resource-control-policy, or what is deployed" in shown


def test_commands_can_be_pasted():
    """A long command is broken where a shell goes on, and words in capitals stand for what the text does not tell."""
    evidence = read_evidence(
        "t", "An error occurred (AccessDenied) when calling the PutObject operation: Access Denied"
    )
    shown = text(suspected(evidence, None, None), evidence, color=False, width=60)
    assert "--policy-source-arn ROLE \\\n" in shown
    assert "--target-id CALLER_ACCOUNT\n" in shown


def test_a_path_that_the_history_tells_is_kept():
    """A session tells no path of its role, the Task's event does: commands and the written case have it."""
    events = json.loads(json.dumps(EVENTS).replace(TARGET, TARGET.replace("role/", "role/price/")))
    evidence = read_evidence("h", json.dumps({"events": events}))
    (found,) = suspected(evidence, None, None)
    assert "role/price/InvokeRole" in next(link.check for link in found.links if "policy-source-arn" in link.check)
    assert "path: /price/" in failing_case(found.refused, evidence)


def test_a_definition_tells_which_task_it_was():
    """Where the text has no state, the Tasks of the definition that can have made the call are named."""
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {}, "End": True}
    lone = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Next": "Ask"}
    lone["Parameters"] = {"QueueUrl": "q", "MessageBody": "m"}
    task["Parameters"] = {"FunctionName": "f"}
    definition = parse({"StartAt": "Send", "States": {"Send": lone, "Ask": task}})
    (found,) = suspected(read_evidence("t", DENIED), None, definition)
    assert [name.partition(" ")[0] for name in found.tasks] == ["Ask"]


def test_text_and_json_say_the_same():
    """Both forms name call, caller, state, attempts and links; text escapes what a state's name brings."""
    events = json.loads(json.dumps(EVENTS).replace('"Ask"', '"A\\u001bsk"'))
    evidence = read_evidence("h", json.dumps({"events": events}))
    found = suspected(evidence, None, None)
    told, shown = as_json(found, evidence)["refused"][0], text(found, evidence, color=False, width=100)
    assert (told["action"], told["attempts"]) == ("lambda:InvokeFunction", [1, 2])
    assert "\x1b" not in shown
    assert "attempt 1, 2" in shown
    assert all(link["link"] in shown for link in told["links"])


def test_own_histories_tell_what_was_refused():
    """A history that the emulator writes leads back to the call that the gate refused, in the same state."""
    cases = [case for case in run_files([SCENARIO]).files[0].cases if case.status == "FAILED"]
    assert len(cases) > 4
    for case in cases:
        (refused,) = read_evidence("h", json.dumps({"events": case.history})).refused
        request = next(one for one in case.refused if one.call.site)
        decisions = [one.request for one in request.ruling.decisions if not one.allowed]
        barriers = [(one.action, one.resource) for one in request.ruling.barriers]
        asked = [(one.action, one.resource) for one in decisions] + barriers
        assert refused.state == request.call.site.state
        assert (refused.denial.action, refused.denial.resource) in asked
