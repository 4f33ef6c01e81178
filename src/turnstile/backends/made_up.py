"""Ids that services make up, where a declaration says beforehand what they are to be.

A template's key, security group or API is named all over the world before it is made. moto draws the ids of some such
resources itself, so both are kept side by side (`Known.made`): a call of the service goes to moto with moto's ids, and
its answer comes back with the declared ones. Only calls of services in which such an id can stand are looked at, so
that contents of objects and messages stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.backends.moto_wants import Wants
from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Backend, Call, Output
    from turnstile.world.world import World

_NETWORKED = ("autoscaling", "batch", "ecs", "efs", "eks", "elbv2", "emr", "rds", "sagemaker")
_OTHERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_NETWORKED, ("ec2",)),
    "dynamodbstreams": ("dynamodb",),
    "resourcegroupstaggingapi": ("apigateway", "ec2", "events", "kms", "secretsmanager", "sns"),
}
"""Services whose calls name what another one made."""


class MadeUp:
    """The backend behind, spoken to with the ids that it made up, and given what it wants."""

    def __init__(self, world: World, behind: Backend) -> None:
        self._world = world
        self._behind = Wants(behind)

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`.

        Raises:
            ServiceError: the service's own refusal.
            Unsupported: the operation is not emulated.
        """
        pairs = dict(self._pairs(call.service))
        if not pairs and not call.made:
            return await self._behind.perform(call, owner)
        there = _exchanged(call.parameters, pairs)
        back = {drawn: declared for declared, drawn in pairs.items()}
        try:
            output = await self._behind.perform(replace(call, parameters=there), owner)
        except ServiceError as error:
            raise ServiceError(error.code, _exchanged(error.message, back), error.status) from None
        known = self._world.known.made.setdefault(call.service, {}) if call.made else {}
        for place, declared in call.made.items():
            drawn = _at(output, place)
            if drawn and drawn != declared:
                known[declared] = drawn
                back[drawn] = declared
        return _exchanged(output, back)

    def _pairs(self, service: str) -> Iterator[tuple[str, str]]:
        made = self._world.known.made
        yield from made.get(service, {}).items()
        for other in _OTHERS.get(service, ()):
            yield from made.get(other, {}).items()


def _at(output: Json, place: str) -> str:
    """The text at a place such as `KeyMetadata.KeyId`, empty where there is none."""
    for name in place.split("."):
        output = output.get(name) if isinstance(output, dict) else None
    return output if isinstance(output, str) else ""


def _exchanged(value: Json, pairs: Mapping[str, str]) -> Json:
    """A copy in which each of the texts stands as its other, wherever it is part of a text."""
    if not pairs:
        return value
    pattern = re.compile("|".join(re.escape(text) for text in sorted(pairs, key=len, reverse=True)))
    return _walked(value, pattern, pairs)


def _walked(value: Json, pattern: re.Pattern[str], pairs: Mapping[str, str]) -> Json:
    match value:
        case str():
            return pattern.sub(lambda match: pairs[match[0]], value)
        case dict():
            return {name: _walked(member, pattern, pairs) for name, member in value.items()}
        case list() | tuple():
            return [_walked(member, pattern, pairs) for member in value]
        case _:
            return value
