"""MWAA: calls that a caller makes in a role of Airflow, which the policies choose.

`CreateWebLoginToken` and `InvokeRestApi` name an environment; the resource is one of Airflow's roles in it. Whoever may
use several gets the highest; that roles other than Airflow's own five are not looked for is *inferred* (User Guide,
"Apache Airflow access policies"). Source: Service Authorization Reference, the page of Amazon MWAA.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.permission import Permission
from turnstile.gate.requests.place import partition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.gate.call import Call
    from turnstile.gate.permission import Row
    from turnstile.world.world import World

_ROLES = ("Admin", "Op", "User", "Viewer", "Public")
"""Airflow's own roles, the highest first."""


def _as_a_role(call: Call, _world: World) -> tuple[Permission, ...]:
    place = f"arn:{partition(call)}:airflow:{call.region}:{call.caller.account}:role/{call.parameters['Name']}"
    first, *others = (f"{place}/{role}" for role in _ROLES)
    return (Permission(f"airflow:{call.operation}", first, call.caller.account, instead=tuple(others)),)


MWAA: Mapping[str, Row] = {"CreateWebLoginToken": _as_a_role, "InvokeRestApi": _as_a_role}
