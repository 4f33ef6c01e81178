"""API calls as HTTP messages, by botocore's models: parameters to request, response to output or error.

Any service and operation that botocore knows. No client, session, signature or endpoint rules: the host of a service
is its endpoint prefix, the Region and the partition's domain, which also keeps the Region where moto looks for it.

How blobs and times stand in documents is `turnstile.wire.content`'s: in parameters the text given for a blob is its
content in UTF-8, but Base64 for members that are never text.
"""

from __future__ import annotations

import base64
import io
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import HeadersDict, create_request_object, prepare_request_dict
from botocore.parsers import ResponseParserFactory
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator

from turnstile.arn import partition_of
from turnstile.gate.errors import ServiceError
from turnstile.wire import models
from turnstile.wire.complaints import in_json_words
from turnstile.wire.content import BASE64, Encoded, from_base64, instant, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json

_FAILURE = 300


class Service:
    """One service's model with its serializer and parser."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.model = models.service_model(name)
        protocol = self.model.resolved_protocol
        self._serializer = create_serializer(protocol, include_validation=False)
        factory = ResponseParserFactory()
        factory.set_parser_defaults(timestamp_parser=instant, blob_parser=_blob)
        self._parser = factory.create_parser(protocol)

    def operation(self, name: str) -> Any:
        """The model of an operation.

        Raises:
            Unsupported: the service has no such operation, or it answers with a stream of events.
        """
        return models.operation_model(self.model, name)

    def declared(self, name: str) -> Any:
        """The model of an operation whose answer is declared, so that a stream of events is as good as a list.

        Raises:
            Unsupported: the service has no such operation, or it asks with a stream of events.
        """
        return models.operation_model(self.model, name, streams=True)

    def request(self, operation: Any, parameters: Mapping[str, Json], region: str, token: Callable[[], str]) -> Any:
        """The HTTP request for a call; `token` makes values for idempotency tokens that are missing.

        Raises:
            ServiceError: the parameters do not fit the input shape.
        """
        given = dict(parameters)
        for member in operation.idempotent_members:
            given.setdefault(member, token())
        message = self._serializer.serialize_to_request(self.check(operation, given), operation)
        prefix = message.pop("host_prefix", "")
        host = f"{prefix}{self.model.endpoint_prefix}.{region}.{partition_of(region).dns_suffix}"
        prepare_request_dict(message, f"https://{host}")
        return create_request_object(message).prepare()

    def check(self, operation: Any, parameters: Mapping[str, Json]) -> Mapping[str, Json]:
        """The parameters with the content of their blobs.

        Raises:
            ServiceError: they do not fit the input shape.
        """
        if operation.input_shape is None:
            return parameters
        given: Mapping[str, Json] = _content(parameters, operation.input_shape)
        report = ParamValidator().validate(given, operation.input_shape)
        if report.has_errors():
            raise ServiceError("ValidationException", in_json_words(report.generate_report()))
        return given

    def output(self, operation: Any, status: int, headers: Mapping[str, Any], body: bytes) -> Json:
        """The output in a response.

        Raises:
            ServiceError: the response is an error.
        """
        streams = status < _FAILURE and operation.has_streaming_output
        message = {
            "status_code": status,
            "headers": HeadersDict({name: str(value) for name, value in headers.items()}),
            "body": io.BytesIO(body) if streams else body,
        }
        parsed = self._parser.parse(message, operation.output_shape)
        parsed.pop("ResponseMetadata", None)
        if status >= _FAILURE:
            error = parsed.get("Error", {})
            raise ServiceError(str(error.get("Code", status)), error.get("Message") or "", status)
        if streams:
            name = operation.output_shape.serialization["payload"]
            parsed[name] = text(body)
        return parsed


def services() -> tuple[str, ...]:
    """The names of all services that botocore knows."""
    return models.services()


@cache
def service(name: str) -> Service:
    """The service that botocore knows by a name such as `sqs` or `stepfunctions`.

    Raises:
        Unsupported: there is none.
    """
    return Service(name)


def _blob(value: str) -> str:
    return text(base64.b64decode(value))


def _content(value: Json, shape: Any, name: str = "") -> Any:
    """A copy of the parameters in which blobs given in Base64 are bytes; anything that does not fit stays as it is."""
    match shape.type_name, value:
        case "structure", dict():
            members = shape.members
            return {key: _content(item, members[key], key) if key in members else item for key, item in value.items()}
        case "list", list():
            return [_content(item, shape.member) for item in value]
        case "map", dict():
            return {key: _content(item, shape.value) for key, item in value.items()}
        case "blob", str() if name in BASE64 or isinstance(value, Encoded):
            try:
                return from_base64(value)
            except ValueError:
                return value
    return value
