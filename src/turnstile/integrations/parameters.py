"""What AWS says of parameters with which a Task cannot be started; for integrations that check them before they call.

The sentence: reference/integrations.json (error_rules); which values it is said of is for the integration to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl.errors import runtime
from turnstile.document import compact

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.asl.errors import StatesError
    from turnstile.document import Json


def unusable(parameters: Json, field: str) -> StatesError:
    """`States.Runtime`: the value of a field is none that the integration takes."""
    return refused(parameters, f"The value of the field '{field}' has an invalid format")


def missing(parameters: Json, field: str) -> StatesError:
    """`States.Runtime`: a field that the integration needs is not there (text *inferred* from `unusable`)."""
    return refused(parameters, f"The field '{field}' is required but was missing")


def texts(needed: str, *others: str, free: tuple[str, ...] = ()) -> Callable[[Json], None]:
    """Refuses parameters without a member, others than these, and those that are no text, before the call (*inferred*).

    `free` are members that may be any JSON.
    """
    named = (needed, *others)

    def check(parameters: Json) -> None:
        if not isinstance(parameters, dict):
            return
        if parameters.get(needed) is None:
            raise missing(parameters, needed)
        wrong = [
            f'The field "{name}" is not supported by Step Functions'
            for name in parameters
            if name not in (*named, *free)
        ]
        wrong += [
            f"The value for the field '{name}' must be a STRING"
            for name in named
            if not isinstance(parameters.get(name), str | None)
        ]
        if wrong:
            raise refused(parameters, ", ".join(wrong))

    return check


def object_only(parameters: Json) -> None:
    """Refuse what is no object, as a raw input or a computed argument can be (the text is *inferred*).

    Raises:
        StatesError: `States.Runtime`.
    """
    if not isinstance(parameters, dict):
        raise refused(parameters, "The value is not a JSON object")


def refused(parameters: Json, reason: str) -> StatesError:
    """`States.Runtime`: the parameters cannot be used, for a reason in AWS's words."""
    return runtime(f"The Parameters '{compact(parameters)}' could not be used to start the Task: [{reason}]")
