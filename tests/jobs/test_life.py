"""The life of a job, told at any moment."""

from __future__ import annotations

import pytest

from turnstile.jobs.life import Life
from turnstile.jobs.table import JOBS
from turnstile.world.job_plan import Ending, JobPlan

START = 1_767_225_600.0


def life(job, plan=None, detail=None):
    row = JOBS[tuple(f"{job}.sync".split(":", 1))]
    return Life(row, plan or JobPlan(), START, detail or {}, {})


def test_a_job_is_asked_for_then_works_then_ends():
    """The first state is at the instant of the start alone; times of the end are told then."""
    run = life("glue:startJobRun")
    assert run.told(START)["JobRunState"] == "STARTING"
    assert run.told(START + 1)["JobRunState"] == "RUNNING"
    assert "CompletedOn" not in run.told(START + 59)
    ended = run.told(START + 60)
    assert (ended["JobRunState"], ended["ExecutionTime"]) == ("SUCCEEDED", 60)
    assert ended["CompletedOn"] == "2026-01-01T00:01:00Z"


def test_polls_end_a_job():
    """It ends when it is described for the last time, however long that took."""
    run = life("glue:startJobRun", JobPlan(polls=2))
    assert run.due() is None
    assert run.ask(START + 5)["JobRunState"] == "RUNNING"
    assert run.ask(START + 500)["JobRunState"] == "SUCCEEDED"
    assert run.due() == START + 500


def test_a_job_that_never_ends_can_be_stopped():
    """Once, and what was declared of its end is not told."""
    run = life("glue:startJobRun", JobPlan(Ending.NEVER, detail={"DPUSeconds": 1.0}))
    assert not run.over(START + 10**8)
    assert run.stop(START + 100)
    assert not run.stop(START + 101)
    assert run.told(START + 200)["JobRunState"] == "STOPPED"
    assert "DPUSeconds" not in run.told(START + 200)


def test_what_is_declared_is_laid_over_the_description_in_depth():
    """Members beside stay, and nothing shows before the end."""
    plan = JobPlan(detail={"Status": {"StateChangeReason": "spilled"}})
    query = life("athena:startQueryExecution", plan, {"Status": {"State": "QUEUED"}, "Query": "SELECT 1"})
    assert "StateChangeReason" not in query.told(START + 1)["Status"]
    ended = query.told(START + 60)
    assert (ended["Query"], ended["Status"]["State"]) == ("SELECT 1", "SUCCEEDED")
    assert ended["Status"]["StateChangeReason"] == "spilled"


@pytest.mark.parametrize(
    ("plan", "codes"),
    [
        (JobPlan(), [0, 0]),
        (JobPlan(Ending.FAILED), [1, 0]),
        (JobPlan(Ending.FAILED, exit_code=137), [137, 0]),
        (JobPlan(Ending.FAILED, detail={"stopCode": "TaskFailedToStart"}), [None, None]),
    ],
)
def test_containers_of_a_task_have_exit_codes(plan, codes):
    """The first one's is the declared one; a task that never started has none."""
    task = life("ecs:runTask", plan, {"containers": [{"name": "main"}, {"name": "side"}]}).told(START + 60)
    assert [container.get("exitCode") for container in task["containers"]] == codes
    assert ("startedAt" in task) is (codes[0] is not None)
    assert task["lastStatus"] == task["desiredStatus"] == "STOPPED"


def test_a_stopped_task_says_who_stopped_it():
    """The reason is that of the call."""
    task = life("ecs:runTask", JobPlan(reason="oom"), {"containers": [{}]})
    task.stop(START + 10, "Stopped by AWS Step Functions")
    told = task.told(START + 10)
    assert (told["stopCode"], told["stoppedReason"]) == ("UserInitiated", "Stopped by AWS Step Functions")


def test_the_children_of_an_array_end_like_it():
    """A job of Batch with children counts them by state and has no exit code."""
    job = life("batch:submitJob", JobPlan(Ending.FAILED), {"arrayProperties": {"size": 3}})
    assert job.told(START + 60)["arrayProperties"] == {"size": 3, "statusSummary": {"FAILED": 3}}
    assert "container" not in job.told(START + 60)


def test_what_the_backend_made_of_a_job_is_not_told_early():
    """moto ends some jobs at once; their times of the end are taken away."""
    run = life("glue:startJobRun", detail={"CompletedOn": "2020-01-01T00:00:00Z", "ExecutionTime": 123})
    assert {"CompletedOn", "ExecutionTime"}.isdisjoint(run.told(START + 1))


def test_what_is_taken_away_is_gone_at_the_end_unless_that_fails():
    """Its state is told until then."""
    assert life("eks:deleteCluster").gone(START + 60)
    assert not life("eks:deleteCluster").gone(START + 59)
    assert not life("eks:deleteCluster", JobPlan(Ending.FAILED)).gone(START + 60)
