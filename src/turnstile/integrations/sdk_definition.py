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
from turnstile.asl.sight import expression_in
from turnstile.integrations.resource import Pattern, ServiceApi, parse_resource
from turnstile.integrations.sdk_services import is_left_out, sdk_names, sdk_service
from turnstile.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from turnstile.asl.finding import Place
    from turnstile.document import Json
    from turnstile.integrations.sdk_services import SdkService
    from turnstile.integrations.sdk_work import Misfit, SdkModels

_OFFERED = (Pattern.REQUEST_RESPONSE, Pattern.CALLBACK)


def findings(document: Json, models: SdkModels) -> Iterator[Finding]:
    """What is wrong with the Tasks of a definition, in the order of the document; of a sound one otherwise."""
    if isinstance(document, dict):
        yield from _scope(document, (), models, jsonata=document.get("QueryLanguage") == "JSONata")


def sentence(misfit: Misfit) -> str:
    """What is wrong with a member, as Step Functions says it."""
    path, kind, _ = misfit
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    return _SENTENCES[kind].format(name)


def _scope(body: dict[str, Json], place: Place, models: SdkModels, *, jsonata: bool) -> Iterator[Finding]:
    """The states of a machine, a branch or an item processor."""
    states = body.get("States")
    for name, state in states.items() if isinstance(states, dict) else ():
        if isinstance(state, dict):
            language = state.get("QueryLanguage", "JSONata" if jsonata else "JSONPath")
            yield from _state(state, (*place, "States", name), models, jsonata=language == "JSONata")


def _state(state: dict[str, Json], place: Place, models: SdkModels, *, jsonata: bool) -> Iterator[Finding]:
    if state.get("Type") == "Task":
        yield from _task(state, place, models, jsonata=jsonata)
    for inner, body in _inside(state):
        if isinstance(body, dict):
            yield from _scope(body, (*place, *inner), models, jsonata=jsonata)


def _inside(state: dict[str, Json]) -> Iterator[tuple[Place, Json]]:
    branches = state.get("Branches")
    for index, branch in enumerate(branches if isinstance(branches, list) else ()):
        yield ("Branches", index), branch
    for field in ("ItemProcessor", "Iterator"):
        if field in state:
            yield (field,), state[field]


def _task(state: dict[str, Json], place: Place, models: SdkModels, *, jsonata: bool) -> Iterator[Finding]:
    text = str(state.get("Resource"))
    _, found, named = text.partition(":states:::aws-sdk:")
    if not found:
        return
    resource = parse_resource(text)
    service = sdk_service(resource.service) if isinstance(resource, ServiceApi) else None
    if service is None or not isinstance(resource, ServiceApi):
        yield _unrecognized(text, place, _hint(named.partition(":")[0], sdk_names(), "the SDK integration"))
    elif resource.pattern not in _OFFERED:
        yield _unrecognized(text, place, "SDK integrations have no `.sync`: poll, or use the optimized integration")
    elif not _is_offered(service, resource.api, models):
        actions = (each for each in models.actions(service.client) if not is_left_out(service, each))
        yield _unrecognized(text, place, _hint(resource.api, actions, f"`aws-sdk:{service.name}`"))
    else:
        operation = models.actions(service.client)[resource.api]
        field = "Arguments" if jsonata else "Parameters"
        if isinstance(state.get(field), dict):
            known = _known(state[field], jsonata=jsonata)
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


def _hint(word: str, known: Iterable[str], where: str) -> str:
    names = list(known)
    if word in names:
        return f"Step Functions does not offer `{word}` of {where}, for it answers with a stream of events"
    near = nearest(word, names)
    return f"{where} has no `{word}`" + (f": did you mean `{near}`?" if near else "")


def _finding(misfit: Misfit, place: Place) -> Finding:
    path, kind, known = misfit
    at = path if kind == "invalid" else path[:-1]
    near = nearest(str(path[-1]), known) if kind == "unknown" else None
    remedy = f"did you mean `{near}`?" if near else _REMEDIES[kind]
    return Finding(SCHEMA, sentence(misfit), (*place, *at), remedy)


def _known(value: Json, *, jsonata: bool) -> Json:
    """A template with `...` for what is computed."""
    if isinstance(value, list):
        return [_known(item, jsonata=jsonata) for item in value]
    if isinstance(value, dict):
        return {
            name if jsonata else name.removesuffix(".$"): ...
            if name.endswith(".$") and not jsonata
            else _known(item, jsonata=jsonata)
            for name, item in value.items()
        }
    return ... if jsonata and expression_in(value) is not None else value


_SENTENCES = {
    "unknown": 'The field "{}" is not supported by Step Functions',
    "missing": "The field '{}' is required but was missing",
    "invalid": "The value of the field '{}' has an invalid format",
}
_REMEDIES = {
    "unknown": "members have the names that the AWS SDK for Java gives them, beginning with a capital letter",
    "missing": "add it, or compute it with `.$` or an expression",
    "invalid": "give it a value of the kind that the API takes",
}
