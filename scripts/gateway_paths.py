"""Renews `src/turnstile/gate/data/gateway_paths.json`: verb and path of each operation that manages API Gateway.

Run with botocore installed: `python scripts/gateway_paths.py`. Labels in paths are named by the members that fill them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from turnstile.wire.models import service_model

TARGET = Path(__file__).parent.parent / "src/turnstile/gate/data/gateway_paths.json"
_SERVICES = ("apigateway", "apigatewayv2")


def gateway_paths() -> dict[str, dict[str, str]]:
    """`GET /restapis/{restApiId}` by service and operation."""
    found: dict[str, dict[str, str]] = {}
    for service in _SERVICES:
        model = service_model(service)
        found[service] = {name: _path(model.operation_model(name)) for name in model.operation_names}
    return found


def _path(operation: Any) -> str:
    members = operation.input_shape.members if operation.input_shape else {}
    named = {shape.serialization.get("name", name): name for name, shape in members.items()}
    path = operation.http["requestUri"].partition("?")[0].removeprefix("/v2")
    path = re.sub(r"{(\w+)\+?}", lambda label: f"{{{named.get(label[1], label[1])}}}", path)
    return f"{operation.http['method']} {path}"


if __name__ == "__main__":
    TARGET.write_text(json.dumps(gateway_paths(), indent=1) + "\n")
