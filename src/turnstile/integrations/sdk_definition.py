"""What CreateStateMachine refuses in Tasks of AWS SDK integrations: resources and parameters.

Texts are reported by users of the service: a service or action that is not offered
(`The resource provided ... is not recognized. ...`, aws-sdk:apigatewaymanagementapi), an unknown member
(`The field "awsVpcConfiguration" is not supported by Step Functions`), a required one that is missing; a value of
another kind has the text of parameters at run time (*inferred*), and so are the places: the object that a member is
unknown to or missing in. What is computed is not judged: `Name.$`, expressions of JSONata, and everything in a
definition without parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl.finding import SCHEMA, Finding
from turnstile.integrations.resource import Pattern, ServiceApi, parse_resource
from turnstile.integrations.sdk_services import SDK, is_left_out, sdk_names, sdk_service
from turnstile.integrations.sdk_work import computed, sentence
from turnstile.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from turnstile.asl.finding import Place
    from turnstile.document import Json
    from turnstile.integrations.sdk_services import SdkService
    from turnstile.integrations.sdk_work import Misfit, SdkModels

_OFFERED = (Pattern.REQUEST_RESPONSE, Pattern.CALLBACK)


def findings(state: dict[str, Json], place: Place, models: SdkModels, *, jsonata: bool) -> Iterator[Finding]:
    """What is wrong with the Resource and the parameters of a Task; `place` is the state's."""
    text = str(state.get("Resource"))
    resource = parse_resource(text)
    service = sdk_service(resource.service) if isinstance(resource, ServiceApi) else None
    if service is None or not isinstance(resource, ServiceApi):
        yield _unrecognized(text, place, _another_service(*text.partition(SDK)[2].split(":")))
    elif resource.pattern not in _OFFERED:
        yield _unrecognized(text, place, "SDK integrations have no `.sync`: poll, or use the optimized integration")
    elif not _is_offered(service, resource.api, models):
        yield _unrecognized(text, place, _another_action(service, resource.api, models.actions(service.client)))
    else:
        operation = models.actions(service.client)[resource.api]
        field = "Arguments" if jsonata else "Parameters"
        if isinstance(state.get(field), dict):
            known = computed(state[field], jsonata=jsonata)
            wrong = models.misfits(service.client, operation, known, complete=True)
            yield from (_finding(each, (*place, field)) for each in wrong)


def _is_offered(service: SdkService, action: str, models: SdkModels) -> bool:
    operation = models.actions(service.client).get(action)
    return operation is not None and not is_left_out(service, action) and models.offers(service.client, operation)


def _unrecognized(text: str, place: Place, remedy: str) -> Finding:
    message = (
        f"The resource provided {text} is not recognized. "
        "The value is not a valid resource ARN, or the resource is not available in this region."
    )
    return Finding(SCHEMA, message, (*place, "Resource"), remedy)


def _another_service(name: str, *action: str) -> str:
    names = list(sdk_names())
    if name in names and not action:
        return f"say what to call: `{SDK}{name}:<action>`"
    near = nearest(name, names)
    return f"the AWS SDK integration has no `{name}`" + (f": did you mean `{near}`?" if near else "")


def _another_action(service: SdkService, name: str, actions: Iterable[str]) -> str:
    if name in actions:
        return f"Step Functions does not offer `{name}` of `{service.name}`"
    near = nearest(name, (each for each in actions if not is_left_out(service, each)))
    return f"`{service.name}` has no `{name}`" + (f": did you mean `{near}`?" if near else "")


def _finding(misfit: Misfit, place: Place) -> Finding:
    path, kind, known = misfit
    at = path if kind == "invalid" else path[:-1]
    near = nearest(str(path[-1]), known) if kind == "unknown" else None
    remedy = f"did you mean `{near}`?" if near else _REMEDIES[kind]
    return Finding(SCHEMA, sentence(misfit), (*place, *at), remedy)


_REMEDIES = {
    "unknown": "members have the names that the AWS SDK for Java gives them, beginning with a capital letter",
    "missing": "add it, or compute it with `.$` or an expression",
    "invalid": "give it a value of the kind that the API takes",
}
