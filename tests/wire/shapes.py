"""Values made from botocore's shapes, and clients' requests and answers made of them without sockets."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import HeadersDict, create_request_object, prepare_request_dict
from botocore.parsers import ResponseParserFactory
from botocore.serialize import create_serializer

from turnstile.wire.content import BASE64, Encoded, encoded, instant, text
from turnstile.wire.message import Message
from turnstile.wire.models import service_model

BINARY = b"\xff\xfe\x00 not text"
TRICKY = 'Zoë <&> "a, b"\\ / + %41'
PLACES = ("uri", "querystring", "header", "headers")


def operations(service: str) -> list[Any]:
    """Those of a service that do not speak in streams of events."""
    model = service_model(service)
    found = [model.operation_model(name) for name in model.operation_names]
    return [each for each in found if not each.has_event_stream_input and not each.has_event_stream_output]


def value(shape: Any, name: str = "", depth: int = 0, *, within: tuple[str, ...] = ()) -> Any:
    """A value that fits a shape: every member above some depth, then only the required ones."""
    if shape.type_name == "structure":
        return {} if shape.is_document_type else _structure(shape, depth, within)
    if shape.type_name == "list":
        return [value(shape.member, "", depth + 1, within=within)] * max(2, shape.metadata.get("min", 0))
    if shape.type_name == "map":
        return {_key(shape.key, each): value(shape.value, "", depth + 1, within=within) for each in ("one", "two")}
    return _scalar(shape, name)


def _structure(shape: Any, depth: int, within: tuple[str, ...]) -> dict[str, Any]:
    known = (*within, shape.name)
    chosen = {
        name: member
        for name, member in shape.members.items()
        if name in shape.required_members or (depth < 4 and member.name not in known and not _loops(member, known))
    }
    if not chosen:
        plain = (name for name, each in shape.members.items() if each.type_name not in ("structure", "list", "map"))
        chosen = {name: shape.members[name] for name in list(plain)[:1]}
    if shape.is_tagged_union:
        name = next(iter(chosen), None) or min(shape.members, key=lambda name: _ends(shape.members[name], known))
        chosen = {name: shape.members[name]}
    return {name: value(member, name, depth + 1, within=known) for name, member in chosen.items()}


def _ends(member: Any, known: tuple[str, ...]) -> bool:
    """Sorts members that come back to where they are behind the others."""
    needed = getattr(member, "required_members", ())
    return member.name in known or any(_loops(member.members[name], (*known, member.name)) for name in needed)


def _loops(member: Any, known: tuple[str, ...]) -> bool:
    inner = getattr(member, "member", None) or getattr(member, "value", None)
    return inner is not None and (inner.name in known or _loops(inner, known))


def _key(shape: Any, name: str) -> str:
    return shape.enum[0 if name == "one" else -1] if shape.enum else name.ljust(shape.metadata.get("min", 0), "x")


def _scalar(shape: Any, name: str) -> Any:
    least = shape.metadata.get("min", 0)
    match shape.type_name:
        case "boolean":
            return True
        case "integer" | "long":
            return int(max(least, 7))
        case "float" | "double":
            return max(least, 2.5)
        case "timestamp":
            return "2026-03-04T05:06:07Z"
        case "blob":
            return _blob(shape, name)
    return _string(shape, int(least))


def _blob(shape: Any, name: str) -> str:
    if name in BASE64:
        return encoded(BINARY)
    return encoded(BINARY) if len(shape.name) % 2 else "some text"


def _string(shape: Any, least: int) -> Any:
    if shape.serialization.get("jsonvalue") and shape.serialization.get("location") == "header":
        return {"a": ["Zoë", 1]}
    if shape.enum:
        return shape.enum[0]
    if shape.serialization.get("hostLabel"):
        return "label" * max(1, least)
    if shape.serialization.get("location") in ("header", "headers"):
        return 'a, "b" c'.ljust(least, "x")
    if shape.serialization.get("location") == "uri":
        return "a b/ü+%41".ljust(least, "x")
    return TRICKY.ljust(least, "x")


def message(operation: Any, parameters: Any, protocol: str, region: str = "eu-west-1") -> Message:
    """What botocore would send for a call."""
    return sent(_request(operation, parameters, protocol), operation.service_model.signing_name, region)


def _request(operation: Any, parameters: Any, protocol: str) -> Any:
    made = create_serializer(protocol, include_validation=False).serialize_to_request(
        bare(parameters, operation), operation
    )
    made.pop("host_prefix", None)
    prepare_request_dict(made, "http://127.0.0.1:1234")
    return create_request_object(made).prepare()


def bare(parameters: Any, operation: Any) -> Any:
    """The parameters as a client gets them from its user: with bytes."""
    return _bare(parameters, operation.input_shape) if operation.input_shape else {}


def _bare(given: Any, shape: Any) -> Any:
    if isinstance(given, Encoded):
        return base64.b64decode(given)
    if isinstance(given, dict) and shape.type_name == "structure" and not shape.is_document_type:
        return {name: _bare(each, shape.members[name]) for name, each in given.items()}
    if isinstance(given, dict) and shape.type_name == "map":
        return {name: _bare(each, shape.value) for name, each in given.items()}
    return [_bare(each, shape.member) for each in given] if isinstance(given, list) else given


def sent(request: Any, signing_name: str, region: str) -> Message:
    """A prepared request of botocore as a message."""
    url = urlsplit(request.url)
    headers = {
        name.lower(): given if isinstance(given, str) else given.decode() for name, given in request.headers.items()
    }
    scope = f"Credential=AKIAX/20260101/{region}/{signing_name}/aws4_request"
    headers.setdefault("authorization", f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0")
    headers.setdefault("x-amz-date", "20260101T000000Z")
    body = request.body or b""
    return Message(
        request.method, url.path, url.query, headers, body.encode() if isinstance(body, str) else bytes(body)
    )


def parsed(reply: Any, operation: Any, protocol: str) -> Any:
    """What botocore makes of an answer, as a document."""
    factory = ResponseParserFactory()
    factory.set_parser_defaults(timestamp_parser=instant, blob_parser=lambda given: text(base64.b64decode(given)))
    streams = operation.has_streaming_output and reply.status < 300
    answer = {
        "status_code": reply.status,
        "headers": HeadersDict(reply.headers),
        "body": _Stream(reply.body) if streams else reply.body,
    }
    found = factory.create_parser(protocol).parse(answer, operation.output_shape)
    found.pop("ResponseMetadata", None)
    return _texts(found)


class _Stream:
    """A body that botocore leaves alone."""

    def __init__(self, body: bytes) -> None:
        self.body = body


def _texts(given: Any) -> Any:
    match given:
        case _Stream():
            return text(given.body)
        case bytes():
            return text(given)
        case dict():
            return {name: _texts(each) for name, each in given.items()}
        case list():
            return [_texts(each) for each in given]
    return given


def pruned(given: Any) -> Any:
    """A document without empty objects and lists, which some protocols cannot show."""
    if isinstance(given, dict):
        kept = {name: pruned(each) for name, each in given.items()}
        return {name: each for name, each in kept.items() if each not in ({}, [], None)}
    if isinstance(given, list):
        return [each for each in map(pruned, given) if each not in ({}, [])]
    return given
