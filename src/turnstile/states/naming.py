"""Names and ARNs of the Step Functions API, and how it refuses those that name nothing it could mean.

Rules: reference/limits.md, "Names and ARNs". Texts are recorded unless they are called *inferred*.
"""

from __future__ import annotations

import re

from turnstile.arn import Arn, parse
from turnstile.gate.errors import ServiceError

MACHINE, EXECUTION, EXPRESS, ACTIVITY, MAP_RUN = "stateMachine", "execution", "express", "activity", "mapRun"

_NAME = re.compile(r"[^\s?*<>{}\[\]\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff]{1,80}")
_NUMBER = re.compile(r"\d+")


def check_name(name: str) -> None:
    """Refuse a name of a machine, execution or activity that the service refuses.

    Raises:
        ServiceError: InvalidName.
    """
    if not _NAME.fullmatch(name):
        raise ServiceError("InvalidName", f"Invalid Name: '{name}'")


def check_kind(text: str, *kinds: str) -> Arn:
    """The ARN of a resource of one of these kinds.

    Raises:
        ServiceError: InvalidArn, for text that is no ARN and for other kinds of resources.
    """
    try:
        arn = parse(text)
    except ValueError:
        raise ServiceError("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {text}'") from None
    kind = arn.resource.partition(":")[0]
    if kind not in kinds:
        raise ServiceError("InvalidArn", f"Invalid Arn: 'Resource type not valid in this context: {kind}'")
    return arn


def unlabelled(text: str) -> str:
    """The same ARN, refused where it names a Map inside a state machine (documented; the text is *inferred*).

    Raises:
        ServiceError: ValidationException.
    """
    if f":{MACHINE}:" in text and "/" in text:
        raise ServiceError("ValidationException", f"This API does not support labeled ARNs: '{text}'")
    return text


def split_qualifier(text: str) -> tuple[str, str]:
    """The ARN of a state machine without its version or alias, and that, empty if there is none.

    Raises:
        ServiceError: InvalidArn.
    """
    arn = check_kind(text, MACHINE)
    _, name, *qualifier = arn.resource.split(":")
    plain = str(Arn(arn.partition, arn.service, arn.region, arn.account, f"{MACHINE}:{name}"))
    return plain, ":".join(qualifier)


def is_version(qualifier: str) -> bool:
    """Whether a qualifier is the number of a version, not the name of an alias."""
    return _NUMBER.fullmatch(qualifier) is not None


def no_machine(arn: str) -> ServiceError:
    """The refusal where no state machine, version or alias has that ARN."""
    return ServiceError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")


def no_resource() -> ServiceError:
    """The refusal where no alias or version has the ARN of a request about it."""
    return ServiceError("ResourceNotFound", "Request references a resource that does not exist.")
