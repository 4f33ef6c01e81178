"""Aliases of state machines in the API: create, describe, update, list, delete.

Recorded: sfn_api_aliasing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError
from turnstile.states.naming import is_version, no_resource, split_qualifier
from turnstile.states.pages import page
from turnstile.world.machine import Alias, Route

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.states.registry import Registry

_MOST = 100
"""Aliases a machine may have (reference/limits.md)."""
_WHOLE = 100
"""What the weights of an alias add up to."""
_CONFLICT = (
    "Failed to create alias because an alias with the same name and a different routing configuration already exists."
)


class Aliases:
    """The operations on aliases."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.operations = {
            "CreateStateMachineAlias": self.create,
            "DeleteStateMachineAlias": self.delete,
            "DescribeStateMachineAlias": self.describe,
            "ListStateMachineAliases": self.listing,
            "UpdateStateMachineAlias": self.update,
        }

    async def create(self, call: Call, _owner: str) -> Output:
        """CreateStateMachineAlias; the same request again changes nothing."""
        routes = self._routes(call.parameters["routingConfiguration"])
        machine = self._registry.living(split_qualifier(routes[0].version_arn)[0])
        name, now = str(call.parameters["name"]), self._registry.world.clock.now()
        description = str(call.parameters.get("description") or "")
        asked = Alias(f"{machine.arn}:{name}", name, machine.arn, description, routes, now, now)
        aliases = self._registry.published(machine.arn).aliases
        alias = aliases.get(asked.arn)
        if alias is None:
            _check_quota(len(aliases), machine.arn)
            alias = aliases[asked.arn] = asked
        elif (alias.description, alias.routes) != (asked.description, asked.routes):
            raise ServiceError("ConflictException", _CONFLICT)
        return {"stateMachineAliasArn": alias.arn, "creationDate": alias.created}

    async def describe(self, call: Call, _owner: str) -> Output:
        """DescribeStateMachineAlias."""
        alias = self._alias(call)
        described = {"description": alias.description} if alias.description else {}
        return {
            "stateMachineAliasArn": alias.arn,
            "name": alias.name,
            "routingConfiguration": [
                {"stateMachineVersionArn": route.version_arn, "weight": route.weight} for route in alias.routes
            ],
            "creationDate": alias.created,
            "updateDate": alias.updated,
        } | described

    async def update(self, call: Call, _owner: str) -> Output:
        """UpdateStateMachineAlias; the refusal of an empty update is *inferred*."""
        alias = self._alias(call)
        changes: dict[str, Json] = {}
        if call.parameters.get("description") is not None:
            changes["description"] = str(call.parameters["description"])
        if call.parameters.get("routingConfiguration") is not None:
            changes["routes"] = self._routes(call.parameters["routingConfiguration"])
        if not changes:
            message = "Either the description or the routing configuration must be specified"
            raise ServiceError("ValidationException", message)
        alias = replace(alias, updated=self._registry.world.clock.now(), **changes)
        self._registry.published(alias.machine_arn).aliases[alias.arn] = alias
        return {"updateDate": alias.updated}

    async def listing(self, call: Call, _owner: str) -> Output:
        """ListStateMachineAliases of a machine, or those that lead to one version, in order of creation."""
        arn = str(call.parameters["stateMachineArn"])
        plain, qualifier = split_qualifier(arn)
        machine = self._registry.machine(plain)
        aliases = tuple(
            alias
            for alias in self._registry.published(machine.arn).aliases.values()
            if not qualifier or arn in {route.version_arn for route in alias.routes}
        )
        shown, more = page(call, aliases, lambda alias: alias.arn, arn)
        listed = [{"stateMachineAliasArn": each.arn, "creationDate": each.created} for each in shown]
        return {"stateMachineAliases": listed} | more

    async def delete(self, call: Call, _owner: str) -> Output:
        """DeleteStateMachineAlias; one that does not exist is deleted already (*inferred*)."""
        arn = str(call.parameters["stateMachineAliasArn"])
        self._registry.published(split_qualifier(arn)[0]).aliases.pop(arn, None)
        return {}

    def _alias(self, call: Call) -> Alias:
        alias = self._registry.alias(str(call.parameters["stateMachineAliasArn"]))
        if alias is None:
            raise no_resource()
        return alias

    def _routes(self, given: list[Json]) -> tuple[Route, ...]:
        routes = tuple(Route(str(each["stateMachineVersionArn"]), int(each["weight"])) for each in given)
        arns = [route.version_arn for route in routes]
        received = f"Received: [{', '.join(arns)}]"
        parts = [split_qualifier(arn) for arn in arns]
        if not all(is_version(qualifier) for _, qualifier in parts):
            raise _invalid(f"Routing configuration must contain state machine version ARNs. {received}")
        if len(set(arns)) < len(arns):
            raise _invalid(f"Routing configuration must contain distinct state machine version ARNs. {received}")
        if len({machine for machine, _ in parts}) > 1:
            raise _invalid(f"Routing configuration must contain versions of one state machine. {received}")
        weights = [route.weight for route in routes]
        if sum(weights) != _WHOLE:
            raise _invalid(f"Sum of routing configuration weights must equal {_WHOLE}. Received: {weights}")
        if any(self._registry.version(arn) is None for arn in arns):
            raise no_resource()
        return routes


def _invalid(problem: str) -> ServiceError:
    return ServiceError("ValidationException", problem)


def _check_quota(taken: int, machine_arn: str) -> None:
    if taken >= _MOST:
        message = f"The state machine has reached its limit of {_MOST} aliases: '{machine_arn}'"
        raise ServiceError("ServiceQuotaExceededException", message)
