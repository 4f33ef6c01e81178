"""What DynamoDB refuses in a request for an item before it looks at the table, in its words.

A malformed name of a table is recorded (error_handling.task_service_dynamodb/test_put_item_invalid_table_name), values
of two types or none and enumerations are reported.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Context, Decimal, InvalidOperation
from typing import TYPE_CHECKING

from turnstile.backends import updated_attributes
from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call, Output

_TABLE = re.compile(r"[a-zA-Z0-9_.-]+")
_CONSTRAINT = "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: {}"
_VALUES: Mapping[str, tuple[str, ...]] = {
    "ReturnConsumedCapacity": ("INDEXES", "TOTAL", "NONE"),
    "ReturnItemCollectionMetrics": ("SIZE", "NONE"),
    "ReturnValues": ("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"),
    "ReturnValuesOnConditionCheckFailure": ("ALL_OLD", "NONE"),
}
_WITH_VALUES = ("Item", "Key", "ExpressionAttributeValues")
_MAGNITUDE, _PRECISION = 130, Context(prec=60)
"""More digits than a number may have, so that none is rounded here."""
_EMPTY_KEY = "may not contain an empty string. Key: "


def check(call: Call) -> None:
    """Refuse a request that the service refuses.

    Raises:
        ServiceError: it does.
    """
    if call.service != "dynamodb":
        return
    for message in _wrong(call.parameters):
        raise ServiceError("ValidationException", message)


def asked(call: Call) -> Call:
    """The request as the store keeps what is in it: numbers without the zeros that say nothing (documented).

    An update of nothing, which makes an item that is not there yet, has to tell the store of what.
    """
    members: dict[str, Json] = _plain(dict(call.parameters))
    if call.operation == "UpdateItem" and not {"UpdateExpression", "AttributeUpdates"} & members.keys():
        members["AttributeUpdates"] = {}
    return updated_attributes.asked(replace(call, parameters=members))


def _plain(value: Json) -> Json:
    """A document in which the numbers of values are written plainly."""
    match value:
        case {"N": str(text), **rest} if not rest:
            return {"N": _number(text)}
        case {"NS": list(texts), **rest} if not rest:
            return {"NS": [_number(text) if isinstance(text, str) else text for text in texts]}
        case dict():
            return {name: _plain(member) for name, member in value.items()}
        case list():
            return [_plain(item) for item in value]
    return value


def _number(text: str) -> str:
    """A number without superfluous zeros and exponent; what is none stays for the store to refuse."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite() or abs(number.adjusted()) > _MAGNITUDE:
        return text
    return f"{number.normalize(_PRECISION):f}" if number else "0"


def worded(error: ServiceError) -> ServiceError:
    """A refusal of the store in the words of the service."""
    _, found, name = error.message.partition(_EMPTY_KEY)
    if not found:
        return error
    rule = "The AttributeValue for a key attribute cannot contain an empty string value. Key: "
    text = f"One or more parameter values are not valid. {rule}{name}"
    return ServiceError(error.code, text, error.status, request_id=error.request_id)


def shown(call: Call, output: Output) -> Output:
    """The output without the used capacity, unless it was asked for; a write of a small item uses a whole unit."""
    output = updated_attributes.shown(call, output) if call.operation == "UpdateItem" else output
    if "ConsumedCapacity" not in output:
        return output
    if call.parameters.get("ReturnConsumedCapacity", "NONE") == "NONE":
        return {name: value for name, value in output.items() if name != "ConsumedCapacity"}
    whole = call.operation == "UpdateItem" or (call.operation == "GetItem" and call.parameters.get("ConsistentRead"))
    return {**output, "ConsumedCapacity": {**output["ConsumedCapacity"], "CapacityUnits": 1.0}} if whole else output


def _wrong(members: Mapping[str, Json]) -> Iterator[str]:
    name = members.get("TableName")
    if isinstance(name, str) and not name.startswith("arn:") and _TABLE.fullmatch(name) is None:
        rule = f"Member must satisfy regular expression pattern: {_TABLE.pattern}"
        yield _CONSTRAINT.format(name, "tableName", rule)
    for member, values in _VALUES.items():
        given = members.get(member)
        if given is not None and given not in values:
            place = member[0].lower() + member[1:]
            yield _CONSTRAINT.format(given, place, f"Member must satisfy enum value set: [{', '.join(values)}]")
    for member in _WITH_VALUES:
        for value in (members.get(member) or {}).values():
            yield from _value(value)


def _value(value: Json) -> Iterator[str]:
    """What is wrong with one value and those inside; what is no object is left to the model."""
    if not isinstance(value, dict):
        return
    if not value:
        yield "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
    if len(value) > 1:
        yield (
            "Supplied AttributeValue has more than one datatypes set, "
            "must contain exactly one of the supported datatypes"
        )
    for kind, inner in value.items():
        if kind in ("L", "M") and isinstance(inner, (list, dict)):
            for item in inner if isinstance(inner, list) else inner.values():
                yield from _value(item)
