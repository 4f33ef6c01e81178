"""Requests as calls: which operation a message means, with which parameters, and who is said to have signed it.

The parameters are what `gate.call.Call` takes: the members of the input shape by botocore's names. Nothing is judged
here, not even the signature (`authentication`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.validate import ParamValidator

from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.wire import cbor, form, rest, structured, transfer
from turnstile.wire.bodies import load_json
from turnstile.wire.complaints import in_json_words
from turnstile.wire.models import operation_model, service_model
from turnstile.wire.naming import Aim, aim
from turnstile.wire.signature import signature_of

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.wire.message import Message
    from turnstile.wire.signature import Signature

_UNREADABLE = {"ec2": "InvalidParameterValue", "query": "MalformedInput", "rest-xml": "MalformedXML"}
_UNFIT = {"ec2": "InvalidParameterValue", "query": "ValidationError", "rest-xml": "InvalidRequest"}
"""Error codes of malformed and invalid requests by protocol, for clients check before they send (*inferred*)."""

_DEFAULT_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Addressed:
    """What a message is for, before its body is read; `region` is that of the signature."""

    aim: Aim
    signature: Signature | None
    region: str
    operation: Any


@dataclass(frozen=True, slots=True)
class Request:
    """A message as a call; `access_key` is empty if nobody signed it."""

    service: str
    operation: str
    parameters: dict[str, Json]
    region: str
    access_key: str
    protocol: str


def address(message: Message) -> Addressed:
    """What a message is for.

    Raises:
        ServiceError: the signature lacks a part, or the body does not hold together.
        Unsupported: botocore knows no such operation, or it speaks in streams of events.
    """
    signature = signature_of(message)
    plain = transfer.decoded(message)
    if signature is None or not signature.service.startswith("s3"):
        plain = transfer.unpacked(plain)
    to = aim(plain, signature)
    region = signature.region if signature else _DEFAULT_REGION
    return Addressed(to, signature, region, operation_model(service_model(to.service), to.operation))


def read_request(message: Message) -> Request:
    """The call that a message asks for.

    Raises:
        ServiceError: it is malformed, or its parameters do not fit the operation.
        Unsupported: botocore knows no such operation, or it speaks in streams of events.
    """
    return read_parameters(address(message))


def read_parameters(addressed: Addressed) -> Request:
    """See `read_request`."""
    to = addressed.aim
    shape = addressed.operation.input_shape
    try:
        parameters = {} if shape is None else _parameters(to, addressed.operation)
        report = ParamValidator().validate(parameters, shape) if shape is not None else None
    except (ValueError, OverflowError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "a value cannot be represented"
        code = _UNREADABLE.get(to.protocol, "SerializationException")
        raise ServiceError(code, f"The request cannot be read: {reason}") from None
    if report is not None and report.has_errors():
        code = _UNFIT.get(to.protocol, "ValidationException")
        raise ServiceError(code, in_json_words(report.generate_report()))
    key = addressed.signature.access_key if addressed.signature else ""
    return Request(to.service, to.operation, parameters, addressed.region, key, to.protocol)


def _parameters(to: Aim, operation: Any) -> dict[str, Json]:
    shape = operation.input_shape
    match to.protocol:
        case "json":
            return _object(load_json(to.message.body), shape)
        case "smithy-rpc-v2-cbor":
            return _object(cbor.loads(to.message.body) if to.message.body else {}, shape)
        case "query" | "ec2":
            return form.read(to.form, shape, ec2=to.protocol == "ec2")
        case "rest-json" | "rest-xml":
            return rest.read(to.message, to.labels, operation, to.protocol)
    raise Unsupported(f"the protocol `{to.protocol}`")


def _object(body: Json, shape: Any) -> dict[str, Json]:
    found = structured.read_members(body, shape)
    if not isinstance(found, dict):
        raise ValueError("the body is no object")  # noqa: TRY004 - of what the client sent
    return found
