"""Requests that are no API calls of AWS's clients: to APIs of API Gateway, HTTP endpoints, Kubernetes and agents.

Sending a request to an API needs no permission; where the method asks for one, the service makes `Invoke` of it. A
cluster's own API is no matter of IAM. Facts: reference/iam-actions.md (execute-api, http:invoke).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.requests.place import nothing, on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.gate.call import Call
    from turnstile.gate.permission import Permission, Row
    from turnstile.world.world import World


def _invoke(call: Call, world: World) -> tuple[Permission, ...]:
    """On the ARN of stage, method and path; the Resource `*` of a policy reaches all of them."""
    return (on("execute-api:Invoke", str(call.parameters["Arn"]), call, world),)


def _invoke_endpoint(call: Call, world: World) -> tuple[Permission, ...]:
    """On the machine, told apart by method and address."""
    keys = {
        "states:HTTPMethod": str(call.parameters["Method"]),
        "states:HTTPEndpoint": str(call.parameters["ApiEndpoint"]),
    }
    return (on("states:InvokeHTTPEndpoint", str(call.parameters["MachineArn"]), call, world, keys),)


def _invoke_harness(call: Call, world: World) -> tuple[Permission, ...]:
    """On the harness, or on the endpoint of it that the qualifier names."""
    harness, qualifier = str(call.parameters["harnessArn"]), call.parameters.get("qualifier")
    resource = f"{harness}/harness-endpoint/{qualifier}" if qualifier else harness
    return (on("bedrock-agentcore:InvokeHarness", resource, call, world),)


def retrieve_credentials(call: Call, world: World) -> tuple[Permission, ...]:
    """On the connection."""
    return (on("events:RetrieveConnectionCredentials", str(call.parameters["ConnectionArn"]), call, world),)


BEDROCK_AGENTCORE: Mapping[str, Row] = {"InvokeHarness": _invoke_harness}
"""By operation of `bedrock-agentcore`."""

EXECUTE_API: Mapping[str, Row] = {"Send": nothing, "Invoke": _invoke}
"""By operation of `execute-api`."""

HTTP: Mapping[str, Row] = {"InvokeHTTPEndpoint": _invoke_endpoint}
"""By operation of `http`."""

KUBERNETES: Mapping[str, Row] = dict.fromkeys(("Call", "CreateJob", "DeleteJob", "ReadJob"), nothing)
"""By operation of `kubernetes`."""
