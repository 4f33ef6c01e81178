"""Faults on order, steps during a run and declared results of Tasks, in whole scenarios."""

from dataclasses import replace
from pathlib import Path

import pytest

from turnstile.report.json import render
from turnstile.report.text import render as render_text
from turnstile.scenario.models.disturbing_entries import FaultEntry, StepEntry
from turnstile.scenario.run import run_scenario
from turnstile.source import Source, read

CASES = Path(__file__).parents[1] / "cases" / "scenario" / "course"


def timeless(report):
    """A report without wall times, as comparable text."""
    files = (replace(file, cases=tuple(replace(case, wall=0.0) for case in file.cases)) for file in report.files)
    return render(replace(report, files=tuple(files)))


@pytest.mark.parametrize("name", ["waiting", "jobs", "workers", "endless"])
def test_what_a_case_orders_happens(name):
    """Each case of these files says what comes of its faults, steps and results."""
    report = run_scenario(CASES / f"{name}.scenario.yaml")
    assert [file.faults for file in report.files] == [()]
    assert {case.name: case.findings for case in report.files[0].cases if case.findings} == {}


@pytest.mark.parametrize("name", ["waiting", "jobs"])
def test_the_same_seed_gives_the_same_course(name):
    """Faults, steps and their calls follow the world's clock and seed."""
    first, second = (run_scenario(CASES / f"{name}.scenario.yaml", seed=7) for _ in range(2))
    assert timeless(first) == timeless(second)


def test_what_never_happens_is_found():
    """A fault without a call, a step that nobody reached, a call that was refused or was not."""
    (case,) = run_scenario(CASES / "unmet.scenario.yaml").files[0].cases
    assert [(one.code, one.message.partition(":")[0]) for one in case.findings] == [
        ("fault", "this fault on order never happened"),
        ("fault", "this fault on order never happened"),
        ("fault", "this fault on order never happened"),
        ("during", "this step never happened"),
        ("during", "this step never happened"),
        ("during", "this step never happened"),
        ("during", "a call of this step was refused"),
        ("during", "no attempt of `Send` has had a task token yet"),
        ("during", "no call of this step was refused with `AccessDenied`"),
    ]
    assert [one.where.line for one in case.findings] == sorted({one.where.line for one in case.findings})


def cases_of(name):
    """The cases of a file as they ended, by name."""
    return {case.name: case for case in run_scenario(CASES / f"{name}.scenario.yaml").files[0].cases}


def test_a_fault_on_order_is_no_refusal():
    """It stands in the report by itself, with the call, the attempt and the line that ordered it."""
    report = run_scenario(CASES / "waiting.scenario.yaml")
    case = next(case for case in report.files[0].cases if case.name == "throttled once")
    (disturbance,) = case.disturbances
    assert (case.refused, disturbance.call.site.attempt, disturbance.told) == ((), 1, "is throttled")
    assert "on order: lambda:Invoke of Greet, attempt 1: is throttled" in render_text(
        report, color=False, width=120, verbose=1
    )
    assert '"faults_on_order": [' in render(report)


def errors_of(case):
    """Error and cause of each failed attempt."""
    found = [next((event[key] for key in event if key.endswith("FailedEventDetails")), None) for event in case.history]
    return [(details["error"], details.get("cause", "")) for details in found if details and "error" in details]


def test_families_name_throttled_lost_and_unreadable_calls():
    """By the service's own code where there is one, else by what the client says."""
    cases = cases_of("waiting")
    assert errors_of(cases["throttled once"])[0][0] == "Lambda.TooManyRequestsException"
    (lost, lost_cause), (garbled, garbled_cause) = errors_of(cases["lost and malformed"])[:2]
    assert (lost, garbled) == ("Lambda.SdkClientException", "Lambda.SdkClientException")
    assert lost_cause.startswith("Unable to execute HTTP request")
    assert garbled_cause.startswith("Unable to unmarshall response")


def test_a_call_that_is_lost_takes_a_minute():
    """The client waits for the answer before the attempt fails."""
    events = cases_of("waiting")["lost and malformed"].history
    started, failed = (next(e for e in events if e["type"] == kind) for kind in ("TaskStarted", "TaskFailed"))
    assert failed["timestamp"] - started["timestamp"] == 60


def test_a_session_that_ended_is_taken_again():
    """The next poll comes with a session of its own."""
    jobs = cases_of("jobs")
    assert jobs["plain"].status == jobs["expires"].status == "SUCCEEDED"
    assert {entry.call.operation for entry in jobs["expires and untrusted"].refused} == {"AssumeRole"}


@pytest.mark.parametrize(("name", "virtual"), [("sts down", 0.0), ("sts down once", 60.0)])
def test_a_failing_sts_shows_the_one_sentence(name, virtual):
    """Whatever STS said (inferred)."""
    case = cases_of("jobs")[name]
    assert case.cause.endswith(
        "is not authorized to assume the task state's role, arn:aws:iam::444455556666:role/Target."
    )
    assert (case.virtual, case.refused) == (virtual, ())


def test_the_call_of_a_declared_result_is_judged():
    """It stands in the trail, and who may not make it is refused."""
    cases = cases_of("waiting")
    kinds = [event["type"] for event in cases["mocked"].history]
    assert kinds.count("TaskFailed") == 2
    assert kinds[-4:] == ["TaskSubmitted", "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"]


SMALL = (CASES / "waiting.scenario.yaml").read_text(encoding="utf-8").partition("cases:")[0]


def faults_of(tmp_path, extra):
    """The faults of a scenario with one case, which has more keys."""
    path = tmp_path / "small.scenario.yaml"
    path.write_text(f"{SMALL}cases:\n  - name: one\n    expect: {{status: SUCCEEDED}}\n    {extra}\n", encoding="utf-8")
    (tmp_path / "mocks.json").write_text((CASES / "mocks.json").read_text(encoding="utf-8"), encoding="utf-8")
    return run_scenario(path).files[0].faults


@pytest.mark.parametrize(
    ("extra", "code", "message", "remedy"),
    [
        ("faults: [{throttle: true}]", "missing-key", "`call` is missing", "`*`"),
        ("faults: [{call: 'lambda:Invok', throttle: true}]", "unknown-operation", "`Invok`", "`Invoke`"),
        ("faults: [{call: 'lamda:Invoke', throttle: true}]", "unknown-service", "`lamda`", "`lambda`"),
        ("faults: [{call: 'lambda:Invoke'}]", "wrong-fault", "nothing is said", "throttle"),
        ("faults: [{call: '*', throttle: true, timeout: true}]", "wrong-fault", "`throttle` and `timeout`", "each"),
        ("faults: [{call: '*', throttle: true, state: Gret}]", "unknown-state", "no state `Gret`", "`Greet`"),
        ("faults: [{call: '*', throttle: true, role: home/Runer}]", "unknown-role", "home/Runer", "`home/Runner`"),
        ("faults: [{call: '*', throttle: true, account: hom}]", "unknown-account", "`hom`", "`home`"),
        ("faults: [{call: 'arn:aws:states:::lambda:invok', throttle: true}]", "unknown-resource", "a Resource", ""),
        ("faults: [{call: 'sqs:SendMessage', error: {code: Gone}}]", "unknown-error", "raises no `Gone`", ""),
        ("faults: [{call: '*', error: {code: E, status: 200}}]", "wrong-value", "status", ""),
        ("faults: [{expire: {role: home/Runner}}]", "wrong-fault", "`at` a time or `after_calls`", "one of the two"),
        ("faults: [{call: '*', expire: {role: home/Runner, at: 3}}]", "wrong-fault", "`call` says nothing", "remove"),
        ("during: [{stop_execution: {}}]", "wrong-step", "none of them", "exactly one"),
        ("during: [{at: 1, after: {call: 'sqs:SendMessage'}, stop_execution: {}}]", "wrong-step", "`at` and", ""),
        ("during: [{at: 1}]", "empty-step", "does nothing", "`call:`"),
        ("during: [{when: {state: Aks, event: entered}, stop_execution: {}}]", "unknown-state", "`Aks`", "`Ask`"),
        ("during: [{at: 1, send_task_success: {output: 1}}]", "wrong-step", "`state`", "one of the two"),
        ("during: [{at: 1, changes: {settings: {events: 'off'}}}]", "no-change-now", "`settings`", "`call:`"),
        ("during: [{at: 1, changes: {accounts: {home: {functions: {}}}}}]", "no-change-now", "`functions`", ""),
        ("during: [{at: 1, changes: {accounts: {home: {roles: {No: null}}}}}]", "nothing-to-remove", "`No`", ""),
        ("during: [{at: 1, poll_activity: {activity: a}}]", "wrong-answer", "`returns`", "one of the two"),
        ("during: [{at: 1, caller: home/user/Ann, stop_execution: {}}]", "unknown-user", "home/user/Ann", ""),
        ("stubs: {Gret: {returns: 1}}", "unknown-state", "`Gret` is no Task", "`Greet`"),
        ("stubs: {Greet: {returns: {StatusCode: many}}}", "answer-shape", "'StatusCode' must be a number", "Invoke"),
        ("stubs: {Greet: {}}", "wrong-answer", "neither", ""),
        ("mock_config: {file: mocks.json, test_case: Hapy}", "unknown-test-case", "`Hapy`", "`Happy`"),
        ("mock_config: {file: mock.json, test_case: Happy}", "missing-file", "mock.json", "mocks.json"),
    ],
)
def test_what_cannot_happen_is_a_fault(tmp_path, extra, code, message, remedy):
    """With its line in the file, a code and a remedy."""
    found = faults_of(tmp_path, extra)
    assert [(fault.code, fault.where.line) for fault in found] == [(code, SMALL.count("\n") + 4)]
    assert message in found[0].message
    assert remedy in found[0].help


def test_later_changes_are_laid_over_earlier_ones(tmp_path):
    """What one step takes away the next one gives back, also what the changes of the case took away."""
    text = (
        SMALL
        + """cases:
  - name: given back
    changes: {accounts: {home: {roles: {Runner: {policies: {Work: null}}}}}}
    during:
      - at: 0
        changes: {accounts: {home: {roles: {Runner: {tags: {team: a}}}}}}
      - after: {call: 'lambda:Invoke'}
        changes: {accounts: {home: {roles: {Runner: {policies: {Work: {Version: '2012-10-17',
          Statement: {Effect: Allow, Action: ['lambda:InvokeFunction', 'sqs:SendMessage'], Resource: '*'}}}}}}}}
      - when: {state: Ask, event: submitted}
        send_task_failure: {state: Ask, error: Late}
    faults: [{call: 'lambda:Invoke', error: {code: TooManyRequestsException}, nth: 1}]
    expect: {status: FAILED, error: Late, denied: [{action: 'lambda:InvokeFunction', times: 1}]}
"""
    )
    path = tmp_path / "given-back.scenario.yaml"
    path.write_text(text.replace("Lambda.SdkClientException]", "Lambda.AWSLambdaException]"), encoding="utf-8")
    (case,) = run_scenario(path).files[0].cases
    assert (case.findings, case.error) == ((), "Late")


DOCUMENT = Path(__file__).parents[2] / "docs" / "scenario-files.md"


def test_the_examples_of_the_guide_are_of_the_format():
    """Each block under "What happens to a run" is a list of entries."""
    section = DOCUMENT.read_text(encoding="utf-8").partition("## What happens to a run")[2]
    texts = [block.partition("```")[0] for block in section.split("```yaml\n")[1:]]
    found = [read(Source("guide.yaml", text)) for text in texts]
    models = {"faults": FaultEntry, "during": StepEntry}
    assert [list(block) for block in found] == [["faults"], ["during"]]
    for block in found:
        for key, entries in block.items():
            assert all(models[key].model_validate(entry) for entry in entries)


def test_a_late_answer_meets_the_timeout_of_its_task(tmp_path):
    """A delay passes on the world's clock, and is cut where the Task's time ends."""
    path = tmp_path / "late.scenario.yaml"
    text = SMALL.replace("TimeoutSeconds: 600", "TimeoutSeconds: 10")
    late = "faults: [{call: 'sqs:SendMessage', delay: 30}]\n    expect: {status: FAILED, error: States.Timeout}"
    path.write_text(f"{text}cases:\n  - name: late\n    {late}\n", encoding="utf-8")
    (case,) = run_scenario(path).files[0].cases
    assert (case.findings, case.virtual) == ((), 10.0)


def test_what_is_not_emulated_ends_a_case_with_steps(tmp_path):
    """A step's call of something that is not emulated says so, at its case."""
    path = tmp_path / "unsupported.scenario.yaml"
    step = "{at: 0, call: {service: mwaa, operation: CreateCliToken, parameters: {Name: flows}}}"
    text = f"{SMALL}cases:\n  - name: asks\n    during: [{step}, {{at: 1, stop_execution: {{}}}}]\n"
    path.write_text(f"{text}    expect: {{status: ABORTED}}\n", encoding="utf-8")
    (case,) = run_scenario(path).files[0].cases
    assert (case.status, [finding.code for finding in case.findings]) == ("UNSUPPORTED", ["unsupported"])
