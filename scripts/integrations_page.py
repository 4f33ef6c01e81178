"""Renews `docs/integrations.md`: every optimized integration, from the tables that the emulator works by.

Run as `python scripts/integrations_page.py`. Permissions are those that `gate.requests` judges; where an operation
needs more than its own action, the page says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from turnstile.gate.requests.passing import passed_to
from turnstile.gate.requests.table import listed, prefix_of
from turnstile.integrations import catalog
from turnstile.integrations.answered import answered
from turnstile.integrations.failure import Family
from turnstile.integrations.resource import Pattern
from turnstile.jobs.table import JOBS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.jobs.job import Job, Query

TARGET = Path(__file__).parent.parent / "docs/integrations.md"
HEAD = """# Integrations

The optimized integrations of Step Functions and what each needs. Made by `scripts/integrations_page.py` from the
tables that the emulator works by. Besides, every service and operation of botocore is there as
`arn:aws:states:::aws-sdk:service:operation`, in request-response and with `.waitForTaskToken`; functions and
activities also go by their own ARNs.

*Patterns*: request-response (R), `.sync` (S), `.sync:2` (S2), `.waitForTaskToken` (T). S and T are for Standard
workflows only. *Needs* are the actions of the role that works: the execution role, or that of the Task's
`Credentials`. *PassRole* names the services to which a request may hand a role, which needs `iam:PassRole` for that
role.

What a job does meanwhile is said under `jobs` of a [scenario](scenario-files.md).
"""
JOBS_HEAD = """
## Jobs

A `.sync` Task makes the start call, polls until the job has ended, and makes the cancel call when the Task is cut.
With a managed rule the end is also told by an event, so that a missing right to poll may stay hidden; without one, or
under the role of another account, polls are all there is. Creating a machine with such a Task needs `events:PutRule`,
`events:PutTargets` and `events:DescribeRule`.

| Resource | Start | Poll | Cancel | Managed rule | Succeeded | Failed |
| --- | --- | --- | --- | --- | --- | --- |
"""
_LETTERS = {Pattern.REQUEST_RESPONSE: "R", Pattern.SYNC: "S", Pattern.SYNC_2: "S2", Pattern.CALLBACK: "T"}
_PREFIXES = {
    "apigateway": "`ApiGateway`",
    "bedrockagentcore": "`BedrockAgentCore`",
    "eks": "`EKS`",
    "elasticmapreduce": "`ElasticMapReduce`",
    "http": "`States.Http`",
    "lambda": "`Lambda`",
    "states": "`StepFunctions`",
}
"""Where no row says it by itself."""
_KUBERNETES = "the cluster's own (RBAC)"


def page() -> str:
    """The text of the page."""
    return HEAD + "".join(_services()) + JOBS_HEAD + "\n".join(map(_job, _jobs())) + "\n"


def _services() -> Iterator[str]:
    before = ""
    for service, api, patterns in catalog.offered():
        if service != before:
            yield f"\n## {service}\n\nErrors begin with {_prefix(service)}.\n\n"
            yield "| API | Patterns | Calls | Needs | PassRole |\n| --- | --- | --- | --- | --- |\n"
        before = service
        letters = " ".join(_LETTERS[pattern] for pattern in patterns)
        client, operation = _called(service, api)
        called = f"`{client}:{operation}`" if client else "no AWS API"
        passed = ", ".join(f"`{each}`" for each in passed_to(client, operation)) or _PASSED.get(f"{service}:{api}", "-")
        yield f"| `{api}` | {letters} | {called} | {_needed(service, client, operation)} | {passed} |\n"


def _called(service: str, api: str) -> tuple[str, str]:
    found = answered(f"arn:aws:states:::{service}:{api}")
    return (found.service, found.operation) if found else ("", "")


def _needed(service: str, client: str, operation: str) -> str:
    if not client:
        return _OTHERWISE.get(service, "-")
    actions = (*_actions(client, operation), *_LOOKED_UP.get(operation, ()))
    return ", ".join(f"`{action}`" for action in actions)


_OTHERWISE = {
    "apigateway": "`execute-api:Invoke`",
    "eks": _KUBERNETES,
    "http": "`states:InvokeHTTPEndpoint`, `events:RetrieveConnectionCredentials`, and reading the connection's secret",
}


_PASSED = {"ecs:runTask": "`ecs-tasks.amazonaws.com` (roles of the definition)"}
_LOOKED_UP = {
    "ModifyInstanceFleet": ("elasticmapreduce:ListInstanceFleets",),
    "ModifyInstanceGroups": ("elasticmapreduce:ListInstanceGroups",),
}
"""What Step Functions asks first, to find the id behind a name."""


def _actions(client: str, operation: str) -> tuple[str, ...]:
    found = listed(client, operation)
    return found.actions if found else (f"{prefix_of(client)}:{operation}",)


def _prefix(service: str) -> str:
    families = {
        family.prefix
        for one, api, _ in catalog.offered()
        if one == service and isinstance(family := _family(service, api), Family)
    }
    return ", ".join(f"`{prefix}`" for prefix in sorted(families)) or _PREFIXES[service]


def _family(service: str, api: str) -> Family | None:
    task = catalog.integration(f"arn:aws:states:::{service}:{api}")
    return getattr(getattr(task, "api", None), "family", None)


def _jobs() -> Iterator[tuple[str, Job]]:
    for (service, name), row in sorted(JOBS.items()):
        yield f"{service}:{name}", row


def _job(named: tuple[str, Job]) -> str:
    name, row = named
    succeeded = ", ".join(row.succeeded) if row.succeeded else f"gone ({row.gone})"
    failed = ", ".join(row.failed) or "-"
    if row.client == "ecs":
        succeeded, failed = "STOPPED, all exit codes 0", "STOPPED otherwise"
    asked = (_action(row, row.start), _query(row, row.describe), _query(row, row.cancel))
    rule = f"`{row.rule}`" if row.rule else "-"
    return f"| `{name}` | {' | '.join(asked)} | {rule} | {succeeded} | {failed} |"


def _query(row: Job, query: Query | None) -> str:
    return _action(row, query.operation) if query else "-"


def _action(row: Job, operation: str) -> str:
    if row.client == "kubernetes":
        return f"Kubernetes: {operation}"
    return ", ".join(f"`{action}`" for action in _actions(row.client, operation))


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
