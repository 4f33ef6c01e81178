"""Running one definition, without a scenario file: the functions `run` and `run_async`.

Stands on the emulator; knows no files but those that hold a definition.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING

from turnstile.arn import Arn
from turnstile.asl.definition import StateMachine
from turnstile.asl.parse import parse
from turnstile.backends.task_models import TaskModels
from turnstile.document import Json, compact
from turnstile.emulator import Emulator
from turnstile.integrations.definition import checked
from turnstile.loops import outside_a_loop
from turnstile.world.world import World, default_world

if TYPE_CHECKING:
    from pathlib import Path

    from turnstile.clock import Clock
    from turnstile.states.execution import Execution

EVERYTHING = "StepFunctionsExecutionRole"
"""Name of the execution role where permissions are not judged."""

NO_INPUT: Json = {}
"""The input of an execution that is started without one, as StartExecution has it."""


def run(
    definition: StateMachine | dict[str, Json] | str | Path,
    document: Json = NO_INPUT,
    *,
    name: str | None = None,
    machine_name: str = "StateMachine",
    type: str = "STANDARD",  # noqa: A002 - the API's own word
    world: World | None = None,
    role_arn: str | None = None,
    clock: Clock | None = None,
    seed: int = 0,
) -> Execution:
    """Run a definition to its end and return the execution; see `run_async`.

    Raises:
        RuntimeError: an event loop is running already.
    """
    outside_a_loop("run", "await run_async(...)")
    return asyncio.run(
        run_async(
            definition,
            document,
            name=name,
            machine_name=machine_name,
            type=type,
            world=world,
            role_arn=role_arn,
            clock=clock,
            seed=seed,
        )
    )


@lru_cache(maxsize=256)
def _text(machine: StateMachine) -> str:
    """The text of a definition, written once for many runs."""
    return compact(machine.document)


async def run_async(
    definition: StateMachine | dict[str, Json] | str | Path,
    document: Json = NO_INPUT,
    *,
    name: str | None = None,
    machine_name: str = "StateMachine",
    type: str = "STANDARD",  # noqa: A002 - the API's own word
    world: World | None = None,
    role_arn: str | None = None,
    clock: Clock | None = None,
    seed: int = 0,
) -> Execution:
    """Run a definition to its end; any number at once on one loop.

    Without `world`, the machine lives in account 123456789012, us-east-1, and permissions are not judged
    (`execution.judged` is false). With one, it lives in the world's first account and needs `role_arn`. `document` is
    the input, `{}` if not given; `clock` and `seed` are for the default world.

    Raises:
        Rejected: the definition is faulty; it holds every fault.
        ServiceError: the state machine or the execution was refused.
        Unsupported: it came to something that is not emulated.
    """
    machine = checked(definition if isinstance(definition, StateMachine) else parse(definition), TaskModels())
    if world is None:
        world = default_world(clock=clock, seed=seed)
    account = next(iter(world.accounts.values()))
    if role_arn is None:
        role_arn = str(Arn(account.partition, "iam", "", account.id, f"role/{EVERYTHING}"))
    text = _text(machine)
    async with Emulator(world, definitions={text: machine}) as emulator:
        machine_arn = await emulator.create_state_machine(
            account.root,
            name=machine_name,
            definition=text,
            role_arn=role_arn,
            region=account.region,
            type=type,
        )
        return await emulator.execute(account.root, machine_arn, document, name=name)
