"""Running scenario files."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from turnstile.report.json import render
from turnstile.scenario.run import run_files, run_files_async, run_scenario

ONBOARDING = Path(__file__).parents[2] / "scenarios" / "data-onboarding.scenario.yaml"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "states.amazonaws.com"},
    },
}
ASSUME_FAILURE = ["TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskFailed", "ExecutionFailed"]


@pytest.fixture(scope="module")
def report():
    return run_scenario(ONBOARDING)


def timeless(report):
    """A report without wall times, as comparable text."""
    files = (replace(file, cases=tuple(replace(case, wall=0.0) for case in file.cases)) for file in report.files)
    return render(replace(report, files=tuple(files)))


def test_every_case_of_the_shipped_scenario_ends_as_it_says(report):
    """Its expectations are whole, so this is the main job of the project."""
    (file,) = report.files
    assert [case.findings for case in file.cases] == [()] * 7
    assert (report.passed, report.exit_code, file.faults) == (True, 0, ())


def test_the_dag_is_triggered_by_the_real_handlers(report):
    """What the second handler returns is the payload; the handlers' declared seconds pass on the world's clock."""
    case = report.files[0].cases[0]
    assert case.output["Payload"]["conf"] == {"client": "acme", "tables": ["customers", "orders"]}
    assert case.virtual == 7.0
    assert case.wall < 5
    assert [event["type"] for event in case.history][-1] == "ExecutionSucceeded"


@pytest.mark.parametrize("index", [1, 2, 3])
def test_a_refused_role_gives_the_events_that_were_recorded(report, index):
    """reference/cross-account.md section 4b: scheduled with its credentials and started before it fails."""
    events = report.files[0].cases[index].history
    types = [event["type"] for event in events]
    assert types[-5:] == ASSUME_FAILURE
    scheduled = events[-4]["taskScheduledEventDetails"]
    assert scheduled["taskCredentials"] == {"roleArn": "arn:aws:iam::444455556666:role/DagTriggerRole"}
    assert "taskCredentials" not in events[-2]["taskFailedEventDetails"]


def test_a_refused_machine_leaves_no_history(report):
    """The case ends before any execution, at no virtual time."""
    case = next(case for case in report.files[0].cases if case.status == "NOT_CREATED")
    assert (case.history, case.virtual, case.output) == ((), 0.0, None)
    assert len(case.refused) == 1


def test_the_same_seed_gives_the_same_report(report):
    """Byte for byte, apart from wall times."""
    assert timeless(run_scenario(ONBOARDING)) == timeless(report)


def test_another_seed_gives_other_ids_and_the_same_ends(report):
    """Session names and request ids follow the seed; expectations do not depend on it."""
    other = run_files([ONBOARDING], seed=99)
    assert other.passed
    assert other.seed == 99
    assert timeless(other) != timeless(report)


def test_a_case_runs_the_same_alone_and_among_others(report):
    """Nothing passes from one case to the next."""
    (file,) = report.files
    for case in file.cases:
        alone = run_files([ONBOARDING], select=case.name.upper()).files[0].cases
        assert [replace(each, wall=0.0).history for each in alone] == [case.history]
        assert [each.output for each in alone] == [case.output]


def test_select_may_leave_nothing():
    """A file none of whose cases is chosen stands in the report without cases."""
    (file,) = run_files([ONBOARDING], select="no such case").files
    assert (file.cases, file.faults) == ((), ())


async def test_a_loop_that_runs_already_can_run_scenarios():
    """The same report, awaited."""
    assert (await run_files_async([ONBOARDING], select="triggered")).passed


@pytest.fixture
def write(tmp_path):
    """Write a scenario with the given parts and return its path."""

    def write(definition, name="small.scenario.json", account=None, **parts):
        machine = {"account": "home", "role": "Runner", "definition": definition}
        document = {
            "version": 1,
            "name": "small",
            "accounts": {"home": {"id": "111122223333", "roles": {"Runner": {"trust": TRUST}}, **(account or {})}},
            "state_machines": {"Flow": machine},
            "cases": [{"name": "one", "expect": {"status": "SUCCEEDED"}}],
            **parts,
        }
        path = tmp_path / name
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return write


ECHO = {"StartAt": "Echo", "States": {"Echo": {"Type": "Pass", "End": True}}}


def test_files_with_faults_stand_beside_files_that_run(write, tmp_path):
    """The report holds the faults of one and the cases of the other; the exit code is that of the faults."""
    report = run_files([write(ECHO), tmp_path / "none.scenario.yaml"])
    good, bad = report.files
    assert good.cases[0].passed
    assert [fault.code for fault in bad.faults] == ["unreadable-file"]
    assert report.exit_code == 2


def test_time_starts_where_the_file_says(write):
    """The first event carries the start time."""
    path = write(ECHO, defaults={"start_time": "2030-01-01T00:00:00Z"})
    first = run_scenario(path).files[0].cases[0].history[0]
    assert float(first["timestamp"]) == 1_893_456_000.0


def test_a_machine_whose_role_a_case_removes_is_not_created(write):
    """References to the removed role keep their ARN; there is only no such role."""
    changes = {"accounts": {"home": {"roles": {"Runner": None}}}}
    expect = {"status": "NOT_CREATED", "error": "AccessDeniedException"}
    path = write(ECHO, cases=[{"name": "one", "changes": changes, "expect": expect}])
    (case,) = run_scenario(path).files[0].cases
    assert case.findings == ()


def test_a_nested_machine_is_reached_by_its_name(write):
    """`${state_machine/Child}` stands for its ARN, and both are created."""
    start = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution",
        "Parameters": {"StateMachineArn": "${state_machine/Child}", "Input": {}},
        "End": True,
    }
    allow = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "states:StartExecution",
            "Resource": "${state_machine/Child}",
        },
    }
    machine = {"account": "home", "role": "Runner"}
    path = write(
        ECHO,
        account={"roles": {"Runner": {"trust": TRUST, "policies": {"Start": allow}}}},
        state_machines={
            "Parent": {**machine, "definition": {"StartAt": "Start", "States": {"Start": start}}},
            "Child": {**machine, "definition": ECHO},
        },
        defaults={"state_machine": "Parent"},
        cases=[{"name": "one", "expect": {"status": "SUCCEEDED", "denied": []}}],
    )
    (case,) = run_scenario(path).files[0].cases
    assert case.findings == ()


def trusting(service, **condition):
    """A trust policy for a service."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": statement | ({"Condition": condition} if condition else {})}


LAMBDA = "lambda.amazonaws.com"
NOT_ASSUMABLE = ("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda.")
WORK = "arn:aws:lambda:us-east-1:111122223333:function:Work"


@pytest.mark.parametrize(
    ("trust", "link"),
    [
        (trusting("states.amazonaws.com"), "service-trust"),
        (trusting(LAMBDA, StringEquals={"aws:SourceAccount": "999900001111"}), "source-condition"),
        (trusting(LAMBDA, ArnEquals={"aws:SourceArn": f"{WORK}-other"}), "source-condition"),
        (trusting(LAMBDA, ArnEquals={"aws:SourceArn": WORK}), None),
        (trusting(LAMBDA), None),
    ],
)
def test_the_role_of_a_function_must_trust_lambda(write, tmp_path, trust, link):
    """Else the function could not have been created, and the trail says which part of the trust policy refuses."""
    (tmp_path / "work.py").write_text("def handler(event, context):\n    return event\n", encoding="utf-8")
    roles = {"Runner": {"trust": TRUST}, "Worker": {"trust": trust}}
    functions = {"Work": {"handler": "work.py:handler", "role": "Worker"}}
    refused = {"who": LAMBDA, "action": "sts:AssumeRole", "resource": "${home/role/Worker}", "link": link, "times": 1}
    expect = {"status": "NOT_CREATED", "denied": [refused]} if link else {"status": "SUCCEEDED", "denied": []}
    path = write(ECHO, account={"roles": roles, "functions": functions}, cases=[{"name": "one", "expect": expect}])
    (case,) = run_scenario(path).files[0].cases
    assert case.findings == ()
    assert (case.error, case.cause) == (NOT_ASSUMABLE if link else (None, None))


def test_the_shipped_scenario_needs_the_trust_in_lambda(tmp_path):
    """Without it the function in dev could not be created, so no case gets to an execution."""
    shutil.copytree(ONBOARDING.parent, tmp_path, dirs_exist_ok=True)
    path = tmp_path / ONBOARDING.name
    path.write_text(path.read_text("utf-8").replace(f"Service: {LAMBDA}", "Service: ec2.amazonaws.com"), "utf-8")
    (file,) = run_scenario(path).files
    assert {(case.status, case.error, case.cause) for case in file.cases} == {("NOT_CREATED", *NOT_ASSUMABLE)}


@pytest.mark.parametrize("of", ["function", "machine"])
def test_a_role_of_another_account_is_not_passed(write, tmp_path, of):
    """Neither to a function nor to a state machine, whatever it trusts."""
    (tmp_path / "work.py").write_text("def handler(event, context):\n    return event\n", encoding="utf-8")
    away = {"id": "444455556666", "roles": {"Guest": {"trust": trusting(LAMBDA)}}}
    home = {"id": "111122223333", "roles": {"Runner": {"trust": TRUST}}}
    machine = {"account": "home", "role": "Runner", "definition": ECHO}
    if of == "function":
        home["functions"] = {"Work": {"handler": "work.py:handler", "role": "away/Guest"}}
    else:
        machine["role"] = "away/Guest"
    refused = {"who": "arn:aws:iam::111122223333:root", "action": "iam:PassRole"}
    expect = {
        "status": "NOT_CREATED",
        "error": "AccessDeniedException",
        "cause": "Cross-account pass role is not allowed.",
        "denied": [refused | {"resource": "${away/role/Guest}", "link": "pass-role"}],
    }
    path = write(
        ECHO,
        accounts={"home": home, "away": away},
        state_machines={"Echo": machine},
        cases=[{"name": "one", "expect": expect}],
    )
    (case,) = run_scenario(path).files[0].cases
    assert case.findings == ()


@pytest.mark.parametrize(("name", "role"), [("Ask", "Target"), ("Ask!", "${home/role/Runner}")])
def test_a_request_that_sts_does_not_take_is_in_the_trail(write, name, role):
    """A role that is no ARN, or a machine whose ARN is no external id: AWS hides both behind the one sentence."""
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Credentials": {"RoleArn": role},
        "Parameters": {"FunctionName": "Work"},
        "End": True,
    }
    machine = {"account": "home", "role": "Runner", "definition": {"StartAt": "Ask", "States": {"Ask": task}}}
    refused = {"who": "home/Runner", "action": "sts:AssumeRole", "resource": role, "link": "malformed-request"}
    expect = {
        "status": "FAILED",
        "error": "States.TaskFailed",
        "cause_like": "The role * is not authorized to assume the task state's role, *.",
        "denied": [refused],
    }
    path = write(ECHO, state_machines={name: machine}, cases=[{"name": "one", "expect": expect}])
    (case,) = run_scenario(path).files[0].cases
    assert case.findings == ()


def test_a_resource_that_a_service_refuses_is_a_fault_of_the_file(write):
    """At the line of the resource, whichever cases need it."""
    missing = {"service": "iam", "operation": "GetRole", "parameters": {"RoleName": "Nobody"}}
    (file,) = run_scenario(write(ECHO, account={"resources": [missing]})).files
    (fault,) = file.faults
    assert (fault.code, fault.where.pointer) == ("resource-refused", "/accounts/home/resources/0")
    assert "`iam:GetRole` was refused: NoSuchEntity" in fault.message
    assert file.cases == ()


def test_a_policy_that_an_api_takes_as_text_is_told_as_such(write):
    """Who writes a mapping reads how it is written instead."""
    attributes = {"Policy": {"Version": "2012-10-17", "Statement": []}}
    queue = {"service": "sqs", "operation": "CreateQueue", "parameters": {"QueueName": "q", "Attributes": attributes}}
    (fault,) = run_scenario(write(ECHO, account={"resources": [queue]})).files[0].faults
    assert (fault.code, "as JSON text" in fault.help) == ("resource-refused", True)


def test_a_resource_that_the_organization_forbids_is_told_as_such(write):
    """Its parameters are right; the help names the control policies and not them."""
    queue = {"service": "sqs", "operation": "CreateQueue", "parameters": {"QueueName": "q"}}
    deny = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}}
    organization = {"id": "o-0123456789", "management_account": "boss", "accounts": {"home": {"scps": {"No": deny}}}}
    path = write(ECHO, account={"resources": [queue]}, organization=organization)
    document = json.loads(path.read_text())
    document["accounts"]["boss"] = {"id": "999999999999"}
    path.write_text(json.dumps(document))
    (fault,) = run_scenario(path).files[0].faults
    assert fault.code == "resource-refused"
    assert "control policies" in fault.help


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "complaint"),
    [
        ("iam", "CreateRole", {}, 'ValidationException: Missing required parameter in input: "RoleName"'),
        ("sts", "AssumeRole", {}, 'ValidationException: Missing required parameter in input: "RoleArn"'),
        ("stepfunctions", "StartExecution", {}, "InvalidArn: Invalid Arn: 'Invalid ARN prefix: '"),
        ("sqs", "CreateQueue", {}, 'ValidationException: Missing required parameter in input: "QueueName"'),
        (
            "sqs",
            "CreateQueue",
            {"QueueName": 5},
            "Invalid type for parameter QueueName, value: 5, type: a whole number, valid types: text",
        ),
        (
            "sqs",
            "CreateQueue",
            {"QueueName": "q", "Attributes": [None]},
            "Invalid type for parameter Attributes, value: [null], type: a list, valid types: a mapping",
        ),
    ],
)
def test_parameters_that_do_not_fit_are_told_in_json_words(write, service, operation, parameters, complaint):
    """As a fault of the file, whichever backend answers for the service."""
    resource = {"service": service, "operation": operation, "parameters": parameters}
    (file,) = run_scenario(write(ECHO, account={"resources": [resource]})).files
    (fault,) = file.faults
    assert fault.code == "resource-refused"
    assert complaint in fault.message
    assert "class" not in fault.message


LAYER = {"LayerName": "f", "Content": {"ZipFile": "x"}}


def test_a_resource_that_is_not_emulated_is_named_with_its_place(write):
    """It is the user's line, not the case."""
    layer = {"service": "lambda", "operation": "PublishLayerVersion", "parameters": LAYER}
    (case,) = run_scenario(write(ECHO, account={"resources": [layer]})).files[0].cases
    (finding,) = case.findings
    assert (case.status, finding.message) == ("UNSUPPORTED", "lambda:PublishLayerVersion")
    assert finding.where.pointer == "/accounts/home/resources/0"


def test_the_report_names_the_seed_of_the_file(write):
    """Unless another is given."""
    path = write(ECHO, defaults={"seed": 5})
    assert run_scenario(path).seed == 5
    assert run_scenario(path, seed=6).seed == 6


ENDPOINT = {"ApiEndpoint": "nowhere", "Method": "GET"}
TASK = {"Type": "Task", "Resource": "arn:aws:states:::apigateway:invoke", "Parameters": ENDPOINT, "End": True}
FIRST = {"Type": "Pass", "OutputPath": "$.a.first()", "End": True}


def test_what_is_not_emulated_is_named_with_its_place(write):
    """With the state that needs it, its line, what happened before, and nothing else lost."""
    wait = {"Type": "Wait", "Seconds": 5, "Next": "Job"}
    path = write({"StartAt": "First", "States": {"First": wait, "Job": TASK}})
    report = run_files([path, write(ECHO, name="other.scenario.json")])
    (case,), (other,) = (file.cases for file in report.files)
    (finding,) = case.findings
    assert (case.status, case.supported, case.passed, case.virtual) == ("UNSUPPORTED", False, False, 5.0)
    assert (finding.code, finding.where.pointer) == ("unsupported", "/state_machines/Flow/definition/States/Job")
    assert finding.where.line == 1
    assert finding.message.startswith("the API endpoint `nowhere`")
    assert finding.message.endswith(", which the state `Job` needs")
    assert [event["type"] for event in case.history][:2] == ["ExecutionStarted", "WaitStateEntered"]
    assert (other.passed, report.exit_code) == (True, 3)


def test_only_cases_that_come_to_it_are_unsupported(write):
    """The others of the same file run, and are as expected or not."""
    choice = {"Type": "Choice", "Choices": [{"Variable": "$.go", "IsPresent": True, "Next": "Job"}], "Default": "Done"}
    definition = {"StartAt": "Go", "States": {"Go": choice, "Job": TASK, "Done": {"Type": "Succeed"}}}
    cases = [
        {"name": "away", "input": {"go": 1}, "expect": {"status": "SUCCEEDED"}},
        {"name": "here", "expect": {"status": "SUCCEEDED"}},
        {"name": "not so", "expect": {"status": "FAILED"}},
    ]
    report = run_scenario(write(definition, cases=cases))
    assert [case.status for case in report.files[0].cases] == ["UNSUPPORTED", "SUCCEEDED", "SUCCEEDED"]
    assert [case.passed for case in report.files[0].cases] == [False, True, False]
    assert report.exit_code == 3


def test_a_definition_that_is_not_emulated_is_found_on_reading(write):
    """Every case of its world is unsupported, for any of them may come to it."""
    machine = {"account": "home", "role": "Runner"}
    machines = {
        "Flow": {**machine, "definition": ECHO},
        "Odd": {**machine, "definition": {"StartAt": "Pick", "States": {"Pick": FIRST}}},
    }
    without = {"state_machines": {"Odd": None}}
    cases = [
        {"name": "of the file", "expect": {"status": "SUCCEEDED"}},
        {"name": "of the odd one", "state_machine": "Odd", "expect": {"status": "SUCCEEDED"}},
        {"name": "without it", "changes": without, "expect": {"status": "SUCCEEDED"}},
    ]
    path = write(ECHO, state_machines=machines, defaults={"state_machine": "Flow"}, cases=cases)
    ran = run_scenario(path).files[0].cases
    assert [case.status for case in ran] == ["UNSUPPORTED", "UNSUPPORTED", "SUCCEEDED"]
    assert ran[0].findings[0].where.pointer == "/state_machines/Odd/definition/States/Pick"


def test_the_worst_decides_the_exit_code(write, tmp_path):
    """A file that cannot be read comes before what is not supported, that before what is not as expected."""
    job = write({"StartAt": "Job", "States": {"Job": TASK}}, name="job.scenario.json")
    wrong = write(ECHO, name="wrong.scenario.json", cases=[{"name": "one", "expect": {"status": "FAILED"}}])
    none = tmp_path / "none.scenario.yaml"
    codes = [run_files(paths).exit_code for paths in ([wrong], [wrong, job], [wrong, job, none])]
    assert codes == [1, 3, 2]
