"""Calls to Airflow of MWAA are judged on a role of Airflow: the highest that the caller may use."""

import pytest

from turnstile.gate.call import Call
from turnstile.gate.gate import Gate
from turnstile.world.caller import Session

_ROLES = "arn:aws:airflow:us-east-1:111122223333:role"


@pytest.fixture
def ruling_with(accounts, write_policy, write_trust):
    def rule(operation, resource):
        allowed = write_policy({"Effect": "Allow", "Action": f"airflow:{operation}", "Resource": resource})
        role = accounts.role(accounts.source, "Caller", write_trust({"Principal": "*"}), allowed)
        arn = role.arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/s"
        session = Session(arn, role.arn, "AROA1", accounts.source.id, "s", 0.0, 4102444800.0, "somebody")
        gate = Gate(accounts.world, {}, lambda: None)
        parameters = {"Name": "flows", "Path": "/dags", "Method": "GET"}
        return gate.decide(Call(session, "mwaa", operation, parameters, "us-east-1"))

    return rule


@pytest.mark.parametrize("operation", ["CreateWebLoginToken", "InvokeRestApi"])
@pytest.mark.parametrize(
    ("resource", "allowed", "judged"),
    [
        (f"{_ROLES}/flows/Admin", True, "Admin"),
        (f"{_ROLES}/flows/Viewer", True, "Viewer"),
        (f"{_ROLES}/flows/*", True, "Admin"),
        (f"{_ROLES}/other/Admin", False, "Admin"),
        ("arn:aws:airflow:us-east-1:111122223333:environment/flows", False, "Admin"),
    ],
)
def test_the_highest_role_that_is_allowed_counts(operation, resource, allowed, judged, ruling_with):
    """A policy may name any of them; where none is allowed, the refusal names the highest."""
    ruling = ruling_with(operation, resource)
    assert ruling.allowed is allowed
    assert [each.request.resource for each in ruling.decisions] == [f"{_ROLES}/flows/{judged}"]
