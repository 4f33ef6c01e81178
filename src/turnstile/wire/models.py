"""botocore's service models: the one place that loads them. Only those that botocore itself ships are looked at.

Every session of botocore reads its data anew (that of EC2 takes a tenth of a second); whoever makes many sessions does
so within `read_once`, and shares what is read. Moto writes its own additions into what it reads, so the models here are
read apart from that.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import DataNotFoundError
from botocore.loaders import ExtrasProcessor, JSONFileLoader, Loader
from botocore.model import ServiceModel

from turnstile.faults import Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODEL = "service-2"
_read: dict[str, Any] = {}
_read_file = JSONFileLoader.load_file
_loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)


def _known(loader: Any, path: str) -> Any:
    if path not in _read:
        found = _read_file(loader, path)
        if found is None:
            return None
        _read[path] = found
    return _read[path]


@contextmanager
def read_once() -> Iterator[None]:
    """Let all sessions of botocore share files that they read meanwhile."""
    JSONFileLoader.load_file = _known
    try:
        yield
    finally:
        JSONFileLoader.load_file = _read_file


@cache
def services() -> tuple[str, ...]:
    """The names of all services that botocore knows."""
    return tuple(_loader.list_available_services(_MODEL))


@cache
def service_model(name: str) -> Any:
    """The model of the service that botocore knows by a name such as `sqs` or `stepfunctions`.

    Raises:
        Unsupported: there is none.
    """
    if not name.replace("-", "").isalnum():
        raise Unsupported(f"the service `{name}`")  # the name is a folder's
    try:
        return ServiceModel(_document(name), name)
    except DataNotFoundError:
        raise Unsupported(f"the service `{name}`") from None


def _document(name: str) -> Any:
    """What `Loader.load_service_model` reads, without its look into the folders of all services for their names."""
    version = max(_loader.list_api_versions(name, _MODEL))
    document = _loader.load_data(f"{name}/{version}/{_MODEL}")
    with suppress(DataNotFoundError):
        ExtrasProcessor().process(document, [_loader.load_data(f"{name}/{version}/{_MODEL}.sdk-extras")])
    return document


def operation_model(service: Any, name: str, *, streams: bool = False) -> Any:
    """The model of an operation of a service; with `streams` also of one that answers with a stream of events.

    Raises:
        Unsupported: the service has no such operation, or it speaks in streams of events.
    """
    if name not in service.operation_names:
        raise Unsupported(f"{service.service_name}:{name}")
    operation = service.operation_model(name)
    if operation.has_event_stream_input or (operation.has_event_stream_output and not streams):
        raise Unsupported(f"{service.service_name}:{name} (a stream of events)")
    return operation


def protocols(service: Any) -> tuple[str, ...]:
    """The protocols that clients of a service may speak, the one of botocore's own clients first."""
    return tuple(dict.fromkeys((service.resolved_protocol, *service.metadata.get("protocols", ()))))
