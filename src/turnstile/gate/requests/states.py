"""Step Functions: machines, executions, activities.

The machine in the ARN of a version or alias is the resource of operations on versions and aliases, which are told by
`states:StateMachineQualifier`; an execution started through one is checked on the qualified ARN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.gate.errors import ServiceError
from turnstile.gate.permission import Permission
from turnstile.gate.requests.place import anywhere, local

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call
    from turnstile.gate.permission import Row
    from turnstile.iam.request import ContextValue
    from turnstile.world.world import World


def _create_state_machine(call: Call, _world: World) -> tuple[Permission, ...]:
    account = call.caller.account
    machine = local(call, "states", f"stateMachine:{call.parameters.get('name', '')}")
    role = str(call.parameters.get("roleArn", ""))
    return (Permission("states:CreateStateMachine", machine, account), _passed(role, account))


def _update_state_machine(call: Call, world: World) -> tuple[Permission, ...]:
    machine = _on("states:UpdateStateMachine", "stateMachineArn")(call, world)
    if call.parameters.get("roleArn") is None:
        return machine
    return (*machine, _passed(str(call.parameters["roleArn"]), call.caller.account))


def _test_state(call: Call, _world: World) -> tuple[Permission, ...]:
    """The action knows no resources; a mock needs no role, and secrets are shown by an action of their own."""
    account = call.caller.account
    needed = [Permission("states:TestState", "*", account)]
    if call.parameters.get("revealSecrets"):
        needed.append(Permission("states:RevealSecrets", "*", account))
    if call.parameters.get("roleArn") is not None:
        needed.append(_passed(str(call.parameters["roleArn"]), account))
    return tuple(needed)


def _passed(role: str, account: str) -> Permission:
    return Permission("iam:PassRole", role, account, {"iam:PassedToService": "states.amazonaws.com"})


def _create_activity(call: Call, _world: World) -> tuple[Permission, ...]:
    activity = local(call, "states", f"activity:{call.parameters.get('name', '')}")
    return (Permission("states:CreateActivity", activity, call.caller.account),)


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
    machine = arns.Arn(arn.partition, arn.service, arn.region, arn.account, f"{kind}:{name}")
    return Permission(action, str(machine), arn.account, _qualifier(qualifier or own))


def _qualifier(text: str) -> dict[str, ContextValue]:
    return {"states:StateMachineQualifier": text} if text else {}


def _arn(text: str) -> arns.Arn:
    try:
        return arns.parse(text)
    except ValueError:
        raise ServiceError("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {text}'") from None


_OF_NO_USE = ("executionArn", "express")
"""No operation on an execution takes one of the type Express; that policies are not asked before is *inferred*."""


def _on(action: str, parameter: str) -> Row:
    """A row whose resource is the ARN in one parameter; a qualifier in it is a condition key as well."""

    def row(call: Call, _world: World) -> tuple[Permission, ...]:
        text = str(call.parameters.get(parameter, "")).partition("#")[0]  # behind it stands a test case
        arn = _arn(text)
        kind, _, rest = arn.resource.partition(":")
        if (parameter, kind) == _OF_NO_USE:
            raise ServiceError("InvalidArn", f"Invalid Arn: 'Resource type not valid in this context: {kind}'")
        qualifier = rest.partition(":")[2] if kind == "stateMachine" else ""
        return (Permission(action, text, arn.account, _qualifier(qualifier)),)

    return row


_BY_ARN: Mapping[str, tuple[str, ...]] = {
    "activityArn": ("DeleteActivity", "DescribeActivity", "GetActivityTask"),
    "executionArn": (
        "DescribeExecution", "DescribeStateMachineForExecution", "GetExecutionHistory", "ListMapRuns",
        "RedriveExecution", "StopExecution",
    ),
    "mapRunArn": ("DescribeMapRun", "UpdateMapRun"),
    "resourceArn": ("ListTagsForResource", "TagResource", "UntagResource"),
    "stateMachineArn": (
        "DeleteStateMachine", "DescribeStateMachine", "ListStateMachineAliases", "ListStateMachineVersions",
        "PublishStateMachineVersion", "StartExecution", "StartSyncExecution",
    ),
}  # fmt: skip
_BY_QUALIFIED_ARN: Mapping[str, tuple[str, ...]] = {
    "stateMachineAliasArn": ("DeleteStateMachineAlias", "DescribeStateMachineAlias", "UpdateStateMachineAlias"),
    "stateMachineVersionArn": ("DeleteStateMachineVersion",),
}
_ANYWHERE = (
    "ListActivities", "ListStateMachines", "SendTaskFailure", "SendTaskHeartbeat", "SendTaskSuccess",
    "ValidateStateMachineDefinition",
)  # fmt: skip

ROWS: Mapping[str, Row] = {
    "CreateStateMachine": _create_state_machine,
    "UpdateStateMachine": _update_state_machine,
    "CreateStateMachineAlias": _create_alias,
    "TestState": _test_state,
    "CreateActivity": _create_activity,
    "ListExecutions": _list_executions,
    **{name: _on(f"states:{name}", parameter) for parameter, names in _BY_ARN.items() for name in names},
    **{
        name: _on_machine_of(f"states:{name}", parameter)
        for parameter, names in _BY_QUALIFIED_ARN.items()
        for name in names
    },
    **{name: anywhere(f"states:{name}") for name in _ANYWHERE},
}
"""By operation of `stepfunctions`."""
