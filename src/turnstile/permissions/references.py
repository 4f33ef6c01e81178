"""What a Task names that lies somewhere: functions, queues, topics, tables, machines, by the members that name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.permissions.folding import Text, member, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.asl.finding import Place
    from turnstile.document import Json
    from turnstile.permissions.task import Task

_WITHOUT_POLICIES = frozenset({"athena", "batch", "ecs", "eks", "emr-serverless", "states"})
"""Services whose resources have no policy: across accounts only a role over there helps."""
_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "batch": ("JobQueue", "JobDefinition"),
    "codebuild": ("ProjectName",),
    "dynamodb": ("TableName",),
    "ecs": ("Cluster", "TaskDefinition"),
    "events": ("EventBusName",),
    "kinesis": ("StreamARN", "StreamArn"),
    "kms": ("KeyId",),
    "lambda": ("FunctionName",),
    "s3": ("Bucket",),
    "secretsmanager": ("SecretId",),
    "sns": ("TopicArn", "TargetArn"),
    "sqs": ("QueueUrl",),
    "states": ("StateMachineArn", "ExecutionArn", "ActivityArn", "MapRunArn"),
}
"""By service: the members that take an ARN, a queue's URL or a bucket's name."""
_KINDS: Mapping[str, str] = {"Bucket": "bucket", "QueueUrl": "queue"}


@dataclass(frozen=True, slots=True)
class Reference:
    """Something that a Task names; `kind` is `arn`, `queue` or `bucket`.

    `role_only`: it has no policy of its own, so that another account's roles do not reach it.
    """

    text: Text
    place: Place
    kind: str = "arn"
    role_only: bool = False

    @property
    def name(self) -> str:
        """As reports call it: what is known of it."""
        return self.text.known if self.text.whole else f"{self.text.known}..."


def references(task: Task) -> Iterator[Reference]:
    """Everything that a Task names, as far as something is known of it beforehand."""
    resource = task.resource
    yield Reference(plain(resource), (*task.place, "Resource"), role_only=":activity:" in resource)
    arguments, place = task.arguments
    holders: list[tuple[Json, Place]] = [(arguments, place)]
    if task.service == "events" and isinstance(arguments.get("Entries"), list):
        holders += [(entry, (*place, "Entries", at)) for at, entry in enumerate(arguments["Entries"])]
    for holder, at in holders:
        for name in _MEMBERS.get(task.service, ()) if isinstance(holder, dict) else ():
            text = member(holder, name, jsonata=task.jsonata)
            if text is not None and text.known:
                where = (*at, name if name in holder else f"{name}.$")
                yield Reference(text, where, _KINDS.get(name, "arn"), task.service in _WITHOUT_POLICIES)
