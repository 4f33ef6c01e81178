"""The Lambda API on the world's own functions, apart from `Invoke`: one table over its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.backends import function_event_settings, function_policies, function_settings, function_versions
from turnstile.faults import Unsupported

if TYPE_CHECKING:
    from turnstile.gate.call import Call, Output
    from turnstile.gate.gate import Gate
    from turnstile.world.world import World


def perform(world: World, call: Call, owner: str, gate: Gate | None) -> Output:
    """Do what the call asks; a name without an account means one of the owner's.

    Raises:
        ServiceError: Lambda refuses it.
        Unsupported: the operation is not emulated.
    """
    if call.operation in function_policies.OPERATIONS:
        return function_policies.perform(world, call, owner)
    if call.operation in function_versions.OPERATIONS:
        return function_versions.OPERATIONS[call.operation](world, call, owner)
    if call.operation in function_event_settings.OPERATIONS:
        return function_event_settings.OPERATIONS[call.operation](world, call, owner)
    if call.operation in function_settings.OPERATIONS:
        return function_settings.OPERATIONS[call.operation](world, call, owner, gate)
    raise Unsupported(f"lambda:{call.operation}")
