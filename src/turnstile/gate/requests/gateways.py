"""API Gateway's management: actions are HTTP verbs, resources are paths, without an account (`apigateway:GET` on
`arn:aws:apigateway:us-east-1::/restapis/a1b2`).

Facts: reference/iam-actions.md; Service Authorization Reference, "API Gateway Management". Verbs and paths by
operation stand in `data/gateway_paths.json` (`scripts/gateway_paths.py`).
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from turnstile.gate.permission import Permission
from turnstile.gate.requests.place import partition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.gate.call import Call
    from turnstile.gate.permission import Row
    from turnstile.world.world import World

_LABEL = re.compile(r"{(\w+)}")


@cache
def _paths() -> Mapping[str, Mapping[str, str]]:
    table: dict[str, dict[str, str]] = json.loads(
        (Path(__file__).parents[1] / "data/gateway_paths.json").read_text(encoding="utf-8")
    )
    return table


def _row(call: Call, _world: World) -> tuple[Permission, ...]:
    """The verb on the path; a label that the call leaves out is open, and then the resource is not known."""
    verb, _, path = _paths()[call.service][call.operation].partition(" ")
    unknown = any(call.parameters.get(name) is None for name in _LABEL.findall(path))
    filled = _LABEL.sub(lambda label: quote(str(call.parameters.get(label[1]) or "*"), safe="*"), path)
    arn = f"arn:{partition(call)}:apigateway:{call.region}::{filled}"
    return (Permission(f"apigateway:{verb}", arn, call.caller.account, {}, approximate=unknown, unknown=unknown),)


def _rows(service: str) -> Mapping[str, Row]:
    return dict.fromkeys(_paths()[service], _row)


REST: Mapping[str, Row] = _rows("apigateway")
"""By operation of `apigateway`."""

HTTP: Mapping[str, Row] = _rows("apigatewayv2")
"""By operation of `apigatewayv2`."""
