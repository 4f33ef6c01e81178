"""The services' models as Tasks of AWS SDK integrations use them: actions, members and errors by the SDK's names.

Services and operations are botocore's. Trees of names are made once for each operation that a machine uses; botocore is
loaded when first asked.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

from turnstile.backends import sdk_names, sdk_shapes
from turnstile.faults import Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.backends.sdk_shapes import Misfit, Node, Tree
    from turnstile.document import Json


class SdkModels:
    """See `integrations.sdk_work.SdkModels`."""

    def actions(self, service: str) -> Mapping[str, str]:
        """The operations of a service by the names of their actions, those with streams of events among them.

        Raises:
            Unsupported: botocore has no such service.
        """
        return _actions(service)

    def offers(self, service: str, operation: str) -> bool:
        """Whether an operation speaks in documents; AWS leaves out those that speak in streams of events."""
        try:
            _operation(service, operation)
        except Unsupported:
            return False
        return True

    def misfits(self, service: str, operation: str, document: Json, *, complete: bool) -> Iterator[Misfit]:
        """What is wrong with a document as the parameters of an operation; `...` is a value not known yet.

        `complete` asks for required members.

        Raises:
            Unsupported: there is no such operation.
        """
        node = _nodes(service, operation).request
        return sdk_shapes.misfits(node, document, complete=complete)

    def request(self, service: str, operation: str, members: Mapping[str, Json]) -> dict[str, Json]:
        """Parameters without misfits as members of the call.

        Raises:
            Unsupported: there is no such operation.
        """
        node = _nodes(service, operation).request
        named: dict[str, Json] = sdk_shapes.request(node, members)
        return named

    def answer(self, service: str, operation: str, output: Mapping[str, Json]) -> dict[str, Json]:
        """The answer to a call as a Task shows it.

        Raises:
            Unsupported: there is no such operation.
        """
        node = _nodes(service, operation).answer
        named: dict[str, Json] = sdk_shapes.shown(node, output)
        return named

    def error(self, service: str, code: str) -> str | None:
        """The SDK's class for a code, by shape or as on the wire; None where the service does not model the error.

        Raises:
            Unsupported: botocore has no such service.
        """
        return _errors(service).get(code)


class _Nodes(NamedTuple):
    """The shapes of an operation."""

    request: Node
    answer: Node


@functools.cache
def _actions(service: str) -> Mapping[str, str]:
    return {sdk_names.uncapitalized(name): name for name in _model(service).operation_names}


@functools.cache
def _nodes(service: str, name: str) -> _Nodes:
    operation = _operation(service, name)
    tree = _tree(service)
    nothing = sdk_shapes.Node("structure")
    shapes = (operation.input_shape, operation.output_shape)
    return _Nodes(*(nothing if shape is None else tree.node(shape) for shape in shapes))


@functools.cache
def _tree(_service: str) -> Tree:
    return sdk_shapes.Tree()


@functools.cache
def _errors(service: str) -> Mapping[str, str]:
    found = {}
    for shape in _model(service).error_shapes:
        found[shape.name] = found[shape.error_code] = sdk_names.error(shape.name)
    return found


def _operation(service: str, name: str) -> Any:
    from turnstile.wire import models  # noqa: PLC0415 - loads botocore, which most runs never need

    return models.operation_model(models.service_model(service), name)


def _model(service: str) -> Any:
    from turnstile.wire import models  # noqa: PLC0415 - as above

    return models.service_model(service)
