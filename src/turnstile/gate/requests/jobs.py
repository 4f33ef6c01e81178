"""Services that run jobs: builds, queries, tasks and models, whose identifiers do not tell the resource by themselves.

What is not here is read off the table; facts in the remarks of reference/iam-actions.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.permission import Permission
from turnstile.gate.requests.place import local, on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call
    from turnstile.gate.permission import Row
    from turnstile.iam.request import ContextValue
    from turnstile.world.world import World


def _unknown(action: str, call: Call) -> Permission:
    return Permission(action, "*", call.caller.account, approximate=True, unknown=True)


def _on_builds(call: Call, world: World) -> tuple[Permission, ...]:
    """The project in the id of a build, `project:uuid`, or in its ARN."""
    given = call.parameters.get("ids") or call.parameters.get("id") or ()
    projects = dict.fromkeys(_project(call, text) for text in ([given] if isinstance(given, str) else given))
    return tuple(on(f"codebuild:{call.operation}", project, call, world) for project in projects)


def _project(call: Call, build: str) -> str:
    if build.startswith("arn:"):
        return build.replace(":build/", ":project/").rpartition(":")[0]
    return local(call, "codebuild", f"project/{build.partition(':')[0]}")


CODEBUILD: Mapping[str, Row] = dict.fromkeys(
    ("BatchDeleteBuilds", "BatchGetBuilds", "RetryBuild", "StopBuild"), _on_builds
)
"""By operation of `codebuild`."""


def _on_query(call: Call, world: World) -> tuple[Permission, ...]:
    """The workgroup that a query was started in."""
    workgroup = world.known.workgroups.get(str(call.parameters.get("QueryExecutionId", "")))
    action = f"athena:{call.operation}"
    return (on(action, workgroup, call, world) if workgroup else _unknown(action, call),)


ATHENA: Mapping[str, Row] = dict.fromkeys(
    ("GetQueryExecution", "GetQueryResults", "GetQueryRuntimeStatistics", "StopQueryExecution"), _on_query
)
"""By operation of `athena`."""


def _definition(call: Call) -> str:
    """A task definition without revision is matched without one."""
    text = str(call.parameters.get("taskDefinition", ""))
    return text if text.startswith("arn:") else local(call, "ecs", f"task-definition/{text}")


def _cluster(call: Call) -> str:
    text = str(call.parameters.get("cluster") or "default")
    return text if text.startswith("arn:") else local(call, "ecs", f"cluster/{text}")


def _run_task(call: Call, world: World) -> tuple[Permission, ...]:
    """The task definition; the cluster is a condition key only. Roles of the definition are passed on."""
    definition = _definition(call)
    context: dict[str, ContextValue] = {"ecs:cluster": _cluster(call)}
    passed: Mapping[str, ContextValue] = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    overrides = call.parameters.get("overrides") or {}
    roles = [str(overrides[name]) for name in ("taskRoleArn", "executionRoleArn") if overrides.get(name)]
    roles += world.known.task_roles.get(definition, ())
    return (
        on("ecs:RunTask", definition, call, world, context),
        *(Permission("iam:PassRole", role, call.caller.account, passed) for role in dict.fromkeys(roles)),
    )


def _on_tasks(call: Call, world: World) -> tuple[Permission, ...]:
    given = call.parameters.get("tasks") or call.parameters.get("task") or ()
    cluster = _cluster(call)
    name = cluster.rpartition("/")[2]
    context: dict[str, ContextValue] = {"ecs:cluster": cluster}
    arns = (
        text if text.startswith("arn:") else local(call, "ecs", f"task/{name}/{text}")
        for text in ([given] if isinstance(given, str) else given)
    )
    return tuple(on(f"ecs:{call.operation}", arn, call, world, context) for arn in arns)


ECS: Mapping[str, Row] = {"DescribeTasks": _on_tasks, "RunTask": _run_task, "StopTask": _on_tasks}
"""By operation of `ecs`."""


def _invoke_model(action: str) -> Row:
    """The kind of a model follows from its id: an ARN, else a foundation model, whose ARN has no account."""

    def row(call: Call, world: World) -> tuple[Permission, ...]:
        text = str(call.parameters.get("modelId", ""))
        if not text.startswith("arn:"):
            model = f"arn:{local(call, 'bedrock', '').split(':')[1]}:bedrock:{call.region}::foundation-model/{text}"
            return (Permission(action, model, call.caller.account),)
        return (on(action, text, call, world),)

    return row


BEDROCK_RUNTIME: Mapping[str, Row] = {
    "Converse": _invoke_model("bedrock:InvokeModel"),
    "ConverseStream": _invoke_model("bedrock:InvokeModelWithResponseStream"),
    "InvokeModel": _invoke_model("bedrock:InvokeModel"),
    "InvokeModelWithResponseStream": _invoke_model("bedrock:InvokeModelWithResponseStream"),
}
"""By operation of `bedrock-runtime`."""


def _on_schedule(call: Call, world: World) -> tuple[Permission, ...]:
    group, name = call.parameters.get("GroupName") or "default", call.parameters.get("Name", "")
    return (on(f"scheduler:{call.operation}", local(call, "scheduler", f"schedule/{group}/{name}"), call, world),)


SCHEDULER: Mapping[str, Row] = dict.fromkeys(
    ("CreateSchedule", "DeleteSchedule", "GetSchedule", "UpdateSchedule"), _on_schedule
)
"""By operation of `scheduler`."""


def _run_instances(call: Call, _world: World) -> tuple[Permission, ...]:
    """Once for every kind of thing that comes to be or is used; subnets and the like that are not named are open."""
    account = call.caller.account
    used = [f"{kind}/{each}" for name, kind in _INSTANCE_PARTS.items() for each in _several(call.parameters.get(name))]
    made = [f"{kind}/*" for kind in ("instance", "network-interface", "volume")]
    image = f"arn:{local(call, 'ec2', '').split(':')[1]}:ec2:{call.region}::image/{call.parameters.get('ImageId', '*')}"
    arns = (image, *(local(call, "ec2", part) for part in (*made, *used)))
    return tuple(Permission("ec2:RunInstances", arn, account, approximate=True) for arn in arns)


_INSTANCE_PARTS: Mapping[str, str] = {"KeyName": "key-pair", "SecurityGroupIds": "security-group", "SubnetId": "subnet"}


def _several(given: Json) -> list[Json]:
    return given if isinstance(given, list) else [given] if given else []


EC2: Mapping[str, Row] = {"RunInstances": _run_instances}
"""By operation of `ec2`."""


def _send_command(call: Call, _world: World) -> tuple[Permission, ...]:
    """The document and each instance; one that is managed (`mi-...`) is SSM's own, the others are EC2's."""
    account, name = call.caller.account, str(call.parameters.get("DocumentName", ""))
    owner = "" if name.startswith(("AWS-", "Amazon")) else account
    document = f"arn:{local(call, 'ssm', '').split(':')[1]}:ssm:{call.region}:{owner}:document/{name}"
    document = name if name.startswith("arn:") else document
    instances = (
        local(call, "ssm", f"managed-instance/{each}")
        if each.startswith("mi-")
        else local(call, "ec2", f"instance/{each}")
        for each in call.parameters.get("InstanceIds") or ()
    )
    return tuple(Permission("ssm:SendCommand", arn, account) for arn in (document, *instances))


SSM: Mapping[str, Row] = {"SendCommand": _send_command}
"""By operation of `ssm`."""


def _put_log_events(call: Call, world: World) -> tuple[Permission, ...]:
    group, stream = _log_group(call.parameters.get("logGroupName")), call.parameters.get("logStreamName", "")
    return (on("logs:PutLogEvents", local(call, "logs", f"{group}:log-stream:{stream}"), call, world),)


def _on_log_group(call: Call, world: World) -> tuple[Permission, ...]:
    """CloudWatch Logs checks a group with `:*` behind its name (*inferred* from the policies its guide shows)."""
    group = _log_group(call.parameters.get("logGroupName"))
    return (on(f"logs:{call.operation}", local(call, "logs", f"{group}:*"), call, world),)


def _log_group(name: Json) -> str:
    return f"log-group:{name or ''}"


LOGS: Mapping[str, Row] = {
    **dict.fromkeys(
        ("CreateLogGroup", "CreateLogStream", "DeleteLogGroup", "DeleteLogStream", "DescribeLogStreams",
         "FilterLogEvents", "GetLogEvents", "PutRetentionPolicy"),
        _on_log_group,
    ),
    "PutLogEvents": _put_log_events,
}  # fmt: skip
"""By operation of `logs`."""
