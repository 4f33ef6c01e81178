"""What callers are told of keys of S3 that are not there, by whether they may list the bucket."""

import json

import pytest
from ruamel.yaml import YAML

from turnstile.emulator import Emulator
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError
from turnstile.report import text
from turnstile.report.json import render
from turnstile.scenario.run import run_scenario
from turnstile.states.sessions import Sessions

GET = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}
LIST = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::data"}
PREFIX = {**LIST, "Condition": {"StringEquals": {"s3:prefix": "in/"}}}
DENY = {"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*"}
SDK = "arn:aws:states:::aws-sdk:s3:"


async def told(accounts, write_policy, statements, operation, *, bucket="data", bucket_policy=None):
    """What a Task of the execution role is told of a key: its error, and the gate's trail."""
    role = accounts.role(accounts.source, "ExecutionRole", accounts.execution.trust, write_policy(*statements))
    async with Emulator(accounts.world) as emulator:

        async def ask(name, **parameters):
            await emulator.gate.call(Call(accounts.source.root, "s3", name, parameters, "us-east-1"))

        await ask("CreateBucket", Bucket="data")
        if bucket_policy is not None:
            document = {"Version": "2012-10-17", "Statement": [{**bucket_policy, "Principal": {"AWS": role.arn}}]}
            await ask("PutBucketPolicy", Bucket="data", Policy=json.dumps(document))
        task = {
            "Type": "Task",
            "Resource": SDK + operation,
            "Parameters": {"Bucket": bucket, "Key": "in/a"},
            "End": True,
        }
        machine = await emulator.create_state_machine(
            accounts.source.root,
            name="Reads",
            definition=json.dumps({"StartAt": "A", "States": {"A": task}}),
            role_arn=role.arn,
            region="us-east-1",
        )
        execution = await emulator.execute(accounts.source.root, machine, {})
        return execution, emulator.gate.trail


@pytest.mark.parametrize("operation", ["getObject", "headObject"])
@pytest.mark.parametrize(
    ("statements", "bucket_policy", "code"),
    [
        ([GET], None, 403),
        ([GET, LIST], None, 404),
        ([GET, PREFIX], None, 403),
        ([GET], LIST, 404),
        ([GET, LIST], {**DENY, "Resource": "arn:aws:s3:::data"}, 403),
    ],
    ids=["get", "list", "prefix", "bucket policy", "denied by the bucket"],
)
async def test_a_missing_key_is_named_to_who_may_list(
    accounts, write_policy, statements, operation, bucket_policy, code
):
    """404 with the permission, wherever it is granted; else 403, which is no refused call in the trail."""
    execution, trail = await told(accounts, write_policy, statements, operation, bucket_policy=bucket_policy)
    assert execution.error == ("S3.NoSuchKeyException" if code == 404 else "S3.AccessDeniedException")
    assert f"Status Code: {code}" in execution.cause
    assert trail.refused() == ()
    assert [(one.resource, one.after) for one in trail.veiled] == (
        [] if code == 404 else [("arn:aws:s3:::data", len(trail))]
    )


@pytest.mark.parametrize("operation", ["getObject", "headObject"])
async def test_a_missing_bucket_is_named_to_everybody(accounts, write_policy, operation):
    """There is nothing to list."""
    get = {**GET, "Resource": "*"}
    execution, trail = await told(accounts, write_policy, [get], operation, bucket="none")
    assert "Status Code: 404" in execution.cause
    assert trail.veiled == []


async def test_a_caller_outside_of_tasks_is_told_the_same(accounts, write_policy):
    """Handlers and clients come through the same gate."""
    accounts.role(accounts.source, "ExecutionRole", accounts.execution.trust, write_policy(GET))
    async with Emulator(accounts.world) as emulator:
        gate, root = emulator.gate, accounts.source.root
        await gate.call(Call(root, "s3", "CreateBucket", {"Bucket": "data"}, "us-east-1"))
        with pytest.raises(ServiceError) as plain:
            await gate.call(Call(root, "s3", "GetObject", {"Bucket": "data", "Key": "k"}, "us-east-1"))
        assert (plain.value.code, plain.value.status) == ("NoSuchKey", 404)
        session = await Sessions(gate).as_service(
            accounts.source.arn("states", "stateMachine:Orders"),
            accounts.source.id,
            "us-east-1",
            accounts.execution.arn,
        )
        with pytest.raises(ServiceError) as veiled:
            await gate.call(Call(session, "s3", "GetObject", {"Bucket": "data", "Key": "k"}, "us-east-1"))
        assert (veiled.value.code, veiled.value.status) == ("AccessDenied", 403)
        assert "s3:ListBucket" in veiled.value.message


def test_the_report_says_which_permission_would_have_shown_404(tmp_path):
    """Apart from refused calls: `denied: []` holds."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "states.amazonaws.com"}}
    task = {"Type": "Task", "Resource": SDK + "getObject", "Parameters": {"Bucket": "data", "Key": "a"}, "End": True}
    role = {
        "trust": {"Version": "2012-10-17", "Statement": [trust]},
        "policies": {"Get": {"Version": "2012-10-17", "Statement": [GET]}},
    }
    bucket = {"service": "s3", "operation": "CreateBucket", "parameters": {"Bucket": "data"}}
    document = {
        "version": 1,
        "name": "reads",
        "accounts": {"a": {"id": "111122223333", "roles": {"R": role}, "resources": [bucket]}},
        "state_machines": {"M": {"account": "a", "role": "R", "definition": {"StartAt": "A", "States": {"A": task}}}},
        "cases": [{"name": "c", "state_machine": "M", "expect": {"status": "FAILED", "denied": []}}],
    }
    path = tmp_path / "reads.scenario.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(document, file)
    report = run_scenario(path)
    assert [case.findings for case in report.files[0].cases] == [()]
    (found,) = json.loads(render(report))["files"][0]["cases"][0]["missing_keys"]
    assert found["missing"] == {"action": "s3:ListBucket", "resource": "arn:aws:s3:::data"}
    assert "s3:ListBucket on arn:aws:s3:::data" in text.render(report, color=False, width=200)
