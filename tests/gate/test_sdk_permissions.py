"""What common SDK integrations are judged for: actions and resources, known wherever the call tells them."""

from __future__ import annotations

import pytest

from turnstile.gate.call import Call
from turnstile.gate.reference import permissions
from turnstile.world.world import default_world

A = "123456789012"
EC2, RDS = (f"arn:aws:{service}:us-east-1:{A}:" for service in ("ec2", "rds"))


def needed(service, operation, parameters):
    """Action, resource and whether the resource is unknown, of each permission."""
    world = default_world()
    account = next(iter(world.accounts.values()))
    call = Call(account.root, service, operation, parameters, "us-east-1")
    return [(each.action, each.resource, each.unknown) for each in permissions(call, world)]


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "action", "resource"),
    [
        ("s3", "HeadObject", {"Bucket": "b", "Key": "k"}, "s3:GetObject", "arn:aws:s3:::b/k"),
        ("s3", "ListObjectsV2", {"Bucket": "b"}, "s3:ListBucket", "arn:aws:s3:::b"),
        ("s3", "ListBuckets", {}, "s3:ListAllMyBuckets", "*"),
        ("dynamodb", "Query", {"TableName": "t"}, "dynamodb:Query", f"arn:aws:dynamodb:us-east-1:{A}:table/t"),
        ("iam", "GetRole", {"RoleName": "r"}, "iam:GetRole", f"arn:aws:iam::{A}:role/r"),
        ("organizations", "ListAccounts", {}, "organizations:ListAccounts", "*"),
        ("ec2", "StartInstances", {"InstanceIds": ["i"]}, "ec2:StartInstances", EC2 + "instance/i"),
        ("glue", "StartCrawler", {"Name": "c"}, "glue:StartCrawler", f"arn:aws:glue:us-east-1:{A}:crawler/c"),
        ("kinesis", "PutRecord", {"StreamName": "s"}, "kinesis:PutRecord", f"arn:aws:kinesis:us-east-1:{A}:stream/s"),
        ("translate", "TranslateText", {}, "translate:TranslateText", "*"),
        ("rds", "StopDBCluster", {"DBClusterIdentifier": "c"}, "rds:StopDBCluster", RDS + "cluster:c"),
        ("rds", "StartDBInstance", {"DBInstanceIdentifier": "d"}, "rds:StartDBInstance", RDS + "db:d"),
        ("apigateway", "GetRestApi", {"restApiId": "x"}, "apigateway:GET", "arn:aws:apigateway:us-east-1::/restapis/x"),
        ("apigateway", "GetRestApis", {}, "apigateway:GET", "arn:aws:apigateway:us-east-1::/restapis"),
        ("apigatewayv2", "DeleteApi", {"ApiId": "y"}, "apigateway:DELETE", "arn:aws:apigateway:us-east-1::/apis/y"),
        ("efs", "DescribeFileSystems", {}, "elasticfilesystem:DescribeFileSystems", "*"),
        ("stepfunctions", "SendTaskSuccess", {"taskToken": "t"}, "states:SendTaskSuccess", "*"),
        ("eks", "DescribeCluster", {"name": "c"}, "eks:DescribeCluster", f"arn:aws:eks:us-east-1:{A}:cluster/c"),
    ],
)  # fmt: skip
def test_an_operation_needs_its_action(service, operation, parameters, action, resource):
    """On the resource that its parameters name."""
    assert needed(service, operation, parameters) == [(action, resource, False)]


def test_a_snapshot_is_judged_for_both_ends():
    """What is copied, and the copy."""
    given = {"DBInstanceIdentifier": "d", "DBSnapshotIdentifier": "s"}
    assert needed("rds", "CreateDBSnapshot", given) == [
        ("rds:CreateDBSnapshot", f"{RDS}db:d", False),
        ("rds:CreateDBSnapshot", f"{RDS}snapshot:s", False),
    ]


def test_a_path_that_is_not_whole_is_unknown():
    """So nothing that names a resource allows it."""
    assert needed("apigateway", "GetRestApi", {}) == [
        ("apigateway:GET", "arn:aws:apigateway:us-east-1::/restapis/*", True)
    ]


def test_who_is_asking_needs_no_permission():
    """`sts:GetCallerIdentity` is open to everybody."""
    assert needed("sts", "GetCallerIdentity", {}) == []
