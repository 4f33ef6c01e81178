"""What integrations ask of services' models by the SDK's names, which `backends` know, and what they say of misfits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

from turnstile.asl.sight import expression_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from turnstile.document import Json

Misfit: TypeAlias = tuple[tuple[str | int, ...], str, tuple[str, ...]]
"""The way to a member, what is wrong (`unknown`, `missing`, `invalid`, `text`), and the names that it could have."""


class SdkModels(Protocol):
    """Actions, members and errors by the names of the SDK; services and operations are botocore's."""

    def actions(self, service: str) -> Mapping[str, str]:
        """The operations of a service by the names of their actions."""
        ...

    def offers(self, service: str, operation: str) -> bool:
        """Whether an operation speaks in documents, not in streams of events."""
        ...

    def misfits(self, service: str, operation: str, document: Json, *, complete: bool) -> Iterable[Misfit]:
        """What is wrong with parameters, `...` being a value not known yet; `complete` asks for required members."""
        ...

    def request(self, service: str, operation: str, members: Mapping[str, Json]) -> dict[str, Json]:
        """Parameters without misfits as members of the call."""
        ...

    def answer(self, service: str, operation: str, output: Mapping[str, Json]) -> dict[str, Json]:
        """The answer to a call as a Task shows it."""
        ...

    def error(self, service: str, code: str) -> str | None:
        """The SDK's class for an error's code; None where the service does not model it."""
        ...


def computed(value: Json, *, jsonata: bool) -> Json:
    """A template with `...` for what is computed."""
    if isinstance(value, list):
        return [computed(item, jsonata=jsonata) for item in value]
    if isinstance(value, dict):
        return {
            name if jsonata else name.removesuffix(".$"): ...
            if name.endswith(".$") and not jsonata
            else computed(item, jsonata=jsonata)
            for name, item in value.items()
        }
    return ... if jsonata and expression_in(value) is not None else value


def sentence(misfit: Misfit) -> str:
    """What is wrong with a member, as Step Functions says it."""
    path, kind, _ = misfit
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    return _SENTENCES[kind].format(name)


_SENTENCES = {
    "unknown": 'The field "{}" is not supported by Step Functions',
    "missing": "The field '{}' is required but was missing",
    "invalid": "The value of the field '{}' has an invalid format",
    "text": "The value for the field '{}' must be a STRING",
}
"""The first two are reported by users of the service, the last two for optimized integrations."""
