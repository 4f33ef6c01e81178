"""The role that SAM makes for a function or machine that has none, from its `Policies`.

Spec: AWS SAM, "Policies" of AWS::Serverless::Function, and "Policy templates"; data/sam.json (scripts/sam_tables.py).
Each inline policy of the role leads back to its own lines. An inline policy is named by its place in the list.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from turnstile.importers.intrinsics import called
from turnstile.importers.part import Moved
from turnstile.importers.sam_making import sub
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from turnstile.document import Json
    from turnstile.importers.part import Part
    from turnstile.importers.sam_making import Making
    from turnstile.importers.template import Declared

_DOCUMENT = {"Id", "Statement", "Version"}


@lru_cache(maxsize=1)
def tables() -> Json:
    """`templates` by name and `connectors`."""
    return json.loads(resources.files("turnstile.importers").joinpath("data/sam.json").read_text())


def aws_managed(path: str) -> Json:
    """The ARN of a policy of AWS in the partition of the stack."""
    return sub(f"arn:${{AWS::Partition}}:iam::aws:policy/{path}")


def role(making: Making, service: str, managed: Iterable[Json], inline: Iterable[Json], tags: list[Json]) -> Declared:
    """The role `<logical id>Role`: what the resource always needs, then what its `Policies` say."""
    own = list(_policies(making))
    attached = _distinct([*managed, *(policy for policy in own if not _is_inline(policy))])
    inlined = [*inline, *(policy for policy in own if _is_inline(policy))]
    trust = making.get("AssumeRolePolicyDocument")
    properties: dict[str, Json] = {
        "AssumeRolePolicyDocument": trust.moved if trust is not None else trusting(service),
        **({"ManagedPolicyArns": attached} if attached else {}),
        **({"Policies": inlined} if inlined else {}),
        **making.taken({"PermissionsBoundary": "PermissionsBoundary", "RolePath": "Path"}),
        "Tags": tags,
    }
    return making.beside(f"{making.id}Role", "AWS::IAM::Role", properties, making.get("Policies"))


def _distinct(policies: list[Json]) -> list[Json]:
    """Each policy once, where it came first."""
    found: list[Json] = []
    for policy in policies:
        value = policy.value if isinstance(policy, Moved) else policy
        if value not in [other.value if isinstance(other, Moved) else other for other in found]:
            found.append(policy)
    return found


def trusting(service: str) -> Json:
    """A trust policy for one service."""
    statement = {"Effect": "Allow", "Principal": {"Service": [service]}, "Action": ["sts:AssumeRole"]}
    return {"Version": "2012-10-17", "Statement": [statement]}


def allowing(name: str, statements: Json) -> Json:
    """An inline policy; SAM gives it no `Version`."""
    return {"PolicyName": name, "PolicyDocument": {"Statement": statements}}


def _is_inline(policy: Json) -> bool:
    value = policy.value if isinstance(policy, Moved) else policy
    return isinstance(value, dict) and "PolicyDocument" in value


def _policies(making: Making) -> Iterator[Json]:
    part = making.get("Policies")
    if part is None:
        return
    entries = part.elements() if isinstance(part.value, list) else iter((part,))
    for index, entry in enumerate(entries):
        yield _policy(making, entry, f"{making.id}RolePolicy{index}")


def _policy(making: Making, part: Part, name: str) -> Json:
    match part.value:
        case str():
            return Moved(_managed(part.value), part.origin)
        case dict() if "Statement" in part.value:
            for member, value in part.members():
                if member not in _DOCUMENT:
                    making.refuse(
                        value, "unknown-member", f"a policy has no `{member}`", hint(member, _DOCUMENT, "members")
                    )
            return Moved({"PolicyName": name, "PolicyDocument": part.moved}, part.origin)
        case {"Ref": _} | {"Fn::Sub": _} | {"Fn::GetAtt": _} | {"Fn::Join": _} | {"Fn::ImportValue": _}:
            return part.moved
    if not isinstance(part.value, dict) or len(part.value) != 1:
        message = f"a policy is a name, an ARN, a document or a policy template, not {called(part.value)}"
        making.refuse(part, "wrong-type", message, "write one of them")
    return Moved(_template(making, part, name), part.origin)


def _managed(name: str) -> Json:
    """The ARN of a managed policy; a name alone is that of one of AWS's."""
    if name.startswith("arn:"):
        return name
    from turnstile.backends.moto_policies import aws_policy  # noqa: PLC0415 - five megabytes, for names only

    found = aws_policy(name)
    return aws_managed(found.arn.partition(":policy/")[2] if found is not None else name)


def _template(making: Making, part: Part, name: str) -> Json:
    ((called_by, given),) = part.members()
    templates = tables()["templates"]
    if called_by not in templates:
        message = f"SAM has no policy template `{called_by}`"
        making.refuse(given, "unknown-policy-template", message, hint(called_by, templates, "policy templates"))
    template = templates[called_by]
    values = {} if given.value is None else dict(given.members())
    for wanted in template["parameters"]:
        if wanted not in values:
            message = f"`{called_by}` needs `{wanted}`"
            making.refuse(given, "missing-parameter", message, f"write `{called_by}: {{{wanted}: ...}}`")
    for extra, value in values.items():
        if extra not in template["parameters"]:
            message = f"`{called_by}` has no parameter `{extra}`"
            making.refuse(value, "unknown-parameter", message, hint(extra, template["parameters"], "parameters"))
    return allowing(name, filled(template["statements"], {key: value.moved for key, value in values.items()}))


def filled(value: Json, names: dict[str, Json]) -> Json:
    """Statements with values for the names in their texts."""
    match value:
        case str() if "${" in value:
            return {"Fn::Sub": [value, {name: given for name, given in names.items() if f"${{{name}}}" in value}]}
        case dict():
            return {name: filled(member, names) for name, member in value.items()}
        case list():
            return [filled(element, names) for element in value]
    return value
