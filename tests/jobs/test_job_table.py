"""The table of jobs against the models of the services, and what a described job says of itself."""

from __future__ import annotations

import pytest
from botocore.session import get_session

from turnstile.jobs.job import Job, Matching, Verdict, follow, parameters, verdict
from turnstile.jobs.table import JOBS

_AWS = {name: job for name, job in JOBS.items() if job.client != "kubernetes"}
_UNMODELLED = {("emr-serverless", "deleteApplication.sync", "TERMINATING")}


@pytest.fixture(scope="module")
def models():
    """The operation models of botocore by client and operation."""
    session = get_session()
    return lambda job, operation: session.get_service_model(job.client).operation_model(operation)


def test_the_table_has_every_job():
    """There are 35 `.sync` integrations, of which only nested executions have a second pattern."""
    assert len(JOBS) == 35
    assert [name for name in JOBS if name[1].endswith(":2")] == [("states", "startExecution.sync:2")]


@pytest.mark.parametrize("name", _AWS, ids=":".join)
def test_every_call_about_a_job_is_one_of_its_service(models, name):
    """Describing and cancelling name parameters that the operations have, and all that they require."""
    job = _AWS[name]
    models(job, job.start)
    for query in (job.describe, job.cancel):
        if query is not None:
            shape = models(job, query.operation).input_shape
            assert set(shape.required_members) <= set(query.parameters) <= set(shape.members)


@pytest.mark.parametrize("name", _AWS, ids=":".join)
def test_every_state_of_a_job_is_one_of_its_service(models, name):
    """The path to the state leads to a member, and the states are values that it can have."""
    job = _AWS[name]
    shape = models(job, job.describe.operation).output_shape
    for step in (*job.detail, *job.status):
        shape = shape.members[step] if isinstance(step, str) else shape.member
    states = {*job.running, *job.succeeded, *job.failed} | ({job.stopped} - {""})
    unknown = {(*name, state) for state in states - set(shape.enum)} if shape.enum else set()
    assert unknown <= _UNMODELLED


@pytest.mark.parametrize("name", JOBS, ids=":".join)
def test_a_state_means_one_thing(name):
    """No state is running and ended, or succeeded and failed, and each job has an end."""
    job = JOBS[name]
    assert not set(job.running) & {*job.succeeded, *job.failed}
    assert not set(job.succeeded) & set(job.failed)
    assert job.running
    assert job.succeeded or job.gone


def test_parameters_are_picked_from_request_and_answer():
    """A call about a job takes names from what was asked and ids from what was answered."""
    job = JOBS["elasticmapreduce", "addStep.sync"]
    request, answer = {"JobFlowId": "j-1", "Steps": []}, {"StepIds": ["s-1"]}
    assert parameters(job.describe, request, answer) == {"ClusterId": "j-1", "StepId": "s-1"}
    assert parameters(job.cancel, request, answer) == {"ClusterId": "j-1", "StepIds": ["s-1"]}


def test_a_listed_job_is_found_by_its_id():
    """DataBrew lists the runs of a job; the one that was started is taken."""
    job = JOBS["databrew", "startJobRun.sync"]
    runs = {"JobRuns": [{"RunId": "a", "State": "FAILED"}, {"RunId": "b", "State": "RUNNING"}]}
    assert isinstance(job.detail[-1], Matching)
    assert follow(job.detail, runs, {"Name": "clean"}, {"RunId": "b"}) == {"RunId": "b", "State": "RUNNING"}
    assert follow(job.detail, runs, {"Name": "clean"}, {"RunId": "c"}) is None


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ({"lastStatus": "RUNNING", "containers": []}, Verdict.RUNNING),
        ({"lastStatus": "STOPPED", "containers": [{"exitCode": 0}, {"exitCode": 0}]}, Verdict.SUCCEEDED),
        ({"lastStatus": "STOPPED", "containers": [{"exitCode": 0}, {"exitCode": 3}]}, Verdict.FAILED),
        ({"lastStatus": "STOPPED", "containers": [{}]}, Verdict.FAILED),
        ({"lastStatus": "STOPPED", "stopCode": "TaskFailedToStart", "containers": []}, Verdict.FAILED),
    ],
)
def test_a_task_of_ecs_is_judged_by_its_containers(task, said):
    """A stopped task succeeded when it started and all its containers ended with 0."""
    assert verdict(JOBS["ecs", "runTask.sync"], task) is said


@pytest.mark.parametrize("name", JOBS, ids=":".join)
def test_states_give_verdicts(name):
    """Running, succeeded and failed states are read as such, at the place where the service puts them."""
    job = JOBS[name]
    if job.client == "ecs":
        return
    table = ((Verdict.RUNNING, job.running), (Verdict.SUCCEEDED, job.succeeded), (Verdict.FAILED, job.failed))
    for said, states in table:
        assert {verdict(job, _detail(job, state)) for state in states} <= {said}


def _detail(job: Job, state: str):
    detail = state
    for step in reversed(job.status):
        detail = [detail] if isinstance(step, int) else {step: detail}
    return detail
