"""The REST protocols: members bound to path, query, headers, status and body, both ways.

https://smithy.io/2.0/spec/http-bindings.html
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from turnstile.wire import scalars, structured, xml
from turnstile.wire.bodies import load_json
from turnstile.wire.content import content, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.wire.message import Message

_IN = frozenset(("uri", "querystring", "header", "headers"))
_OUT = frozenset(("header", "headers", "statusCode"))
_SIGNING = "x-amz-"


def read(message: Message, labels: Mapping[str, str], operation: Any, protocol: str) -> dict[str, Json]:
    """The parameters of a request.

    Raises:
        ValueError: a value does not fit its shape.
    """
    shape = operation.input_shape
    if shape is None:
        return {}
    asked: dict[str, list[str]] = {}
    for name, value in message.asked():
        asked.setdefault(name, []).append(value)
    found = {}
    for name, member in shape.members.items():
        value = _located(name, member, message, labels, asked, operation)
        if value is not None:
            found[name] = value
    return found | _body(message, shape, protocol)


def _located(
    name: str, member: Any, message: Message, labels: Mapping[str, str], asked: Mapping[str, list[str]], operation: Any
) -> Json:
    """The value of a member that does not stand in the body; None if it is absent."""
    places = member.serialization
    key = places.get("name", name)
    match places.get("location"):
        case "uri" if key in labels:
            return scalars.read(labels[key], member)
        case "querystring" if member.type_name == "map":
            return _remaining(asked, member, operation)
        case "querystring" if key in asked:
            return _asked(asked[key], member)
        case "header" if (given := message.headers.get(key.lower())) is not None:
            return scalars.read_header(given, member)
        case "headers":
            return _prefixed(key.lower(), message.headers) or None
    return None


def _asked(given: list[str], member: Any) -> Json:
    if member.type_name == "list":
        return [scalars.read(each, member.member) for each in given]
    return scalars.read(given[0], member)


def _prefixed(prefix: str, headers: Mapping[str, str]) -> dict[str, Json]:
    return {name[len(prefix) :]: value for name, value in headers.items() if name.startswith(prefix)}


def _remaining(asked: Mapping[str, list[str]], member: Any, operation: Any) -> Json:
    """What no other member takes from the query: the entries of a map."""
    taken = {
        each.serialization.get("name", name)
        for name, each in operation.input_shape.members.items()
        if each.serialization.get("location") == "querystring" and each.type_name != "map"
    } | {name for name, _ in parse_qsl(operation.http["requestUri"].partition("?")[2], keep_blank_values=True)}
    rest = {name: values for name, values in asked.items() if name not in taken}
    rest = {name: values for name, values in rest.items() if not name.lower().startswith(_SIGNING)}
    many = member.value.type_name == "list"
    return {name: values if many else values[0] for name, values in rest.items()} or None


def _body(message: Message, shape: Any, protocol: str) -> dict[str, Json]:
    payload = shape.serialization.get("payload")
    if payload is None:
        names = _in_body(shape, _IN)
        return _structure(message.body, shape, names, protocol) if names and message.body else {}
    member = shape.members[payload]
    if member.type_name in ("blob", "string"):
        return {payload: text(message.body)} if message.body else {}
    if not message.body or (message.body == b"{}" and payload not in shape.required_members):
        return {}
    if protocol == "rest-json":
        return {payload: structured.read(load_json(message.body), member)}
    return {payload: xml.read([xml.parse(message.body)], member)}


def _structure(body: bytes, shape: Any, names: frozenset[str], protocol: str) -> dict[str, Json]:
    if protocol == "rest-json":
        found = structured.read_members(load_json(body), shape, names)
        if not isinstance(found, dict):
            raise ValueError("the body is no object")
        return found
    return {name: value for name, value in xml.read_members(xml.parse(body), shape).items() if name in names}


@cache
def _in_body(shape: Any, elsewhere: frozenset[str]) -> frozenset[str]:
    """The members of a shape that stand in the body."""
    return frozenset(
        name for name, member in shape.members.items() if member.serialization.get("location") not in elsewhere
    )


def write(output: Json, operation: Any, protocol: str, namespace: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer."""
    status = int(operation.http.get("responseCode", 200))
    shape = operation.output_shape
    if shape is None:
        return status, {}, b""
    headers: dict[str, str] = {}
    for name, member in shape.members.items():
        value = output.get(name)
        if value is None:
            continue
        key = member.serialization.get("name", name)
        match member.serialization.get("location"):
            case "header":
                headers[key.lower()] = scalars.write_header(value, member)
            case "headers":
                headers |= {f"{key}{each}".lower(): " ".join(str(item).splitlines()) for each, item in value.items()}
            case "statusCode":
                status = int(value)
    return status, headers, _written(output, shape, protocol, namespace)


def _written(output: Json, shape: Any, protocol: str, namespace: str) -> bytes:
    payload = shape.serialization.get("payload")
    if payload is None:
        return _written_structure(output, shape, protocol, namespace)
    value, member = output.get(payload), shape.members[payload]
    if value is None:
        return b""
    if member.type_name in ("blob", "string"):
        return content(value) if isinstance(value, str | bytes) else json.dumps(value).encode()
    if protocol == "rest-json":
        return json.dumps(structured.JSON.write(value, member)).encode()
    return _document(xml.write_members(value, member), member.serialization.get("name", member.name), namespace)


def _written_structure(output: Json, shape: Any, protocol: str, namespace: str) -> bytes:
    names = _in_body(shape, _OUT)
    if protocol == "rest-json":
        return json.dumps(structured.JSON.write_members(output, shape, names)).encode()
    if not names:
        return b""
    return _document(xml.write_members(output, shape, names), shape.serialization.get("name", shape.name), namespace)


def _document(content: str, name: str, namespace: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{xml.element(name, content, namespace)}'.encode()
