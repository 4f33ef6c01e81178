"""Making accounts, identities, functions and state machines in a world from a test, each in one line."""

from __future__ import annotations

import traceback
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from turnstile.backends.handlers.code import failure
from turnstile.faults import Unsupported
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.pytest_plugin.trouble import NotThereError, UnusableError
from turnstile.source import unwritten
from turnstile.world.function import Function, FunctionError
from turnstile.world.role import Role
from turnstile.world.user import User

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json
    from turnstile.iam.policy import Policy
    from turnstile.world.world import Account, World


def account_called(world: World, name: str) -> Account:
    """The account with that name or id.

    Raises:
        NotThereError: there is none; the message lists those that there are.
    """
    found = world.accounts.get(name) or next((one for one in world.accounts.values() if one.name == name), None)
    if found is None:
        there = ", ".join(f"`{one.name}`" for one in world.accounts.values()) or "none"
        raise NotThereError(f"no account is called `{name}`; there are: {there}")
    return found


def declare_role(account: Account, name: str, trust: Json, policies: Mapping[str, Json]) -> str:
    """Make a role, or replace it; its ARN.

    Raises:
        Rejected: a policy is faulty.
    """
    arn = account.arn("iam", f"role/{name}")
    called = f"trust policy of {account.name}/{name}"
    trusting = parse(trust, kind=Kind.TRUST, name=called, origin=unwritten(f"<{called}>"))
    origin = unwritten(f"<role {account.name}/{name}>")
    account.roles[arn] = Role(arn, name, account.id, trusting, _inline(account, name, policies), origin)
    return arn


def declare_user(account: Account, name: str, policies: Mapping[str, Json]) -> str:
    """Make a user, or replace it; its ARN.

    Raises:
        Rejected: a policy is faulty.
    """
    arn = account.arn("iam", f"user/{name}")
    origin = unwritten(f"<user {account.name}/{name}>")
    account.users[arn] = User(arn, name, account.id, _inline(account, name, policies), origin)
    return arn


def declare_function(account: Account, name: str, handler: Callable[[Json], Json], role: str) -> str:
    """Make a Lambda function that a callable of the test answers for; its ARN.

    What the callable raises is the function's error, as of any handler, but for failed assertions: they are the test's.

    Raises:
        UnusableError: the callable is a coroutine function.
    """
    if iscoroutinefunction(handler):
        raise UnusableError(f"the handler of `{name}` is a coroutine function; Lambda calls plain ones")
    arn = account.arn("lambda", f"function:{name}")
    origin = unwritten(f"<function {account.name}/{name}>")
    account.functions[arn] = Function(arn, name, account.id, account.region, _answer(handler), origin, role)
    return arn


def _answer(handler: Callable[[Json], Json]) -> Callable[[Json], Json]:
    def answer(event: Json) -> Json:
        try:
            return handler(event)
        except (AssertionError, FunctionError, Unsupported):
            raise
        except Exception as error:
            stack = [line.rstrip("\n") for line in traceback.format_tb(error.__traceback__)[1:]]
            raise FunctionError(failure(type(error).__name__, str(error), None, stack)) from error

    return answer


def _inline(account: Account, owner: str, policies: Mapping[str, Json]) -> tuple[Policy, ...]:
    return tuple(
        parse(document, kind=Kind.IDENTITY, name=name, origin=unwritten(f"<{account.name}/{owner}/{name}>"))
        for name, document in policies.items()
    )


def named_arn(account: Account, kind: str, name: str) -> str:
    """The ARN of a role or user of an account, by its name without its path; a name that is an ARN stays as it is.

    Raises:
        NotThereError: there is none; the message lists those that there are.
    """
    there = account.roles if kind == "role" else account.users
    found = next((arn for arn, one in there.items() if name in (arn, one.name)), None)
    if found is None:
        listed = ", ".join(f"`{one.name}`" for one in there.values()) or "none"
        raise NotThereError(f"the account `{account.name}` has no {kind} `{name}`; there are: {listed}")
    return found


def keys_of(credentials: Any) -> dict[str, str]:
    """Credentials, of a world or of boto3, by the names that boto3 has for them."""
    found = {
        "aws_access_key_id": credentials.access_key,
        "aws_secret_access_key": credentials.secret_key,
        "aws_session_token": credentials.token,
    }
    return {name: value for name, value in found.items() if value}
