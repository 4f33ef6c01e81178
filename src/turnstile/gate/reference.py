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

    from turnstile.document import Json
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
    qualifier = name.qualifier or call.parameters.get("Qualifier")
    resource = f"{name.arn}:{qualifier}" if qualifier else name.arn
    return (Permission("lambda:InvokeFunction", resource, name.account),)


def _create_function(call: Call, _world: World) -> tuple[Permission, ...]:
    """A function is made by the owner of its account."""
    partition, account = arns.partition_of(call.region).name, call.caller.account
    function = f"arn:{partition}:lambda:{call.region}:{account}:function:{call.parameters.get('FunctionName', '')}"
    role = str(call.parameters.get("Role", ""))
    return (
        Permission("lambda:CreateFunction", function, account),
        Permission("iam:PassRole", role, account, {"iam:PassedToService": "lambda.amazonaws.com"}),
    )


def _assume_role(call: Call, _world: World) -> tuple[Permission, ...]:
    """A role that is no ARN belongs to nobody; `validation` refuses it."""
    role = str(call.parameters.get("RoleArn", ""))
    context: dict[str, ContextValue] = {"sts:RoleSessionName": str(call.parameters.get("RoleSessionName", ""))}
    if "ExternalId" in call.parameters:
        context["sts:ExternalId"] = str(call.parameters["ExternalId"])
    try:
        account = arns.parse(role).account
    except ValueError:
        account = ""
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


def _update_state_machine(call: Call, world: World) -> tuple[Permission, ...]:
    machine = _on("states:UpdateStateMachine", "stateMachineArn")(call, world)
    if call.parameters.get("roleArn") is None:
        return machine
    role, account = str(call.parameters["roleArn"]), call.caller.account
    return (*machine, Permission("iam:PassRole", role, account, {"iam:PassedToService": "states.amazonaws.com"}))


def _test_state(call: Call, _world: World) -> tuple[Permission, ...]:
    """The action knows no resources; a mock needs no role, and secrets are shown by an action of their own."""
    account = call.caller.account
    needed = [Permission("states:TestState", "*", account)]
    if call.parameters.get("revealSecrets"):
        needed.append(Permission("states:RevealSecrets", "*", account))
    if call.parameters.get("roleArn") is not None:
        passed: dict[str, ContextValue] = {"iam:PassedToService": "states.amazonaws.com"}
        needed.append(Permission("iam:PassRole", str(call.parameters["roleArn"]), account, passed))
    return tuple(needed)


def _create_activity(call: Call, _world: World) -> tuple[Permission, ...]:
    partition = arns.partition_of(call.region).name
    account = call.caller.account
    activity = f"arn:{partition}:states:{call.region}:{account}:activity:{call.parameters.get('name', '')}"
    return (Permission("states:CreateActivity", activity, account),)


def _create_alias(call: Call, _world: World) -> tuple[Permission, ...]:
    """The machine is that of the first version in the routing configuration."""
    routes: list[Json] = call.parameters.get("routingConfiguration") or [{}]
    text = str(routes[0].get("stateMachineVersionArn", ""))
    return (_qualified("states:CreateStateMachineAlias", text, str(call.parameters.get("name", ""))),)


def _list_executions(call: Call, world: World) -> tuple[Permission, ...]:
    parameter = "mapRunArn" if "mapRunArn" in call.parameters else "stateMachineArn"
    if parameter not in call.parameters:
        return (Permission("states:ListExecutions", "*", call.caller.account),)
    return _on("states:ListExecutions", parameter)(call, world)


def _on_machine_of(action: str, parameter: str) -> Row:
    """A row whose resource is the machine in the ARN of a version or alias, which itself is a condition key."""

    def row(call: Call, _world: World) -> tuple[Permission, ...]:
        return (_qualified(action, str(call.parameters.get(parameter, ""))),)

    return row


def _qualified(action: str, text: str, qualifier: str = "") -> Permission:
    arn = _arn(text)
    kind, _, rest = arn.resource.partition(":")
    name, _, own = rest.partition(":")
    key: dict[str, ContextValue] = {"states:StateMachineQualifier": qualifier or own} if qualifier or own else {}
    machine = arns.Arn(arn.partition, arn.service, arn.region, arn.account, f"{kind}:{name}")
    return Permission(action, str(machine), arn.account, key)


def _anywhere(action: str) -> Row:
    """A row whose action knows no resources."""

    def row(call: Call, _world: World) -> tuple[Permission, ...]:
        return (Permission(action, "*", call.caller.account),)

    return row


def _arn(text: str) -> arns.Arn:
    try:
        return arns.parse(text)
    except ValueError:
        raise ServiceError("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {text}'") from None


def _on(action: str, parameter: str) -> Row:
    """A row whose resource is the ARN in one parameter."""

    def row(call: Call, _world: World) -> tuple[Permission, ...]:
        text = str(call.parameters.get(parameter, ""))
        return (Permission(action, text, _arn(text).account),)

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

_STATES_BY_ARN: Mapping[str, tuple[str, ...]] = {
    "activityArn": ("DeleteActivity", "DescribeActivity", "GetActivityTask"),
    "executionArn": (
        "DescribeExecution", "DescribeStateMachineForExecution", "GetExecutionHistory", "RedriveExecution",
        "StopExecution",
    ),
    "resourceArn": ("ListTagsForResource", "TagResource", "UntagResource"),
    "stateMachineArn": (
        "DeleteStateMachine", "DescribeStateMachine", "ListStateMachineAliases", "ListStateMachineVersions",
        "PublishStateMachineVersion", "StartExecution", "StartSyncExecution",
    ),
}  # fmt: skip
_STATES_BY_QUALIFIED_ARN: Mapping[str, tuple[str, ...]] = {
    "stateMachineAliasArn": ("DeleteStateMachineAlias", "DescribeStateMachineAlias", "UpdateStateMachineAlias"),
    "stateMachineVersionArn": ("DeleteStateMachineVersion",),
}
_STATES_ANYWHERE = ("ListActivities", "ListStateMachines", "ValidateStateMachineDefinition")

_ROWS: Mapping[tuple[str, str], Row] = {
    ("lambda", "CreateFunction"): _create_function,
    ("lambda", "Invoke"): _invoke,
    ("sts", "AssumeRole"): _assume_role,
    ("sts", "GetCallerIdentity"): _nothing,  # needs no permission (STS API Reference, GetCallerIdentity)
    ("stepfunctions", "CreateStateMachine"): _create_state_machine,
    ("stepfunctions", "UpdateStateMachine"): _update_state_machine,
    ("stepfunctions", "CreateStateMachineAlias"): _create_alias,
    ("stepfunctions", "TestState"): _test_state,
    ("stepfunctions", "CreateActivity"): _create_activity,
    ("stepfunctions", "ListExecutions"): _list_executions,
    **{
        ("stepfunctions", operation): _on(f"states:{operation}", parameter)
        for parameter, operations in _STATES_BY_ARN.items()
        for operation in operations
    },
    **{
        ("stepfunctions", operation): _on_machine_of(f"states:{operation}", parameter)
        for parameter, operations in _STATES_BY_QUALIFIED_ARN.items()
        for operation in operations
    },
    **{("stepfunctions", operation): _anywhere(f"states:{operation}") for operation in _STATES_ANYWHERE},
    ("logs", "DescribeLogGroups"): _anywhere("logs:DescribeLogGroups"),
    **{("iam", operation): _on_role for operation in _ROLE_OPERATIONS},
}
