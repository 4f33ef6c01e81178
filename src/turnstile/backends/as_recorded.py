"""Where moto answers otherwise than the services do: texts of refusals, members nobody asked for.

Stands before whatever keeps the resources, in this process or not. Recorded are a topic that does not exist
(services.sns_task_service), the capacity that a call used (services.dynamodb_task_service), and that objects are
encrypted by default and have one checksum (services.aws_sdk_task_service). What a request lacks is `incomplete`'s, and
single services have files of their own: `message_checks`, `item_checks`, `event_entries`. The texts below are reported,
and so is the status of refusals in the JSON protocols.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile.backends import event_entries, incomplete, item_checks, message_checks
from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from turnstile.gate.call import Backend, Call, Output

_FIRST_NUMBER = 10**19
_REFUSED, _FAILED = 400, 500
_OBJECTS = frozenset(
    {"CompleteMultipartUpload", "CopyObject", "CreateMultipartUpload", "GetObject", "HeadObject", "PutObject"}
)
_BATCHES = frozenset(
    {
        ("sns", "PublishBatch"), ("sqs", "ChangeMessageVisibilityBatch"), ("sqs", "DeleteMessageBatch"),
        ("sqs", "SendMessageBatch"),
    }
)  # fmt: skip
"""Answers that have a list of what went well and one of what did not, each where there is something to say."""
_SAID = {
    ("glue", "StartJobRun", "EntityNotFoundException"): "Failed to start job run due to missing metadata",
    ("ssm", "GetParameter", "ParameterNotFound"): "",
}
"""What a service says of a refusal, whatever it is about."""
_NAME = re.compile(r"[a-zA-Z0-9/_+=.@-]+")
_WRONG_NAME = "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"


class AsRecorded:
    """A backend whose answers are put right."""

    def __init__(self, behind: Backend) -> None:
        self._behind = behind
        self._sent: dict[str, int] = {}

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`."""
        _check(call)
        try:
            output = _shown(call, await self._behind.perform(_asked(call), owner))
        except ServiceError as error:
            raise _numbered(call, _worded(call, error)) from None
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
    incomplete.check(call)
    message_checks.check(call)
    item_checks.check(call)
    named = (call.service, call.operation) == ("secretsmanager", "CreateSecret") and call.parameters.get("Name")
    if isinstance(named, str) and _NAME.fullmatch(named) is None:
        raise ServiceError("ValidationException", _WRONG_NAME)


def _asked(call: Call) -> Call:
    """The call as the store understands it."""
    match call.service, call.operation:
        case "events", "PutEvents":
            return event_entries.shown(call)
        case "dynamodb", _:
            return item_checks.asked(call)
    return call


def _shown(call: Call, output: Output) -> Output:
    """The output as the service gives it."""
    match call.service, call.operation:
        case "s3", operation if operation in _OBJECTS:
            whole = {"ChecksumType": "FULL_OBJECT"} if _has_checksum(call, output) else {}
            return {"ServerSideEncryption": "AES256", **whole, **output}
        case "dynamodb", _:
            return item_checks.shown(call, output)
        case "events", "PutEvents":
            return event_entries.answered(call, output)
        case batch if batch in _BATCHES:
            return {name: value for name, value in output.items() if value != []}
    return output


def _has_checksum(call: Call, output: Output) -> bool:
    return call.operation == "PutObject" and any(name.startswith("Checksum") for name in output)


def _worded(call: Call, error: ServiceError) -> ServiceError:
    match call.service, call.operation, error.code:
        case "sns", "Publish", "NotFound" if "TopicArn" in call.parameters:
            return _saying(error, "Topic does not exist")
        case "sns", "Publish", _:
            return message_checks.worded(error)
        case "dynamodb", _, _:
            return item_checks.worded(error)
        case "kms", _, "NotFoundException":
            return _saying(error, re.sub(r"^Invalid keyId ([^'].*)", r"Invalid keyId '\1'", error.message))
        case "athena", "StartQueryExecution", _ if error.message == "WorkGroup does not exist":
            return _saying(error, f"WorkGroup {call.parameters.get('WorkGroup')} is not found.")
    said = _SAID.get((call.service, call.operation, error.code))
    return error if said is None else _saying(error, said)


def _numbered(call: Call, error: ServiceError) -> ServiceError:
    """A refusal with the status of its service: those that speak JSON have one for all that clients do wrong."""
    if not _REFUSED < error.status < _FAILED:
        return error
    from turnstile.wire import models  # noqa: PLC0415 - loads botocore, which most runs never need

    if models.service_model(call.service).resolved_protocol != "json":
        return error
    return ServiceError(error.code, error.message, _REFUSED, request_id=error.request_id)


def _saying(error: ServiceError, message: str) -> ServiceError:
    return ServiceError(error.code, message, error.status, request_id=error.request_id)
