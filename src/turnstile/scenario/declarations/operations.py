"""What scenario files name: operations of services, `service:Operation` by botocore's names, and states of machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl.definition import Map, Parallel, Task
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.asl.definition import State
    from turnstile.faults import Fault
    from turnstile.source import Origin


def operation_named(name: str, origin: Origin, faults: list[Fault]) -> tuple[str, str] | None:
    """A service and its operation, None where there is none of them, and the faults grow."""
    from turnstile.backends.moto_codec import service, services  # noqa: PLC0415 - loads botocore, for such names only

    spoken, colon, operation = name.partition(":")
    known = services()
    if not colon or not operation:
        message = f"`{name}` does not name an operation of a service"
        faults.append(origin.fault("unknown-operation", message, "write it as `mwaa:CreateCliToken`"))
    elif spoken not in known:
        message = f"there is no service `{spoken}`"
        faults.append(origin.fault("unknown-service", message, hint(spoken, known, "services")))
    elif operation not in (operations := service(spoken).model.operation_names):
        message = f"`{spoken}` has no operation `{operation}`"
        faults.append(origin.fault("unknown-operation", message, hint(operation, operations, "operations")))
    else:
        return spoken, operation
    return None


def every_state(states: Mapping[str, State]) -> Iterator[tuple[str, State]]:
    """The states of a definition by name, those of branches and item processors too."""
    for name, state in states.items():
        yield name, state
        match state:
            case Parallel(branches=branches):
                for branch in branches:
                    yield from every_state(branch.states)
            case Map(item_processor=branch):
                yield from every_state(branch.states)


def every_task(states: Mapping[str, State]) -> dict[str, Task]:
    """The Tasks of a definition by name."""
    return {name: state for name, state in every_state(states) if isinstance(state, Task)}
