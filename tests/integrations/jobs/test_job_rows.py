"""Every job of the table, as a Task that waits for it: its end, its failure, and what missing rights make of it.

tests/cases/integrations/jobs.json has the rows: the calls and states of reference/sync-jobs.json, what a Task is given
and what must be there before. Nested executions are in tests/states/test_nested_jobs.py, jobs of Kubernetes have no
AWS call.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from turnstile.jobs.table import JOBS
from turnstile.world.job_plan import Ending, JobPlan

CASES = json.loads((Path(__file__).parents[2] / "cases" / "integrations" / "jobs.json").read_text())
CANCELLED = [case for case in CASES if case["cancel"]]
BY_EVENT = [case for case in CASES if case["rule"]]
WAITED = ["TaskScheduled", "TaskStarted", "TaskSubmitted"]
HOUR = 3600
LIMIT = 600
CLIENTS = {"elasticmapreduce": "emr"}


def named(case):
    return case["job"]


each = pytest.mark.parametrize("case", CASES, ids=named)
each_cancelled = pytest.mark.parametrize("case", CANCELLED, ids=named)


def events(execution):
    return [event["type"] for event in execution.history() if event["type"].startswith("Task")][1:]


def at(document, path):
    for step in path.split("."):
        document = document[step]
    return document


def test_every_row_has_a_case():
    """Nothing of the table is left out but what other tests exercise."""
    rows = {f"{service}:{api.removesuffix('.sync')}" for service, api in JOBS if service != "states"}
    assert {case["job"] for case in CASES} == rows - {"eks:runJob"}


@each
def test_a_row_says_what_is_documented(row_of, case):
    """Start, poll and cancel call, managed rule and states."""
    row = row_of(case["job"])
    service = {value: name for name, value in CLIENTS.items()}.get(row.client, row.client)
    assert f"{service}:{row.start}" == case["start"]
    assert f"{service}:{row.describe.operation}" == case["poll"]
    assert (f"{service}:{row.cancel.operation}" if row.cancel else None) == case["cancel"]
    assert row.rule == case["rule"]
    assert row.succeeded == tuple(case["succeeded"])
    assert set(case["failed"]) <= set(row.failed)
    assert bool(row.gone) is case.get("gone", False)


@each
async def test_a_job_succeeds(workplace, case):
    """It is started once, polled until it has ended, and its description is the result."""
    async with workplace(case["prepare"]) as place:
        execution = await place.run(f"{case['job']}.sync", case["parameters"])
        assert execution.status.value == "SUCCEEDED", execution.cause
        assert place.calls(case["start"])[0] == (0, True)
        assert place.calls(case["poll"])[:3] == [(5, True), (15, True), (35, True)]
        assert execution.stopped - execution.started == (60 if case["rule"] else 75)
        assert not place.calls(case["cancel"] or ":") or case["cancel"] == case["start"]
    assert events(execution) == [*WAITED, "TaskSucceeded", "TaskStateExited"][: len(events(execution))]
    if not case.get("gone"):
        assert at(execution.output, case["state"]) == case["succeeded"][0]
    assert "SdkHttpMetadata" not in execution.output


@each
async def test_a_job_fails(workplace, row_of, case):
    """The error is `States.TaskFailed`, the cause the description; what cannot fail succeeds."""
    row = row_of(case["job"])
    async with workplace(case["prepare"]) as place:
        place.plan(row, JobPlan(ending=Ending.FAILED, reason="no luck"))
        execution = await place.run(f"{case['job']}.sync", case["parameters"])
    if not row.failed and row.client != "ecs":
        assert execution.status.value == "SUCCEEDED"
        return
    assert execution.error == "States.TaskFailed"
    state = at(json.loads(execution.cause), case["state"])
    assert state == (row.failed[0] if row.failed else "STOPPED")
    assert events(execution) == [*WAITED, "TaskFailed"]


@pytest.mark.parametrize("case", BY_EVENT, ids=named)
async def test_without_the_right_to_poll_an_event_tells(workplace, case):
    """A service that sends events hides the gap: the job ends as if nothing were missing."""
    async with workplace(case["prepare"]) as place:
        place.deny(case["poll"])
        execution = await place.run(f"{case['job']}.sync", case["parameters"])
        assert execution.status.value == "SUCCEEDED", execution.cause
        assert not any(allowed for _, allowed in place.calls(case["poll"]))
        assert place.calls(case["poll"])
        assert execution.stopped - execution.started == 60


@each
async def test_without_the_right_to_poll_and_without_events_a_task_waits_for_ever(workplace, case):
    """Only its timeout ends it, although the job has succeeded long ago."""
    async with workplace(case["prepare"], events=False) as place:
        place.deny(case["poll"])
        execution = await place.run(f"{case['job']}.sync", case["parameters"], TimeoutSeconds=LIMIT)
        assert not any(allowed for _, allowed in place.calls(case["poll"]))
    assert execution.error == "States.Timeout"
    assert execution.stopped - execution.started == LIMIT
    assert events(execution) == [*WAITED, "TaskTimedOut"]


@each_cancelled
async def test_a_job_is_cancelled_with_its_task(workplace, row_of, case):
    """A timeout ends the job as well, by the documented call under the same session.

    That call may begin something itself, and be refused: an application that is being created cannot be deleted.
    """
    row = row_of(case["job"])
    async with workplace(case["prepare"]) as place:
        place.plan(row, JobPlan(takes=HOUR))
        execution = await place.run(f"{case['job']}.sync", case["parameters"], TimeoutSeconds=LIMIT)
        assert execution.error == "States.Timeout"
        assert place.calls(case["cancel"]) == [(LIMIT, True)]
        cancelled = (row.stopped, *row.failed, "STOPPING", "CANCELLING", "DELETING")
        assert place.stands(row) in (row.running if case.get("cancel_refused") else cancelled)


@each_cancelled
async def test_without_the_right_to_cancel_a_job_runs_on(workplace, row_of, case):
    """The Task ends as it would have; the job is an orphan."""
    row = row_of(case["job"])
    async with workplace(case["prepare"]) as place:
        place.plan(row, JobPlan(takes=HOUR))
        place.deny(case["cancel"])
        execution = await place.run(f"{case['job']}.sync", case["parameters"], TimeoutSeconds=LIMIT)
        assert execution.error == "States.Timeout"
        assert place.calls(case["cancel"]) == [(LIMIT, False)]
        assert place.stands(row) in row.running


@each
async def test_a_job_of_another_account_is_polled_under_its_role(workplace, case):
    """All calls are the target role's, and no event tells of the end."""
    async with workplace(case["prepare"], remote=True) as place:
        execution = await place.run(f"{case['job']}.sync", case["parameters"])
        assert execution.status.value == "SUCCEEDED", execution.cause
        assert place.calls(case["start"]) == [(0, True)]
        assert place.calls(case["poll"]) == [(5, True), (15, True), (35, True), (75, True)]
        assert execution.stopped - execution.started == 75
    scheduled = next(event for event in execution.history() if event["type"] == "TaskScheduled")
    assert scheduled["taskScheduledEventDetails"]["taskCredentials"]["roleArn"].split(":")[4] == place.account.id
