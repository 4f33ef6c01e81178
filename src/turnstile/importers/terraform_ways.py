"""How values of Terraform's AWS provider are written in CloudFormation: one small function for each way.

A way takes a value of an attribute, or all values of a resource where several attributes say one thing together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeAlias

from turnstile.document import Json

Way: TypeAlias = Callable[[Json], Json]


_HOUR = 3600


class NotJsonError(ValueError):
    """An attribute holds text that should be JSON and is not."""


def same(value: Json) -> Json:
    """As it is."""
    return value


def parsed(value: Json) -> Json:
    """JSON text as a document."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise NotJsonError(value) from None


def pascal(name: str) -> str:
    """`max_session_duration` and `maxSessionDuration` as `MaxSessionDuration`."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def cased(value: Json) -> Json:
    """A value with all its names in CloudFormation's case; what is null or an empty list is left out."""
    if isinstance(value, dict):
        return {pascal(name): cased(member) for name, member in value.items() if member not in (None, [], "")}
    return [cased(element) for element in value] if isinstance(value, list) else value


def block(value: Json) -> Json:
    """A block that may stand once, which the provider keeps as a list."""
    value = value[0] if isinstance(value, list) and value else value
    return cased(value) or None


def blocks(value: Json) -> Json:
    """A block that may stand several times."""
    return cased(value) or None


def parsed_cased(value: Json) -> Json:
    """JSON text whose names begin with small letters."""
    return cased(parsed(value))


def tagged(value: Json) -> Json:
    """Tags, a mapping, as a list."""
    return [{"Key": key, "Value": text} for key, text in value.items()] or None


def listed(value: Json) -> Json:
    """One value as a list of it."""
    return [value]


def session(value: Json) -> Json:
    """The longest session of a role; the provider writes an hour where nobody said anything."""
    return value if value != _HOUR else None


def inline_policies(value: Json) -> Json:
    """Inline policies of a role."""
    found = [each for each in value if each.get("name") and each.get("policy")]
    return [{"PolicyName": each["name"], "PolicyDocument": parsed(each["policy"])} for each in found] or None


def variables(value: Json) -> Json:
    """The block `environment` of a function."""
    return {"Variables": value[0].get("variables") or {}} if value else None


def attributes(value: Json) -> Json:
    """The attributes of a table that keys are made of."""
    return [{"AttributeName": each["name"], "AttributeType": each["type"]} for each in value]


def enabled(value: Json) -> Json:
    """A switch of a rule."""
    return "ENABLED" if value else "DISABLED"


def weights(value: Json) -> Json:
    """Routes of an alias of a state machine."""
    return [{"StateMachineVersionArn": each["state_machine_version_arn"], "Weight": each["weight"]} for each in value]


def _keys(values: Mapping[str, Json]) -> list[Json]:
    kinds = (("hash_key", "HASH"), ("range_key", "RANGE"))
    return [{"AttributeName": values[name], "KeyType": kind} for name, kind in kinds if values.get(name)]


def _index(values: Mapping[str, Json]) -> Json:
    projection = {"ProjectionType": values.get("projection_type") or "ALL"}
    if values.get("non_key_attributes"):
        projection["NonKeyAttributes"] = values["non_key_attributes"]
    return {"IndexName": values["name"], "KeySchema": _keys(values), "Projection": projection, **_capacity(values)}


def _capacity(values: Mapping[str, Json]) -> dict[str, Json]:
    if not values.get("read_capacity") or not values.get("write_capacity"):
        return {}
    units = {"ReadCapacityUnits": values["read_capacity"], "WriteCapacityUnits": values["write_capacity"]}
    return {"ProvisionedThroughput": units}


def table(values: Mapping[str, Json]) -> dict[str, Json]:
    """Keys, indexes, capacity and stream of a table."""
    found: dict[str, Json] = {"KeySchema": _keys(values), **_capacity(values)}
    if values.get("global_secondary_index"):
        found["GlobalSecondaryIndexes"] = [_index(each) for each in values["global_secondary_index"]]
    if values.get("local_secondary_index"):
        local = [{"hash_key": values.get("hash_key"), **each} for each in values["local_secondary_index"]]
        found["LocalSecondaryIndexes"] = [_index(each) for each in local]
    if values.get("stream_enabled"):
        found["StreamSpecification"] = {"StreamViewType": values["stream_view_type"]}
    return found


def fifo(values: Mapping[str, Json]) -> dict[str, Json]:
    """CloudFormation refuses `false` for queues and topics that are none of these."""
    found = {"FifoQueue": values.get("fifo_queue"), "FifoTopic": values.get("fifo_topic")}
    found["ContentBasedDeduplication"] = values.get("content_based_deduplication")
    return {name: True for name, value in found.items() if value}


def qualified(values: Mapping[str, Json]) -> dict[str, Json]:
    """A permission of one version or alias names it together with the function."""
    qualifier = values.get("qualifier")
    return {"FunctionName": f"{values['function_name']}:{qualifier}"} if qualifier else {}


def command(value: Json) -> Json:
    """The command of a Glue job."""
    return cased(value[0]) if value else None


def names(*names: str, way: Way = same) -> dict[str, tuple[str, Way]]:
    """Attributes whose property has the same name in another case."""
    return {name: (pascal(name), way) for name in names}
