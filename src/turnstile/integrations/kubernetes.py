"""EKS's two APIs that ask Kubernetes and not AWS: `eks:runJob[.sync]` and `eks:call`.

A job is described and recognized as ended by its row (`turnstile.jobs`), the answer is the Job itself, with the logs of
its pods where they are asked for. A failed request is `EKS.<status>` with the API's own body as cause. Facts:
reference/integrations.json (eks), sync-jobs.json; that a failed job has the Job as cause, and logs where none are
declared, are *inferred*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.asl import errors
from turnstile.asl.errors import StatesError
from turnstile.document import Json, compact
from turnstile.gate.errors import ServiceError
from turnstile.integrations import polling
from turnstile.integrations.apigateway import METHODS, shown
from turnstile.integrations.offer import Offer
from turnstile.integrations.parameters import missing, unusable
from turnstile.integrations.resource import Pattern
from turnstile.integrations.work import Started
from turnstile.jobs.identity import key, label
from turnstile.jobs.job import Verdict
from turnstile.jobs.table import JOBS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from turnstile.gate.call import Answer, Output
    from turnstile.integrations.offer import Offers
    from turnstile.integrations.work import Watch, Work

_CLUSTER = ("ClusterName", "CertificateAuthority", "Endpoint")
_ROW = JOBS["eks", "runJob.sync"]


def check_job(parameters: Json) -> None:
    """Refuse parameters that Step Functions does not start with.

    Raises:
        StatesError: `States.Runtime`.
    """
    _check(parameters, (*_CLUSTER, "Job"))
    if isinstance(parameters, dict) and not isinstance(parameters["Job"], dict):
        raise unusable(parameters, "Job")


def check_call(parameters: Json) -> None:
    """Refuse parameters that Step Functions does not start with.

    Raises:
        StatesError: `States.Runtime`.
    """
    _check(parameters, (*_CLUSTER, "Method", "Path"))
    if isinstance(parameters, dict) and parameters["Method"] not in METHODS:
        raise unusable(parameters, "Method")


def _check(parameters: Json, needed: Iterable[str]) -> None:
    for name in needed:
        if isinstance(parameters, dict) and parameters.get(name) is None:
            raise missing(parameters, name)


class CallTask:
    """Any request to the API of a cluster."""

    async def start(self, work: Work) -> Json:
        """Send it.

        Raises:
            StatesError: `EKS.<status>` with the body as cause.
        """
        members = {name: value for name, value in work.members.items() if value is not None}
        names = ("Method", "Path", "QueryParameters", "RequestBody")
        asked = {name: members[name] for name in names if name in members}
        answer = await _ask(work, "Call", {"cluster": members["ClusterName"], "asked": asked})
        return shown("EKS", answer.output)


class RunJobTask:
    """A job that is only started."""

    async def start(self, work: Work) -> Json:
        """Create the job.

        Raises:
            StatesError: `EKS.<status>`.
        """
        return (await _ask(work, "CreateJob", _request(work))).output


class KubernetesJob:
    """A job that is waited for."""

    async def submit(self, work: Work) -> Started:
        """Create the job.

        Raises:
            StatesError: `EKS.<status>`.
        """
        request = _request(work)
        answer = await _ask(work, "CreateJob", request)
        account = work.origin.account or arns.parse(work.origin.machine_arn).account
        known = label(_ROW.client, account, key(_ROW, request, answer.output))
        return Started(answer.output, request, answer.output, known)

    async def follow(self, work: Work, started: Started, watch: Watch) -> Json:
        """Wait for the end of the job; the Job, and the logs of its pods.

        Raises:
            StatesError: the job failed, or the API refused to describe it.
        """
        try:
            verdict, detail = await polling.done(_ROW, started, watch)
        except ServiceError as error:
            raise _failure(error) from None
        options = work.members.get("LogOptions") or {}
        job = _with_logs(detail, retrieved=bool(options.get("RetrieveLogs")))
        if verdict is Verdict.FAILED:
            raise StatesError(errors.TASK_FAILED, compact(job))
        return job

    async def cancel(self, work: Work, started: Started) -> bool:
        """Delete the job.

        Raises:
            ServiceError: refused.
        """
        return await polling.cancelled(_ROW, work, started)


def _request(work: Work) -> dict[str, Json]:
    members = {name: value for name, value in work.members.items() if value is not None}
    request: dict[str, Json] = {"cluster": members["ClusterName"], "job": members["Job"]}
    return {**request, "namespace": members["Namespace"]} if "Namespace" in members else request


def _with_logs(job: Output, *, retrieved: bool) -> dict[str, Json]:
    """The Job with its declared logs, or empty ones of one pod; without any where they are not asked for."""
    rest = {name: value for name, value in job.items() if name != "logs"}
    if not retrieved:
        return rest
    return {**rest, "logs": job.get("logs") or _no_logs(job)}


def _no_logs(job: Mapping[str, Json]) -> Json:
    template: Json = job
    for step in ("spec", "template", "spec", "containers"):
        template = template.get(step) if isinstance(template, dict) else None
    names = [str(container.get("name", "main")) for container in template or () if isinstance(container, dict)]
    pod = f"{job['metadata']['name']}-{str(job['metadata'].get('uid', ''))[:5]}"
    return {"pods": {pod: {"containers": {name: {"log": ""} for name in names}}}}


async def _ask(work: Work, operation: str, members: Mapping[str, Json]) -> Answer:
    try:
        return await work.ask("kubernetes", operation, members)
    except ServiceError as error:
        raise _failure(error) from None


def _failure(error: ServiceError) -> StatesError:
    return StatesError(f"EKS.{error.code}", error.message)


OFFERS: Offers = {
    ("eks", "call"): Offer(CallTask(), called_back=True, check=check_call),
    ("eks", "runJob"): Offer(RunJobTask(), called_back=True, jobs={Pattern.SYNC: KubernetesJob()}, check=check_job),
}
