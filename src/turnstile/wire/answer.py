"""Answers as messages: an operation's output as status, headers and body, in the protocol that the client spoke.

The shapes of successful answers are the Smithy protocols'; `refusal` writes the others.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from turnstile.wire import cbor, rest, structured, xml
from turnstile.wire.content import on_the_wire
from turnstile.wire.message import Reply
from turnstile.wire.models import operation_model, service_model

if TYPE_CHECKING:
    from turnstile.document import Json

_PARTIAL = 206
CBOR_HEADERS = {"smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor"}
_CBOR = structured.Notation(
    blob=lambda octets: octets,
    time=lambda value, _: cbor.Moment(float(on_the_wire(value, "unixtimestamp"))),
    special=lambda value: value,
)


def write_answer(service: str, operation: str, output: Json, request_id: str, protocol: str = "") -> Reply:
    """The response with an operation's output; `protocol` is that of botocore's own clients unless it is given.

    Raises:
        Unsupported: botocore does not know the operation.
    """
    model = service_model(service)
    shapes = operation_model(model, operation)
    match protocol or model.resolved_protocol:
        case "json":
            return _json(output, shapes, request_id)
        case "smithy-rpc-v2-cbor":
            body = (
                cbor.dumps(_CBOR.write_members(output, shapes.output_shape)) if shapes.output_shape else cbor.dumps({})
            )
            return Reply(200, {**identified(service, request_id), **CBOR_HEADERS}, body)
        case "query":
            return _query(output, shapes, request_id)
        case "ec2":
            return _ec2(output, shapes, request_id)
        case other:
            return _rest(service, output, shapes, request_id, other)


def identified(service: str, request_id: str) -> dict[str, str]:
    """The headers that carry the id of a request."""
    if service == "s3":
        return {"x-amz-request-id": request_id, "x-amz-id-2": request_id}
    return {"x-amzn-requestid": request_id}


def _json(output: Json, shapes: Any, request_id: str) -> Reply:
    body = structured.JSON.write_members(output, shapes.output_shape) if shapes.output_shape else {}
    version = shapes.metadata.get("jsonVersion", "1.1")
    headers = {**identified("", request_id), "content-type": f"application/x-amz-json-{version}"}
    return Reply(200, headers, json.dumps(body).encode())


def _query(output: Json, shapes: Any, request_id: str) -> Reply:
    shape = shapes.output_shape
    result = ""
    if shape is not None:
        result = xml.write_members(output, shape)
        if "resultWrapper" in shape.serialization:
            result = xml.element(shape.serialization["resultWrapper"], result)
    metadata = xml.element("ResponseMetadata", xml.element("RequestId", xml.plain(request_id)))
    namespace = namespace_of(shapes.service_model)
    return _text_xml(xml.element(f"{shapes.name}Response", result + metadata, namespace), request_id)


def _ec2(output: Json, shapes: Any, request_id: str) -> Reply:
    members = xml.write_members(output, shapes.output_shape) if shapes.output_shape else ""
    content = xml.element("requestId", xml.plain(request_id)) + members
    return _text_xml(xml.element(f"{shapes.name}Response", content, namespace_of(shapes.service_model)), request_id)


def _text_xml(text: str, request_id: str) -> Reply:
    headers = {**identified("", request_id), "content-type": "text/xml"}
    return Reply(200, headers, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode())


def namespace_of(model: Any) -> str:
    """The XML namespace of a service, empty for none."""
    found = (
        model.metadata.get("xmlNamespace") or f"http://{model.endpoint_prefix}.amazonaws.com/doc/{model.api_version}/"
    )
    return str(found["uri"] if isinstance(found, dict) else found)


def _rest(service: str, output: Json, shapes: Any, request_id: str, protocol: str) -> Reply:
    status, headers, body = rest.write(output, shapes, protocol, namespace_of(shapes.service_model))
    if (service, shapes.name) == ("s3", "GetBucketLocation"):
        body = _location(output, namespace_of(shapes.service_model))
    if shapes.http.get("method") == "HEAD":
        return Reply(status, headers | identified(service, request_id))
    headers.pop("content-length", None)  # the body says it
    if service == "s3" and "content-range" in headers:
        status = _PARTIAL
    if body and "content-type" not in headers:
        headers["content-type"] = "application/json" if protocol == "rest-json" else "application/xml"
    return Reply(status, headers | identified(service, request_id), body)


def _location(output: Json, namespace: str) -> bytes:
    """The one answer of S3 whose root is the member itself (S3 API Reference, GetBucketLocation)."""
    return xml.element("LocationConstraint", xml.plain(output.get("LocationConstraint") or ""), namespace).encode()
