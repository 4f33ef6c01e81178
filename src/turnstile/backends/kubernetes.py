"""The API of EKS clusters as far as Tasks reach it: jobs that are created and read, and declared answers for the rest.

A job begins a life by its plan in front of this (`backends.jobs`); here it gets its name and is kept. The cluster must
be one of the caller's account, in the Region; which of its users may do what (RBAC) is not judged, and any endpoint and
certificate will do. Answers of the API that are no success are `ServiceError`s whose code is the status and whose
message is the body. What comes of a cluster that is not there is *inferred*. Facts: reference/integrations.json (eks).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.document import compact
from turnstile.faults import Unsupported
from turnstile.gate.context import timestamp
from turnstile.gate.errors import ServiceError
from turnstile.world.answers import Returned

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.gate.call import Backend, Call, Output
    from turnstile.world.world import World

STUB = "eks:call"
_UNAUTHORIZED, _NOT_FOUND, _CONFLICT, _INVALID = 401, 404, 409, 422


class Kubernetes:
    """The clusters' API in front of a backend, which keeps the clusters."""

    def __init__(self, world: World, behind: Backend) -> None:
        self._world = world
        self._behind = behind
        self._jobs: dict[tuple[str, str], dict[tuple[str, str], Json]] = defaultdict(dict)

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`.

        Raises:
            ServiceError: the API's answer is no success.
            Unsupported: a call for which nothing is declared.
        """
        if call.service != "kubernetes":
            return await self._behind.perform(call, owner)
        if call.operation == "Call":
            await self._reach(call, owner)
            return self._declared(call, owner)
        if call.operation == "CreateJob":
            await self._reach(call, owner)
            return self._created(call, self._jobs[owner, call.region])
        jobs = self._jobs[owner, call.region]
        name = str(call.parameters["namespace"]), str(call.parameters["name"])
        if name not in jobs:
            raise status(_NOT_FOUND, "NotFound", f'jobs.batch "{name[1]}" not found')
        return jobs.pop(name) if call.operation == "DeleteJob" else jobs[name]

    async def _reach(self, call: Call, owner: str) -> None:
        """Find the cluster, as whoever signs the token for it must."""
        name = {"name": call.parameters["cluster"]}
        try:
            await self._behind.perform(
                replace(call, service="eks", operation="DescribeCluster", parameters=name), owner
            )
        except ServiceError:
            raise status(_UNAUTHORIZED, "Unauthorized", "Unauthorized") from None

    def _created(self, call: Call, jobs: dict[tuple[str, str], Json]) -> Output:
        job = call.parameters["job"]
        said = job.get("metadata")
        said = said if isinstance(said, dict) else {}
        namespace = str(call.parameters.get("namespace") or said.get("namespace") or "default")
        name = str(said.get("name") or "")
        if not name and said.get("generateName"):
            name = f"{said['generateName']}{self._world.random.getrandbits(20):05x}"
        if not name:
            text = 'Job.batch "" is invalid: metadata.name: Required value: name or generateName is required'
            raise status(_INVALID, "Invalid", text)
        if (namespace, name) in jobs:
            raise status(_CONFLICT, "AlreadyExists", f'jobs.batch "{name}" already exists')
        made = {
            **said,
            "name": name,
            "namespace": namespace,
            "uid": self._world.uuid(),
            "creationTimestamp": timestamp(self._world.clock.now()),
        }
        jobs[namespace, name] = {"apiVersion": "batch/v1", "kind": "Job", **job, "metadata": made, "status": {}}
        return jobs[namespace, name]

    def _declared(self, call: Call, owner: str) -> Output:
        account = self._world.accounts.get(owner)
        answers = account.stubs.get(STUB) if account else None
        outcome = answers.next(call.parameters["asked"]) if answers else None
        if outcome is None:
            asked = call.parameters["asked"]
            raise Unsupported(f"`{asked['Method']} {asked['Path']}` of a cluster, which `{STUB}` asks for")
        if not isinstance(outcome, Returned):
            raise ServiceError(outcome.code, outcome.message, outcome.status or 500)
        told = outcome.document or {}
        headers = told.get("Headers") or {}
        return {
            "StatusCode": told.get("StatusCode", 200),
            "Headers": {name: value if isinstance(value, list) else [value] for name, value in headers.items()},
            "Body": compact(told.get("ResponseBody", {})),
        }


def status(code: int, reason: str, message: str) -> ServiceError:
    """A failure in the API's own form, a `Status`."""
    body = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": code,
    }
    return ServiceError(str(code), compact(body), code)
