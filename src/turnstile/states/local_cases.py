"""Test cases of executions, as in Step Functions Local: `...:stateMachine:Name#TestCase` starts one with its mocks.

AWS itself knows no such ARN (a name never holds `#`), so where the world has no mock configuration for the machine the
ARN is refused as one of no machine (*inferred*). The permission that is judged is the one on the machine. Facts:
Developer Guide, "Using mocked service integrations for testing in Step Functions Local".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.states.naming import no_machine

if TYPE_CHECKING:
    from turnstile.gate.call import Call
    from turnstile.world.machine import Machine
    from turnstile.world.rehearsal import Rehearsal
    from turnstile.world.world import World


def named_case(call: Call) -> str:
    """The test case that a start call names, empty for none."""
    return str(call.parameters["stateMachineArn"]).partition("#")[2]


def rehearsal(world: World, machine: Machine, case: str) -> Rehearsal | None:
    """The declared results for a new execution of a machine, None for none.

    Raises:
        ServiceError: StateMachineDoesNotExist, there is no such test case.
    """
    if case and case not in world.rehearsals.cases.get(machine.name, ()):
        raise no_machine(f"{machine.arn}#{case}")
    return world.rehearsals.begin(machine.arn, machine.name, case)
