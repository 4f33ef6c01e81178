"""AWS::Lambda::Permission and AWS::Lambda::ResourcePolicy: who may invoke a function besides policies of its account.

A permission is a statement of the function's policy that stands at the lines of the resource. Functions that the stack
does not declare get it by a call of Lambda. What each property becomes: Lambda API Reference, AddPermission.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from turnstile.faults import Rejected
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind as PolicyKind
from turnstile.importers.part import places
from turnstile.importers.resources.called import Told, as_text, resource
from turnstile.importers.resources.fitting import Fitting
from turnstile.importers.resources.functions import function_arn
from turnstile.importers.resources.policies import needed, parsed
from turnstile.source import Origin
from turnstile.world.function import LATEST, resolve_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.iam.policy import Policy
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
        if function is None:
            into.resources.append(resource(item, "lambda", "AddPermission", asked))
            return
        policy = _with_statement(item, into, function, qualifier, asked)
        if policy is not None:
            into.functions[arn] = _with(function, qualifier, policy)


def _target(item: Item) -> tuple[str, str]:
    """The function's ARN and the qualifier, empty for the function itself."""
    stack, name = item.stack, str(item.properties["FunctionName"])
    found = resolve_name(name, partition=stack.partition, region=stack.region, account=stack.account)
    qualifier = str(item.properties.get("Qualifier") or (found.qualifier if found else ""))
    return function_arn(item, name), "" if qualifier == LATEST else qualifier


def _with_statement(
    item: Item, into: Draft, function: Function, qualifier: str, asked: Mapping[str, Json]
) -> Policy | None:
    """The policy with one more statement, each of whose parts stands at the property that it comes from."""
    current = function.published.policies.get(qualifier) if qualifier else function.policy
    found = places(item.origin)
    for index, statement in enumerate(current.statements if current else ()):
        found.moves[f"/Statement/{index}"] = current.origin.within(statement.pointer) if current else item.origin
    before = _statements(current)
    here = f"/Statement/{len(before)}"
    found.moves[here] = item.at()
    found.moves[f"{here}/Principal"] = item.at("Principal")
    found.moves[f"{here}/Action"] = item.at("Action")
    for name, (operator, key) in _CONDITIONS.items():
        if name in asked:
            found.moves[f"{here}/Condition/{operator}/{key}"] = item.at(name)
    whole = f"{function.arn}:{qualifier}" if qualifier else function.arn
    statements = [*before, _statement(asked, whole, item.stack.partition)]
    document = {"Version": "2012-10-17", "Id": "default", "Statement": statements}
    title = _title(item, function.name)
    try:
        return parse(document, kind=PolicyKind.RESOURCE, name=title, origin=Origin(found))
    except Rejected as rejected:
        into.faults += rejected.faults
        return None


def _statements(policy: Policy | None) -> list[Json]:
    written = policy.document["Statement"] if policy else []
    return written if isinstance(written, list) else [written]


def _statement(asked: Mapping[str, Json], arn: str, partition: str) -> dict[str, Json]:
    statement: dict[str, Json] = {
        "Sid": asked["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(str(asked["Principal"]), partition),
        "Action": asked["Action"],
        "Resource": arn,
    }
    conditions: dict[str, dict[str, Json]] = {}
    for name, (operator, key) in _CONDITIONS.items():
        if name in asked:
            conditions.setdefault(operator, {})[key] = asked[name]
    return statement | ({"Condition": conditions} if conditions else {})


def _title(item: Item, name: str) -> str:
    return f"policy of {item.stack.account_name or item.stack.account}/{name}"


def _principal(text: str, partition: str) -> Json:
    if text == "*":
        return "*"
    if text.isdigit():
        return {"AWS": f"arn:{partition}:iam::{text}:root"}
    return {"AWS": text} if text.startswith("arn:") else {"Service": text}


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
        title = _title(item, arn.rpartition(":")[2])
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
