"""AWS::Lambda::Permission and AWS::Lambda::ResourcePolicy: who may invoke a function besides policies of its account.

A permission is a statement of the function's policy that stands at the lines of the resource. Functions that the stack
does not declare, and policies whose statements come from several files, are written by calls of Lambda. What each
property becomes: Lambda API Reference, AddPermission.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from turnstile.iam.policy import Kind as PolicyKind
from turnstile.importers.resources.called import Told, as_text, resource
from turnstile.importers.resources.fitting import Fitting
from turnstile.importers.resources.functions import function_arn
from turnstile.importers.resources.policies import needed, parsed
from turnstile.source import Origin
from turnstile.world.function import LATEST, resolve_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.iam.policy import Condition, Policy, Statement
    from turnstile.importers.kinds import Draft, Item, Kind
    from turnstile.world.function import Function

_CONDITIONS: Mapping[str, tuple[str, str]] = {
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
}


@dataclass(frozen=True, slots=True, eq=False)
class _Permission(Told):
    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        if not needed(item, into, "Action", "FunctionName", "Principal"):
            return
        before = len(into.faults)
        properties = {**item.properties, "StatementId": item.generated_name()}
        asked = Fitting(item, into).parameters("lambda", "AddPermission", properties)
        if len(into.faults) > before:
            return
        arn, qualifier = _target(item)
        function = into.functions.get(arn)
        added = None if function is None else _policy(item, into, arn, qualifier, asked)
        if function is None or (added is not None and not _together(_current(function, qualifier), added)):
            into.resources.append(resource(item, "lambda", "AddPermission", asked))
        elif added is not None:
            current = _current(function, qualifier)
            into.functions[arn] = _with(function, qualifier, _merged(current, added) if current else added)


def _target(item: Item) -> tuple[str, str]:
    """The function's ARN and the qualifier, empty for the function itself."""
    stack, name = item.stack, str(item.properties["FunctionName"])
    found = resolve_name(name, partition=stack.partition, region=stack.region, account=stack.account)
    qualifier = str(item.properties.get("Qualifier") or (found.qualifier if found else ""))
    return function_arn(item, name), "" if qualifier == LATEST else qualifier


def _policy(item: Item, into: Draft, arn: str, qualifier: str, asked: Mapping[str, Json]) -> Policy | None:
    """A policy of the one statement; its origin is the file, its parts stand at the item's properties."""
    whole = f"{arn}:{qualifier}" if qualifier else arn
    statement: dict[str, Json] = {
        "Sid": asked["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(str(asked["Principal"]), item.stack.partition),
        "Action": asked["Action"],
        "Resource": whole,
    }
    conditions: dict[str, dict[str, Json]] = {}
    for name, (operator, key) in _CONDITIONS.items():
        if name in asked:
            conditions.setdefault(operator, {})[key] = asked[name]
    if conditions:
        statement["Condition"] = conditions
    document = {"Version": "2012-10-17", "Id": "default", "Statement": [statement]}
    title = f"policy of {item.stack.account_name or item.stack.account}/{arn.rpartition(':')[2]}"
    policy = parsed(item, into, document, PolicyKind.RESOURCE, title)
    return None if policy is None else _placed(policy, item)


def _principal(text: str, partition: str) -> Json:
    if text == "*":
        return "*"
    if text.isdigit():
        return {"AWS": f"arn:{partition}:iam::{text}:root"}
    return {"AWS": text} if text.startswith("arn:") else {"Service": text}


def _placed(policy: Policy, item: Item) -> Policy:
    """The policy with its origin at the whole file, and its parts at the properties that they come from."""
    here = item.at()
    keys = {key: name for name, (_, key) in _CONDITIONS.items()}
    statement = policy.statements[0]
    conditions = tuple(_moved(each, here.pointer, keys) for each in statement.conditions)
    principals = statement.principals and replace(statement.principals, pointer=f"{here.pointer}/Principal")
    placed = replace(statement, pointer=here.pointer, conditions=conditions, principals=principals)
    return replace(policy, origin=Origin(here.source), statements=(placed,))


def _moved(condition: Condition, pointer: str, keys: Mapping[str, str]) -> Condition:
    return replace(condition, pointer=f"{pointer}/{keys[condition.key]}")


def _current(function: Function, qualifier: str) -> Policy | None:
    return function.published.policies.get(qualifier) if qualifier else function.policy


def _together(current: Policy | None, added: Policy) -> bool:
    return current is None or current.origin.source is added.origin.source


def _merged(current: Policy, added: Policy) -> Policy:
    statements = tuple(_numbered(each, index) for index, each in enumerate((*current.statements, *added.statements)))
    written = [*current.document["Statement"], *added.document["Statement"]]
    return replace(current, statements=statements, document={**current.document, "Statement": written})


def _numbered(statement: Statement, index: int) -> Statement:
    return replace(statement, index=index)


def _with(function: Function, qualifier: str, policy: Policy) -> Function:
    if not qualifier:
        return replace(function, policy=policy)
    policies = {**function.published.policies, qualifier: policy}
    return replace(function, published=replace(function.published, policies=policies))


@dataclass(frozen=True, slots=True, eq=False)
class _Whole(Told):
    """AWS::Lambda::ResourcePolicy, which takes the place of what stood there."""

    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        if not needed(item, into, "PolicyDocument", "ResourceArn"):
            return
        target, document = str(item.properties["ResourceArn"]), item.properties["PolicyDocument"]
        arn = function_arn(item, target)
        qualifier = target.removeprefix(arn).removeprefix(":")
        title = f"policy of {item.stack.account_name or item.stack.account}/{arn.rpartition(':')[2]}"
        policy = parsed(item, into, document, PolicyKind.RESOURCE, title, "PolicyDocument")
        function = into.functions.get(arn)
        if policy is not None and function is not None:
            into.functions[arn] = _with(function, qualifier, policy)
        elif policy is not None:
            parameters = {"ResourceArn": target, "Policy": as_text(document)}
            into.resources.append(resource(item, "lambda", "PutResourcePolicy", parameters))


KINDS: Mapping[str, Kind] = {
    "AWS::Lambda::Permission": _Permission("{unnamed}", {"Id": "{unnamed}"}),
    "AWS::Lambda::ResourcePolicy": _Whole("{ResourceArn}"),
}
