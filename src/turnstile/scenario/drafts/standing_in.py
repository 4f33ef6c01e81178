"""What stands in for the services of a drafted scenario: answers of Tasks, activities, and what a Map reads from S3."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile.integrations.answered import answered
from turnstile.scenario.drafts.task_texts import placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from turnstile.document import Json
    from turnstile.permissions.task import Task

_ACTIVITY = ":activity:"
_ITEMS: Mapping[str, str] = {
    "CSV": "id\n1\n",
    "JSON": '[{"id": 1}]',
    "JSONL": '{"id": 1}\n',
}
"""One item in each format that text can have."""


_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ASKED_FOR: Mapping[tuple[str, str], dict[str, Json]] = {
    ("states", "DescribeExecution"): {"Output": "{}"},
    ("stepfunctions", "DescribeExecution"): {"Output": "{}"},
    ("s3", "GetObject"): {"Body": "{}"},
}
"""Members that an API need not give, and that workflows ask it for."""


def answer(resource: str) -> Json:
    """The least that the API behind a Task could answer, with what workflows most likely make use of."""
    api = answered(resource)
    if api is None:
        return {}
    from turnstile.backends.answer_samples import sample  # noqa: PLC0415 - loads botocore, for results of APIs only

    found = sample(api.service, api.operation, api.path, sdk=api.sdk)
    asked_for = _ASKED_FOR.get((api.service, api.operation), {})
    return {**found, **{name: {} if name in api.free else text for name, text in asked_for.items()}}


def resources(tasks: Sequence[Task], document: Json, made: Mapping[str, str], account: str) -> list[Json]:
    """The calls that make the activities of an account, and the buckets that its Maps read from and write to."""
    texts = [made.get(placeholder(task.resource) or "", task.resource) for task in tasks]
    names = [text.partition(_ACTIVITY)[2] for text in texts if _ACTIVITY in text and f":{account}:" in text]
    activities = [call("stepfunctions", "CreateActivity", name=name) for name in dict.fromkeys(names)]
    return [*activities, *_buckets(document)]


def _buckets(document: Json) -> Iterator[Json]:
    """Each bucket once, with the objects that are read."""
    objects: dict[str, dict[str, str]] = {}
    for holder, reads in _readers(document):
        given = holder.get("Parameters") or holder.get("Arguments") or {}
        bucket, key = _constant(given.get("Bucket")), _constant(given.get("Key"))
        kept = objects.setdefault(bucket, {}) if _BUCKET.fullmatch(bucket) else {}
        kind = holder.get("ReaderConfig", {}).get("InputType", "JSON")
        if reads and key and kind in _ITEMS:
            kept[key] = _ITEMS[kind]
    for bucket, held in objects.items():
        yield call("s3", "CreateBucket", Bucket=bucket)
        yield from (call("s3", "PutObject", Bucket=bucket, Key=key, Body=body) for key, body in held.items())


def _readers(value: Json) -> Iterator[tuple[dict[str, Json], bool]]:
    """Each ItemReader and ResultWriter, and whether it reads an object."""
    match value:
        case dict():
            for name, member in value.items():
                if name in ("ItemReader", "ResultWriter") and isinstance(member, dict):
                    yield member, str(member.get("Resource", "")).endswith("getObject")
                else:
                    yield from _readers(member)
        case list():
            for element in value:
                yield from _readers(element)


def _constant(text: Json) -> str:
    """The text, empty where it is computed or filled in."""
    return text if isinstance(text, str) and not text.startswith("{%") and "${" not in text else ""


def call(service: str, operation: str, **parameters: Json) -> Json:
    """An entry of `resources`."""
    return {"service": service, "operation": operation, "parameters": parameters}
