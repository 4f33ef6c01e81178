"""`eks:runJob` and `eks:call`: jobs by their plans, logs, declared answers of a cluster."""

from __future__ import annotations

import json

import pytest

from turnstile.faults import Unsupported
from turnstile.world.job_plan import Ending, JobPlan, JobPlans, JobRule

CLUSTER = {"ClusterName": "prod", "CertificateAuthority": "ca", "Endpoint": "https://x.eks.amazonaws.com"}
JOB = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "pi"},
    "spec": {"template": {"spec": {"containers": [{"name": "pi", "image": "perl"}], "restartPolicy": "Never"}}},
}
LOGS = {"pods": {"pi-1": {"containers": {"pi": {"log": "3.14"}}}}}


async def cluster(here, account=None):
    """The cluster, made by a call."""
    vpc = {"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]}
    role = (account or here.accounts.source).arn("iam", "role/ExecutionRole")
    if account is not None:
        role = here.accounts.invoke.arn
    await here.ask("eks", "CreateCluster", account, name="prod", roleArn=role, resourcesVpcConfig=vpc)


def plan(account, **facts):
    account.jobs["kubernetes:CreateJob"] = JobPlans((JobRule(JobPlan(**facts)),))


async def test_a_job_is_waited_for_at_the_pace_of_kubernetes(site, accounts):
    """Polls come after a minute and slow down; the result is the Job with the logs of its pods."""
    plan(accounts.source, takes=100.0, detail={"logs": LOGS})
    async with site() as here:
        await cluster(here)
        began = here.emulator.world.clock.now()
        options = {"LogOptions": {"RetrieveLogs": True}, "Namespace": "math"}
        execution = await here.task("eks:runJob.sync", {**CLUSTER, "Job": JOB, **options})
        took = here.emulator.world.clock.now() - began
        called = [operation for service, operation, _ in here.called() if service == "kubernetes"]
    assert execution.output["status"]["conditions"][0]["type"] == "Complete"
    assert execution.output["metadata"]["namespace"] == "math"
    assert execution.output["logs"] == LOGS
    assert called == ["CreateJob", "ReadJob", "ReadJob"]
    assert took == 180


async def test_logs_are_shown_where_they_are_asked_for(site, accounts):
    """Without the option there are none; without declared ones they are empty, for each container."""
    async with site() as here:
        await cluster(here)
        without = await here.task("eks:runJob.sync", {**CLUSTER, "Job": JOB})
        named = {**JOB, "metadata": {"generateName": "pi-"}}
        empty = await here.task("eks:runJob.sync", {**CLUSTER, "Job": named, "LogOptions": {"RetrieveLogs": True}})
    assert "logs" not in without.output
    ((_, pod),) = empty.output["logs"]["pods"].items()
    assert pod == {"containers": {"pi": {"log": ""}}}


async def test_a_failed_job_fails_the_task(site, accounts):
    """With the Job as cause."""
    plan(accounts.source, ending=Ending.FAILED, reason="BackoffLimitExceeded")
    async with site() as here:
        await cluster(here)
        execution = await here.task("eks:runJob.sync", {**CLUSTER, "Job": JOB})
    assert execution.error == "States.TaskFailed"
    condition = json.loads(execution.cause)["status"]["conditions"][0]
    assert (condition["type"], condition["message"]) == ("Failed", "BackoffLimitExceeded")


async def test_a_job_that_is_cut_is_deleted(site, accounts):
    """A timeout ends the job."""
    plan(accounts.source, ending=Ending.NEVER)
    async with site() as here:
        await cluster(here)
        execution = await here.task("eks:runJob.sync", {**CLUSTER, "Job": JOB}, TimeoutSeconds=90)
        assert here.called()[-1] == ("kubernetes", "DeleteJob", True)
    assert execution.error == "States.Timeout"


async def test_a_job_may_only_be_started(site):
    """The answer is the Job as it was created; one of that name cannot be created again."""
    async with site() as here:
        await cluster(here)
        execution = await here.task("eks:runJob", {**CLUSTER, "Job": JOB})
        again = await here.task("eks:runJob", {**CLUSTER, "Job": JOB})
    assert execution.output["metadata"]["name"] == "pi"
    assert execution.output["metadata"]["namespace"] == "default"
    assert again.error == "EKS.409"
    assert json.loads(again.cause)["reason"] == "AlreadyExists"


async def test_a_cluster_is_one_of_the_roles_account(site, accounts):
    """Elsewhere nobody knows the caller; with Credentials of that account it works."""
    async with site() as here:
        await cluster(here, accounts.target)
        credentials = {"RoleArn": accounts.invoke.arn}
        execution = await here.task("eks:runJob.sync", {**CLUSTER, "Job": JOB}, Credentials=credentials)
        refused = await here.task("eks:runJob", {**CLUSTER, "Job": JOB})
    assert refused.error == "EKS.401"
    assert execution.status == "SUCCEEDED"


async def test_calls_are_answered_as_declared(site):
    """By method and path; a status that is no success fails the Task."""
    stubs = [
        {"when": {"Method": "GET", "Path": "/api/v1/*/pods"}, "returns": {"ResponseBody": {"items": []}}},
        {"when": {"Method": "POST"}, "returns": {"StatusCode": 403, "ResponseBody": {"reason": "Forbidden"}}},
    ]
    pods = {**CLUSTER, "Method": "GET", "Path": "/api/v1/namespaces/default/pods"}
    async with site(eks__call=stubs) as here:
        await cluster(here)
        execution = await here.task("eks:call", pods)
        refused = await here.task("eks:call", {**pods, "Method": "POST", "RequestBody": {}})
    assert execution.output == {"Headers": {}, "ResponseBody": {"items": []}, "StatusCode": 200, "StatusText": "OK"}
    assert (refused.error, refused.cause) == ("EKS.403", '{"reason":"Forbidden"}')


async def test_a_call_without_a_declared_answer_names_the_remedy(site):
    """What a cluster holds besides jobs is not emulated."""

    async def call():
        async with site() as here:
            await cluster(here)
            await here.task("eks:call", {**CLUSTER, "Method": "GET", "Path": "/x"})

    with pytest.raises(Unsupported, match=r"`GET /x` of a cluster, which `eks:call` asks for \(declare an answer"):
        await call()


async def test_a_cluster_and_a_job_are_needed(site):
    """`States.Runtime` otherwise."""
    async with site() as here:
        execution = await here.task("eks:runJob", {**CLUSTER, "Job.$": "States.StringToJson('null')"})
        wrong = await here.task("eks:call", {**CLUSTER, "Method": "CONNECT", "Path": "/x"})
    assert execution.error == wrong.error == "States.Runtime"
