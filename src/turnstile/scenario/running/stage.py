"""From declarations to a world: accounts and what they own, then resources and state machines by ordinary calls.

Identities and functions are put in place as they are declared, the roles of functions after a check; everything else
comes to be through the gate, by calls of the owning account's root user. Each case has a world of its own, so nothing
is ever taken down; cases with the same declarations begin with copies of one staged world (`staged`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.arn import Arn
from turnstile.backends.function_roles import check_role
from turnstile.clock import VirtualClock
from turnstile.faults import Rejected, Unsupported
from turnstile.gate.call import Call
from turnstile.gate.errors import AccessDenied, ServiceError
from turnstile.world.answers import Answers
from turnstile.world.caller import IamUser, Session
from turnstile.world.job_plan import JobPlans
from turnstile.world.world import World

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.emulator import Emulator
    from turnstile.world.caller import Caller
    from turnstile.world.declaration import Declarations, MachineDeclaration, Resource
    from turnstile.world.world import Account

_SESSION = "turnstile"
_HOUR = 3600


def build(declarations: Declarations, *, seed: int, start: float, moto_url: str | None = None) -> World:
    """A world with the declared accounts, identities and functions; `start` in seconds since 1970."""
    world = World(clock=VirtualClock(start), seed=seed, moto_url=moto_url, settings=declarations.settings)
    for declared in declarations.accounts:
        account = world.add_account(declared.id, declared.name, declared.region)
        account.alias = declared.alias
        account.roles.update({role.arn: role for role in declared.roles})
        account.functions.update({function.arn: function for function in declared.functions})
        account.users.update({user.arn: user for user in declared.users})
        account.groups.update({group.arn: group for group in declared.groups})
        account.policies.update({policy.arn: policy for policy in declared.policies})
        account.stubs.update({called: Answers(script) for called, script in declared.stubs.items()})
        account.jobs.update({called: JobPlans(rules) for called, rules in declared.jobs.items()})
    world.organization = declarations.organization
    world.aws_policies.update({policy.arn: policy for policy in declarations.aws_policies})
    return world


def caller(world: World, arn: str) -> Caller:
    """Who has that ARN, as one that makes calls; a role comes as a session that somebody took before."""
    account = world.owner(arn)
    assert account is not None  # the ARN is that of something declared
    user, role = account.users.get(arn), account.roles.get(arn)
    if user is not None:
        return IamUser(arn, user.id, account.id, user.name)
    if arn == account.root.arn or role is None:
        return account.root
    session = str(Arn(account.partition, "sts", "", account.id, f"assumed-role/{role.name}/{_SESSION}"))
    now = world.clock.now()
    return Session(session, arn, role.id, account.id, _SESSION, now, now + _HOUR, arn)


async def stage(emulator: Emulator, declarations: Declarations) -> None:
    """Everything that is declared, in order: functions, resources, state machines.

    Raises:
        ServiceError: a function or a state machine is refused.
        Rejected: a service refuses to make a resource.
        Unsupported: something is not emulated.
    """
    staff(emulator, declarations)
    await furnish(emulator, declarations)
    await register(emulator, declarations)
    await finish(emulator, declarations)


def staff(emulator: Emulator, declarations: Declarations) -> None:
    """Check that the declared functions could have been created with their roles.

    Raises:
        ServiceError: the first refusal.
    """
    for declared in declarations.accounts:
        for function in declared.functions:
            if function.role:
                check_role(emulator.gate, emulator.world.accounts[declared.id], function)


async def furnish(emulator: Emulator, declarations: Declarations) -> None:
    """Make the declared resources, account by account.

    Raises:
        Rejected: a service refuses to make one.
        Unsupported: the service or operation is not emulated.
    """
    for declared in declarations.accounts:
        account = emulator.world.accounts[declared.id]
        for resource in declared.resources:
            await _make(emulator, account, resource)


async def finish(emulator: Emulator, declarations: Declarations) -> None:
    """Make what needs the state machines, account by account.

    Raises:
        Rejected: a service refuses to make one.
        Unsupported: the service or operation is not emulated.
    """
    for declared in declarations.accounts:
        account = emulator.world.accounts[declared.id]
        for resource in declared.finishing:
            await _make(emulator, account, resource)


async def _make(emulator: Emulator, account: Account, resource: Resource) -> None:
    region = resource.region or account.region
    asked = (resource.service, resource.operation, resource.parameters, region)
    emulator.world.known.written.update(resource.policies)
    try:
        await emulator.gate.call(Call(account.root, *asked, made=resource.made))
    except ServiceError as error:
        message = f"`{resource.service}:{resource.operation}` was refused: {error.code}: {error.message}"
        remedy = _remedy(error, f"{resource.service}:{resource.operation}")
        raise Rejected([resource.origin.fault("resource-refused", message, remedy)]) from None
    except Unsupported as error:
        raise Unsupported(error.feature, error.where or resource.origin.where()) from None


def _remedy(error: ServiceError, operation: str) -> str:
    if isinstance(error, AccessDenied):
        return "resources are made by the account's root user: let the organization's control policies allow it"
    if "type: a mapping, valid types: text" in error.message:
        return "the API takes such a document as JSON text: write it in quotes, or below `>-`"
    return f"correct the parameters; they are those of the API {operation}"


async def register(emulator: Emulator, declarations: Declarations) -> None:
    """Create the declared state machines, in order.

    Raises:
        ServiceError: the first refusal; the machines after it are not created.
        Unsupported: a definition needs what is not emulated.
    """
    for machine in declarations.machines:
        try:
            await emulator.create_state_machine(
                emulator.world.accounts[machine.account].root,
                name=machine.name,
                definition=machine.text,
                role_arn=machine.role_arn,
                region=machine.region,
                type=machine.type,
                further=_configurations(machine),
            )
        except Unsupported as error:
            raise Unsupported(error.feature, error.where or machine.origin.where()) from None


def _configurations(machine: MachineDeclaration) -> dict[str, Json]:
    """The parameters of CreateStateMachine that most machines do without."""
    tags = [{"key": key, "value": value} for key, value in machine.tags.items()]
    given = {"loggingConfiguration": machine.logging, "tracingConfiguration": machine.tracing, "tags": tags}
    return {name: value for name, value in given.items() if value}
