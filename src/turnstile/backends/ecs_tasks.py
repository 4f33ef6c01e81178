"""`ecs:RunTask`: tasks that run nowhere, of definitions and in clusters that the backend behind keeps.

moto wants container instances and a whole network even of Fargate, and shows little of a task. Here a task is shown as
it was recorded (services.ecs_task_service); how it goes on is `jobs.life`'s. Texts of refusals are *reported*.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from turnstile.backends.job_answers import Start
from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Backend, Call, Output
    from turnstile.world.world import World

_MOST = 10
_DEFAULT_STORAGE = 20
_MISSING_SUBNET = "InvalidSubnetID.NotFound"


class EcsTasks:
    """The backend behind, but for running tasks."""

    def __init__(self, world: World, behind: Backend) -> None:
        self._world = world
        self._behind = behind

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`.

        Raises:
            ServiceError: no such cluster, definition or subnet, or the definition does not fit the request.
        """
        if (call.service, call.operation) != ("ecs", "RunTask"):
            return await self._behind.perform(call, owner)
        given = call.parameters
        cluster = await self._cluster(call, owner)
        definition = await self._definition(call, owner)
        plan = _Plan(given, cluster, definition, f"{call.region}a")
        plan.check()
        if plan.subnets:
            plan = replace(plan, zone=await self._zone(call, owner, plan.subnets))
        start = Start(self._world, call, owner)
        return {"tasks": [_task(start, plan) for _ in range(int(given.get("count") or 1))], "failures": []}

    async def _cluster(self, call: Call, owner: str) -> Mapping[str, Json]:
        name = str(call.parameters.get("cluster") or "default")
        asked = replace(call, operation="DescribeClusters", parameters={"clusters": [name]})
        found = (await self._behind.perform(asked, owner)).get("clusters") or ()
        if not found or found[0].get("status") == "INACTIVE":
            raise ServiceError("ClusterNotFoundException", "Cluster not found.")
        cluster: Mapping[str, Json] = found[0]
        return cluster

    async def _definition(self, call: Call, owner: str) -> Mapping[str, Json]:
        named = {"taskDefinition": str(call.parameters.get("taskDefinition", ""))}
        try:
            answer = await self._behind.perform(
                replace(call, operation="DescribeTaskDefinition", parameters=named), owner
            )
        except ServiceError:
            raise ServiceError("ClientException", "TaskDefinition not found.") from None
        definition: Mapping[str, Json] = answer["taskDefinition"]
        return definition

    async def _zone(self, call: Call, owner: str, subnets: list[Json]) -> str:
        """The zone of the first subnet, in which the tasks run."""
        asked = replace(call, service="ec2", operation="DescribeSubnets", parameters={"SubnetIds": subnets})
        try:
            found = (await self._behind.perform(asked, owner))["Subnets"]
        except ServiceError as error:
            if error.code != _MISSING_SUBNET:
                raise
            shown = ", ".join(map(str, subnets))
            text = f"Error retrieving subnet information for [{shown}]: {error.message} (ErrorCode: {error.code})"
            raise ServiceError("InvalidParameterException", text) from None
        zones = {each["SubnetId"]: each.get("AvailabilityZone") for each in found}
        return str(zones.get(subnets[0]) or f"{call.region}a")


@dataclass(frozen=True, slots=True)
class _Plan:
    """A request with the cluster and the definition that it names, and the zone its tasks run in."""

    given: Mapping[str, Json]
    cluster: Mapping[str, Json]
    definition: Mapping[str, Json]
    zone: str

    @property
    def launch(self) -> str:
        """Where it runs; a strategy that names Fargate's providers is Fargate."""
        strategy = self.given.get("capacityProviderStrategy") or ()
        if any(str(entry.get("capacityProvider", "")).startswith("FARGATE") for entry in strategy):
            return "FARGATE"
        return str(self.given.get("launchType") or "EC2")

    @property
    def subnets(self) -> list[Json]:
        """The subnets that the task's network is to be in."""
        network = (self.given.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
        return list(network.get("subnets") or ())

    @property
    def containers(self) -> list[Mapping[str, Json]]:
        """The containers of the definition, the essential ones first."""
        found = self.definition.get("containerDefinitions") or ()
        return sorted(found, key=lambda container: container.get("essential", True) is False)

    @property
    def overrides(self) -> Mapping[str, Json]:
        """What the request changes of the definition."""
        found: Mapping[str, Json] = self.given.get("overrides") or {}
        return found

    def check(self) -> None:
        """Refuse what cannot be placed.

        Raises:
            ServiceError: InvalidParameterException.
        """
        if (problem := self._problem()) is not None:
            raise ServiceError("InvalidParameterException", problem)

    def _problem(self) -> str | None:
        network, named = self.definition.get("networkMode"), self.given.get("networkConfiguration")
        known = [container.get("name") for container in self.containers]
        overridden = [each.get("name") for each in self.overrides.get("containerOverrides") or ()]
        strange = [name for name in overridden if name not in known]
        checks = (
            (not 1 <= int(self.given.get("count") or 1) <= _MOST, "Count must be between 1 and 10."),
            (self._unfit(), f"Task definition does not support launch_type {self.launch}."),
            (
                network == "awsvpc" and not named,
                "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
            ),
            (
                network != "awsvpc" and bool(named),
                "Network Configuration is not valid for the given networkMode of this task definition.",
            ),
            (
                bool(strange),
                f"Override for container named {strange[:1] and strange[0]} is not a container in the TaskDefinition.",
            ),
            (self._homeless(), "No Container Instances were found in your cluster."),
        )
        return next((text for wrong, text in checks if wrong), None)

    def _unfit(self) -> bool:
        able = self.definition.get("compatibilities") or self.definition.get("requiresCompatibilities") or ()
        return self.launch == "FARGATE" and "FARGATE" not in able

    def _homeless(self) -> bool:
        return self.launch != "FARGATE" and not self.cluster.get("registeredContainerInstancesCount")


def _task(start: Start, plan: _Plan) -> dict[str, Json]:
    """A task that has just been asked for; members as recorded."""
    given, definition = plan.given, plan.definition
    cluster, number = str(plan.cluster["clusterName"]), start.world.uuid().replace("-", "")
    arn = start.arn("ecs", f"task/{cluster}/{number}")
    task = {
        "attachments": [_attachment(start, plan.subnets[0])] if plan.subnets else [],
        "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
        "availabilityZone": plan.zone,
        "clusterArn": plan.cluster["clusterArn"],
        "containers": [_container(start, plan, each, f"{cluster}/{number}", arn) for each in plan.containers],
        "cpu": str(plan.overrides.get("cpu") or definition.get("cpu") or "0"),
        "createdAt": start.now,
        "desiredStatus": "RUNNING",
        "enableExecuteCommand": bool(given.get("enableExecuteCommand")),
        "group": given.get("group") or f"family:{definition.get('family')}",
        "inferenceAccelerators": [],
        "lastStatus": "PROVISIONING",
        "launchType": plan.launch,
        "memory": str(plan.overrides.get("memory") or definition.get("memory") or "0"),
        "overrides": _overrides(plan),
        "startedBy": given.get("startedBy"),
        "tags": list(given.get("tags") or ()),
        "taskArn": arn,
        "taskDefinitionArn": definition["taskDefinitionArn"],
        "version": 1,
    }
    if plan.launch == "FARGATE":
        storage = plan.overrides.get("ephemeralStorage") or {"sizeInGiB": _DEFAULT_STORAGE}
        version = given.get("platformVersion") or "LATEST"
        task |= {
            "ephemeralStorage": storage,
            "platformFamily": "Linux",
            "platformVersion": "1.4.0" if version == "LATEST" else version,
        }
    return {name: value for name, value in task.items() if value is not None}


def _attachment(start: Start, subnet: Json) -> dict[str, Json]:
    return {
        "id": start.world.uuid(),
        "type": "ElasticNetworkInterface",
        "status": "PRECREATED",
        "details": [{"name": "subnetId", "value": subnet}],
    }


def _container(start: Start, plan: _Plan, made: Mapping[str, Json], place: str, task: str) -> dict[str, Json]:
    override: Mapping[str, Json] = next(
        (each for each in plan.overrides.get("containerOverrides") or () if each.get("name") == made.get("name")), {}
    )
    return {
        "containerArn": start.arn("ecs", f"container/{place}/{start.world.uuid()}"),
        "taskArn": task,
        "name": made.get("name"),
        "image": made.get("image"),
        "lastStatus": "PENDING",
        "networkBindings": [],
        "networkInterfaces": [],
        "cpu": str(override.get("cpu") or made.get("cpu") or 0),
        "managedAgents": [],
        "gpuIds": [],
    }


def _overrides(plan: _Plan) -> dict[str, Json]:
    """What was asked for, and an empty override of each container that nothing was asked of (recorded)."""
    empty: dict[str, Json] = {"command": [], "environment": [], "environmentFiles": [], "resourceRequirements": []}
    asked = {each.get("name"): each for each in plan.overrides.get("containerOverrides") or ()}
    containers = [{**empty, "name": made.get("name"), **asked.get(made.get("name"), {})} for made in plan.containers]
    return {"inferenceAcceleratorOverrides": [], **plan.overrides, "containerOverrides": containers}
