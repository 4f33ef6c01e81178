"""The table of IAM actions: for each operation the actions it is checked for, and templates of resource ARNs.

Made from the Service Authorization Reference by `scripts/actions_table.py`; read when the first call needs it.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_HERE = "turnstile.gate"
_BEGINNING = "arn:${Partition}:"


@dataclass(frozen=True, slots=True)
class Listed:
    """An operation's row. `assumed`: no action is documented under its name, one of the same name is taken.

    `anywhere`: none of the resources is required, so a call that names none is checked on `*`.
    """

    actions: tuple[str, ...]
    templates: tuple[str, ...]
    assumed: bool
    anywhere: bool = False


@cache
def _table() -> dict[str, dict[str, dict[str, list[list[str]]]]]:
    content = files(_HERE).joinpath("data/actions.json.gz").read_bytes()
    return json.loads(gzip.decompress(content))  # type: ignore[no-any-return] # our own data


@cache
def listed(service: str, operation: str) -> Listed | None:
    """The row of an operation, by botocore's names."""
    row = _table()["services"].get(service, {}).get(operation)
    if row is None:
        return None
    templates = (text if text[:1] in ("*", "$") else _BEGINNING + text for text in row[1])
    return Listed(tuple(row[0]), tuple(templates), assumed=len(row) > 2)  # noqa: PLR2004 - the mark is the third


def prefix_of(service: str) -> str:
    """The prefix of a service's IAM actions, by botocore's name of the service."""
    return str(_table()["prefixes"].get(service, service))
