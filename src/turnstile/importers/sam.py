"""SAM templates: every `AWS::Serverless` resource as the plain resources it stands for.

Spec: AWS Serverless Application Model, "Generated CloudFormation resources" and the pages of each type. `Fn::If` is
decided before, for it decides which resources there are; everything else is left for `resolver`. Each made resource
leads back to the lines of the one it was made from. Loaded for SAM templates only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.importers.part import Part
from turnstile.importers.sam_apis import api, http_api, ordered
from turnstile.importers.sam_connectors import connected, embedded
from turnstile.importers.sam_functions import function
from turnstile.importers.sam_globals import with_globals
from turnstile.importers.sam_machines import machine
from turnstile.importers.sam_making import Making
from turnstile.importers.sam_others import application, graph_api, layer, table
from turnstile.importers.scope import HoleError
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.importers.scope import Scope
    from turnstile.importers.template import Declared

PREFIX = "AWS::Serverless::"
CONNECTOR = PREFIX + "Connector"
_MAKERS: Mapping[str, Callable[[Making], Iterator[Declared]]] = {
    PREFIX + "Api": api,
    PREFIX + "Application": application,
    PREFIX + "Function": function,
    PREFIX + "GraphQLApi": graph_api,
    PREFIX + "HttpApi": http_api,
    PREFIX + "LayerVersion": layer,
    PREFIX + "SimpleTable": table,
    PREFIX + "StateMachine": machine,
}


@dataclass(slots=True)
class Transformed:
    """The plain resources; `aliases` are names such as `Function.Version` and the logical ids they stand for."""

    resources: dict[str, Declared] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)


def transform(scope: Scope) -> Transformed:
    """The resources of a SAM template; what is wrong becomes faults of the scope."""
    found = Transformed()
    connectors: list[Declared] = []
    for declared in scope.template.resources.values():
        connectors += embedded(declared)
        if declared.type == CONNECTOR:
            connectors.append(declared)
        elif declared.type.startswith(PREFIX):
            _add(found, _made(scope, declared, found), scope)
        else:
            _add(found, [declared], scope)
    for declared in connectors:
        _add(found, _tried(connected(scope, declared, found.resources)), scope)
    ordered(found.resources)
    return found


def _add(found: Transformed, made: Iterator[Declared] | list[Declared], scope: Scope) -> None:
    for declared in made:
        known = found.resources.get(declared.logical_id)
        if known is not None and not (known.generated_by and known.type == declared.type):
            message = f"SAM makes a resource `{declared.logical_id}`, which the template has already"
            scope.faults.append(declared.part.fault("duplicate-resource", message, "give one of them another name"))
            continue
        found.resources[declared.logical_id] = declared


def _made(scope: Scope, declared: Declared, found: Transformed) -> Iterator[Declared]:
    if declared.type not in _MAKERS:
        message = f"SAM has no resource type `{declared.type}`"
        known = (*_MAKERS, CONNECTOR)
        scope.faults.append(
            declared.part.at("Type").fault("unknown-type", message, hint(declared.type, known, "types"))
        )
        return
    try:
        if declared.condition and not scope.condition(declared.condition, declared.part):
            yield declared
            return
        properties = scope.decided(Part(with_globals(scope, declared), declared.properties.origin))
        making = Making(scope, declared, properties, found.aliases)
        yield from _MAKERS[declared.type](making)
    except HoleError:
        return


def _tried(made: Iterator[Declared]) -> Iterator[Declared]:
    try:
        yield from made
    except HoleError:
        return
