"""The services of AWS SDK integrations: `arn:aws:states:::aws-sdk:<service>:<action>`.

Two tables. `data/sdk_services.json` has every service of botocore under the name that the AWS SDK for Java v2 gives it
(renewed by `scripts/sdk_services.py`); that new services join by themselves is announced (reference/recent-changes.md,
2026-08-18). `data/sdk_unsupported.json` has what AWS leaves out: services that were removed or are not recognized, and
actions (reference/integrations.json, sdk). Actions that speak in streams of events are told by the service's model.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

SDK = "aws-sdk:"
"""How the resource types of SDK integrations begin."""


@dataclass(frozen=True, slots=True)
class SdkService:
    """A service: its name in resources, botocore's name, and what stands before the names of its errors."""

    name: str
    client: str
    prefix: str


def sdk_service(resource_type: str) -> SdkService | None:
    """The service that a resource type such as `aws-sdk:sfn` names; None for other types and unknown services."""
    if not resource_type.startswith(SDK):
        return None
    name = resource_type.removeprefix(SDK)
    row = _table("sdk_services").get(name)
    return None if row is None or name in _table("sdk_unsupported")["services"] else SdkService(name, *row)


def is_left_out(service: SdkService, action: str) -> bool:
    """Whether AWS does not offer an action that the service has."""
    return action in _table("sdk_unsupported")["actions"].get(service.name, ())


def sdk_names() -> Iterable[str]:
    """The names of all services."""
    gone = frozenset(_table("sdk_unsupported")["services"])
    return (name for name in _table("sdk_services") if name not in gone)


@cache
def _table(name: str) -> dict[str, Any]:
    from pathlib import Path  # noqa: PLC0415 - a run without SDK integrations does not need it

    text = (Path(__file__).parent / "data" / f"{name}.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table
