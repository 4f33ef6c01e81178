"""Renews `src/turnstile/integrations/data/sdk_services.json`: the services of AWS SDK integrations.

Run with botocore installed: `python scripts/sdk_services.py`. Each name of a resource is given botocore's name of the
service, and the prefix of its errors. Of two services with one name the first in the alphabet is taken: that is the
one whose name is its service id (`pinpoint-sms-voice`, not `sms-voice`).
"""

from __future__ import annotations

import json
from pathlib import Path

from turnstile.backends.sdk_names import prefix
from turnstile.wire.models import service_model, services

TARGET = Path(__file__).parent.parent / "src/turnstile/integrations/data/sdk_services.json"
_DOCUMENTED = {"memorydb": "MemoryDB"}
"""Prefixes that the guide writes otherwise than the rule."""


def sdk_services() -> dict[str, list[str]]:
    """Client and prefix by the name in resources."""
    found: dict[str, list[str]] = {}
    for client in sorted(services()):
        given = prefix(service_model(client).metadata.get("serviceId", client))
        name = given.lower()
        found.setdefault(name, [client, _DOCUMENTED.get(name, given)])
    return dict(sorted(found.items()))


def written(table: dict[str, list[str]]) -> str:
    """The text of the file, a line for each service."""
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(row)}" for name, row in table.items())
    return f"{{\n{lines}\n}}\n"


if __name__ == "__main__":
    TARGET.write_text(written(sdk_services()))
