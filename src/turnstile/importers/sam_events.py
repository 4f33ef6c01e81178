"""`Events` of SAM functions and machines: the rules, subscriptions, mappings and permissions they make.

Spec: AWS SAM, "EventSource" and the pages of each event type. A bucket's notifications are not written into it
(*inferred*: nothing delivers them here), but its permission is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.importers.intrinsics import called
from turnstile.importers.resolver import without_resources
from turnstile.importers.sam_apis import http_event, rest_event
from turnstile.importers.sam_making import attribute
from turnstile.importers.sam_policies import allowing, trusting
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.importers.part import Part
    from turnstile.importers.sam_making import Making
    from turnstile.importers.template import Declared

_STREAMS = {
    "DocumentDB": ("Cluster", ""),
    "DynamoDB": ("Stream", "service-role/AWSLambdaDynamoDBExecutionRole"),
    "Kinesis": ("Stream", "service-role/AWSLambdaKinesisExecutionRole"),
    "MQ": ("Broker", "service-role/AWSLambdaAMQExecutionRole"),
    "MSK": ("Stream", "service-role/AWSLambdaMSKExecutionRole"),
    "SQS": ("Queue", "service-role/AWSLambdaSQSQueueExecutionRole"),
    "SelfManagedKafka": ("", ""),
}
"""Where events are polled: the property that holds the ARN, and the policy of AWS that the role needs."""
_APIS = ("Api", "HttpApi")
_LEFT_OUT = {
    "AlexaSkill": "Alexa::ASK::Skill",
    "Cognito": "AWS::Cognito::UserPoolLambdaTrigger",
    "IoTRule": "AWS::IoT::TopicRule",
}
"""Sources that nothing here emulates, by a type they are listed under."""
_RULE = {
    "Description": "Description", "EventBusName": "EventBusName", "Name": "Name", "Pattern": "EventPattern",
    "RuleName": "Name", "Schedule": "ScheduleExpression", "State": "State",
}  # fmt: skip
_TARGET = {
    "DeadLetterConfig": "DeadLetterConfig", "Input": "Input", "InputPath": "InputPath",
    "InputTransformer": "InputTransformer", "RetryPolicy": "RetryPolicy",
}  # fmt: skip
_SCHEDULE = {
    "Description": "Description", "EndDate": "EndDate", "FlexibleTimeWindow": "FlexibleTimeWindow",
    "GroupName": "GroupName", "KmsKeyArn": "KmsKeyArn", "Name": "Name", "ScheduleExpression": "ScheduleExpression",
    "ScheduleExpressionTimezone": "ScheduleExpressionTimezone", "StartDate": "StartDate", "State": "State",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """What one event makes; `policy` is the path of the policy of AWS that the function's role needs for it."""

    resources: tuple[Declared, ...]
    policy: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """An event being read: `target` is the function or machine that it starts."""

    making: Making
    name: str
    part: Part
    properties: Part
    target: Json

    @property
    def id(self) -> str:
        return f"{self.making.id}{self.name}"

    def taken(self, names: Mapping[str, str]) -> dict[str, Json]:
        found = ((plain, self.properties.get(name)) for name, plain in names.items())
        return {plain: part.moved for plain, part in found if part is not None}

    def needed(self, name: str) -> Json:
        part = self.properties.get(name)
        if part is None:
            message = f"the event `{self.name}` has no `{name}`"
            self.making.refuse(self.part, "missing-property", message, f"add `{name}`")
        return part.moved

    def beside(self, suffix: str, kind: str, properties: Mapping[str, Json]) -> Declared:
        return self.making.beside(f"{self.id}{suffix}", kind, properties, self.part)

    def permission(self, principal: str, source: Mapping[str, Json]) -> Declared:
        allowed = {"Action": "lambda:InvokeFunction", "FunctionName": self.target, "Principal": principal}
        return self.beside("Permission", "AWS::Lambda::Permission", {**allowed, **source})


def function_events(making: Making, target: Json) -> Iterator[Event]:
    """What the events of a function make; `target` is what they invoke."""
    for source, kind in _sources(making, target, _FOR_FUNCTIONS):
        yield _FOR_FUNCTIONS[kind](source, kind)


def machine_events(making: Making, target: Json) -> Iterator[Event]:
    """What the events of a state machine make; `target` is what they start."""
    for source, kind in _sources(making, target, _FOR_MACHINES):
        yield _FOR_MACHINES[kind](source, kind)


def _sources(making: Making, target: Json, known: Mapping[str, object]) -> Iterator[tuple[_Source, str]]:
    for name, part in making.members("Events"):
        written = part.get("Type")
        if written is None or not isinstance(written.value, str):
            making.refuse(part, "missing-type", f"the event `{name}` has no `Type`", "add one, as `SQS`")
        if written.value not in known:
            message = f"SAM has no event type `{written.value}` here"
            making.refuse(written, "unknown-event", message, hint(written.value, known, "event types"))
        properties = part.get("Properties")
        if properties is not None and not isinstance(properties.value, dict):
            making.refuse(properties, "wrong-type", f"`Properties` is an object, not {called(properties.value)}")
        yield _Source(making, name, part, properties or part, target), written.value


def _polled(source: _Source, kind: str) -> Event:
    property_name, policy = _STREAMS[kind]
    left = {name: name for name in source.properties.value if name not in (property_name, "Type", "Properties")}
    properties = {"FunctionName": source.target, **source.taken(left)}
    if property_name:
        properties["EventSourceArn"] = source.needed(property_name)
    return Event((source.beside("", "AWS::Lambda::EventSourceMapping", properties),), policy)


def _notified(source: _Source, _kind: str) -> Event:
    topic = source.needed("Topic")
    subscription = {
        "Endpoint": source.target,
        "Protocol": "lambda",
        "TopicArn": topic,
        **source.taken({name: name for name in ("FilterPolicy", "FilterPolicyScope", "RedrivePolicy", "Region")}),
    }
    permission = source.permission("sns.amazonaws.com", {"SourceArn": topic})
    return Event((permission, source.beside("", "AWS::SNS::Subscription", subscription)))


def _stored(source: _Source, _kind: str) -> Event:
    source.needed("Bucket")
    account = {"SourceAccount": {"Ref": "AWS::AccountId"}}
    return Event((source.permission("s3.amazonaws.com", account),))


def _logged(source: _Source, _kind: str) -> Event:
    group = source.needed("LogGroupName")
    pattern = source.needed("FilterPattern")
    filtered = {"DestinationArn": source.target, "FilterPattern": pattern, "LogGroupName": group}
    arn = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Group}:*"
    permission = source.permission("logs.amazonaws.com", {"SourceArn": {"Fn::Sub": [arn, {"Group": group}]}})
    return Event((permission, source.beside("", "AWS::Logs::SubscriptionFilter", filtered)))


def _ruled(source: _Source, _kind: str) -> Event:
    rule = _rule(source, {"Id": f"{source.id}LambdaTarget"})
    return Event((rule, source.permission("events.amazonaws.com", {"SourceArn": attribute(source.id)})))


def _rule(source: _Source, target: dict[str, Json]) -> Declared:
    properties = source.taken(_RULE)
    enabled = source.properties.get("Enabled")
    if enabled is not None:
        on = without_resources(source.making.scope, enabled) in (True, "true")
        properties["State"] = "ENABLED" if on else "DISABLED"
    chosen = source.properties.get("Target")
    name = chosen.get("Id") if chosen is not None else None
    own = {"Id": name.moved} if name is not None else {}
    targets = [{"Arn": source.target, **target, **own, **source.taken(_TARGET)}]
    return source.beside("", "AWS::Events::Rule", {**properties, "Targets": targets})


def _scheduled(source: _Source, action: str) -> Event:
    properties = source.taken(_SCHEDULE)
    properties.setdefault("FlexibleTimeWindow", {"Mode": "OFF"})
    properties.setdefault("Name", source.id)
    own = source.properties.get("RoleArn")
    role = own.moved if own is not None else attribute(f"{source.id}Role")
    properties["Target"] = {"Arn": source.target, "RoleArn": role, **source.taken({"Input": "Input"})}
    schedule = source.beside("", "AWS::Scheduler::Schedule", properties)
    if own is not None:
        return Event((schedule,))
    return Event((_starter(source, "scheduler.amazonaws.com", action), schedule))


def _starter(source: _Source, service: str, action: str) -> Declared:
    """The role with which an event starts its target."""
    statement = {"Effect": "Allow", "Action": action, "Resource": source.target}
    policy = "StartExecutionPolicy" if action.startswith("states:") else "LambdaPolicy"
    boundary = source.taken({"PermissionsBoundary": "PermissionsBoundary"})
    inline = [allowing(f"{source.id}Role{policy}", [statement])]
    facts = {"AssumeRolePolicyDocument": trusting(service), "Policies": inline, **boundary}
    return source.beside("Role", "AWS::IAM::Role", facts)


def _function_schedule(source: _Source, _kind: str) -> Event:
    return _scheduled(source, "lambda:InvokeFunction")


def _machine_schedule(source: _Source, _kind: str) -> Event:
    return _scheduled(source, "states:StartExecution")


def _machine_rule(source: _Source, _kind: str) -> Event:
    own = source.properties.get("RoleArn")
    role = own.moved if own is not None else attribute(f"{source.id}Role")
    rule = _rule(source, {"Id": f"{source.id}StepFunctionsTarget", "RoleArn": role})
    if own is not None:
        return Event((rule,))
    return Event((_starter(source, "events.amazonaws.com", "states:StartExecution"), rule))


def _behind_api(source: _Source, kind: str) -> Event:
    made = rest_event if kind == "Api" else http_event
    return Event(tuple(made(source.making, source.name, source.part, source.properties, source.target)))


def _starting_api(source: _Source, kind: str) -> Event:
    """An API in front of a machine is listed only: its integration would be a call of the machine's own."""
    return Event((source.beside("", f"AWS::Serverless::{kind}", {"Target": {"Ref": source.making.id}}),))


def _left_out(source: _Source, kind: str) -> Event:
    return Event((source.beside("", _LEFT_OUT[kind], {"Target": {"Ref": source.making.id}}),))


_FOR_FUNCTIONS: Mapping[str, Callable[[_Source, str], Event]] = {
    **dict.fromkeys(_STREAMS, _polled),
    **dict.fromkeys(_APIS, _behind_api),
    **dict.fromkeys(_LEFT_OUT, _left_out),
    **dict.fromkeys(("CloudWatchEvent", "EventBridgeRule", "Schedule"), _ruled),
    "CloudWatchLogs": _logged,
    "S3": _stored,
    "SNS": _notified,
    "ScheduleV2": _function_schedule,
}
_FOR_MACHINES: Mapping[str, Callable[[_Source, str], Event]] = {
    **dict.fromkeys(_APIS, _starting_api),
    **dict.fromkeys(("CloudWatchEvent", "EventBridgeRule", "Schedule"), _machine_rule),
    "ScheduleV2": _machine_schedule,
}
