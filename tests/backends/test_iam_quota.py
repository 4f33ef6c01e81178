"""IAM counts the inline policies of a role, user or group together."""

from __future__ import annotations

import json

import pytest

from turnstile.backends.iam import Iam
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError


def long_policy(characters):
    """A policy of at least so many characters."""
    resources = [f"arn:aws:s3:::bucket-{number:04d}" for number in range(characters // 28)]
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resources}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


async def test_inline_policies_may_not_be_too_long_together(accounts):
    """Each fits alone; the second one does not fit beside the first."""
    iam = Iam(accounts.world)
    root = accounts.source.root

    async def put(name):
        members = {"RoleName": "ExecutionRole", "PolicyName": name, "PolicyDocument": long_policy(6_000)}
        return await iam.perform(Call(root, "iam", "PutRolePolicy", members, "us-east-1"), root.account)

    await put("First")
    with pytest.raises(ServiceError) as caught:
        await put("Second")
    text = "Maximum policy size of 10240 bytes exceeded for role ExecutionRole"
    assert (caught.value.code, caught.value.message, caught.value.status) == ("LimitExceeded", text, 409)
    await put("First")
