"""Terraform types that are parts of other resources in CloudFormation, and those that mean nothing here.

An attached policy, a target of a rule or the value of a secret is added to a property of the resource it names.
Attribute names: documentation of the AWS provider of Terraform.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.importers.kinds import Item, Stack
from turnstile.importers.part import places
from turnstile.source import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.importers.terraform_plan import Planned

BUS_POLICY = "aws_cloudwatch_event_bus_policy"
"""A policy with several statements, which CloudFormation writes as one resource each."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A Terraform type that is a part of others: `owners` are types and the attributes that name one or several.

    `property` of the owner is a list that gets `value(attributes)`, or the value itself where `single`.
    """

    owners: tuple[tuple[str, str], ...]
    property: str
    value: Callable[[Mapping[str, Json]], Json]
    needs: tuple[str, ...]
    single: bool = False


def _target(values: Mapping[str, Json]) -> Json:
    found = {"Id": values.get("target_id") or "target", "Arn": values["arn"]}
    optional = {"role_arn": "RoleArn", "input": "Input", "input_path": "InputPath"}
    return found | {new: values[old] for old, new in optional.items() if values.get(old)}


def _of(name: str) -> Callable[[Mapping[str, Json]], Json]:
    return lambda values: values[name]


PARTS: dict[str, Part] = {
    "aws_iam_role_policy_attachment": Part(
        (("aws_iam_role", "role"),), "ManagedPolicyArns", _of("policy_arn"), ("role", "policy_arn")
    ),
    "aws_iam_user_policy_attachment": Part(
        (("aws_iam_user", "user"),), "ManagedPolicyArns", _of("policy_arn"), ("user", "policy_arn")
    ),
    "aws_iam_group_policy_attachment": Part(
        (("aws_iam_group", "group"),), "ManagedPolicyArns", _of("policy_arn"), ("group", "policy_arn")
    ),
    "aws_iam_policy_attachment": Part(
        (("aws_iam_role", "roles"), ("aws_iam_user", "users"), ("aws_iam_group", "groups")),
        "ManagedPolicyArns",
        _of("policy_arn"),
        ("policy_arn",),
    ),
    "aws_iam_user_group_membership": Part((("aws_iam_user", "user"),), "Groups", _of("groups"), ("user", "groups")),
    "aws_iam_group_membership": Part((("aws_iam_user", "users"),), "Groups", _of("group"), ("users", "group")),
    "aws_cloudwatch_event_target": Part((("aws_cloudwatch_event_rule", "rule"),), "Targets", _target, ("rule", "arn")),
    "aws_secretsmanager_secret_version": Part(
        (("aws_secretsmanager_secret", "secret_id"),),
        "SecretString",
        _of("secret_string"),
        ("secret_id", "secret_string"),
        single=True,
    ),
}

SILENT = frozenset(
    {
        "aws_cloudwatch_metric_alarm", "aws_cloudwatch_dashboard", "aws_iam_account_alias",
        "aws_s3_bucket_acl", "aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_ownership_controls",
        "aws_s3_bucket_public_access_block", "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
    }
)  # fmt: skip
"""Types without which every call and permission of a workflow is the same."""


def statements(each: Planned, values: Mapping[str, Json], stack: Stack) -> Iterator[Item]:
    """The statements of a bus policy, each as a resource."""
    bus = {"EventBusName": values["event_bus_name"]} if values.get("event_bus_name") else {}
    written = json.loads(values.get("policy") or "{}").get("Statement") or []
    for index, statement in enumerate(written if isinstance(written, list) else [written]):
        where = places(each.origin)
        where.moves["/Properties/Statement"] = each.origin.at("policy")
        properties = {**bus, "StatementId": statement.get("Sid") or f"statement{index}", "Statement": statement}
        yield Item(f"{each.address}.{index}", "AWS::Events::EventBusPolicy", properties, stack, Origin(where))
