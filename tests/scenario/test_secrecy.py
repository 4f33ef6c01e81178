"""Secrets of a scenario in every form of its report: variables of functions, secrets, parameters, inputs, headers."""

from __future__ import annotations

import json

import pytest

from turnstile.report.renderers import RENDERERS, Options, render
from turnstile.scenario.run import run_files

SECRETS = ("env-Q1w2e3", "manager-R4t5", "parameter-Y6u7", "input-I8o9", "header-P0a1", "note-S2d3", "expected-F4g5")
TRUST = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
ALLOW = {"Effect": "Allow", "Action": ["lambda:*", "secretsmanager:*", "ssm:*"], "Resource": "*"}
QUEUE = "https://sqs.us-east-1.amazonaws.com/444455556666/other"


def _policy(statement):
    return {"Version": "2012-10-17", "Statement": [statement]}


def _task(resource, parameters, **more):
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": parameters, **more}


SCENARIO = {
    "version": 1,
    "name": "secrets",
    "accounts": {
        "home": {
            "id": "111122223333",
            "roles": {"Runner": {"trust": _policy(TRUST), "policies": {"Call": _policy(ALLOW)}}},
            "functions": {
                "Login": {
                    "environment": {"DB_PASSWORD": SECRETS[0], "DB_SECRET_NAME": "prod/db"},
                    "answers": [{"returns": {"plain": f"in with {SECRETS[0]} of prod/db"}}],
                }
            },
            "resources": [
                {
                    "service": "secretsmanager",
                    "operation": "CreateSecret",
                    "parameters": {
                        "Name": "prod/db",
                        "SecretString": json.dumps({"user": "me", "password": SECRETS[1]}),
                    },
                },
                {
                    "service": "ssm",
                    "operation": "PutParameter",
                    "parameters": {"Name": "/key", "Type": "SecureString", "Value": SECRETS[2]},
                },
            ],
        }
    },
    "state_machines": {
        "Work": {
            "account": "home",
            "role": "Runner",
            "definition": {
                "StartAt": "Get",
                "States": {
                    "Get": _task(
                        "aws-sdk:secretsmanager:getSecretValue", {"SecretId": "prod/db"}, ResultPath="$.a", Next="Read"
                    ),
                    "Read": _task(
                        "aws-sdk:ssm:getParameter",
                        {"Name": "/key", "WithDecryption": True},
                        ResultPath="$.b",
                        Next="Log",
                    ),
                    "Log": _task("lambda:invoke", {"FunctionName": "Login"}, ResultPath="$.c", Next="Say"),
                    "Say": {
                        "Type": "Pass",
                        "Parameters": {"said.$": "States.Format('it is {}', $.b.Parameter.Value)"},
                        "ResultPath": "$.d",
                        "Next": "Send",
                    },
                    "Send": _task("sqs:sendMessage", {"QueueUrl": QUEUE, "MessageBody.$": "$.d.said"}, End=True),
                },
            },
        }
    },
    "cases": [
        {
            "name": "refused",
            "state_machine": "Work",
            "input": {
                "apiToken": SECRETS[3],
                "headers": [{"name": "Authorization", "value": f"Bearer {SECRETS[4]}"}],
                "note": f"db_password={SECRETS[5]}",
            },
            "expect": {"status": "SUCCEEDED", "output": {"password": SECRETS[6]}},
        }
    ],
}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The report on a case in which every secret has gone through the hands of the workflow."""
    path = tmp_path_factory.mktemp("secrets") / "secrets.scenario.json"
    path.write_text(json.dumps(SCENARIO, indent=1), "utf-8")
    return run_files([path])


@pytest.mark.parametrize("form", RENDERERS)
def test_no_form_shows_a_secret_of_the_scenario(report, form):
    """Neither where it was declared, nor where a state, an answer or a text has carried it."""
    (case,) = report.files[0].cases
    assert [one.call.operation for one in case.refused] == ["SendMessage"]
    shown = render(form, report, Options(verbose=2))
    assert [secret for secret in SECRETS if secret in shown] == []


def test_names_of_secrets_stay(report):
    """Which secret was asked for is told, also where a variable has its name."""
    assert "prod/db" in render("json", report)
