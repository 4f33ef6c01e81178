"""What SNS and SQS refuse in a message by themselves, in their words, and words of the store that are not theirs.

Texts: reported by users of both services, those of missing members recorded (`incomplete`). Knows no queue and no topic
but by its name: what depends on one's settings is the store's matter.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call

    Check = Callable[[Mapping[str, Json]], Iterator[tuple[str, str]]]

_ARN_PARTS = 6
_LONGEST_SUBJECT = 100
_NUMBER = re.compile(r"\+?[1-9]\d{1,14}")
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ALLOWED = "#x9 | #xA | #xD | [#x20 to #xD7FF] | [#xE000 to #xFFFD] | [#x10000 to #x10FFFF]"
_TEXTS = ("Message", "MessageBody", "PhoneNumber", "QueueUrl", "Subject", "TargetArn", "TopicArn")
_INVALID = "InvalidParameter"
_FOREIGN = re.compile(r"An error occurred \((\w+)\) when calling the \w+ operation: (.*)", re.DOTALL)
_SHORT_TYPES = {"'S'": "'String'", "'N'": "'Number'", "'B'": "'Binary'"}


def check(call: Call) -> None:
    """Refuse a message that its service refuses.

    Raises:
        ServiceError: it does.
    """
    found = _CHECKS.get((call.service, call.operation))
    if found is None or not _is_of_texts(call.parameters):
        return
    for code, message in found(call.parameters):
        raise ServiceError(code, message)


def _is_of_texts(members: Mapping[str, Json]) -> bool:
    """Whether the members looked at are of the model's types; others are for whoever reads the request."""
    texts = all(isinstance(members.get(name), str | None) for name in _TEXTS)
    attributes = members.get("MessageAttributes") or {}
    return texts and isinstance(attributes, dict) and all(isinstance(value, dict) for value in attributes.values())


def worded(error: ServiceError) -> ServiceError:
    """A refusal of a message for a topic in the words of SNS."""
    foreign = _FOREIGN.fullmatch(error.message)
    if foreign is not None:
        return ServiceError(foreign[1], foreign[2], error.status, request_id=error.request_id)
    if error.code != _INVALID or error.message.startswith("Invalid parameter"):
        return error
    message = error.message
    for short, whole in _SHORT_TYPES.items():
        message = message.replace(f"attribute type {short}", f"attribute type {whole}")
    return ServiceError(error.code, f"Invalid parameter: {message}", error.status, request_id=error.request_id)


def _publish(members: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    message = members.get("Message") or ""
    if members.get("Message") == "":
        yield _INVALID, "Invalid parameter: Empty message"
    targets = [name for name in ("TopicArn", "TargetArn", "PhoneNumber") if members.get(name) is not None]
    if not targets:
        yield _INVALID, "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter"
    for name in targets:
        yield from _target(name, members[name])
    if members.get("MessageStructure") == "json":
        yield from _structure(message)
    subject = members.get("Subject")
    if subject is not None and not 0 < len(subject) <= _LONGEST_SUBJECT:
        yield _INVALID, "Invalid parameter: Subject"
    if str(members.get("TopicArn")).endswith(".fifo") and not members.get("MessageGroupId"):
        yield _INVALID, "Invalid parameter: The MessageGroupId parameter is required for FIFO topics"


def _target(name: str, value: str) -> Iterator[tuple[str, str]]:
    if name == "PhoneNumber":
        if _NUMBER.fullmatch(value) is None:
            yield _INVALID, f"Invalid parameter: PhoneNumber Reason: {value} is not valid to publish to"
        return
    parts = value.count(":") + 1
    if parts < _ARN_PARTS:
        reason = f"An ARN must have at least {_ARN_PARTS} elements, not {parts}"
        yield _INVALID, f"Invalid parameter: {name} Reason: {reason}"


def _structure(message: str) -> Iterator[tuple[str, str]]:
    try:
        parts = json.loads(message)
    except (ValueError, RecursionError):
        parts = None
    if not isinstance(parts, dict):
        yield _INVALID, "Invalid parameter: Message Structure - JSON message body failed to parse"
    elif not isinstance(parts.get("default"), str):
        yield _INVALID, "Invalid parameter: Message Structure - No default entry in JSON message body"


def _send(members: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    body = members.get("MessageBody") or ""
    if not body:
        yield "MissingParameter", "The request must contain the parameter MessageBody."
    forbidden = _FORBIDDEN.search(body)
    if forbidden is not None:
        which = f"Invalid binary character '#x{ord(forbidden[0]):x}' was found in the message body"
        yield "InvalidMessageContents", f"{which}, the set of allowed characters is {_ALLOWED}"
    ordered = str(members.get("QueueUrl")).endswith(".fifo")
    for name in ("DelaySeconds",) if ordered else ("MessageDeduplicationId",):
        if members.get(name):
            reason = "The request include parameter that is not valid for this queue type."
            yield "InvalidParameterValue", f"Value {members[name]} for parameter {name} is invalid. Reason: {reason}"
    for name, attribute in (members.get("MessageAttributes") or {}).items():
        yield from _attribute(name, attribute)


def _attribute(name: str, attribute: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    kind = attribute.get("DataType")
    if not kind:
        yield "InvalidParameterValue", f"The message attribute '{name}' must contain non-empty message attribute type."
        return
    plain = kind.partition(".")[0]
    if plain in ("String", "Number") and not attribute.get("StringValue"):
        text = f"Message (user) attribute '{name}' must contain a non-empty value of type '{plain}'."
        yield "InvalidParameterValue", text
    elif plain == "Number" and not _is_number(str(attribute["StringValue"])):
        yield "InvalidParameterValue", f"Can't cast the value of message (user) attribute '{name}' to a number."


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


_CHECKS: Mapping[tuple[str, str], Check] = {("sns", "Publish"): _publish, ("sqs", "SendMessage"): _send}
