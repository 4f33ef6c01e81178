"""`sagemaker:UpdateEndpoint`, which moto lacks: an endpoint that moto keeps, and the configuration it has since."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.gate.call import Backend, Call, Output


class ModelEndpoints:
    """The backend behind, but for endpoints whose configuration was changed."""

    def __init__(self, behind: Backend) -> None:
        self._behind = behind
        self._updated: dict[tuple[str, str, str], Json] = {}

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`.

        Raises:
            ServiceError: there is no such endpoint or configuration.
        """
        place = owner, call.region, str(call.parameters.get("EndpointName", ""))
        match call.service, call.operation:
            case "sagemaker", "UpdateEndpoint":
                return await self._update(call, owner, place)
            case "sagemaker", "DescribeEndpoint" if place in self._updated:
                described = await self._behind.perform(call, owner)
                return {**described, "EndpointConfigName": self._updated[place]}
            case "sagemaker", "DeleteEndpoint":
                self._updated.pop(place, None)
        return await self._behind.perform(call, owner)

    async def _update(self, call: Call, owner: str, place: tuple[str, str, str]) -> Output:
        name = call.parameters.get("EndpointConfigName")
        for operation, given in (
            ("DescribeEndpointConfig", {"EndpointConfigName": name}),
            ("DescribeEndpoint", {"EndpointName": place[2]}),
        ):
            found = await self._behind.perform(replace(call, operation=operation, parameters=given), owner)
        self._updated[place] = name
        return {"EndpointArn": found["EndpointArn"]}
