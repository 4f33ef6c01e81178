"""boto3 itself against IAM, STS and declared services: its parsers take what they answer."""

import asyncio
import base64
import json
from contextlib import nullcontext

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from turnstile.backends.loopback import Loopback
from turnstile.emulator import Emulator
from turnstile.source import unwritten
from turnstile.world.answers import Answers, read_script
from turnstile.world.world import World

ACCOUNT = "111122223333"
ISSUER = "idp.example.com"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app/Web"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"},
        "Condition": {"StringEquals": {f"{ISSUER}:sub": "ann"}},
    },
}
MAY = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Action": "airflow:CreateCliToken",
        "Resource": "arn:aws:airflow:*:*:environment/flows",
    },
}
ANSWER = {"CliToken": "abc", "WebServerHostname": "flows.example.com"}


@pytest.fixture
async def client():
    """Makes clients of one world, which sign with an access key or not at all."""
    world = World()
    account = world.add_account(ACCOUNT)
    script = read_script({"returns": ANSWER}, unwritten("<stub>"), [])
    account.stubs["mwaa:CreateCliToken"] = Answers(script)
    async with Emulator(world) as emulator, Loopback(emulator.gate, lambda _: nullcontext()) as loopback:
        session = boto3.session.Session()
        url, keys = await loopback.url(), world.credentials.of(account.root)

        def make(service, given=None, *, signed=True):
            given = given or {"AccessKeyId": keys.access_key, "SecretAccessKey": keys.secret_key}
            return session.client(
                service,
                region_name="us-east-1",
                endpoint_url=url,
                aws_access_key_id=given["AccessKeyId"],
                aws_secret_access_key=given["SecretAccessKey"],
                aws_session_token=given.get("SessionToken"),
                config=Config(
                    retries={"total_max_attempts": 1},
                    inject_host_prefix=False,
                    signature_version=None if signed else UNSIGNED,
                ),
            )

        yield make


def token(subject):
    """A web token that nobody has signed."""
    claims = {"iss": f"https://{ISSUER}", "aud": "app", "sub": subject}
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.e30"


async def test_a_web_identity_works_with_a_declared_service(client):
    """From the role's making to the answer of the stub, all by boto3."""

    def work():
        iam = client("iam")
        iam.create_open_id_connect_provider(Url=f"https://{ISSUER}", ClientIDList=["app"])
        made = iam.create_role(RoleName="Web", Path="/app/", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
        iam.put_role_policy(RoleName="Web", PolicyName="May", PolicyDocument=json.dumps(MAY))
        assert made["AssumeRolePolicyDocument"] == TRUST
        assert iam.get_role_policy(RoleName="Web", PolicyName="May")["PolicyDocument"] == MAY
        details = iam.get_account_authorization_details()["RoleDetailList"]
        assert [role["RolePolicyList"][0]["PolicyDocument"] for role in details] == [MAY]
        sts = client("sts", signed=False)
        given = {"RoleArn": ROLE, "RoleSessionName": "job"}
        with pytest.raises(ClientError, match="Not authorized to perform sts:AssumeRoleWithWebIdentity"):
            sts.assume_role_with_web_identity(**given, WebIdentityToken=token("bob"))
        taken = sts.assume_role_with_web_identity(**given, WebIdentityToken=token("ann"))["Credentials"]
        assert client("sts", taken).get_caller_identity()["Account"] == ACCOUNT
        found = client("mwaa", taken).create_cli_token(Name="flows")
        assert {name: found[name] for name in ANSWER} == ANSWER
        with pytest.raises(ClientError, match="is not authorized to perform: airflow:CreateCliToken"):
            client("mwaa", taken).create_cli_token(Name="other")

    await asyncio.to_thread(work)


async def test_pages_waiters_and_keys_of_boto3(client):
    """Its paginators go on to the end, its waiters find roles, new keys work."""

    def work():
        iam = client("iam")
        for number in range(5):
            iam.create_user(UserName=f"user-{number}")
        pages = iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 2})
        assert [len(page["Users"]) for page in pages] == [2, 2, 1]
        iam.get_waiter("user_exists").wait(UserName="user-0")
        key = iam.create_access_key(UserName="user-0")["AccessKey"]
        assert client("sts", key).get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/user-0"
        iam.update_access_key(UserName="user-0", AccessKeyId=key["AccessKeyId"], Status="Inactive")
        with pytest.raises(ClientError, match="InvalidClientTokenId"):
            client("sts", key).get_caller_identity()
        with pytest.raises(iam.exceptions.NoSuchEntityException):
            iam.get_user(UserName="nobody")
        with pytest.raises(iam.exceptions.DeleteConflictException):
            iam.delete_user(UserName="user-0")

    await asyncio.to_thread(work)
