"""Lambda: every form of a function's name is completed; with a qualifier the qualified ARN is the resource.

`lambda:FunctionArn` is the key by which operations on event source mappings are told; here it comes with every
operation on a function (*inferred*, harmless: policies use it with mappings only).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError
from turnstile.gate.permission import Permission
from turnstile.gate.requests.place import local, owner, partition
from turnstile.world.function import resolve_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.gate.call import Call
    from turnstile.gate.permission import Row
    from turnstile.iam.request import ContextValue
    from turnstile.world.function import FunctionName
    from turnstile.world.world import World


def _name(call: Call, text: str) -> FunctionName:
    name = resolve_name(text, partition=partition(call), region=call.region, account=call.caller.account)
    if name is None:
        raise ServiceError(
            "ValidationException",
            f"1 validation error detected: Value '{text}' at 'functionName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: "
            r"(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?"
            r"([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?",
        )
    return name


def _on(*actions: str) -> Row:
    """A row on the function that `FunctionName` and `Qualifier` tell."""

    def row(call: Call, _world: World) -> tuple[Permission, ...]:
        name = _name(call, str(call.parameters.get("FunctionName", "")))
        qualifier = name.qualifier or call.parameters.get("Qualifier")
        resource = f"{name.arn}:{qualifier}" if qualifier else name.arn
        context = _keys(call)
        return tuple(Permission(action, resource, name.account, context) for action in actions)

    return row


def _keys(call: Call) -> dict[str, ContextValue]:
    """`lambda:Principal` and `lambda:FunctionUrlAuthType` as far as parameters give them."""
    given = {
        "lambda:Principal": call.parameters.get("Principal"),
        "lambda:FunctionUrlAuthType": call.parameters.get("FunctionUrlAuthType") or call.parameters.get("AuthType"),
    }
    return {key: str(value) for key, value in given.items() if value is not None}


def _on_policy(*actions: str) -> Row:
    """A row on the function whose ARN is `ResourceArn`; all the actions are needed (reference/iam-evaluation.md)."""

    def row(call: Call, world: World) -> tuple[Permission, ...]:
        arn = str(call.parameters.get("ResourceArn", ""))
        return tuple(Permission(action, arn, owner(arn, call, world)) for action in actions)

    return row


def _on_mapping(call: Call, _world: World) -> tuple[Permission, ...]:
    """Event source mappings are told by the function they invoke."""
    name = _name(call, str(call.parameters.get("FunctionName", "")))
    return (Permission("lambda:CreateEventSourceMapping", "*", call.caller.account, {"lambda:FunctionArn": name.arn}),)


def _create(call: Call, _world: World) -> tuple[Permission, ...]:
    """A function is made in the caller's account; what its name is worth is for Lambda to say."""
    function = local(call, "lambda", f"function:{call.parameters.get('FunctionName', '')}")
    return (Permission("lambda:CreateFunction", function, call.caller.account),)


_OPERATIONS = (
    "AddPermission", "CreateAlias", "CreateFunctionUrlConfig", "DeleteAlias", "DeleteFunction",
    "DeleteFunctionConcurrency", "DeleteFunctionEventInvokeConfig", "DeleteFunctionUrlConfig", "GetAlias",
    "GetFunction", "GetFunctionConcurrency", "GetFunctionConfiguration", "GetFunctionEventInvokeConfig",
    "GetFunctionUrlConfig", "GetPolicy", "ListAliases", "ListFunctionEventInvokeConfigs", "ListVersionsByFunction",
    "PublishVersion", "PutFunctionConcurrency", "PutFunctionEventInvokeConfig", "RemovePermission", "UpdateAlias",
    "UpdateFunctionCode", "UpdateFunctionConfiguration", "UpdateFunctionEventInvokeConfig", "UpdateFunctionUrlConfig",
)  # fmt: skip

ROWS: Mapping[str, Row] = {
    **{name: _on(f"lambda:{name}") for name in _OPERATIONS},
    "CreateEventSourceMapping": _on_mapping,
    "CreateFunction": _create,
    "DeleteResourcePolicy": _on_policy("lambda:DeleteResourcePolicy", "lambda:RemovePermission"),
    "GetResourcePolicy": _on_policy("lambda:GetResourcePolicy", "lambda:GetPolicy"),
    "Invoke": _on("lambda:InvokeFunction"),
    "InvokeAsync": _on("lambda:InvokeFunction"),
    "InvokeWithResponseStream": _on("lambda:InvokeFunction"),
    "PutResourcePolicy": _on_policy("lambda:PutResourcePolicy", "lambda:AddPermission", "lambda:RemovePermission"),
}
"""By operation of `lambda`."""
