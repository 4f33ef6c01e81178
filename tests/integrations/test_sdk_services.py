"""The tables of SDK integrations: which services there are, and what AWS leaves out."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from turnstile.integrations.sdk_services import SdkService, is_left_out, sdk_names, sdk_service

ROOT = Path(__file__).parents[2]
DOCUMENTED = json.loads((ROOT / "tests/cases/backends/sdk_services.json").read_text())
REMOVED = {"lexmodelbuilding", "lexruntime"}


def test_documented_services_are_there():
    """With botocore's name and the prefix of errors."""
    wanted = {name: SdkService(name, *row) for name, row in DOCUMENTED.items() if name not in REMOVED}
    assert {name: sdk_service(f"aws-sdk:{name}") for name in wanted} == wanted


@pytest.mark.parametrize("name", ["stepfunctions", "logs", "DynamoDB", "lexruntime", "apigatewaymanagementapi", ""])
def test_others_are_not(name):
    """Names of botocore's, other letters, removed services, and such as AWS never had."""
    assert sdk_service(f"aws-sdk:{name}") is None


def test_an_optimized_integration_is_none():
    """Even where the service has both."""
    assert sdk_service("dynamodb") is None


@pytest.mark.parametrize(("name", "action"), [("sts", "assumeRole"), ("lambda", "invokeAsync"), ("efs", "createTags")])
def test_some_actions_are_left_out(name, action):
    """No Task takes a role by itself."""
    service = sdk_service(f"aws-sdk:{name}")
    assert is_left_out(service, action)
    assert not is_left_out(service, "getCallerIdentity")


def test_new_services_are_there_without_a_list():
    """Whatever botocore has, by the rule of names."""
    assert {"s3vectors", "lambdamicrovms", "novaact"} <= set(sdk_names())


@pytest.mark.slow
def test_the_table_is_that_of_the_installed_botocore():
    """`scripts/sdk_services.py` would write what is there."""
    script = runpy.run_path(str(ROOT / "scripts/sdk_services.py"))
    assert script["TARGET"].read_text() == script["written"](script["sdk_services"]())
