"""Tags that a call brings: `aws:RequestTag/key` and `aws:TagKeys`, and the tagging actions some operations need."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call
    from turnstile.gate.permission import Permission
    from turnstile.iam.request import ContextValue

_LISTS = ("Tags", "tags", "TagList")
_KEYS = ("TagKeys", "tagKeys", "TagKeyList")

_TAGGING: Mapping[str, str] = {
    "batch:SubmitJob": "batch:TagResource",
    "ecs:RunTask": "ecs:TagResource",
    "emr:RunJobFlow": "elasticmapreduce:AddTags",
    "iam:CreateRole": "iam:TagRole",
    "iam:CreateUser": "iam:TagUser",
    "lambda:CreateFunction": "lambda:TagResource",
    "secretsmanager:CreateSecret": "secretsmanager:TagResource",
    "sagemaker:CreateHyperParameterTuningJob": "sagemaker:AddTags",
    "sagemaker:CreateLabelingJob": "sagemaker:AddTags",
    "sagemaker:CreateModel": "sagemaker:AddTags",
    "sagemaker:CreateProcessingJob": "sagemaker:AddTags",
    "sagemaker:CreateTrainingJob": "sagemaker:AddTags",
    "sagemaker:CreateTransformJob": "sagemaker:AddTags",
    "sns:CreateTopic": "sns:TagResource",
    "sqs:CreateQueue": "sqs:TagQueue",
    "stepfunctions:CreateActivity": "states:TagResource",
    "stepfunctions:CreateStateMachine": "states:TagResource",
}
"""The action that tags given on creation need besides (Service Authorization Reference, dependent actions)."""


_MADE: Mapping[str, str] = {"batch:SubmitJob": "job/*", "ecs:RunTask": "task/*"}
"""What is tagged where it is not the resource that is checked."""


def with_tags(call: Call, needed: tuple[Permission, ...]) -> tuple[Permission, ...]:
    """The permissions with the keys of the call's tags, and the action of tagging where it is one of its own."""
    context = _context(call)
    if not context or not needed:
        return needed
    tagged = [
        each if each.action == "iam:PassRole" else replace(each, context={**each.context, **context}) for each in needed
    ]
    action = _TAGGING.get(f"{call.service}:{call.operation}")
    return (*tagged, _tagging(call, tagged[0], action)) if action else tuple(tagged)


def _tagging(call: Call, first: Permission, action: str) -> Permission:
    made = _MADE.get(f"{call.service}:{call.operation}")
    if made is None:
        return replace(first, action=action)
    place = first.resource.rsplit(":", first.resource.count(":") - 4)[0]
    return replace(first, action=action, resource=f"{place}:{made}", approximate=True)


def _context(call: Call) -> dict[str, ContextValue]:
    tags = next((pairs(call.parameters[name]) for name in _LISTS if call.parameters.get(name)), {})
    keys = next((tuple(call.parameters[name]) for name in _KEYS if call.parameters.get(name)), tuple(tags))
    context: dict[str, ContextValue] = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    return context | {"aws:TagKeys": keys} if keys else context


def pairs(tags: Json) -> dict[str, str]:
    """Tags of either form: a mapping, or a list of `Key` and `Value` (also in lower case, and `TagKey`)."""
    if isinstance(tags, dict):
        return {str(key): str(value) for key, value in tags.items()}
    found = {}
    for tag in tags if isinstance(tags, list) else ():
        lowered = {str(name).lower().removeprefix("tag"): value for name, value in tag.items()}
        found[str(lowered.get("key", ""))] = str(lowered.get("value", ""))
    return found
