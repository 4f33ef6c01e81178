"""How asynchronous invocations of a function are configured: retries, age and destinations, by qualifier.

Shapes: Lambda API Reference, PutFunctionEventInvokeConfig and the others; texts are partly *inferred*.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.backends.function_names import found, missing, named, qualifier
from turnstile.backends.function_pages import page
from turnstile.backends.function_versions import keep
from turnstile.gate.errors import ServiceError
from turnstile.world.function import LATEST, EventConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.world.function import Function
    from turnstile.world.world import World

_INVALID = "InvalidParameterValueException"


def _event_subject(world: World, call: Call, owner: str) -> tuple[Function, str]:
    name = named(call, owner)
    function = found(world, name)
    wanted = qualifier(name, call.parameters.get("Qualifier")) or LATEST
    published = function.published
    if wanted != LATEST and wanted not in published.versions and wanted not in published.aliases:
        raise missing(f"{name.arn}:{wanted}")
    return function, wanted


def _put_events(world: World, call: Call, owner: str) -> Output:
    return _events_kept(world, call, owner, EventConfig())


def _update_events(world: World, call: Call, owner: str) -> Output:
    function, wanted = _event_subject(world, call, owner)
    return _events_kept(world, call, owner, _events_of(function, wanted))


def _events_kept(world: World, call: Call, owner: str, before: EventConfig) -> Output:
    function, wanted = _event_subject(world, call, owner)
    given = call.parameters
    destinations = given.get("DestinationConfig") or {}
    config = EventConfig(
        _within(given, "MaximumRetryAttempts", before.retries, 0, 2),
        _within(given, "MaximumEventAgeInSeconds", before.age, 60, 21_600),
        _destination(function, destinations, "OnSuccess", before.on_success),
        _destination(function, destinations, "OnFailure", before.on_failure),
        world.clock.now(),
    )
    published = replace(function.published, events={**function.published.events, wanted: config})
    return _events_shown(keep(world, replace(function, published=published)), wanted, config)


def _within(given: Mapping[str, Json], member: str, before: int | None, least: int, most: int) -> int | None:
    value = given.get(member)
    if value is None:
        return before
    if not least <= int(value) <= most:
        bound = f"less than or equal to {most}" if int(value) > most else f"greater than or equal to {least}"
        shown = member[0].lower() + member[1:]
        text = f"1 validation error detected: Value '{value}' at '{shown}' failed to satisfy constraint: "
        raise ServiceError("ValidationException", f"{text}Member must have value {bound}")
    return int(value)


def _destination(function: Function, given: Mapping[str, Json], member: str, before: str) -> str:
    if member not in given:
        return before
    text = str((given[member] or {}).get("Destination") or "")
    try:
        service = arns.parse(text).service if text else "sqs"
    except ValueError:
        service = ""
    if service not in ("sqs", "sns", "lambda", "events", "s3"):
        raise ServiceError(_INVALID, f"The provided destination {text} is invalid.")
    if text == function.arn:
        raise ServiceError(_INVALID, "You can't specify the function as a destination for itself.")
    return text


def _events_of(function: Function, wanted: str) -> EventConfig:
    config = function.published.events.get(wanted)
    if config is None:
        text = f"The function {function.arn}:{wanted} doesn't have an EventInvokeConfig"
        raise ServiceError("ResourceNotFoundException", text, 404)
    return config


def _get_events(world: World, call: Call, owner: str) -> Output:
    function, wanted = _event_subject(world, call, owner)
    return _events_shown(function, wanted, _events_of(function, wanted))


def _delete_events(world: World, call: Call, owner: str) -> Output:
    function, wanted = _event_subject(world, call, owner)
    _events_of(function, wanted)
    left = {name: each for name, each in function.published.events.items() if name != wanted}
    keep(world, replace(function, published=replace(function.published, events=left)))
    return {}


def _list_events(world: World, call: Call, owner: str) -> Output:
    function, _ = _event_subject(world, call, owner)
    shown = [_events_shown(function, name, config) for name, config in function.published.events.items()]
    return page(call, "FunctionEventInvokeConfigs", shown)


def _events_shown(function: Function, wanted: str, config: EventConfig) -> dict[str, Json]:
    members = (("OnSuccess", config.on_success), ("OnFailure", config.on_failure))
    output: dict[str, Json] = {
        "LastModified": config.modified,
        "FunctionArn": f"{function.arn}:{wanted}",
        "DestinationConfig": {member: {"Destination": arn} if arn else {} for member, arn in members},
    }
    if config.retries is not None:
        output["MaximumRetryAttempts"] = config.retries
    if config.age is not None:
        output["MaximumEventAgeInSeconds"] = config.age
    return output


OPERATIONS: Mapping[str, Callable[[World, Call, str], Output]] = {
    "DeleteFunctionEventInvokeConfig": _delete_events,
    "GetFunctionEventInvokeConfig": _get_events,
    "ListFunctionEventInvokeConfigs": _list_events,
    "PutFunctionEventInvokeConfig": _put_events,
    "UpdateFunctionEventInvokeConfig": _update_events,
}
"""By operation of `lambda`."""
