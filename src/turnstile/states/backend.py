"""The Step Functions API over what a world has of it.

Each theme has a file of its own with its operations; here they come together. The gate has judged the caller; what is
refused from here on, the service refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.faults import Unsupported
from turnstile.states import constraints, validating
from turnstile.states.activities import Activities
from turnstile.states.aliases import Aliases
from turnstile.states.creation import Definitions
from turnstile.states.executions import Executions
from turnstile.states.machines import Machines
from turnstile.states.registry import Registry
from turnstile.states.tags import Tags
from turnstile.states.versions import Versions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from turnstile.asl.definition import StateMachine
    from turnstile.gate.call import Call, Output
    from turnstile.gate.gate import Gate
    from turnstile.states.execution import Execution
    from turnstile.states.runner import Runner
    from turnstile.states.sessions import Sessions
    from turnstile.states.test_state import Tester


class States:
    """Registers machines, starts executions and tells what became of them.

    `definitions` maps definition text to its tree, for texts that were parsed already.
    """

    def __init__(
        self,
        gate: Gate,
        sessions: Sessions,
        runner: Runner,
        definitions: Mapping[str, StateMachine],
        tester: Tester,
    ) -> None:
        registry = Registry(gate.world)
        self.executions: dict[str, Execution] = registry.executions
        self._operations: dict[str, Callable[[Call, str], Awaitable[Output]]] = {
            **Machines(registry, Definitions(dict(definitions)), gate, sessions).operations,
            **Versions(registry).operations,
            **Aliases(registry).operations,
            **Tags(registry).operations,
            **Activities(registry).operations,
            **Executions(registry, runner).operations,
            "TestState": tester.test,
            "ValidateStateMachineDefinition": validating.validate,
        }

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`."""
        operation = self._operations.get(call.operation)
        if operation is None:
            raise Unsupported(f"states:{call.operation}")
        constraints.check(call)
        return await operation(call, owner)
