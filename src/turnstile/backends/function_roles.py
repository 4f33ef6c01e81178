"""What CreateFunction checks of a function's execution role: it is the account's, and Lambda may assume it.

Declared functions are never created by a call, so the checks stand apart from the functions that answer. Texts:
reported for CreateFunction; that Lambda tries the role as the function (`aws:SourceArn`, `aws:SourceAccount`), and how
it calls the session, is *inferred*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.world.caller import ServicePrincipal

if TYPE_CHECKING:
    from turnstile.gate.gate import Gate
    from turnstile.world.function import Function
    from turnstile.world.world import Account

SERVICE = "lambda.amazonaws.com"
NOT_ASSUMABLE = "The role defined for the function cannot be assumed by Lambda."


def check_role(gate: Gate, account: Account, function: Function) -> None:
    """Judge the role of a function as its creation by the account's root user would.

    Raises:
        ServiceError: AccessDeniedException for a role of another account, InvalidParameterValueException for one that
            does not trust Lambda.
    """
    parameters = {"FunctionName": function.name, "Role": function.role}
    gate.admit(Call(account.root, "lambda", "CreateFunction", parameters, function.region))
    service = ServicePrincipal(SERVICE, function.arn, account.id)
    assumption = {"RoleArn": function.role, "RoleSessionName": "awslambda"}
    try:
        gate.admit(Call(service, "sts", "AssumeRole", assumption, function.region))
    except ServiceError:
        raise ServiceError("InvalidParameterValueException", NOT_ASSUMABLE) from None
