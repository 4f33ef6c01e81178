"""The world a recorded case ran in: its accounts, roles and Lambda functions.

Where the case names roles that may be assumed, permissions are judged, and the execution roles may do everything; in
all other cases the recording says nothing about permissions and they are not judged.
Shapes: recordings/README.md, "A case".
"""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tokens import MAIN_ACCOUNT, REGION, Tokens

from turnstile.faults import Unsupported
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.source import unwritten
from turnstile.world.function import Function, FunctionError, HandlerFile
from turnstile.world.role import Role
from turnstile.world.world import Account, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from turnstile.document import Json
    from turnstile.iam.policy import Policy

_ORIGIN = unwritten("<recording>")
_ECHO = HandlerFile(Path(__file__).parent / "echo_handler.py", "handler")
"""The function behind recorded APIs, as Lambda runs it: a header tells the length of its JSON, which has spaces."""
_LONGEST = 900.0
"""Seconds a function may run; recorded handlers that sleep do so on purpose."""

_SERVICE_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def recorded_world(case: dict[str, Any], tokens: Tokens) -> World:
    """Every account with its roles and functions; resources are for calls to make.

    Raises:
        Unsupported: a function behaves in a way this runner does not know.
    """
    roles = case["environment"].get("roles", ())
    world = World(judged=bool(roles))
    main_account(case, tokens, world)
    for role in roles:
        account = account_of(world, tokens.fill(role["account"]))
        admit_role(account, tokens.fill(role["arn"]), role["trust_policy"], role["permissions_policy"], tokens)
    for name, behaviour in case["environment"].get("lambdas", {}).items():
        account = account_of(world, tokens.fill(behaviour.get("account", main_id(case))))
        function = _function(account, tokens.fill(name), tokens.fill(behaviour), tokens.fill(case["expected"]))
        if "apigateway" in case["needs"]:
            function = replace(function, code=_ECHO)
        account.functions[function.arn] = function
    return world


def main_id(case: dict[str, Any]) -> str:
    """The account that owns the state machine, possibly as a token."""
    return case.get("account", MAIN_ACCOUNT)


def main_account(case: dict[str, Any], tokens: Tokens, world: World) -> Account:
    """The account that owns the state machine."""
    return account_of(world, tokens.fill(main_id(case)))


def account_of(world: World, account_id: str) -> Account:
    """The account with that id, opened when first asked for."""
    return world.accounts.get(account_id) or world.add_account(account_id, region=REGION)


def execution_role(account: Account, role_arn: str | None = None) -> str:
    """The ARN of a role of the account that may do everything for Step Functions; made when first asked for.

    A role of another account cannot be passed to a machine here, so the account's own takes its place: recordings write
    the roles of both accounts as one token.
    """
    own = account.arn("iam", "role/StepFunctionsExecutionRole")
    arn = role_arn if role_arn and f":{account.id}:role/" in role_arn else own
    if arn not in account.roles:
        admit_role(account, arn, _SERVICE_TRUST, _EVERYTHING)
    return arn


def admit_role(account: Account, arn: str, trust: Json, permissions: Json, tokens: Tokens | None = None) -> None:
    """Add a role with a trust policy and one inline policy."""
    fill: Callable[[Json], Json] = tokens.fill if tokens else lambda document: document
    policies = (_policy(fill(permissions), Kind.IDENTITY),)
    name = arn.rpartition("/")[2]
    account.roles[arn] = Role(arn, name, account.id, _policy(fill(trust), Kind.TRUST), policies, _ORIGIN)


def _policy(document: Json, kind: Kind) -> Policy:
    return parse(document, kind=kind, name=f"recorded {kind.name.lower()} policy", origin=_ORIGIN)


def _function(account: Account, name: str, behaviour: dict[str, Any], expected: Json) -> Function:
    make = _BEHAVIOURS.get(behaviour["behaviour"])
    if make is None:
        raise Unsupported(f"the recorded function behaviour `{behaviour['behaviour']}`")
    return Function(
        arn=account.arn("lambda", f"function:{name}"),
        name=name,
        account=account.id,
        region=account.region,
        code=make(behaviour, expected),
        origin=_ORIGIN,
        timeout=_LONGEST,
        takes=float(behaviour.get("seconds", 0)),
    )


def _echo(_behaviour: dict[str, Any], _expected: Json) -> Callable[[Json], Json]:
    return lambda event: event


def _return(behaviour: dict[str, Any], _expected: Json) -> Callable[[Json], Json]:
    return lambda _event: behaviour["value"]


def _repeat(behaviour: dict[str, Any], _expected: Json) -> Callable[[Json], Json]:
    return lambda _event: behaviour["char"] * behaviour["count"]


def _text(behaviour: dict[str, Any], _expected: Json) -> Callable[[Json], Json]:
    """A bytes object is the payload as it stands, so it is the JSON text of what the function gives."""
    value = json.loads(behaviour["value"])
    return lambda _event: value


def _template(behaviour: dict[str, Any], _expected: Json) -> Callable[[Json], Json]:
    return lambda event: behaviour["value"].replace("{python_repr_of_event}", repr(event))


def _raise(behaviour: dict[str, Any], expected: Json) -> Callable[[Json], Json]:
    """Raise as recorded: the payload stands in a cause, where AWS's message and stack trace are; ids are new."""
    plain = {"errorMessage": behaviour["message"], "errorType": behaviour["error_type"], "stackTrace": []}
    recorded = next((found for found in _payloads(expected) if found["errorType"] == behaviour["error_type"]), plain)
    random = Random(0)

    def answer(_event: Json) -> Json:
        request_id = str(uuid.UUID(int=random.getrandbits(128), version=4))
        members = {"errorMessage": recorded["errorMessage"], "errorType": recorded["errorType"]}
        raise FunctionError({**members, "requestId": request_id, "stackTrace": recorded["stackTrace"]})

    return answer


def _payloads(value: Json) -> Iterator[dict[str, Json]]:
    """Every error payload of a function in a document, also inside JSON text.

    The recorder lost a quote in the cause of two Express tests (recordings/README.md, "What is left out").
    """
    if isinstance(value, str) and '"errorType"' in value:
        try:
            value = json.loads(value.replace('"requestId":<', '"requestId":"<'))
        except ValueError:
            return
    if isinstance(value, dict):
        if {"errorMessage", "errorType", "stackTrace"} <= value.keys():
            yield value
        for member in value.values():
            yield from _payloads(member)
    elif isinstance(value, list):
        for member in value:
            yield from _payloads(member)


_BEHAVIOURS: dict[str, Callable[[dict[str, Any], Json], Callable[[Json], Json]]] = {
    "echo": _echo,
    "raise": _raise,
    "return": _return,
    "return_bytes": _text,
    "return_repeat": _repeat,
    "sleep_then_echo": _echo,
    "template": _template,
}
