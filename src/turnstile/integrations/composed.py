"""Rows of the integrations that are not one AWS call: requests to endpoints, models, agents, Kubernetes, fleets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.integrations import apigateway, bedrock, emr_fleets, http_task, kubernetes
from turnstile.integrations.resource import Pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json
    from turnstile.integrations.work import Integration, Job

CALLED_BACK: Mapping[tuple[str, str], Integration] = {
    ("apigateway", "invoke"): apigateway.ApiTask(),
    ("bedrock", "invokeModel"): bedrock.InvokeModel(),
    ("eks", "call"): kubernetes.CallTask(),
    ("eks", "runJob"): kubernetes.RunJobTask(),
}
"""By service and API of the resource: those that offer callbacks besides request-response."""

ONCE: Mapping[tuple[str, str], Integration] = {
    ("bedrockagentcore", "invokeHarness"): bedrock.InvokeHarness(),
    ("http", "invoke"): http_task.HttpTask(),
    **emr_fleets.FLEETS,
}
"""Those that do not."""

CHECKS: Mapping[tuple[str, str], Callable[[Json], None]] = {
    ("apigateway", "invoke"): apigateway.check,
    ("bedrock", "invokeModel"): bedrock.check_model,
    ("bedrockagentcore", "invokeHarness"): bedrock.check_harness,
    ("eks", "call"): kubernetes.check_call,
    ("eks", "runJob"): kubernetes.check_job,
    ("http", "invoke"): http_task.check,
    **emr_fleets.CHECKS,
}
"""What refuses parameters before an attempt is scheduled (`States.Runtime`)."""

RUNS: Mapping[tuple[str, str, Pattern], Job] = {("eks", "runJob", Pattern.SYNC): kubernetes.KubernetesJob()}
"""Jobs that are no service's own, by service, API and pattern."""
