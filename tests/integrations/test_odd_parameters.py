"""Parameters of any kind end a Task by AWS's names, never by an error of ours or a word of Python."""

import json
import re

import pytest

import turnstile
from turnstile.faults import Unsupported
from turnstile.integrations import catalog
from turnstile.integrations.answered import answered
from turnstile.wire import models

ODD = (None, True, 1, 1.5, "", "x", [], [None], {}, {"a": [1]}, "arn:aws:x:us-east-1:123456789012:y/z")
PYTHON = re.compile(
    r"Traceback|Error: |object has no|NoneType|<class|\bNone\b|\bTrue\b|\bFalse\b|unhashable|botocore|moto"
)
APIS = sorted({(service, api, patterns[-1].value) for service, api, patterns in catalog.offered()})
LISTED = {
    "apigateway": "ApiEndpoint Method Path Headers QueryParameters RequestBody AuthType Stage",
    "bedrockagentcore": "HarnessArn Messages RuntimeSessionId",
    "eks": "ClusterName CertificateAuthority Endpoint Method Path QueryParameters RequestBody Namespace LogOptions Job",
    "elasticmapreduce": "ClusterId InstanceFleetName InstanceGroupName InstanceFleet InstanceGroup Step StepId",
    "http": "ApiEndpoint Method Authentication Headers QueryParameters RequestBody Transform",
}


def members(service, api):
    """The names of an API's parameters."""
    called = answered(f"arn:aws:states:::{service}:{api}")
    if called is None or service in ("elasticmapreduce", "bedrockagentcore"):
        return LISTED[service].split()
    shape = models.service_model(called.service).operation_model(called.operation).input_shape
    return [name[0].upper() + name[1:] for name in shape.members][:12]


@pytest.mark.parametrize(("service", "api", "pattern"), APIS, ids=map(":".join, APIS))
def test_odd_parameters(service, api, pattern):
    """All members of one odd value, and each of another."""
    names = members(service, api)
    resource = f"arn:aws:states:::{service}:{api}{pattern}"
    state = {"Type": "Task", "Resource": resource, "TimeoutSeconds": 600, "End": True}
    mixed = [{name: ODD[(at + start) % len(ODD)] for at, name in enumerate(names)} for start in (0, 4, 8)]
    for given in [*(dict.fromkeys(names, value) for value in ODD), *mixed]:
        try:
            execution = turnstile.run({"StartAt": "A", "States": {"A": state}}, given)
        except Unsupported:
            continue
        said = f"{execution.error} {execution.cause}".replace(json.dumps(given, separators=(",", ":")), "")
        assert execution.status != "FAILED" or (execution.error and not PYTHON.search(said)), (given, said)
