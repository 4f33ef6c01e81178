"""EMR's two APIs that only Step Functions has: an instance fleet or group is looked up by its name and then modified.

Two calls of one Task, each judged. Facts: reference/integrations.json (elasticmapreduce); what a name that the cluster
lacks comes to is *inferred*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError
from turnstile.integrations.failure import Family
from turnstile.integrations.offer import Offer
from turnstile.integrations.optimized import Api
from turnstile.integrations.parameters import missing

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.document import Json
    from turnstile.integrations.offer import Offers
    from turnstile.integrations.work import Work

_FAMILY = Family("ElasticMapReduce", "AmazonElasticMapReduce", "AmazonElasticMapReduceException")


@dataclass(frozen=True, slots=True)
class ModifyByName:
    """One of the two: `kind` is `InstanceFleet` or `InstanceGroup`."""

    kind: str
    listing: str
    change: Api

    async def start(self, work: Work) -> Json:
        """Look the name up and make the change.

        Raises:
            StatesError: see `Integration.start`; the cluster has no fleet or group of that name.
        """
        members = {name: value for name, value in work.members.items() if value is not None}
        cluster = {"ClusterId": members["ClusterId"]}
        found = await self._find(work, cluster, members[f"{self.kind}Name"])
        target = {**members.get(self.kind, {}), f"{self.kind}Id": found}
        several = self.change.operation.endswith("s")
        request = {**cluster, **({f"{self.kind}s": [target]} if several else {self.kind: target})}
        return self.change.shown(work, request, await self.change.ask(work, request))

    async def _find(self, work: Work, cluster: dict[str, Json], name: Json) -> str:
        """The id behind a name, page after page."""
        page: dict[str, Json] = {}
        while True:
            try:
                answer = await work.ask("emr", self.listing, {**cluster, **page})
            except ServiceError as error:
                raise _FAMILY.failure(error, work.models.error_codes("emr")) from None
            for each in answer.output.get(f"{self.kind}s") or ():
                if each.get("Name") == name:
                    return str(each["Id"])
            if not answer.output.get("Marker"):
                text = f"{self.kind} with name '{name}' does not exist in cluster '{cluster['ClusterId']}'"
                absent = ServiceError("InvalidRequestException", text, request_id=answer.request_id)
                raise _FAMILY.failure(absent, work.models.error_codes("emr"))
            page = {"Marker": answer.output["Marker"]}


def check(kind: str) -> Callable[[Json], None]:
    """What refuses parameters that do not say which cluster and which name."""

    def checked(parameters: Json) -> None:
        for name in ("ClusterId", f"{kind}Name"):
            if isinstance(parameters, dict) and parameters.get(name) is None:
                raise missing(parameters, name)

    return checked


OFFERS: Offers = {
    ("elasticmapreduce", "modifyInstanceFleetByName"): Offer(
        ModifyByName("InstanceFleet", "ListInstanceFleets", Api("emr", "ModifyInstanceFleet", _FAMILY)),
        check=check("InstanceFleet"),
    ),
    ("elasticmapreduce", "modifyInstanceGroupByName"): Offer(
        ModifyByName("InstanceGroup", "ListInstanceGroups", Api("emr", "ModifyInstanceGroups", _FAMILY)),
        check=check("InstanceGroup"),
    ),
}
