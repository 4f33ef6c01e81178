"""A function's execution role: what CreateFunction checks of it, and the sessions in which the function makes calls.

Declared functions are never created by a call, so the checks stand apart from the functions that answer. Texts:
reported for CreateFunction; that Lambda tries the role as the function (`aws:SourceArn`, `aws:SourceAccount`), and how
it calls the session then, is *inferred*. Sessions of environments are named after the function, and their calls carry
`lambda:SourceFunctionArn` (Lambda Developer Guide, "Working with Lambda execution environment credentials").
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.world.caller import ServicePrincipal, Session

if TYPE_CHECKING:
    from turnstile.gate.gate import Gate
    from turnstile.world.credentials import Credentials
    from turnstile.world.function import Function
    from turnstile.world.world import Account

SERVICE = "lambda.amazonaws.com"
_SHORTEST_NAME, _LONGEST_NAME = 2, 64
NOT_ASSUMABLE = "The role defined for the function cannot be assumed by Lambda."


def check_role(gate: Gate, account: Account, function: Function) -> None:
    """Judge the role of a function as its creation by the account's root user would.

    Raises:
        ServiceError: AccessDeniedException for a role of another account, InvalidParameterValueException for one that
            does not trust Lambda.
    """
    parameters = {"FunctionName": function.name, "Role": function.role}
    gate.admit(Call(account.root, "lambda", "CreateFunction", parameters, function.region))
    check_trust(gate, function)


def check_trust(gate: Gate, function: Function) -> None:
    """Judge whether Lambda may take the role of a function.

    Raises:
        ServiceError: InvalidParameterValueException, it may not.
    """
    service = ServicePrincipal(SERVICE, function.arn, function.account)
    assumption = {"RoleArn": function.role, "RoleSessionName": "awslambda"}
    try:
        gate.admit(Call(service, "sts", "AssumeRole", assumption, function.region))
    except ServiceError:
        raise ServiceError("InvalidParameterValueException", NOT_ASSUMABLE) from None


async def issue(gate: Gate, function: Function) -> Credentials:
    """Credentials of a new session of the function's role, taken by Lambda.

    Raises:
        ServiceError: AccessDeniedException, Lambda may not take it any more.
    """
    service = ServicePrincipal(SERVICE, function.arn, function.account)
    parameters = {"RoleArn": function.role, "RoleSessionName": function.name[:_LONGEST_NAME].ljust(_SHORTEST_NAME, "-")}
    try:
        answer = await gate.call(Call(service, "sts", "AssumeRole", parameters, function.region))
    except ServiceError:
        raise ServiceError("AccessDeniedException", NOT_ASSUMABLE, 403) from None
    keyring = gate.world.credentials
    kept = keyring[answer.output["Credentials"]["AccessKeyId"]]
    assert isinstance(kept.caller, Session)  # AssumeRole gives nothing else
    session = replace(kept.caller, claims={**kept.caller.claims, "lambda:SourceFunctionArn": function.arn})
    keyring.revoke(kept.access_key)
    return keyring.add(replace(kept, caller=session))


async def function_session(gate: Gate, function: Function) -> Session:
    """A session of the function's role for a call that Lambda makes in its name.

    Raises:
        ServiceError: see `issue`.
    """
    caller = (await issue(gate, function)).caller
    assert isinstance(caller, Session)  # it was made so
    return caller
