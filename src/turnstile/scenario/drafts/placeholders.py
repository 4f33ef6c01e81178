"""Values for the placeholders of a definition that nobody gave: made up from their names and from where they stand.

A made-up value has the form that its place asks for, so that the definition can be created and run.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from turnstile.arn import partition_of
from turnstile.scenario.drafts.task_texts import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json

_FORMS: Mapping[str, str] = {
    "TopicArn": "arn:{partition}:sns:{region}:{account}:{name}",
    "TargetArn": "arn:{partition}:sns:{region}:{account}:{name}",
    "StateMachineArn": "arn:{partition}:states:{region}:{account}:stateMachine:{name}",
    "QueueUrl": "https://sqs.{region}.amazonaws.com/{account}/{name}",
    "EventBusName": "{name}",
    "TableName": "{name}",
    "JobName": "{name}",
    "JobDefinition": "{name}",
    "JobQueue": "{name}",
    "Cluster": "{name}",
    "TaskDefinition": "{name}",
    "ProjectName": "{name}",
    "WorkGroup": "{name}",
    "SecretId": "{name}",
    "Bucket": "{lower}",
    "Key": "{lower}",
}
"""What stands under a key of a Task's parameters."""
_NAMED: Mapping[str, str] = {
    "region": "{region}",
    "awsregion": "{region}",
    "account": "{account}",
    "accountid": "{account}",
    "awsaccountid": "{account}",
    "partition": "{partition}",
    "awspartition": "{partition}",
}
"""What a name says by itself."""
_ACTIVITY = re.compile(r".*activity.*", re.IGNORECASE)
_SUFFIX = re.compile(r"(Arn|Url|Name)$")


def made_up(document: Json, account: str, region: str) -> dict[str, str]:
    """A value for each placeholder whose meaning can be told; ones that nobody could guess are missing."""
    facts = {"account": account, "region": region, "partition": partition_of(region).name}
    found: dict[str, str] = {}
    for key, text in _texts(document, ""):
        for name in PLACEHOLDER.findall(text):
            form = _NAMED.get(name.lower().replace("_", "")) or (_form(key, name) if text == f"${{{name}}}" else "")
            if form:
                plain = _SUFFIX.sub("", name) or name
                found.setdefault(name, form.format(**facts, name=plain, lower=plain.lower().replace("_", "-")))
    return found


def unknown(document: Json) -> list[str]:
    """The names of all placeholders, sorted."""
    return sorted(set(PLACEHOLDER.findall(json.dumps(document))))


def _form(key: str, name: str) -> str:
    if key == "Resource" and _ACTIVITY.fullmatch(name):
        return "arn:{partition}:states:{region}:{account}:activity:{name}"
    return _FORMS.get(key, "")


def _texts(value: Json, key: str) -> Iterator[tuple[str, str]]:
    """Each text with the key that it stands under."""
    match value:
        case dict():
            for name, member in value.items():
                yield from _texts(member, name)
        case list():
            for element in value:
                yield from _texts(element, key)
        case str():
            yield key, value
