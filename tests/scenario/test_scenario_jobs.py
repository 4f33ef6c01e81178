"""Jobs in scenario files: how plans are read, and what is a fault at its line."""

from __future__ import annotations

import pytest

from turnstile.faults import Rejected
from turnstile.scenario.load import load
from turnstile.world.job_plan import Ending, JobPlan

SMALL = """version: 1
name: small
accounts:
  home:
    id: '111122223333'
    roles:
      Runner:
        trust:
          Version: '2012-10-17'
          Statement: {Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: states.amazonaws.com}}
    jobs:
      JOBS
state_machines:
  Echo:
    account: home
    role: Runner
    definition: {StartAt: Echo, States: {Echo: {Type: Pass, End: true}}}
cases:
  - name: one
    expect: {status: SUCCEEDED}
"""
JOBS_LINE = 12


@pytest.fixture
def jobs(tmp_path):
    """The plans of a scenario whose account has these jobs, by the call that starts them."""

    def read(text):
        path = tmp_path / "small.scenario.yaml"
        path.write_text(SMALL.replace("JOBS", text.replace("\n", "\n      ")))
        (account,) = load(path).cases[0].declarations.accounts
        return account.jobs

    return read


@pytest.mark.parametrize(
    ("text", "called", "plan"),
    [
        ("glue:StartJobRun: {takes: 90}", "glue:StartJobRun", JobPlan(takes=90)),
        ("glue:startJobRun: {takes: 1h30m}", "glue:StartJobRun", JobPlan(takes=5400)),
        ("glue:StartJobRun: {takes: 2d1s}", "glue:StartJobRun", JobPlan(takes=172_801)),
        ("batch:SubmitJob: {polls: 3}", "batch:SubmitJob", JobPlan(polls=3)),
        ("batch:SubmitJob: {exit_code: 3}", "batch:SubmitJob", JobPlan(Ending.FAILED, exit_code=3)),
        ("batch:SubmitJob: {exit_code: 0}", "batch:SubmitJob", JobPlan(exit_code=0)),
        ("ecs:RunTask: {outcome: NEVER}", "ecs:RunTask", JobPlan(Ending.NEVER)),
        ("ecs:RunTask: {outcome: FAILED, reason: oom}", "ecs:RunTask", JobPlan(Ending.FAILED, reason="oom")),
        ("glue:StartJobRun: {outcome: TIMEOUT}", "glue:StartJobRun", JobPlan(Ending.FAILED, state="TIMEOUT")),
        ("elasticmapreduce:addStep: {outcome: FAILED}", "emr:AddJobFlowSteps", JobPlan(Ending.FAILED, state="FAILED")),
        ("elasticmapreduce:RunJobFlow: {outcome: FAILED}", "emr:RunJobFlow", JobPlan(Ending.FAILED)),
        ("emr:RunJobFlow: {event: lost}", "emr:RunJobFlow", JobPlan(event=None)),
        ("emr:RunJobFlow: {event: 5m}", "emr:RunJobFlow", JobPlan(event=300)),
        (
            "glue:StartJobRun: {output: {ExecutionTime: 7}}",
            "glue:StartJobRun",
            JobPlan(detail={"ExecutionTime": 7}),
        ),
        ("glue:StartJobRun: {answer: {JobRunId: jr_1}}", "glue:StartJobRun", JobPlan(answer={"JobRunId": "jr_1"})),
        ("eks:runJob: {outcome: FAILED}", "kubernetes:CreateJob", JobPlan(Ending.FAILED)),
        ("codebuild:StartBuild: {outcome: FAULT}", "codebuild:StartBuild", JobPlan(Ending.FAILED, state="FAULT")),
    ],
)
def test_a_plan_is_read(jobs, text, called, plan):
    """By the name of the start call or of the resource; the service's own states are outcomes."""
    found = jobs(text)
    assert list(found) == [called]
    assert [rule.plan for rule in found[called]] == [plan]


def test_plans_of_a_list_without_conditions_are_a_sequence(jobs):
    """Each is for one job, the last for all that follow."""
    (rules,) = jobs("glue:StartJobRun: [{outcome: FAILED}, {takes: 5}]").values()
    assert [rule.times for rule in rules] == [1, None]


def test_a_plan_is_for_the_requests_that_match(jobs):
    """`when` and `times` choose among them."""
    (rules,) = jobs("glue:StartJobRun: [{when: {JobName: 'a*'}, times: 2, outcome: FAILED}, {takes: 5}]").values()
    assert [(rule.when, rule.times) for rule in rules] == [({"JobName": "a*"}, 2), ({}, None)]


@pytest.mark.parametrize(
    ("text", "code", "message", "remedy"),
    [
        ("glue:StartJobRuns: {}", "unknown-job", "starts no job", "JobRun`"),
        ("states:startExecution: {}", "no-job", "lives by its own definition", "state machine"),
        ("glue:StartJobRun: {takse: 3}", "unknown-key", "`takse`", "`takes`"),
        ("glue:StartJobRun: {takes: soon}", "wrong-value", "`takes`", "1h30m"),
        ("glue:StartJobRun: {takes: -1}", "wrong-value", "`takes`", "1h30m"),
        ("glue:StartJobRun: {takes: true}", "wrong-value", "`takes`", "1h30m"),
        ("glue:StartJobRun: {polls: 0}", "wrong-value", "`polls`", "no limit"),
        ("glue:StartJobRun: {polls: 2, takes: 3}", "wrong-plan", "both", "one way"),
        ("glue:StartJobRun: {outcome: TIMOUT}", "unknown-outcome", "`TIMOUT`", "`TIMEOUT`"),
        ("glue:StartJobRun: {outcome: RUNNING}", "unknown-outcome", "`RUNNING`", "outcomes"),
        ("elasticmapreduce:terminateCluster: {outcome: FAILED}", "unknown-outcome", "`FAILED`", "SUCCEEDED"),
        ("glue:StartJobRun: {exit_code: 2}", "no-exit-code", "no exit code", "outcome"),
        ("batch:SubmitJob: {exit_code: -2}", "wrong-value", "`exit_code`", "0 is success"),
        ("batch:SubmitJob: {exit_code: 2, outcome: SUCCEEDED}", "wrong-plan", "exit code 0", "FAILED"),
        ("batch:SubmitJob: {reason: 2}", "wrong-type", "`reason` must be text", "quotes"),
        ("emr-containers:DeleteVirtualCluster: {reason: no}", "no-reason", "tell no reason", "leave it out"),
        ("glue:StartJobRun: {output: {ExecutionTme: 7}}", "answer-shape", "`ExecutionTme`", "`ExecutionTime`"),
        ("glue:StartJobRun: {output: {ExecutionTime: long}}", "answer-shape", "whole number", "reference"),
        ("glue:StartJobRun: {output: 7}", "wrong-type", "`output`", "members"),
        ("ecs:RunTask: {output: {stopCode: Bad}}", "answer-shape", "never `Bad`", "TaskFailedToStart"),
        ("databrew:StartJobRun: {answer: {}}", "answer-shape", "`RunId` is missing", "add `RunId:`"),
        ("glue:StartJobRun: {answer: [1]}", "wrong-type", "`answer`", "members"),
        ("glue:StartJobRun: {when: {Name: a}}", "unknown-parameter", "`Name`", "JobName"),
        ("glue:StartJobRun: {when: a}", "wrong-type", "`when`", "members"),
        ("glue:StartJobRun: {event: lost}", "no-event", "no event", "polling"),
        ("glue:StartJobRun: []", "no-plans", "empty", "takes: 90"),
        ("glue:StartJobRun: fast", "wrong-type", "must be a mapping", "takes:"),
        ("glue:StartJobRun: [{takes: 1}, {when: {JobName: a}}]", "unreachable-plan", "never used", "last"),
        ("glue:StartJobRun: {}\nglue:startJobRun: {}", "duplicate-job", "another name", "one list"),
    ],
)
def test_a_wrong_plan_is_a_fault_at_its_line(jobs, text, code, message, remedy):
    """With its code, what is wrong, and what to write instead."""
    with pytest.raises(Rejected) as rejected:
        jobs(text)
    (fault,) = rejected.value.faults
    assert fault.code == code
    assert message in fault.message
    assert remedy in (fault.help or "")
    assert fault.where.line == JOBS_LINE + text.count("\n")
