"""Renews `src/turnstile/wire/data/signing_names.json`: which services of botocore sign under which name.

Run with botocore installed: `python scripts/signing_names.py`. Only names that differ from the service's, or that
several services share, are written. A service of the signing name itself comes first.
"""

from __future__ import annotations

import json
from pathlib import Path

from turnstile.wire.models import service_model, services

TARGET = Path(__file__).parent.parent / "src/turnstile/wire/data/signing_names.json"


def signing_names() -> dict[str, list[str]]:
    """The services behind each signing name."""
    found: dict[str, list[str]] = {}
    for name in services():
        found.setdefault(service_model(name).signing_name, []).append(name)
    for signing_name, named in found.items():
        named.sort(key=lambda name: (name != signing_name, name))
    return {name: named for name, named in sorted(found.items()) if named != [name]}


if __name__ == "__main__":
    TARGET.write_text(json.dumps(signing_names(), indent=1) + "\n")
