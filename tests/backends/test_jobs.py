"""Jobs whoever starts them: described, listed and stopped as they live; and which tasks ECS refuses to run."""

from __future__ import annotations

import pytest

from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.world.job_plan import Ending, JobPlan, JobPlans, JobRule


class Console:
    """The root user of an account."""

    def __init__(self, emulator, account):
        self.account = account
        self._emulator = emulator

    async def ask(self, service, operation, **parameters):
        return (
            await self._emulator.gate.call(Call(self.account.root, service, operation, parameters, "us-east-1"))
        ).output

    def plan(self, called, plan):
        """Let the jobs that an operation starts live so."""
        self.account.jobs[called] = JobPlans((JobRule(plan),))

    async def tasks(self, *containers, network="awsvpc", **definition):
        """A cluster and a definition for Fargate; a subnet."""
        await self.ask("ecs", "CreateCluster", clusterName="c")
        await self.ask(
            "ecs",
            "RegisterTaskDefinition",
            family="f",
            networkMode=network,
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[
                {"image": "busybox", "memory": 128, **each} for each in containers or ({"name": "m"},)
            ],
            **definition,
        )
        return (await self.ask("ec2", "DescribeSubnets"))["Subnets"][0]["SubnetId"]

    async def run(self, subnet, **given):
        network = {"awsvpcConfiguration": {"subnets": [subnet]}}
        usual = {"cluster": "c", "taskDefinition": "f", "launchType": "FARGATE", "networkConfiguration": network}
        wanted = {name: value for name, value in {**usual, **given}.items() if value is not None}
        return (await self.ask("ecs", "RunTask", **wanted))["tasks"]


@pytest.fixture
async def console(accounts):
    """The root user of account `source`."""
    async with Emulator(accounts.world) as emulator:
        yield Console(emulator, accounts.source)


async def test_all_tasks_of_a_request_live(console):
    """Each is described and stopped by itself."""
    one, two, three = await console.run(await console.tasks(), count=3)
    await console.ask("ecs", "StopTask", cluster="c", task=two["taskArn"], reason="enough")
    arns = [each["taskArn"] for each in (one, two, three)]
    described = (await console.ask("ecs", "DescribeTasks", cluster="c", tasks=arns))["tasks"]
    assert [task["desiredStatus"] for task in described] == ["RUNNING", "STOPPED", "RUNNING"]
    assert described[1]["stoppedReason"] == "enough"


async def test_tasks_are_listed_by_what_they_shall_be(console):
    """Those that run, unless others are asked for."""
    one, two = await console.run(await console.tasks(), count=2)
    await console.ask("ecs", "StopTask", cluster="c", task=two["taskArn"])
    assert (await console.ask("ecs", "ListTasks", cluster="c"))["taskArns"] == [one["taskArn"]]
    stopped = await console.ask("ecs", "ListTasks", cluster="c", desiredStatus="STOPPED")
    assert stopped["taskArns"] == [two["taskArn"]]


async def test_the_essential_container_has_the_exit_code(console):
    """It stands first, wherever it is defined."""
    console.plan("ecs:RunTask", JobPlan(Ending.FAILED, takes=0, exit_code=9))
    side, main = {"name": "side", "essential": False}, {"name": "main"}
    (task,) = await console.run(await console.tasks(side, main))
    (told,) = (await console.ask("ecs", "DescribeTasks", cluster="c", tasks=[task["taskArn"]]))["tasks"]
    assert [(each["name"], each["exitCode"]) for each in told["containers"]] == [("main", 9), ("side", 0)]


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"cluster": "other"}, "ClusterNotFoundException", "Cluster not found."),
        ({"taskDefinition": "other"}, "ClientException", "TaskDefinition not found."),
        ({"networkConfiguration": None}, "InvalidParameterException", "Network Configuration must be provided"),
        ({"launchType": "EC2"}, "InvalidParameterException", "No Container Instances were found in your cluster."),
        ({"count": 11}, "InvalidParameterException", "Count must be between 1 and 10."),
        (
            {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-0"]}}},
            "InvalidParameterException",
            "Error retrieving subnet information for [subnet-0]",
        ),
        (
            {"overrides": {"containerOverrides": [{"name": "x"}]}},
            "InvalidParameterException",
            "Override for container named x is not a container in the TaskDefinition.",
        ),
    ],
)
async def test_a_task_that_cannot_be_placed_is_refused(console, given, code, message):
    """By the service's own errors."""
    subnet = await console.tasks()
    with pytest.raises(ServiceError) as refused:
        await console.run(subnet, **given)
    assert refused.value.code == code
    assert refused.value.message.startswith(message)


async def test_a_definition_for_instances_is_not_for_fargate(console):
    """Only its compatibilities count."""
    await console.tasks()
    await console.ask(
        "ecs", "RegisterTaskDefinition", family="g", containerDefinitions=[{"name": "m", "image": "i", "memory": 1}]
    )
    with pytest.raises(ServiceError, match="does not support launch_type FARGATE"):
        await console.run("subnet-0", taskDefinition="g", networkConfiguration=None)


async def test_a_list_shows_states_of_lives(console):
    """And selects by them."""
    role = "arn:aws:iam::111122223333:role/ExecutionRole"
    await console.ask(
        "glue", "CreateJob", Name="g", Role=role, Command={"Name": "glueetl", "ScriptLocation": "s3://bucket/s"}
    )
    console.plan("glue:StartJobRun", JobPlan(Ending.NEVER))
    run = (await console.ask("glue", "StartJobRun", JobName="g"))["JobRunId"]
    runs = (await console.ask("glue", "GetJobRuns", JobName="g"))["JobRuns"]
    assert [(each["Id"], each["JobRunState"]) for each in runs] == [(run, "STARTING")]
    answer = await console.ask("glue", "BatchStopJobRun", JobName="g", JobRunIds=[run])
    assert answer["SuccessfulSubmissions"] == [{"JobName": "g", "JobRunId": run}]
    assert (await console.ask("glue", "GetJobRun", JobName="g", RunId=run))["JobRun"]["JobRunState"] == "STOPPED"


async def test_a_deleted_build_is_not_found(console):
    """Its record is gone, those of others stay."""
    role = "arn:aws:iam::111122223333:role/ExecutionRole"
    environment = {"type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL"}
    source, artifacts = {"type": "S3", "location": "b/k"}, {"type": "NO_ARTIFACTS"}
    described = {"source": source, "artifacts": artifacts, "environment": environment, "serviceRole": role}
    await console.ask("codebuild", "CreateProject", name="project", **described)
    one, two = [(await console.ask("codebuild", "StartBuild", projectName="project"))["build"] for _ in range(2)]
    unknown = "project:00000000-0000-0000-0000-000000000000"
    answer = await console.ask("codebuild", "BatchDeleteBuilds", ids=[one["id"], unknown])
    assert answer["buildsDeleted"] == [one["arn"]]
    assert [each["id"] for each in answer["buildsNotDeleted"]] == [unknown]
    left = await console.ask("codebuild", "BatchGetBuilds", ids=[one["id"], two["id"]])
    assert (left["buildsNotFound"], [each["id"] for each in left["builds"]]) == ([one["id"]], [two["id"]])


async def test_an_application_that_was_created_can_be_deleted(console):
    """Although moto believes that it has started."""
    console.plan("emr-serverless:CreateApplication", JobPlan(takes=0))
    console.plan("emr-serverless:DeleteApplication", JobPlan(takes=0))
    made = await console.ask("emr-serverless", "CreateApplication", name="a", type="SPARK", releaseLabel="emr-6.6.0")
    await console.ask("emr-serverless", "DeleteApplication", applicationId=made["applicationId"])
    told = await console.ask("emr-serverless", "GetApplication", applicationId=made["applicationId"])
    assert told["application"]["state"] == "TERMINATED"


async def test_every_cluster_of_a_request_is_terminated(console):
    """Each has its own end."""
    console.plan("emr:TerminateJobFlows", JobPlan(takes=0))
    instances = {"KeepJobFlowAliveWhenNoSteps": True, "InstanceCount": 1, "MasterInstanceType": "m5.xlarge"}
    flows = [
        (await console.ask("emr", "RunJobFlow", Name=name, Instances=instances, JobFlowRole="r", ServiceRole="r"))[
            "JobFlowId"
        ]
        for name in "ab"
    ]
    await console.ask("emr", "TerminateJobFlows", JobFlowIds=flows)
    told = [await console.ask("emr", "DescribeCluster", ClusterId=flow) for flow in flows]
    assert [each["Cluster"]["Status"]["State"] for each in told] == ["TERMINATED", "TERMINATED"]
