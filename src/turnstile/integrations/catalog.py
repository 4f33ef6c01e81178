"""Which integration serves a Resource, and by which patterns. What is not here is refused by name.

A family has a file of its own, which gives its `OFFERS` (`integrations.offer`) and is loaded when a Task first names
one of its services: a definition pays for the services that it calls.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from turnstile.faults import Unsupported
from turnstile.integrations.parameters import object_only
from turnstile.integrations.resource import ActivityArn, FunctionArn, Pattern, ServiceApi, parse_resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.integrations.offer import Offer, Offers
    from turnstile.integrations.resource import Resource
    from turnstile.integrations.work import Integration, Job, Models

_FILES: Mapping[str, tuple[str, ...]] = {
    "lambda": ("lambda_",),
    "states": ("stepfunctions",),
    **dict.fromkeys(("dynamodb", "events", "sns", "sqs"), ("optimized",)),
    "apigateway": ("apigateway",),
    "bedrockagentcore": ("bedrock",),
    "http": ("http_task",),
    **dict.fromkeys(("athena", "batch", "codebuild", "databrew", "ecs"), ("job_services",)),
    **dict.fromkeys(("emr-containers", "emr-serverless", "glue", "mediaconvert", "sagemaker"), ("job_services",)),
    "bedrock": ("bedrock", "job_services"),
    "eks": ("kubernetes", "job_services"),
    "elasticmapreduce": ("emr_fleets", "job_services"),
}
"""The files that know a service."""
_SDK = "aws-sdk:"


def offered() -> Iterator[tuple[str, str, tuple[Pattern, ...]]]:
    """Every optimized API, by service and name, with its patterns."""
    for service in sorted(_FILES):
        for api, offer in sorted(_offers(service).items(), key=lambda row: row[0]):
            yield service, api, tuple(pattern for pattern in Pattern if offer.has(pattern))


def is_offered(resource: ServiceApi) -> bool:
    """Whether there is such an API with such a pattern."""
    offer = _offer(resource)
    return offer is not None and offer.has(resource.pattern)


@lru_cache(maxsize=1024)
def emulated(text: str) -> Resource:
    """What a Task's Resource names.

    Raises:
        Unsupported: it is not emulated.
    """
    match parse_resource(text):
        case ServiceApi() as resource if is_offered(resource):
            return resource
        case FunctionArn() | ActivityArn() as resource:
            return resource
    raise Unsupported(f"the resource `{text}`")


def integration(text: str) -> Integration:
    """The integration that a Resource asks for that names no job and no activity.

    Raises:
        Unsupported: it is not emulated.
    """
    resource = emulated(text)
    if not isinstance(resource, ServiceApi):
        return _function()
    offer = _offer(resource)
    assert offer is not None, "what is emulated is offered"
    return offer.task


def job(text: str) -> Job:
    """The job that a Resource with `.sync` asks for.

    Raises:
        Unsupported: it is not emulated.
    """
    resource = emulated(text)
    assert isinstance(resource, ServiceApi), "only APIs have jobs"
    offer = _offer(resource)
    assert offer is not None, "what is emulated is offered"
    return offer.jobs[resource.pattern]


def shaped(resource: Resource, parameters: Json, models: Models) -> Json:
    """The parameters of an attempt with what Step Functions adds to them before it is scheduled.

    Raises:
        StatesError: `States.Runtime`, the Task cannot be started with them.
    """
    if not isinstance(resource, ServiceApi):
        return parameters
    object_only(parameters)
    if resource.service.startswith(_SDK):
        from turnstile.integrations.sdk import check_parameters  # noqa: PLC0415 - as the other families

        check_parameters(resource, parameters, models.sdk)
        return parameters
    offer = _offer(resource)
    assert offer is not None, "what is emulated is offered"
    offer.check(parameters)
    offer.fit(parameters, models)
    return offer.shaped(parameters) if resource.pattern is Pattern.SYNC else parameters


def _offer(resource: ServiceApi) -> Offer | None:
    """What is offered of an API; None where nothing is."""
    if resource.service.startswith(_SDK):
        from turnstile.integrations.sdk import offer  # noqa: PLC0415 - as the other families

        return offer(resource)
    return _offers(resource.service).get(resource.api)


@cache
def _offers(service: str) -> Mapping[str, Offer]:
    """The APIs of a service."""
    found: dict[str, Offer] = {}
    for file in _FILES.get(service, ()):
        offers: Offers = import_module(f"turnstile.integrations.{file}").OFFERS
        found |= {api: offer for (one, api), offer in offers.items() if one == service}
    return found


@cache
def _function() -> Integration:
    """What invokes a function that is named by its ARN."""
    from turnstile.integrations.lambda_ import FunctionTask  # noqa: PLC0415 - as the other families

    return FunctionTask()
