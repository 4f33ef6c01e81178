"""A world for one test, or for many: what it holds, its clock, its emulator, and clients of whoever lives in it.

world.account("dev", "111122223333")
world.role("dev", "Reader", trust=..., policies={"Read": ...})
queue = world.client("sqs", account="dev", role="Reader")
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self

from turnstile.emulator import Emulator
from turnstile.pytest_plugin.declaring import (
    account_called,
    declare_function,
    declare_role,
    declare_user,
    named_arn,
)
from turnstile.pytest_plugin.hosted import Hosted
from turnstile.pytest_plugin.hosted_emulator import HostedClock, HostedEmulator
from turnstile.pytest_plugin.played import told
from turnstile.world.caller import IamUser, Session
from turnstile.world.world import DEFAULT_REGION, World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.asl.definition import StateMachine
    from turnstile.document import Json
    from turnstile.gate.trail import Entry
    from turnstile.pytest_plugin.clients import AsyncClient
    from turnstile.report.report import Case
    from turnstile.world.caller import Caller
    from turnstile.world.world import Account

_NOBODY: Mapping[str, Json] = {}
_HOUR = 3600
_SESSION = "pytest"


class OpenWorld:
    """A world that is open until `close`, on a thread that starts when something first has to run.

    Time stands still but while a call of the test waits for something; see docs/pytest.md. Declaring replaces what had
    the same name. Nothing here may be used by two threads at once, but for clients.
    """

    def __init__(self, hosted: Hosted) -> None:
        self._hosted = hosted
        self.clock = HostedClock(hosted)
        self.emulator = HostedEmulator(hosted)

    @classmethod
    def fresh(cls, *, seed: int = 0, start: float | None = None, judged: bool = True) -> Self:
        """A world without accounts; `start` is its time in seconds since 1970, by default the start of 2026.

        `judged` False allows every call.
        """
        from turnstile.clock import DAWN, VirtualClock  # noqa: PLC0415 - beside `World`, whose default this is

        world = World(clock=VirtualClock(DAWN if start is None else start), seed=seed, judged=judged)
        return cls(Hosted(Emulator(world)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the world, with everything that still runs in it.

        Raises:
            Unsupported: something in it came to what is not emulated, and no call has raised it.
        """
        self._hosted.close()

    @property
    def world(self) -> World:
        """The world itself; look at it, and change it only between calls."""
        return self._hosted.emulator.world

    @property
    def trail(self) -> tuple[Entry, ...]:
        """Every call that came to the gate, in order, refused ones as well."""
        return tuple(self._hosted.emulator.gate.trail)

    def case_of(self, execution_arn: str) -> Case:
        """An execution as a case of a report, for explanations; one without a history if there is none."""
        emulator = self._hosted.emulator
        return told(emulator.executions.get(execution_arn), emulator)

    def account(self, name: str, account_id: str, region: str = DEFAULT_REGION) -> Account:
        """Open an account; elsewhere it is told by its name or its id.

        Raises:
            ValueError: the id is taken, or no partition has the Region.
        """
        return self.world.add_account(account_id, name, region)

    def role(self, account: str, name: str, *, trust: Json, policies: Mapping[str, Json] = _NOBODY) -> str:
        """Make a role with a trust policy and inline policies by name; its ARN.

        Raises:
            LookupError: there is no such account.
            Rejected: a policy is faulty.
        """
        return declare_role(account_called(self.world, account), name, trust, policies)

    def user(self, account: str, name: str, *, policies: Mapping[str, Json] = _NOBODY) -> str:
        """Make a user with inline policies by name; its ARN. Raises as `role` does."""
        return declare_user(account_called(self.world, account), name, policies)

    def function(self, account: str, name: str, handler: Callable[[Json], Json], *, role: str = "") -> str:
        """Make a Lambda function for which `handler` answers in the world's thread; its ARN.

        It is given the event and returns the payload.

        Raises:
            LookupError: there is no such account or role.
        """
        owner = account_called(self.world, account)
        return declare_function(owner, name, handler, named_arn(owner, "role", role) if role else "")

    def state_machine(
        self,
        account: str,
        name: str,
        definition: StateMachine | Mapping[str, Json] | str,
        *,
        role: str,
        kind: str = "STANDARD",
    ) -> str:
        """Create a state machine by a call of the account's root user; its ARN. `kind` is STANDARD or EXPRESS.

        Raises:
            LookupError: there is no such account or role.
            Rejected: the definition is faulty.
            ServiceError: Step Functions refuses to create it.
        """
        owner = account_called(self.world, account)
        return self.emulator.create(owner, name, definition, named_arn(owner, "role", role), kind)

    def caller(self, account: str, *, role: str | None = None, user: str | None = None) -> Caller:
        """A session of a role, taken now for an hour, a user, or the root user of an account.

        Raises:
            LookupError: there is no such account, role or user.
            ValueError: both a role and a user are named.
        """
        owner = account_called(self.world, account)
        if role and user:
            raise ValueError("a client is of a role or of a user, not of both")
        if user:
            found = owner.users[named_arn(owner, "user", user)]
            return IamUser(found.arn, found.id, owner.id, found.name)
        if not role:
            return owner.root
        taken = owner.roles[named_arn(owner, "role", role)]
        arn = owner.arn("sts", f"assumed-role/{taken.name}/{_SESSION}")
        now = self.clock.now()
        return Session(arn, taken.arn, taken.id, owner.id, _SESSION, now, now + _HOUR, taken.arn)

    def client(
        self, service: str, *, account: str, role: str | None = None, user: str | None = None, region: str | None = None
    ) -> Any:
        """A client of boto3 for a service, of a role, a user, or the root user; `region` is by default the account's.

        Calls are judged as the caller's. Credentials of a role last an hour of virtual time. Raises as `caller` does.
        """
        from turnstile.pytest_plugin import clients  # noqa: PLC0415 - loads boto3

        who = self.caller(account, role=role, user=user)
        return clients.client(
            service,
            url=self._hosted.open(),
            region=region or account_called(self.world, account).region,
            credentials=self.world.credentials.of(who),
        )

    async def client_async(
        self, service: str, *, account: str, role: str | None = None, user: str | None = None, region: str | None = None
    ) -> AsyncClient:
        """As `client`, with operations that are awaited: `await queue.send_message(...)`."""
        from turnstile.pytest_plugin.clients import AsyncClient  # noqa: PLC0415 - loads boto3

        made = await asyncio.to_thread(self.client, service, account=account, role=role, user=user, region=region)
        return AsyncClient(made)
