"""Where moto answers otherwise than the services were recorded to: texts of refusals, members nobody asked for.

Stands before whatever keeps the resources, in this process or not. Only what a recording shows is put right here:
that a required member is missing or a table's name is malformed (error_handling.task_service_dynamodb,
task_service_sqs), a topic that does not exist (services.sns_task_service), the capacity that a call used
(services.dynamodb_task_service), and that objects are encrypted by default and have one checksum
(services.aws_sdk_task_service).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.gate.call import Backend, Call, Output

_FIRST_NUMBER = 10**19
_TABLE = re.compile(r"[a-zA-Z0-9_.-]+")
_CONSTRAINT = "1 validation error detected: Value {} at '{}' failed to satisfy constraint: {}"
_REQUIRED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("dynamodb", "DeleteItem"): ("TableName", "Key"),
    ("dynamodb", "GetItem"): ("TableName", "Key"),
    ("dynamodb", "PutItem"): ("TableName", "Item"),
    ("dynamodb", "UpdateItem"): ("TableName", "Key"),
    ("sqs", "SendMessage"): ("QueueUrl", "MessageBody"),
}


_OBJECTS = frozenset(
    {"CompleteMultipartUpload", "CopyObject", "CreateMultipartUpload", "GetObject", "HeadObject", "PutObject"}
)


class AsRecorded:
    """A backend whose answers are put right."""

    def __init__(self, behind: Backend) -> None:
        self._behind = behind
        self._sent: dict[str, int] = {}

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`."""
        _check(call)
        try:
            output = _shown(call, await self._behind.perform(call, owner))
        except ServiceError as error:
            raise _worded(call, error) from None
        topic = str(call.parameters.get("TopicArn", ""))
        if (call.service, call.operation) == ("sns", "Publish") and topic.endswith(".fifo"):
            return {**output, "SequenceNumber": self._next(topic)}
        return output

    def _next(self, topic: str) -> str:
        """The number of a message in an ordered topic: twenty digits that rise."""
        self._sent[topic] = self._sent.get(topic, 0) + 1
        return str(_FIRST_NUMBER + self._sent[topic])


def _check(call: Call) -> None:
    """Refuse what the service refuses by itself.

    Raises:
        ServiceError: it does.
    """
    for name in _REQUIRED.get((call.service, call.operation), ()):
        if call.parameters.get(name) is None:
            raise _missing(call.service, name)
    if call.service == "dynamodb" and isinstance(table := call.parameters.get("TableName"), str):
        _check_table(table)


def _missing(service: str, name: str) -> ServiceError:
    if service == "sqs":
        return ServiceError("MissingParameter", f"The request must contain the parameter {name}.")
    member = name[0].lower() + name[1:]
    return ServiceError("ValidationException", _CONSTRAINT.format("null", member, "Member must not be null"))


def _check_table(name: str) -> None:
    if name.startswith("arn:") or _TABLE.fullmatch(name):
        return
    pattern = f"Member must satisfy regular expression pattern: {_TABLE.pattern}"
    raise ServiceError("ValidationException", _CONSTRAINT.format(f"'{name}'", "tableName", pattern))


def _shown(call: Call, output: Output) -> Output:
    """The output without the used capacity, unless it was asked for; of objects with their encryption."""
    if call.service == "s3" and call.operation in _OBJECTS:
        whole = {"ChecksumType": "FULL_OBJECT"} if _has_checksum(call, output) else {}
        return {"ServerSideEncryption": "AES256", **whole, **output}
    if call.service != "dynamodb" or "ConsumedCapacity" not in output:
        return output
    if call.parameters.get("ReturnConsumedCapacity", "NONE") != "NONE":
        return output
    return {name: value for name, value in output.items() if name != "ConsumedCapacity"}


def _has_checksum(call: Call, output: Output) -> bool:
    return call.operation == "PutObject" and any(name.startswith("Checksum") for name in output)


def _worded(call: Call, error: ServiceError) -> ServiceError:
    if (call.service, call.operation, error.code) == ("sns", "Publish", "NotFound") and "TopicArn" in call.parameters:
        return ServiceError(error.code, "Topic does not exist", error.status, request_id=error.request_id)
    return error
