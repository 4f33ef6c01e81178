"""One long walk through the IAM API: every operation, what it answers in the shape of the API, and what it refuses."""

import json
from pathlib import Path
from urllib.parse import unquote

import pytest

from turnstile.backends.answer_shapes import misfits
from turnstile.backends.iam import OPERATIONS, Iam
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.world.answers import matches
from turnstile.world.world import World

WALK = json.loads((Path(__file__).parents[1] / "cases/backends/iam_walk.json").read_text(encoding="utf-8"))
ALLOW = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
DENY = {
    "Effect": "Deny",
    "Action": "*",
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:SourceIp": "10.0.0.1"}},
}
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "states.amazonaws.com"}}
TEXTS = {
    "$ALLOW": json.dumps({"Version": "2012-10-17", "Statement": ALLOW}),
    "$DENY": json.dumps({"Version": "2012-10-17", "Statement": DENY}),
    "$TRUST": json.dumps({"Version": "2012-10-17", "Statement": TRUST}, indent=1),
    "$LONG": " " * 131_073,
    "$METADATA": "<EntityDescriptor/>" + " " * 1000,
    "$OTHER": "<Other/>" + " " * 1000,
}


def filled(value, texts):
    """A part of a step with the long texts that it names."""
    match value:
        case str():
            return texts.get(value, value)
        case list():
            return [filled(each, texts) for each in value]
        case dict():
            return {key: filled(each, texts) for key, each in value.items()}
    return value


async def test_every_operation_answers_in_its_shape_and_refuses_in_its_words():
    """Step by step; the account is empty again at the end."""
    world = World()
    account, texts = world.add_account("111122223333"), dict(TEXTS)
    iam = Iam(world)
    for place, step in enumerate(WALK):
        operation, told = step["operation"], f"step {place}: {step}"
        call = Call(account.root, "iam", operation, filled(step["given"], texts), "us-east-1")
        if "refused" in step:
            with pytest.raises(ServiceError) as caught:
                await iam.perform(call, account.id)
            assert caught.value.code == step["refused"], told
            continue
        output = await iam.perform(call, account.id)
        assert list(misfits("iam", operation, output)) == [], told
        assert matches(step["answer"], output), (told, output)
        if "keep" in step:
            (kept,) = output.get("AccessKeyMetadata") or [output["AccessKey"]]
            texts["$KEY"] = kept["AccessKeyId"]
    kept = (account.roles, account.users, account.groups, account.policies, account.instance_profiles)
    assert not any((*kept, account.oidc_providers, account.saml_providers, account.alias, world.credentials))


def test_the_walk_leaves_out_no_operation():
    """A new one needs a step."""
    assert {step["operation"] for step in WALK} == set(OPERATIONS)


async def test_documents_are_read_back_as_they_were_written(accounts):
    """Spaces, order of members and all."""
    iam, root = Iam(accounts.world), accounts.source.root
    text = '{ "Statement":[{"Resource":"*",  "Action":"sqs:*","Effect":"Allow"}],\n"Version":"2012-10-17"}'
    given = {"RoleName": "ExecutionRole", "PolicyName": "P"}
    put = Call(root, "iam", "PutRolePolicy", {**given, "PolicyDocument": text}, "us-east-1")
    await iam.perform(put, root.account)
    output = await iam.perform(Call(root, "iam", "GetRolePolicy", given, "us-east-1"), root.account)
    assert unquote(output["PolicyDocument"]) == text
