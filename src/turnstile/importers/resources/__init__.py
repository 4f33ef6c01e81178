"""Every resource type that templates may hold, by its name; what is not here is listed as not emulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.importers.resources import (
    airflow,
    analytics,
    batch,
    containers,
    events,
    functions,
    gateways,
    identities,
    identity_policies,
    machines,
    messages,
    networks,
    operations,
    permissions,
    secrets,
    stores,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.importers.kinds import Kind

_FILES = (
    airflow,
    analytics,
    batch,
    containers,
    events,
    functions,
    gateways,
    identities,
    identity_policies,
    machines,
    messages,
    networks,
    operations,
    permissions,
    secrets,
    stores,
)
KINDS: Mapping[str, Kind] = {name: kind for file in _FILES for name, kind in file.KINDS.items()}
