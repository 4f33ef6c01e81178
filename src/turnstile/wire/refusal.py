"""Refusals as messages: a service's error in the shape that its protocol gives errors.

Smithy's protocol pages, "Operation error serialization"; S3 API Reference, "Error responses"; EC2 API Reference, "Error
codes". Members of an error beside its message are not known here and left out.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from turnstile.faults import Unsupported
from turnstile.wire import cbor, xml
from turnstile.wire.answer import CBOR_HEADERS, identified, namespace_of
from turnstile.wire.message import Reply
from turnstile.wire.models import service_model

if TYPE_CHECKING:
    from turnstile.gate.errors import ServiceError
    from turnstile.wire.message import Message

_SERVER = 500
_SAME_IN_SQS = [
    "BatchEntryIdsNotDistinct",
    "BatchRequestTooLong",
    "EmptyBatchRequest",
    "InvalidBatchEntryId",
    "MessageNotInflight",
    "PurgeQueueInProgress",
    "QueueDeletedRecently",
    "TooManyEntriesInBatchRequest",
    "UnsupportedOperation",
]
_QUERY_CODES = {
    **{name: f"AWS.SimpleQueueService.{name}" for name in _SAME_IN_SQS},
    "QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue",
    "QueueNameExists": "QueueAlreadyExists",
    "KmsAccessDenied": "KMS.AccessDeniedException",
    "KmsDisabled": "KMS.DisabledException",
    "KmsInvalidKeyUsage": "KMS.InvalidKeyUsageException",
    "KmsInvalidState": "KMS.InvalidStateException",
    "KmsNotFound": "KMS.NotFoundException",
    "KmsOptInRequired": "KMS.OptInRequired",
    "KmsThrottled": "KMS.ThrottlingException",
}
"""Codes that SQS had under the query protocol, by its shapes, which do not say them (SQS API Reference, "Errors")."""


def write_refusal(service: str, operation: str, error: ServiceError, request_id: str, protocol: str = "") -> Reply:
    """The response for an error; `protocol` is that of botocore's own clients unless it is given.

    Both names may be empty where nobody knows what the client wanted; then a protocol must be given.
    """
    model = _model(service)
    request_id = error.request_id or request_id
    headers = identified(service, request_id)
    match protocol or model.resolved_protocol:
        case "query":
            body = _error_response(error, model, request_id)
            return Reply(error.status, {**headers, "content-type": "text/xml"}, body)
        case "ec2":
            return Reply(error.status, {**headers, "content-type": "text/xml"}, _ec2(error, request_id))
        case "rest-xml":
            return _rest_xml(service, operation, error, model, request_id)
        case "smithy-rpc-v2-cbor":
            members, more = _structure(error, model)
            return Reply(error.status, headers | more | CBOR_HEADERS, cbor.dumps(members))
        case "json":
            members, more = _structure(error, model)
            version = model.metadata.get("jsonVersion", "1.1") if model else "1.1"
            return Reply(
                error.status,
                headers | more | {"content-type": f"application/x-amz-json-{version}"},
                json.dumps(members).encode(),
            )
    return _rest_json(error, model, operation, headers)


def likely_protocol(message: Message) -> str:
    """The protocol that a client seems to speak whose service nobody knows."""
    if "x-amz-target" in message.headers:
        return "json"
    if "smithy-protocol" in message.headers:
        return "smithy-rpc-v2-cbor"
    if message.media_type() == "application/x-www-form-urlencoded" or "Action=" in message.query:
        return "query"
    return "rest-json"


def _model(service: str) -> Any:
    try:
        return service_model(service) if service else None
    except Unsupported:
        return None


def _structure(error: ServiceError, model: Any) -> tuple[dict[str, str], dict[str, str]]:
    """The members of an error in JSON or CBOR, and the header that carries the code it had under the query protocol."""
    shape = _shape(error.code, model)
    name = shape.name if shape is not None else error.code
    members = {"__type": name, _message_member(shape): error.message}
    if model is None or not model.is_query_compatible:
        return members, {}
    code = _query_code(shape) if shape is not None else error.code
    return members, {"x-amzn-query-error": f"{code};{_sender(error)}"}


def _shape(code: str, model: Any) -> Any:
    """The shape of an error with that name or code; None if the model has none."""
    shapes = model.error_shapes if model is not None else ()
    return next((shape for shape in shapes if code in (shape.name, _query_code(shape))), None)


def _query_code(shape: Any) -> str:
    return _QUERY_CODES.get(shape.name) or str(shape.error_code)


def _message_member(shape: Any) -> str:
    """Services differ in how they spell it."""
    members = shape.members if shape is not None else ()
    return next((name for name in members if name.lower() == "message"), "message")


def _sender(error: ServiceError) -> str:
    return "Receiver" if error.status >= _SERVER else "Sender"


def _rest_json(error: ServiceError, model: Any, operation: str, headers: dict[str, str]) -> Reply:
    if _is_head(model, operation):
        return Reply(error.status, {**headers, "x-amzn-errortype": error.code})
    shape = _shape(error.code, model)
    body = {_message_member(shape): error.message}
    if shape is not None and "Type" in shape.members:
        body["Type"] = "Service" if error.status >= _SERVER else "User"  # Lambda's
    headers = {**headers, "x-amzn-errortype": error.code, "content-type": "application/json"}
    return Reply(error.status, headers, json.dumps(body).encode())


def _rest_xml(service: str, operation: str, error: ServiceError, model: Any, request_id: str) -> Reply:
    headers = {**identified(service, request_id), "content-type": "application/xml"}
    if _is_head(model, operation):
        return Reply(error.status, headers)
    if service != "s3":
        return Reply(error.status, headers, _error_response(error, model, request_id))
    parts = {"Code": error.code, "Message": error.message, "RequestId": request_id, "HostId": request_id}
    return Reply(error.status, headers, _xml(xml.element("Error", _elements(parts))))


def _is_head(model: Any, operation: str) -> bool:
    known = model is not None and operation in model.operation_names
    return bool(known and model.operation_model(operation).http.get("method") == "HEAD")


def _error_response(error: ServiceError, model: Any, request_id: str) -> bytes:
    facts = xml.element("Error", _elements({"Type": _sender(error), "Code": error.code, "Message": error.message}))
    namespace = namespace_of(model) if model is not None else ""
    return _xml(xml.element("ErrorResponse", facts + _elements({"RequestId": request_id}), namespace))


def _ec2(error: ServiceError, request_id: str) -> bytes:
    facts = xml.element("Error", _elements({"Code": error.code, "Message": error.message}))
    return _xml(xml.element("Response", xml.element("Errors", facts) + _elements({"RequestID": request_id})))


def _elements(texts: dict[str, str]) -> str:
    return "".join(xml.element(name, xml.plain(text)) for name, text in texts.items())


def _xml(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()
