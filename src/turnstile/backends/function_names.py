"""Function names of the Lambda API: whichever form a call gives, the function and the qualifier that are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.arn import partition_of
from turnstile.gate.errors import ServiceError
from turnstile.world.function import LATEST, resolve_name

if TYPE_CHECKING:
    from turnstile.gate.call import Call
    from turnstile.world.function import Function, FunctionName
    from turnstile.world.world import World

_NAME_PATTERN = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)"
    r"(:(\$LATEST|[a-zA-Z0-9-_]+))?"
)


def named(call: Call, owner: str, parameter: str = "FunctionName") -> FunctionName:
    """The function that a call names.

    Raises:
        ServiceError: ValidationException, that is no name.
    """
    text = call.parameters.get(parameter)
    partition = partition_of(call.region).name
    name = resolve_name(str(text), partition=partition, region=call.region, account=owner)
    if name is None:
        shown = parameter[0].lower() + parameter[1:]
        value = f"1 validation error detected: Value '{text}' at '{shown}' failed to satisfy constraint: "
        pattern = f"Member must satisfy regular expression pattern: {_NAME_PATTERN}"
        raise ServiceError("ValidationException", value + pattern)
    return name


def qualifier(name: FunctionName, given: str | None) -> str:
    """The version or alias that is meant, empty for none.

    Raises:
        ServiceError: name and parameter tell different ones.
    """
    if given and name.qualifier and given != name.qualifier:
        text = "The derived qualifier from the function name does not match the specified qualifier."
        raise ServiceError("InvalidParameterValueException", text)
    return name.qualifier or given or ""


def missing(arn: str) -> ServiceError:
    """The refusal of a function, version or alias that is not there."""
    return ServiceError("ResourceNotFoundException", f"Function not found: {arn}", 404)


def found(world: World, name: FunctionName) -> Function:
    """The function of that name.

    Raises:
        ServiceError: there is none.
    """
    function = world.function(name.arn)
    if function is None:
        raise missing(name.arn)
    return function


def version(world: World, function: Function, wanted: str) -> Function:
    """The version that a qualifier leads to; an alias with weights draws one from the world's chance.

    Raises:
        ServiceError: there is none.
    """
    if wanted in ("", LATEST):
        return function
    alias = function.published.aliases.get(wanted)
    number = wanted if alias is None else alias.version
    if alias is not None and alias.weights:
        drawn = world.random.random()
        for other, weight in alias.weights.items():
            drawn -= weight
            if drawn < 0:
                number = other
                break
    if number == LATEST:
        return function
    chosen = function.published.versions.get(number)
    if chosen is None:
        raise missing(f"{function.arn}:{wanted}")
    return chosen
