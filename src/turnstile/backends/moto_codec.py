"""API calls as HTTP messages, by botocore's models: parameters to request, response to output or error.

Any service and operation that botocore knows. No client, session, signature or endpoint rules: the host of a service
is its endpoint prefix, the Region and the partition's domain, which also keeps the Region where moto looks for it.

Documents hold no bytes and no dates, so this is how they stand in outputs (*inferred* from what the AWS SDK
integrations of Step Functions show): a time is ISO 8601 text in UTC; a blob or streaming body is its text if it is
UTF-8, else Base64. In parameters the text given for a blob is its content in UTF-8, but Base64 for the members in
`_BASE64`, which are never text.
"""

from __future__ import annotations

import base64
import binascii
import io
from datetime import UTC
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import HeadersDict, create_request_object, prepare_request_dict
from botocore.exceptions import DataNotFoundError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import ResponseParserFactory
from botocore.serialize import create_serializer
from botocore.utils import parse_timestamp
from botocore.validate import ParamValidator

from turnstile.arn import partition_of
from turnstile.backends.complaints import in_json_words
from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json

_BASE64 = frozenset(("CiphertextBlob", "Signature", "Mac", "EncryptedKeyMaterial", "ImportToken"))
_FAILURE = 300

_loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)


class Service:
    """One service's model with its serializer and parser."""

    def __init__(self, name: str) -> None:
        try:
            model = _loader.load_service_model(name, "service-2")
        except DataNotFoundError:
            raise Unsupported(f"the service `{name}`") from None
        self.name = name
        self.model = ServiceModel(model, name)
        protocol = self.model.resolved_protocol
        self._serializer = create_serializer(protocol, include_validation=False)
        factory = ResponseParserFactory()
        factory.set_parser_defaults(timestamp_parser=_instant, blob_parser=_blob)
        self._parser = factory.create_parser(protocol)

    def operation(self, name: str) -> Any:
        """The model of an operation.

        Raises:
            Unsupported: the service has no such operation, or it answers with a stream of events.
        """
        if name not in self.model.operation_names:
            raise Unsupported(f"{self.name}:{name}")
        operation = self.model.operation_model(name)
        if operation.has_event_stream_output or operation.has_event_stream_input:
            raise Unsupported(f"{self.name}:{name} (a stream of events)")
        return operation

    def request(self, operation: Any, parameters: Mapping[str, Json], region: str, token: Callable[[], str]) -> Any:
        """The HTTP request for a call; `token` makes values for idempotency tokens that are missing.

        Raises:
            ServiceError: the parameters do not fit the input shape.
        """
        given = dict(parameters)
        for member in operation.idempotent_members:
            given.setdefault(member, token())
        if operation.input_shape is not None:
            given = _content(given, operation.input_shape)
            report = ParamValidator().validate(given, operation.input_shape)
            if report.has_errors():
                raise ServiceError("ValidationException", in_json_words(report.generate_report()))
        message = self._serializer.serialize_to_request(given, operation)
        prefix = message.pop("host_prefix", "")
        host = f"{prefix}{self.model.endpoint_prefix}.{region}.{partition_of(region).dns_suffix}"
        prepare_request_dict(message, f"https://{host}")
        return create_request_object(message).prepare()

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
            parsed[name] = _text(body)
        return parsed


def services() -> tuple[str, ...]:
    """The names of all services that botocore knows."""
    return tuple(_loader.list_available_services("service-2"))


@cache
def service(name: str) -> Service:
    """The service that botocore knows by a name such as `sqs` or `stepfunctions`.

    Raises:
        Unsupported: there is none.
    """
    return Service(name)


def _instant(value: Any) -> str:
    """A timestamp of any wire format as ISO 8601, with as many decimals as it needs (like Java's `Instant`)."""
    moment = parse_timestamp(value).astimezone(UTC).replace(tzinfo=None)
    needed = "seconds" if not moment.microsecond else "microseconds" if moment.microsecond % 1000 else "milliseconds"
    return f"{moment.isoformat(timespec=needed)}Z"


def _blob(value: str) -> str:
    return _text(base64.b64decode(value))


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return base64.b64encode(content).decode()


def _content(value: Json, shape: Any, name: str = "") -> Any:
    """A copy of the parameters in which the blobs of `_BASE64` are bytes; anything that does not fit stays as it is."""
    match shape.type_name, value:
        case "structure", dict():
            members = shape.members
            return {key: _content(item, members[key], key) if key in members else item for key, item in value.items()}
        case "list", list():
            return [_content(item, shape.member) for item in value]
        case "map", dict():
            return {key: _content(item, shape.value) for key, item in value.items()}
        case "blob", str() if name in _BASE64:
            try:
                return base64.b64decode(value, validate=True)
            except binascii.Error:
                return value
    return value
