"""Which permissions a call needs: IAM action, resource ARN and the account that owns it.

`requests` has a file for each family of services; each is loaded when the first call asks for it. An operation that
nothing lists is let through for the root user of its own account only, otherwise it is `Unsupported`, never allowed by
default. Facts: reference/iam-actions.md.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from turnstile.faults import Unsupported
from turnstile.gate.permission import Permission
from turnstile.gate.requests.place import nothing
from turnstile.world.caller import Root

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.gate.call import Call
    from turnstile.gate.permission import Row
    from turnstile.world.world import World

_FAMILIES: Mapping[str, tuple[str, str]] = {
    "apigateway": ("gateways", "REST"),
    "apigatewayv2": ("gateways", "HTTP"),
    "athena": ("jobs", "ATHENA"),
    "bedrock-agentcore": ("endpoints", "BEDROCK_AGENTCORE"),
    "bedrock-runtime": ("jobs", "BEDROCK_RUNTIME"),
    "codebuild": ("jobs", "CODEBUILD"),
    "dynamodb": ("tables", "ROWS"),
    "ec2": ("jobs", "EC2"),
    "ecs": ("jobs", "ECS"),
    "events": ("messages", "EVENTS"),
    "execute-api": ("endpoints", "EXECUTE_API"),
    "http": ("endpoints", "HTTP"),
    "iam": ("identity", "IAM"),
    "kms": ("secrets", "KMS"),
    "kubernetes": ("endpoints", "KUBERNETES"),
    "lambda": ("functions", "ROWS"),
    "logs": ("jobs", "LOGS"),
    "mwaa": ("airflow", "MWAA"),
    "s3": ("storage", "ROWS"),
    "scheduler": ("jobs", "SCHEDULER"),
    "secretsmanager": ("secrets", "SECRETS"),
    "sns": ("messages", "SNS"),
    "sqs": ("messages", "SQS"),
    "ssm": ("jobs", "SSM"),
    "stepfunctions": ("states", "ROWS"),
    "sts": ("identity", "STS"),
}
"""Where the rows of a service stand: file in `requests` and name."""

_PLAIN = frozenset({"stepfunctions", "sts"})
"""Services whose rows tell all, passed roles included."""


def permissions(call: Call, world: World) -> tuple[Permission, ...]:
    """What the policies are asked about this call; empty where no permission is needed.

    Raises:
        ServiceError: a parameter that names the resource is malformed.
        Unsupported: nothing lists the operation.
    """
    row = _rows(call.service).get(call.operation)
    try:
        needed = _listed(call, world) if row is None else row(call, world) or _whatever(call, row)
        return _with_rest(call, needed) if world.judged else needed
    except _MISSHAPEN:
        return _whatever(call, row)


_MISSHAPEN = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What comes of parameters that have not the shape of the operation's input; the service refuses those itself."""


def _whatever(call: Call, row: Row | None) -> tuple[Permission, ...]:
    """A call that names no resource, or not in the way it should: it is not let through for that."""
    if row is nothing:
        return ()
    from turnstile.gate.requests.table import listed  # noqa: PLC0415 - opens the table of all operations

    found = listed(call.service, call.operation)
    actions = found.actions if found else (f"{call.service}:{call.operation}",)
    return tuple(Permission(each, "*", call.caller.account, approximate=True, unknown=True) for each in actions)


def _listed(call: Call, world: World) -> tuple[Permission, ...]:
    from turnstile.gate.requests.listed import by_table  # noqa: PLC0415 - opens the table of all operations

    found = by_table(call, world)
    if found is not None:
        return found
    if isinstance(call.caller, Root) or not world.judged:
        return (Permission(f"{call.service}:{call.operation}", "*", call.caller.account, approximate=True),)
    raise Unsupported(f"judging `{call.service}:{call.operation}`")


def _with_rest(call: Call, needed: tuple[Permission, ...]) -> tuple[Permission, ...]:
    """The keys of tags in the call, and the roles it passes on."""
    if call.service in _PLAIN and not call.parameters.get("Tags") and not call.parameters.get("tags"):
        return needed
    from turnstile.gate.requests.passing import passed_roles  # noqa: PLC0415 - Step Functions needs neither
    from turnstile.gate.requests.tagging import with_tags  # noqa: PLC0415 - as above

    return (*with_tags(call, needed), *passed_roles(call))


@cache
def _rows(service: str) -> Mapping[str, Row]:
    if service not in _FAMILIES:
        return {}
    file, name = _FAMILIES[service]
    rows: Mapping[str, Row] = getattr(import_module(f"turnstile.gate.requests.{file}"), name)
    return rows
