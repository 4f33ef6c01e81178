"""The managed rules of Step Functions in EventBridge's API, in front of the backend that keeps all other rules.

They are shown like any rule, and belong to the service: nobody else may change them, but delete them by `Force` (API
reference: DeleteRule, RemoveTargets). Texts are *inferred*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError
from turnstile.world.event_rule import MANAGER

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.gate.call import Backend, Call, Output
    from turnstile.world.event_rule import EventRule
    from turnstile.world.world import World

_CHANGES = frozenset({"DeleteRule", "DisableRule", "EnableRule", "PutRule", "PutTargets", "RemoveTargets"})
_DEFAULT_BUS = ("", "default")


class ManagedRules:
    """EventBridge with the rules that Step Functions made."""

    def __init__(self, world: World, behind: Backend) -> None:
        self._world = world
        self._behind = behind

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`."""
        if call.operation == "ListRules":
            return await self._list(call, owner)
        rule = self._named(call, owner)
        if rule is None:
            return await self._of_user(call, owner)
        if call.operation == "DescribeRule":
            return {**_shown(rule), "CreatedBy": owner}
        if call.operation == "ListTargetsByRule":
            return {"Targets": list(rule.targets)}
        if call.operation in _CHANGES:
            return self._change(call, owner, rule)
        return await self._behind.perform(call, owner)

    async def _of_user(self, call: Call, owner: str) -> Output:
        """Anything about other rules; where the default bus has one, somebody may hear of executions."""
        output = await self._behind.perform(call, owner)
        if call.operation == "PutRule" and call.parameters.get("EventPattern") and _on_default_bus(call):
            self._world.ruled.add((owner, call.region))
        return output

    def _named(self, call: Call, owner: str) -> EventRule | None:
        name = call.parameters.get("Name") or call.parameters.get("Rule")
        return next((rule for rule in self._rules(call, owner) if rule.name == name), None)

    def _rules(self, call: Call, owner: str) -> list[EventRule]:
        """Those of the account and the Region of a call, if it is about the default bus."""
        account = self._world.accounts.get(owner)
        if account is None or not _on_default_bus(call):
            return []
        return [rule for rule in account.event_rules.values() if rule.region == call.region]

    def _change(self, call: Call, owner: str, rule: EventRule) -> Output:
        if call.operation not in ("DeleteRule", "RemoveTargets") or not call.parameters.get("Force"):
            text = f"Rule {rule.name} is managed by {MANAGER}, so {call.operation} is not allowed on it."
            raise ServiceError("ManagedRuleException", text)
        del self._world.accounts[owner].event_rules[rule.arn]
        return {"FailedEntryCount": 0, "FailedEntries": []} if call.operation == "RemoveTargets" else {}

    async def _list(self, call: Call, owner: str) -> Output:
        """ListRules: the managed ones stand before the others, on the first page."""
        output = await self._behind.perform(call, owner)
        if call.parameters.get("NextToken"):
            return output
        prefix = str(call.parameters.get("NamePrefix") or "")
        mine = [_shown(rule) for rule in self._rules(call, owner) if rule.name.startswith(prefix)]
        return {**output, "Rules": [*mine, *(output.get("Rules") or ())]}


def _on_default_bus(call: Call) -> bool:
    return str(call.parameters.get("EventBusName") or "").rpartition("/")[2] in _DEFAULT_BUS


def _shown(rule: EventRule) -> dict[str, Json]:
    return {
        "Name": rule.name,
        "Arn": rule.arn,
        "EventPattern": rule.pattern,
        "State": "ENABLED",
        "Description": "This rule is used to notify AWS Step Functions regarding integrated jobs",
        "ManagedBy": MANAGER,
        "EventBusName": "default",
    }
