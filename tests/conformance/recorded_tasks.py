"""What recordings with ECS leave to whoever plays them: the cluster, the network and the definition of the task.

They came from a CloudFormation template beside the test. The names are in the definition of the machine, which image
and size, and why the task did not start, in what was recorded of the task. Of the hardware address that the service
made up the recorder hid a part, taking it for another kind of address; the rest is left to whoever plays it as well.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tokens import REGION

from turnstile.world.job_plan import Ending, JobPlan, JobPlans, JobRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recorded_run import Stage

    from turnstile.document import Json

_RUN_TASK = ":ecs:runTask"
_NOT_STARTED = "TaskFailedToStart"
_LEFT = re.compile(r"<any:ip_value>(:[0-9a-f]{2}:[0-9a-f]{2})\\*\"")
_ADDRESS = re.compile(r"([0-9a-f]{2}(?::[0-9a-f]{2}){3}):[0-9a-f]{2}:[0-9a-f]{2}\b")


async def furnish_tasks(stage: Stage) -> None:
    """Make what the Tasks of ECS in a definition name, unless the recording says how it was made."""
    text = json.dumps(stage.case.get("definition"))
    if _RUN_TASK not in text or stage.case["environment"].get("resources"):
        return
    await _network(stage, text)
    recorded = list(_tasks(stage.case["expected"]))
    for parameters in list(_parameters(stage.case["definition"])):
        await _cluster_and_definition(stage, stage.tokens.fill(parameters), recorded)
    for task in recorded:
        if task.get("StopCode") == _NOT_STARTED:
            plan = JobPlan(ending=Ending.FAILED, reason=task["StoppedReason"], detail={"stopCode": _NOT_STARTED})
            stage.account.jobs["ecs:RunTask"] = JobPlans((JobRule(plan),))


def half_hidden(actual: Any, case: dict[str, Any]) -> Any:
    """What happened with the part of the made-up hardware address that the recorder left."""
    left = _LEFT.search(json.dumps(case["expected"]))
    return json.loads(_ADDRESS.sub(rf"\g<1>{left[1]}", json.dumps(actual))) if left else actual


async def _network(stage: Stage, text: str) -> None:
    """Subnets and groups with the ids of this world."""
    vpc = (await stage.ask("ec2", "create_vpc", {"CidrBlock": "10.0.0.0/16"}, stage.account))["Vpc"]["VpcId"]
    tokens = sorted(token for token in stage.case["placeholders"] if token in text)
    for number, token in enumerate(token for token in tokens if "Subnet" in token):
        place = {"VpcId": vpc, "CidrBlock": f"10.0.{number}.0/24", "AvailabilityZone": f"{REGION}b"}
        made = await stage.ask("ec2", "create_subnet", place, stage.account)
        stage.tokens.values[token] = made["Subnet"]["SubnetId"]
    for token in (token for token in tokens if "SecurityGroup" in token):
        group = {"GroupName": token.strip("<>"), "Description": "of a recording", "VpcId": vpc}
        stage.tokens.values[token] = (await stage.ask("ec2", "create_security_group", group, stage.account))["GroupId"]


async def _cluster_and_definition(stage: Stage, parameters: Json, recorded: list[Json]) -> None:
    task: dict[str, Any] = recorded[0] if recorded else {}
    container = {"name": "main", "image": (task.get("Containers") or [{}])[0].get("Image", "busybox")}
    cluster = str(parameters.get("Cluster", "default")).rpartition("/")[2]
    family, _, revision = str(parameters.get("TaskDefinition", "")).rpartition("/")[2].partition(":")
    last = str(task.get("TaskDefinitionArn", "")).rpartition(":")[2]
    await stage.ask("ecs", "create_cluster", {"clusterName": cluster}, stage.account)
    made = {
        "family": family,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": task.get("Cpu", "256"),
        "memory": task.get("Memory", "512"),
        "containerDefinitions": [{**container, "essential": True}],
    }
    for _ in range(int(revision or (last if last.isdigit() else 1))):
        await stage.ask("ecs", "register_task_definition", made, stage.account)


def _parameters(value: Json) -> Iterator[Json]:
    """Of every Task of ECS."""
    if isinstance(value, dict):
        if _RUN_TASK in str(value.get("Resource")):
            yield value.get("Parameters") or value.get("Arguments") or {}
        for member in value.values():
            yield from _parameters(member)
    elif isinstance(value, list):
        for member in value:
            yield from _parameters(member)


def _tasks(value: Json) -> Iterator[dict[str, Any]]:
    """Every task that was recorded."""
    if isinstance(value, dict):
        if "TaskDefinitionArn" in value:
            yield value
        for member in value.values():
            yield from _tasks(member)
    elif isinstance(value, list):
        for member in value:
            yield from _tasks(member)
