"""The Step Functions API over what a world has of it.

Each theme has a file of its own with its operations; here they come together. The gate has judged the caller; what is
refused from here on, the service refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.faults import Unsupported
from turnstile.states import constraints
from turnstile.states.creation import Definitions
from turnstile.states.executions import Executions
from turnstile.states.machines import Machines
from turnstile.states.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeAlias

    from turnstile.asl.definition import StateMachine
    from turnstile.gate.call import Call, Output
    from turnstile.gate.gate import Gate
    from turnstile.states.execution import Execution
    from turnstile.states.runner import Runner
    from turnstile.states.sessions import Sessions
    from turnstile.states.task import Tasks
    from turnstile.states.test_state import Tester

    Operations: TypeAlias = dict[str, Callable[[Call, str], Awaitable[Output]]]


class States:
    """Registers machines, starts executions and tells what became of them.

    `definitions` maps definition text to its tree, for texts that were parsed already; it may grow. Operations that
    most runs never ask for are loaded with the first of them, and `tester` makes what answers TestState then.
    """

    def __init__(
        self,
        gate: Gate,
        sessions: Sessions,
        runner: Runner,
        definitions: dict[str, StateMachine],
        tester: Callable[[], Tester],
    ) -> None:
        registry = Registry(gate.world, runner.map_runs)
        self.executions: dict[str, Execution] = registry.executions
        self.children: dict[str, Execution] = registry.map_runs.children
        self._others: Callable[[], Operations] = lambda: _others(registry, tester(), runner.tasks)
        self._operations: Operations = {
            **Machines(registry, Definitions(definitions, runner.tasks.models), gate, sessions).operations,
            **Executions(registry, runner).operations,
        }

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`."""
        if call.operation not in self._operations:
            self._operations |= self._others()
        operation = self._operations.get(call.operation)
        if operation is None:
            raise Unsupported(f"states:{call.operation}")
        constraints.check(call)
        return await operation(call, owner)


def _others(registry: Registry, tester: Tester, tasks: Tasks) -> Operations:
    from turnstile.states import validating  # noqa: PLC0415 - loaded when asked for
    from turnstile.states.activities import Activities  # noqa: PLC0415 - as above
    from turnstile.states.aliases import Aliases  # noqa: PLC0415 - as above
    from turnstile.states.map_run_api import MapRunApi  # noqa: PLC0415 - as above
    from turnstile.states.sending import Sending  # noqa: PLC0415 - as above
    from turnstile.states.tags import Tags  # noqa: PLC0415 - as above
    from turnstile.states.versions import Versions  # noqa: PLC0415 - as above

    async def validate(call: Call, _owner: str) -> Output:
        return await validating.validate(call, tasks.models)

    return {
        **Versions(registry).operations,
        **Aliases(registry).operations,
        **MapRunApi(registry).operations,
        **Tags(registry).operations,
        **Activities(registry, tasks.queues).operations,
        **Sending(tasks.tokens).operations,
        "TestState": tester.test,
        "ValidateStateMachineDefinition": validate,
    }
