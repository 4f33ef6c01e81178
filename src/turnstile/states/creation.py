"""What CreateStateMachine checks before a machine exists: name, type and definition.

Texts: reference/recorded-behaviour.md ("Refused definitions and requests"); name rules: limits.md ("Names and ARNs").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.arn import Arn
from turnstile.asl.check import aws_text, findings
from turnstile.asl.parse import parse_document
from turnstile.faults import Rejected, Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.source import Origin, Source, read
from turnstile.states.sessions import NOT_ASSUMABLE
from turnstile.states.unreadable import located_complaint
from turnstile.world.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.asl.definition import StateMachine
    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.world.world import World

__all__ = ["NOT_ASSUMABLE", "check_name", "created_again", "machine"]

_NAME = re.compile(r"[^\s?*<>{}\[\]\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff]{1,80}")

_NOT_EMULATED: Mapping[str, Json] = {
    "encryptionConfiguration": None,
    "loggingConfiguration": None,
    "publish": False,
    "tags": [],
    "tracingConfiguration": {"enabled": False},
    "versionDescription": None,
}
"""Parameters that would change something, with the values that change nothing."""


def check_name(name: str) -> None:
    """Refuse a name of a machine or execution that the service refuses.

    Raises:
        ServiceError: InvalidName.
    """
    if not _NAME.fullmatch(name):
        raise ServiceError("InvalidName", f"Invalid Name: '{name}'")


def machine(call: Call, owner: str, world: World, parsed: dict[str, StateMachine]) -> Machine:
    """The machine that a CreateStateMachine call describes.

    Raises:
        ServiceError: InvalidName, or InvalidDefinition with AWS's text.
        Unsupported: the definition or a parameter of the call is not emulated.
    """
    for parameter, default in _NOT_EMULATED.items():
        if call.parameters.get(parameter, default) != default:
            raise Unsupported(f"the parameter `{parameter}` of states:CreateStateMachine")
    name = str(call.parameters.get("name", ""))
    check_name(name)
    type_ = str(call.parameters.get("type", "STANDARD"))
    text = str(call.parameters.get("definition", ""))
    definition = parsed.get(text)
    if definition is None:
        definition = parsed[text] = _definition(text, name)
    if type_ == "EXPRESS":
        _check(definition.document, express=True)
    partition = arns.partition_of(call.region).name
    return Machine(
        arn=str(Arn(partition, "states", call.region, owner, f"stateMachine:{name}")),
        name=name,
        account=owner,
        region=call.region,
        role_arn=str(call.parameters.get("roleArn", "")),
        type=type_,
        definition=definition,
        text=text,
        created=world.clock.now(),
    )


def created_again(existing: Machine, asked: Machine) -> Output:
    """Creating the same machine once more changes nothing; another one under the name is refused.

    Raises:
        ServiceError: StateMachineAlreadyExists.
    """
    if (existing.text, existing.role_arn, existing.type) == (asked.text, asked.role_arn, asked.type):
        return {"stateMachineArn": existing.arn, "creationDate": existing.created}
    raise ServiceError("StateMachineAlreadyExists", f"State Machine Already Exists: '{existing.arn}'")


def _definition(text: str, name: str) -> StateMachine:
    source = Source(f"{name}.asl.json", text)
    if not text.strip():
        _check(None)
    try:
        document: Json = read(source)
    except Rejected as rejected:
        problem = located_complaint(text) or rejected.faults[0].message
        message = f"Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: {problem}'"
        raise ServiceError("InvalidDefinition", message) from None
    _check(document)
    return parse_document(document, Origin(source))


def _check(document: Json, *, express: bool = False) -> None:
    found = findings(document, express=express)
    if found:
        raise ServiceError("InvalidDefinition", aws_text(found))
