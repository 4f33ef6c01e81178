"""What CreateStateMachine and UpdateStateMachine check: name, type, definition and configurations.

Texts: reference/recorded-behaviour.md ("Refused definitions and requests"); name rules: limits.md ("Names and ARNs").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.arn import Arn
from turnstile.asl.check import TOO_DEEP, aws_text, findings
from turnstile.asl.parse import parse_document
from turnstile.faults import Rejected, Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.integrations.definition import of_machine
from turnstile.source import Origin, Source, read
from turnstile.states import logs
from turnstile.states.naming import MACHINE, check_name
from turnstile.states.unreadable import located_complaint
from turnstile.world.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.asl.definition import StateMachine
    from turnstile.asl.finding import Finding
    from turnstile.document import Json
    from turnstile.gate.call import Call
    from turnstile.integrations.work import Models

_ROLE = re.compile(r"arn:[^:]+:iam::[^:]*:role/.+")

AWS_OWNED: Json = {"type": "AWS_OWNED_KEY"}
"""The encryption configuration of everything that was given none."""


class Definitions:
    """Reads definitions, each text once; `parsed` holds those whose language was found sound already."""

    def __init__(self, parsed: dict[str, StateMachine], models: Models) -> None:
        self._parsed = parsed
        self._models = models
        self._sound: set[str] = set()

    def read(self, text: str, name: str, type_: str) -> StateMachine:
        """The tree of a definition for a machine of a type; `name` is what faults call it.

        Raises:
            ServiceError: InvalidDefinition with AWS's text.
            Unsupported: it is sound but not emulated.
        """
        definition = self._parsed.get(text)
        if definition is None:
            definition = self._parsed[text] = _definition(text, name)
        if type_ == "EXPRESS":
            _refuse(findings(definition.document, express=True))
        if text not in self._sound:
            _refuse(of_machine(definition, self._models))
            self._sound.add(text)
        return definition


def machine(call: Call, owner: str, now: float, definitions: Definitions) -> Machine:
    """The machine that a CreateStateMachine call describes.

    Raises:
        ServiceError: InvalidName, InvalidArn, InvalidDefinition or InvalidLoggingConfiguration with AWS's text.
        Unsupported: the definition or a parameter of the call is not emulated.
    """
    asked = call.parameters
    name = str(asked.get("name", ""))
    check_name(name)
    check_configurations(call)
    type_ = str(asked.get("type", "STANDARD"))
    text = str(asked.get("definition", ""))
    partition = arns.partition_of(call.region).name
    return Machine(
        arn=str(Arn(partition, "states", call.region, owner, f"{MACHINE}:{name}")),
        name=name,
        account=owner,
        region=call.region,
        role_arn=role(call),
        type=type_,
        definition=definitions.read(text, f"{name}.asl.json", type_),
        text=text,
        created=now,
        logging=logs.configuration(asked.get("loggingConfiguration")),
        tracing=tracing(asked.get("tracingConfiguration")),
        published_with=(bool(asked.get("publish")), str(asked.get("versionDescription") or "")),
    )


def role(call: Call) -> str:
    """The execution role that a call names; that its ARN is looked at before the role itself is *inferred*.

    Raises:
        ServiceError: InvalidArn, for what is no ARN of a role; the text is *inferred*.
    """
    arn = str(call.parameters.get("roleArn", ""))
    if not _ROLE.fullmatch(arn):
        raise ServiceError("InvalidArn", f"Invalid Role Arn: '{arn}'")
    return arn


def check_configurations(call: Call) -> None:
    """Refuse a description of a version that is not published, and keys that are not emulated.

    Raises:
        ServiceError: ValidationException; the text is *inferred*.
        Unsupported: a customer managed key.
    """
    check_encryption(call)
    if call.parameters.get("versionDescription") is not None and not call.parameters.get("publish"):
        raise ServiceError("ValidationException", "Version description can only be set when publish is true")


def check_encryption(call: Call) -> None:
    """Refuse keys of customers by name.

    Raises:
        Unsupported: a customer managed key.
    """
    encryption = call.parameters.get("encryptionConfiguration") or AWS_OWNED
    if encryption != AWS_OWNED:
        raise Unsupported(f"the parameter `encryptionConfiguration` of states:{call.operation}")


def tracing(given: Json) -> Json:
    """A tracing configuration with its default."""
    return {"enabled": bool((given or {}).get("enabled", False))}


def _definition(text: str, name: str) -> StateMachine:
    source = Source(name, text)
    if not text.strip():
        _refuse(findings(None))
    try:
        document: Json = read(source)
    except Rejected as rejected:
        problem = located_complaint(text) or rejected.faults[0].message
        message = f"Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: {problem}'"
        raise ServiceError("InvalidDefinition", message) from None
    _refuse(findings(document))
    try:
        return parse_document(document, Origin(source))
    except (Rejected, RecursionError):  # sound, but deeper than it can be compiled
        raise ServiceError("InvalidDefinition", aws_text((TOO_DEEP,))) from None


def _refuse(found: Iterable[Finding]) -> None:
    wrong = tuple(found)
    if wrong:
        raise ServiceError("InvalidDefinition", aws_text(wrong))
