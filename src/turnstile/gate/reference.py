"""Which permissions a call needs: IAM action, resource ARN and the account that owns it.

Rows: reference/iam-actions.md. An operation that has no row is judged only where the outcome cannot depend on the
ARN (the root user in its own account); otherwise it is `Unsupported`, never allowed by default.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from turnstile import arn as arns
from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.world.caller import Root
from turnstile.world.function import resolve_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.gate.call import Call
    from turnstile.iam.request import ContextValue
    from turnstile.world.world import World


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission a call needs, with the context keys that come with the operation."""

    action: str
    resource: str
    account: str
    context: Mapping[str, ContextValue] = field(default_factory=dict)


Row: TypeAlias = "Callable[[Call, World], tuple[Permission, ...]]"


def permissions(call: Call, world: World) -> tuple[Permission, ...]:
    """What the policies are asked about this call; empty where no permission is needed.

    Raises:
        ServiceError: a parameter that names the resource is malformed.
        Unsupported: the operation is not in the table and the outcome depends on the ARN.
    """
    row = _ROWS.get((call.service, call.operation))
    if row is not None:
        return row(call, world)
    if isinstance(call.caller, Root) or not world.judged:
        return (Permission(f"{call.service}:{call.operation}", "*", call.caller.account),)
    raise Unsupported(f"judging `{call.service}:{call.operation}`")


def _invoke(call: Call, _world: World) -> tuple[Permission, ...]:
    text = str(call.parameters.get("FunctionName", ""))
    partition = arns.partition_of(call.region).name
    name = resolve_name(text, partition=partition, region=call.region, account=call.caller.account)
    if name is None:
        raise ServiceError(
            "ValidationException",
            f"1 validation error detected: Value '{text}' at 'functionName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: "
            r"(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?"
            r"([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?",
        )
    resource = f"{name.arn}:{name.qualifier}" if name.qualifier not in ("", "$LATEST") else name.arn
    return (Permission("lambda:InvokeFunction", resource, name.account),)


def _assume_role(call: Call, _world: World) -> tuple[Permission, ...]:
    role = str(call.parameters.get("RoleArn", ""))
    context: dict[str, ContextValue] = {"sts:RoleSessionName": str(call.parameters["RoleSessionName"])}
    if "ExternalId" in call.parameters:
        context["sts:ExternalId"] = str(call.parameters["ExternalId"])
    try:
        account = arns.parse(role).account
    except ValueError:
        raise ServiceError("ValidationError", f"{role} is invalid", 400) from None
    return (Permission("sts:AssumeRole", role, account, context),)


def _create_state_machine(call: Call, _world: World) -> tuple[Permission, ...]:
    role = str(call.parameters.get("roleArn", ""))
    partition = arns.partition_of(call.region).name
    account = call.caller.account
    machine = f"arn:{partition}:states:{call.region}:{account}:stateMachine:{call.parameters.get('name', '')}"
    return (
        Permission("states:CreateStateMachine", machine, account),
        Permission("iam:PassRole", role, account, {"iam:PassedToService": "states.amazonaws.com"}),
    )


def _on(action: str, parameter: str) -> Row:
    """A row whose resource is the ARN in one parameter."""

    def row(call: Call, _world: World) -> tuple[Permission, ...]:
        text = str(call.parameters.get(parameter, ""))
        try:
            return (Permission(action, text, arns.parse(text).account),)
        except ValueError:
            raise ServiceError("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {text}'") from None

    return row


def _nothing(_call: Call, _world: World) -> tuple[Permission, ...]:
    return ()


def _on_role(call: Call, world: World) -> tuple[Permission, ...]:
    """IAM names a role without its path, the ARN has it."""
    account = world.accounts.get(call.caller.account)
    name = str(call.parameters.get("RoleName", ""))
    action = f"iam:{call.operation}"
    for role in account.roles.values() if account else ():
        if role.name == name:
            return (Permission(action, role.arn, call.caller.account),)
    path = str(call.parameters.get("Path", "/"))
    partition = arns.partition_of(call.region).name
    resource = f"arn:{partition}:iam::{call.caller.account}:role{path}{name or '*'}"
    return (Permission(action, resource, call.caller.account),)


_ROLE_OPERATIONS = (
    "CreateRole", "DeleteRole", "DeleteRolePolicy", "GetRole", "GetRolePolicy", "ListRolePolicies", "ListRoles",
    "PutRolePolicy", "UpdateAssumeRolePolicy",
)  # fmt: skip

_ROWS: Mapping[tuple[str, str], Row] = {
    ("lambda", "Invoke"): _invoke,
    ("sts", "AssumeRole"): _assume_role,
    ("sts", "GetCallerIdentity"): _nothing,  # needs no permission (STS API Reference, GetCallerIdentity)
    ("stepfunctions", "CreateStateMachine"): _create_state_machine,
    ("stepfunctions", "DescribeStateMachine"): _on("states:DescribeStateMachine", "stateMachineArn"),
    ("stepfunctions", "StartExecution"): _on("states:StartExecution", "stateMachineArn"),
    ("stepfunctions", "DescribeExecution"): _on("states:DescribeExecution", "executionArn"),
    ("stepfunctions", "GetExecutionHistory"): _on("states:GetExecutionHistory", "executionArn"),
    ("stepfunctions", "StopExecution"): _on("states:StopExecution", "executionArn"),
    **{("iam", operation): _on_role for operation in _ROLE_OPERATIONS},
}
