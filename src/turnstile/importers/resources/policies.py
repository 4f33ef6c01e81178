"""Policies of identities in templates: each parsed at its lines, and managed ones found by ARN.

A policy that a draft's identity has is part of the identity, so that explanations of refused calls lead to its lines.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.faults import Rejected
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.iam.quota import inline_excess
from turnstile.iam.reading import nearest
from turnstile.importers.resources.fitting import Fitting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from turnstile.document import Json
    from turnstile.iam.policy import Policy
    from turnstile.importers.kinds import Draft, Item

IN_DRAFT = "its stack declares none of that name"


def parsed(
    item: Item, into: Draft, document: Json, kind: Kind, name: str, *place: str | int, arn: str | None = None
) -> Policy | None:
    """The policy at a place of the properties; None, with its faults in the draft, where it is none."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            message = f"the policy `{name}` is not JSON"
            into.faults.append(item.fault("json-syntax", message, "write it as an object", *place))
            return None
    try:
        return parse(document, kind=kind, name=name, origin=item.at(*place), arn=arn, submitted=True)
    except Rejected as rejected:
        into.faults += rejected.faults
        return None


def inline(item: Item, into: Draft) -> tuple[Policy, ...]:
    """What stands under `Policies`, without those that are none."""
    found = (_inline(item, into, index, entry) for index, entry in each(item, into, "Policies"))
    return tuple(policy for policy in found if policy is not None)


def _inline(item: Item, into: Draft, index: int, entry: Json) -> Policy | None:
    if not isinstance(entry, dict) or "PolicyName" not in entry or "PolicyDocument" not in entry:
        message = "an inline policy has a `PolicyName` and a `PolicyDocument`"
        into.faults.append(item.fault("missing-property", message, "write both", "Policies", index))
        return None
    place = ("Policies", index, "PolicyDocument")
    return parsed(item, into, entry["PolicyDocument"], Kind.IDENTITY, str(entry["PolicyName"]), *place)


def each(item: Item, into: Draft, name: str) -> Iterator[tuple[int, Json]]:
    """The elements of a property that is a list."""
    written = item.properties.get(name)
    if written is None:
        return
    if not isinstance(written, list):
        message = f"`{name}` of `{item.type}` is a list"
        into.faults.append(item.fault("wrong-type", message, "write a list", name))
        return
    yield from enumerate(written)


def texts(item: Item, into: Draft, name: str) -> Iterator[tuple[int, str]]:
    """The elements of a property that is a list of texts."""
    for index, value in each(item, into, name):
        if isinstance(value, str):
            yield index, value
        else:
            message = f"`{name}` of `{item.type}` holds text"
            into.faults.append(item.fault("wrong-type", message, "write names or ARNs", name, index))


def attached(item: Item, into: Draft) -> tuple[str, ...]:
    """The ARNs under `ManagedPolicyArns`."""
    found = (
        _managed(item, into, arn, "ManagedPolicyArns", index) for index, arn in texts(item, into, "ManagedPolicyArns")
    )
    return tuple(dict.fromkeys(arn for arn in found if arn))


def boundary(item: Item, into: Draft) -> str:
    """The ARN of the permissions boundary, empty for none."""
    arn = item.properties.get("PermissionsBoundary")
    return _managed(item, into, str(arn), "PermissionsBoundary") if arn else ""


def _managed(item: Item, into: Draft, arn: str, *place: str | int) -> str:
    """The ARN itself; a policy of AWS is kept, one that AWS has not is a fault."""
    if ":iam::aws:policy/" in arn:
        from turnstile.backends.moto_policies import aws_policy, aws_policy_names  # noqa: PLC0415 - five megabytes

        found = aws_policy(arn, item.stack.partition)
        if found is not None:
            into.aws_policies[found.arn] = found
            return found.arn
        message = f"AWS has no managed policy `{arn}`"
        remedy = nearest(arn.rpartition("/")[2], aws_policy_names())
        into.faults.append(item.fault("unknown-policy", message, remedy, *place))
        return ""
    if not arn.startswith("arn:"):
        message = f"`{arn}` is not the ARN of a managed policy"
        remedy = "write the ARN, or `!Ref` of an `AWS::IAM::ManagedPolicy`"
        into.faults.append(item.fault("not-an-arn", message, remedy, *place))
        return ""
    return arn


def check_total(item: Item, into: Draft, policies: Iterable[Policy], kind: str, name: str) -> None:
    """Note inline policies of a `role`, `user` or `group` that are too long together."""
    if (excess := inline_excess(policies, kind)) > 0:
        message = f"the inline policies of the {kind} `{name}` are {excess} characters too long together"
        remedy = "make one of them an `AWS::IAM::ManagedPolicy`, or shorten them"
        into.faults.append(item.fault("policies-too-long", message, remedy))


def needed(item: Item, into: Draft, *names: str) -> bool:
    """Whether the properties are there; those that are not become faults."""
    absent = [name for name in names if item.properties.get(name) is None]
    for name in absent:
        Fitting(item, into).missing(name)
    return not absent
