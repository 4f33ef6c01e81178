"""A world for one test, or for many: what it holds, its clock, its emulator, and clients of whoever lives in it.

world.account("dev", "111122223333")
world.role("dev", "Reader", trust=..., policies={"Read": ...})
queue = world.client("sqs", account="dev", role="Reader")
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from turnstile.emulator import Emulator
from turnstile.pytest_plugin.declaring import (
    account_called,
    declare_function,
    declare_role,
    declare_user,
    keys_of,
    named_arn,
)
from turnstile.pytest_plugin.hosted import Hosted
from turnstile.pytest_plugin.hosted_emulator import HostedClock, HostedEmulator
from turnstile.pytest_plugin.played import told
from turnstile.pytest_plugin.trouble import UnusableError, direct
from turnstile.world.caller import IamUser, Session
from turnstile.world.world import DEFAULT_REGION, World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.asl.definition import StateMachine
    from turnstile.document import Json
    from turnstile.gate.trail import Entry
    from turnstile.pytest_plugin.async_clients import Opening
    from turnstile.report.report import Case
    from turnstile.world.caller import Caller
    from turnstile.world.world import Account

_NOBODY: Mapping[str, Json] = {}
_HOUR = 3600
SESSION = "pytest"
"""The name of sessions that are there without being asked for."""


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
    def left_running(self) -> tuple[str, ...]:
        """The executions that still run and nobody has waited for, by machine and name; none once it is closed."""
        running = () if self._hosted.closed else tuple(self._hosted.left_running)
        return tuple(f"`{one.machine.name}` (`{one.name}`)" for one in running)

    @property
    def trail(self) -> tuple[Entry, ...]:
        """Every call that came to the gate, in order, refused ones as well."""
        return tuple(self._hosted.emulator.gate.trail)

    def case_of(self, execution_arn: str) -> Case:
        """An execution as a case of a report, for explanations; one without a history if there is none."""
        emulator = self._hosted.emulator
        return told(emulator.executions.get(execution_arn), emulator)

    @direct
    def account(self, name: str, account_id: str, region: str = DEFAULT_REGION) -> Account:
        """Open an account; elsewhere it is told by its name or its id.

        Raises:
            UnusableError: the id is none or taken, the name is, or no partition has the Region.
        """
        if not re.fullmatch("[0-9]{12}", account_id):
            raise UnusableError(f"`{account_id}` is no id of an account, which has twelve digits")
        if any(name == one.name for one in self.world.accounts.values()):
            raise UnusableError(f"an account is called `{name}` already")
        try:
            return self.world.add_account(account_id, name, region)
        except ValueError as error:
            raise UnusableError(str(error)) from None

    @direct
    def role(self, account: str, name: str, *, trust: Json, policies: Mapping[str, Json] = _NOBODY) -> str:
        """Make a role with a trust policy and inline policies by name; its ARN.

        Raises:
            NotThereError: there is no such account.
            Rejected: a policy is faulty.
        """
        return declare_role(account_called(self.world, account), name, trust, policies)

    @direct
    def user(self, account: str, name: str, *, policies: Mapping[str, Json] = _NOBODY) -> str:
        """Make a user with inline policies by name; its ARN. Raises as `role` does."""
        return declare_user(account_called(self.world, account), name, policies)

    @direct
    def function(self, account: str, name: str, handler: Callable[[Json], Json], *, role: str = "") -> str:
        """Make a Lambda function for which `handler` answers in the world's thread; its ARN.

        It is given the event and returns the payload.

        Raises:
            NotThereError: there is no such account or role.
        """
        owner = account_called(self.world, account)
        return declare_function(owner, name, handler, named_arn(owner, "role", role) if role else "")

    @direct
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
            NotThereError: there is no such account or role.
            Rejected: the definition is faulty.
            ServiceError: Step Functions refuses to create it.
        """
        owner = account_called(self.world, account)
        return self.emulator.create(owner, name, definition, named_arn(owner, "role", role), kind)

    @direct
    def caller(self, account: str, *, role: str | None = None, user: str | None = None) -> Caller:
        """A session of a role, taken now for an hour, a user, or the root user of an account.

        Raises:
            NotThereError: there is no such account, role or user.
            UnusableError: both a role and a user are named.
        """
        owner = account_called(self.world, account)
        if role and user:
            raise UnusableError("a client is of a role or of a user, not of both")
        if user:
            found = owner.users[named_arn(owner, "user", user)]
            return IamUser(found.arn, found.id, owner.id, found.name)
        if not role:
            return owner.root
        taken = owner.roles[named_arn(owner, "role", role)]
        arn = owner.arn("sts", f"assumed-role/{taken.name}/{SESSION}")
        now = self.clock.now()
        return Session(arn, taken.arn, taken.id, owner.id, SESSION, now, now + _HOUR, taken.arn)

    @direct
    def session(
        self,
        *,
        account: str,
        role: str | None = None,
        user: str | None = None,
        region: str | None = None,
        by: str | None = None,
        external_id: str | None = None,
    ) -> Any:
        """A `boto3.Session` of a role, a user, or the root user; `region` is by default the account's.

        Calls of its clients and resources are judged as the caller's. Credentials of a role last an hour of virtual
        time. They are there without being asked for, unless `by` says who takes the role, as `account`, `account/Role`
        or `account/user`: then that is a call of theirs as well, and may be refused.

        Raises:
            NotThereError: there is no such account, role or user.
            UnusableError: both a role and a user are named, or `by` without a role.
            botocore.exceptions.ClientError: the role may not be taken by whoever `by` is.
            ClosedWorldError: the world is closed.
        """
        owner = account_called(self.world, account)
        if by is None:
            keys = keys_of(self.world.credentials.of(self.caller(account, role=role, user=user)))
        elif not role or user:
            raise UnusableError("who takes a role by `by` names the role, and no user")
        else:
            keys = self._assumed(named_arn(owner, "role", role), owner.region, by, external_id)
        return self._session(region or owner.region, keys)

    @direct
    def client(self, service: str, *, account: str, **whose: Any) -> Any:
        """A client of boto3 for a service; `whose` are the parameters of `session`, and it raises as that does."""
        return self.session(account=account, **whose).client(service)

    @direct
    def resource(self, service: str, *, account: str, **whose: Any) -> Any:
        """A resource of boto3, as `client`."""
        return self.session(account=account, **whose).resource(service)

    def client_async(self, service: str, *, account: str, **whose: Any) -> Opening:
        """As `client`, with operations that are awaited, to be used by `await` or `async with`.

        Each call works in a thread. See `AsyncClient`.
        """
        from turnstile.pytest_plugin.async_clients import Opening  # noqa: PLC0415 - loads botocore

        return Opening(partial(self.client, service, account=account, **whose))

    @direct
    def environment(self, *, account: str, region: str | None = None, **whose: Any) -> dict[str, str]:
        """Environment variables with which any SDK of AWS calls as somebody of this world; see `session`."""
        from turnstile.pytest_plugin.clients import environment  # noqa: PLC0415 - loads boto3

        taken = self.session(account=account, region=region, **whose)
        return environment(self._hosted.open(), taken.region_name, keys_of(taken.get_credentials()))

    def _session(self, region: str, keys: Mapping[str, str]) -> Any:
        from turnstile.pytest_plugin.clients import WorldSession  # noqa: PLC0415 - loads boto3

        hosted = self._hosted
        return WorldSession(url=hosted.open(), region=region, keys=keys, check=hosted.check, explain=self._explain)

    def _assumed(self, role_arn: str, region: str, by: str, external_id: str | None) -> dict[str, str]:
        account, _, name = by.partition("/")
        owner = account_called(self.world, account)
        users = {one.name for one in owner.users.values()}
        whose = {"user" if name in users else "role": name} if name else {}
        security = self.client("sts", account=account, region=region, **whose)
        given = {"ExternalId": external_id} if external_id else {}
        taken = security.assume_role(RoleArn=role_arn, RoleSessionName=SESSION, **given)["Credentials"]
        return {
            "aws_access_key_id": taken["AccessKeyId"],
            "aws_secret_access_key": taken["SecretAccessKey"],
            "aws_session_token": taken["SessionToken"],
        }

    def _explain(self, request_id: str) -> str:
        from turnstile.pytest_plugin.explaining import told_of  # noqa: PLC0415 - only for what is refused

        entry = self._hosted.refused(request_id)
        return "" if entry is None else told_of(entry, self)
