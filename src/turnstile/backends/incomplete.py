"""Requests that lack what the service's model requires, or have less of it, in the words of the services.

Most services say it as one sentence with all that is wrong (recorded for DynamoDB:
error_handling.task_service_dynamodb/test_invalid_param), SQS names the first member that is missing (recorded:
error_handling.task_service_sqs/test_send_message_empty_body). Only Tasks are checked here, for other clients refuse
such requests themselves; the two services above say it to everybody. Tokens that clients make up are never missing. The
code of the query protocol is that of IAM.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call

_TO_EVERYBODY = frozenset(
    {
        ("dynamodb", "DeleteItem"), ("dynamodb", "GetItem"), ("dynamodb", "PutItem"), ("dynamodb", "UpdateItem"),
        ("sqs", "SendMessage"),
    }
)  # fmt: skip
_BY_NAME = frozenset({"ec2", "sqs"})
"""Services that ask for a member by its name."""
_BY_CLIENT = frozenset({"s3", "s3control"})
"""Services whose client does not send such requests, in words that nobody has reported."""


def check(call: Call) -> None:
    """Refuse a request that lacks something.

    Raises:
        ServiceError: it does.
        Unsupported: there is no such operation.
    """
    if call.service in _BY_CLIENT or (call.site is None and (call.service, call.operation) not in _TO_EVERYBODY):
        return
    from turnstile.wire import models  # noqa: PLC0415 - loads botocore, which most runs never need

    model = models.service_model(call.service)
    shape = models.operation_model(model, call.operation).input_shape
    if shape is None:
        return
    if call.service in _BY_NAME:
        _check_names(shape, call.parameters)
        return
    wrong = list(_lacking(shape, call.parameters, "", limits=call.service != "dynamodb"))
    if wrong:
        errors = "validation error" if len(wrong) == 1 else "validation errors"
        text = "; ".join(wrong)
        code = "ValidationError" if model.resolved_protocol == "query" else "ValidationException"
        raise ServiceError(code, f"{len(wrong)} {errors} detected: {text}")


def _check_names(shape: Any, members: Mapping[str, Json]) -> None:
    """What is inside of members is for the service's own rules."""
    missing = next((name for name in shape.required_members if members.get(name) is None), None)
    if missing is not None:
        raise ServiceError("MissingParameter", f"The request must contain the parameter {missing}.")


def _lacking(shape: Any, value: Json, place: str, *, limits: bool) -> Iterator[str]:
    """Sentences on what is missing, and with `limits` on what is too short."""
    match shape.type_name, value:
        case "structure", dict():
            yield from _structure(shape, value, place, limits=limits)
        case "list", list():
            yield from _short(shape, value, place) if limits else ()
            for index, item in enumerate(value, 1):
                yield from _lacking(shape.member, item, f"{place}.{index}.member", limits=limits)
        case "map", dict():
            for key, item in value.items():
                yield from _lacking(shape.value, item, f"{place}.{key}.member", limits=limits)
        case "string", str() if limits:
            yield from _short(shape, value, place)


def _structure(shape: Any, value: Mapping[str, Json], place: str, *, limits: bool) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None and not shape.members[name].metadata.get("idempotencyToken"):
            yield _sentence("null", _joined(place, name), "Member must not be null")
    for name, item in value.items():
        if name in shape.members and item is not None:
            yield from _lacking(shape.members[name], item, _joined(place, name), limits=limits)


def _short(shape: Any, value: str | list[Json], place: str) -> Iterator[str]:
    least = shape.metadata.get("min", 0)
    if len(value) < least:
        shown = f"'{value}'" if isinstance(value, str) else "'[]'"
        rule = f"Member must have length greater than or equal to {least}"
        yield _sentence(shown, place, rule)


def _joined(place: str, name: str) -> str:
    return f"{place}.{name[0].lower()}{name[1:]}".removeprefix(".")


def _sentence(shown: str, place: str, rule: str) -> str:
    return f"Value {shown} at '{place}' failed to satisfy constraint: {rule}"
