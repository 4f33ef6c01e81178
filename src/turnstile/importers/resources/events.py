"""AWS::Events buses, rules, connections, API destinations and archives, and AWS::Scheduler schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.document import Json, compact
from turnstile.importers.resources.called import Called
from turnstile.importers.resources.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.importers.kinds import Item, Kind
    from turnstile.importers.resources.called import Follow

_BUS = Name("Name", 256)
_RULE = Name("Name", 64)
_CONNECTION = Name("Name", 64, stacked=False)


def _bus_of(item: Item) -> str:
    return str(item.properties.get("EventBusName") or "default").rpartition("event-bus/")[2]


def _rule_arn(item: Item) -> str:
    bus = _bus_of(item)
    path = "" if bus == "default" else f"{bus}/"
    return item.stack.arn("events", f"rule/{path}{_RULE.of(item)}")


def _rule_reference(item: Item) -> str:
    bus = _bus_of(item)
    return _RULE.of(item) if bus == "default" else f"{bus}|{_RULE.of(item)}"


def _rule(item: Item) -> Mapping[str, Json]:
    return {name: value for name, value in item.properties.items() if name != "Targets"} | {
        "EventBusName": _bus_of(item)
    }


def _targets(item: Item, name: str) -> Iterator[Follow]:
    targets = item.properties.get("Targets")
    if targets:
        yield "PutTargets", {"Rule": name, "EventBusName": _bus_of(item), "Targets": targets}


def _permission(item: Item) -> Mapping[str, Json]:
    """One statement, or the older form of an action and a principal."""
    written = item.properties.get("Statement")
    if written is None:
        return item.properties
    bus = _bus_of(item)
    statement = {"Sid": item.properties.get("StatementId", item.logical_id), **written}
    return {"EventBusName": bus, "Policy": compact({"Version": "2012-10-17", "Statement": [statement]})}


def _schedule_arn(item: Item) -> str:
    group = item.properties.get("GroupName") or "default"
    return item.stack.arn("scheduler", f"schedule/{group}/{_RULE.of(item)}")


_BUS_ARN = "arn:{partition}:events:{region}:{account}:event-bus/{name}"
_CONNECTION_ARN = "arn:{partition}:events:{region}:{account}:connection/{name}/{uuid}"
_DESTINATION_ARN = "arn:{partition}:events:{region}:{account}:api-destination/{name}/{uuid}"


def _secret(item: Item) -> str:
    name = f"events!connection/{_CONNECTION.of(item)}/{item.random(6, 'secret')}"
    return item.stack.arn("secretsmanager", f"secret:{name}")


KINDS: Mapping[str, Kind] = {
    "AWS::Events::ApiDestination": Called(
        "{name}",
        {"Arn": _DESTINATION_ARN},
        _CONNECTION,
        "events",
        "CreateApiDestination",
        made={"ApiDestinationArn": _DESTINATION_ARN},
    ),
    "AWS::Events::Archive": Called(
        "{name}",
        {"ArchiveName": "{name}", "Arn": "arn:{partition}:events:{region}:{account}:archive/{name}"},
        Name("ArchiveName", 48),
        "events",
        "CreateArchive",
        renamed={"SourceArn": "EventSourceArn"},
    ),
    "AWS::Events::Connection": Called(
        "{name}",
        {"Arn": _CONNECTION_ARN, "SecretArn": _secret},
        _CONNECTION,
        "events",
        "CreateConnection",
        made={"ConnectionArn": _CONNECTION_ARN},
    ),
    "AWS::Events::EventBus": Called(
        "{name}",
        {"Arn": _BUS_ARN, "Name": "{name}"},
        _BUS,
        "events",
        "CreateEventBus",
        adapt=lambda item: {name: value for name, value in item.properties.items() if name != "Policy"},
        after=lambda item, name: (
            [("PutPermission", {"EventBusName": name, "Policy": compact(item.properties["Policy"])})]
            if item.properties.get("Policy")
            else []
        ),
        documents=(("Policy",),),
    ),
    "AWS::Events::EventBusPolicy": Called(
        "{EventBusName}|{StatementId}",
        {},
        service="events",
        operation="PutPermission",
        adapt=_permission,
    ),
    "AWS::Events::Rule": Called(
        _rule_reference, {"Arn": _rule_arn}, _RULE, "events", "PutRule", adapt=_rule, after=_targets
    ),
    "AWS::Scheduler::Schedule": Called("{name}", {"Arn": _schedule_arn}, _RULE, "scheduler", "CreateSchedule"),
    "AWS::Scheduler::ScheduleGroup": Called(
        "{name}",
        {"Arn": "arn:{partition}:scheduler:{region}:{account}:schedule-group/{name}"},
        _RULE,
        "scheduler",
        "CreateScheduleGroup",
    ),
}
