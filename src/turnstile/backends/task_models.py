"""The services' models as Tasks use them: members in PascalCase at every level, and the codes of errors.

Step Functions writes members with a capital letter where a model does not, and in between as the model has them. A
member is looked up whatever the case of its letters. Facts: reference/integrations.json (casing). botocore is loaded
when first asked.
"""

from __future__ import annotations

import functools
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.backends.sdk_models import SdkModels
    from turnstile.backends.sdk_shapes import Misfit
    from turnstile.document import Json


class TaskModels:
    """See `integrations.work.Models`; `sdk` has the names of SDK integrations."""

    @property
    def sdk(self) -> SdkModels:
        """The models of SDK integrations."""
        return _sdk()

    def request(self, service: str, operation: str, members: Mapping[str, Json]) -> dict[str, Json]:
        """The members by the names of the model.

        Raises:
            Unsupported: there is no such operation.
        """
        from turnstile.backends.task_shapes import named  # noqa: PLC0415 - as botocore, for what calls services

        shape = _operation(service, operation).input_shape
        request: dict[str, Json] = dict(members) if shape is None else named(shape, members)
        return request

    def misfits(self, service: str, operation: str, members: Json, free: frozenset[str]) -> Iterator[Misfit]:
        """What is wrong with parameters; members of the names in `free` are anything.

        Raises:
            Unsupported: there is no such operation.
        """
        from turnstile.backends.task_shapes import misfits  # noqa: PLC0415 - as above

        shape = _operation(service, operation).input_shape
        if shape is not None and isinstance(members, dict):
            yield from misfits(shape, members, free)

    def answer(self, service: str, operation: str, output: Json) -> dict[str, Json]:
        """The members of an output with capital letters.

        Raises:
            Unsupported: there is no such operation.
        """
        shape = _operation(service, operation).output_shape
        return dict(output) if shape is None else _raised(shape, output)

    def timed(self, service: str, operation: str, output: Json) -> dict[str, Json]:
        """The members of an output with capital letters, times in milliseconds since 1970.

        Raises:
            Unsupported: there is no such operation.
        """
        shape = _operation(service, operation).output_shape
        return dict(output) if shape is None else _raised(shape, output, time=_milliseconds)

    def error_codes(self, service: str) -> frozenset[str]:
        """The codes of the errors that the service models.

        Raises:
            Unsupported: there is no such service.
        """
        return _error_codes(service)


@functools.cache
def _sdk() -> SdkModels:
    from turnstile.backends.sdk_models import SdkModels  # noqa: PLC0415 - a run without SDK integrations has no use

    return SdkModels()


def _operation(service: str, operation: str) -> Any:
    from turnstile.wire import models  # noqa: PLC0415 - loads botocore, which most runs never need

    return models.operation_model(models.service_model(service), operation, streams=True)


@functools.cache
def _error_codes(service: str) -> frozenset[str]:
    from turnstile.wire import models  # noqa: PLC0415 - as above

    return frozenset(shape.error_code for shape in models.service_model(service).error_shapes)


def _raised(shape: Any, value: Json, time: Callable[[Json], Json] | None = None) -> Json:
    match shape.type_name, value:
        case "structure", dict() if not shape.is_document_type:
            return {
                name[:1].upper() + name[1:]: _raised(shape.members[name], item, time) if name in shape.members else item
                for name, item in value.items()
            }
        case "list", list():
            return [_raised(shape.member, item, time) for item in value]
        case "map", dict():
            return {key: _raised(shape.value, item, time) for key, item in value.items()}
        case "timestamp", str() if time is not None:
            return time(value)
    return value


def _milliseconds(moment: str) -> Json:
    try:
        return round(datetime.fromisoformat(moment).timestamp() * 1000)
    except ValueError:
        return moment
