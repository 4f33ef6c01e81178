"""What the emulated services' answers have taught about resources that the world itself does not keep.

Names alone do not tell it: the account behind a bucket's name, the key behind an alias, the hash key of a table. The
gate writes it down as calls are answered and asks it when later calls name the resource.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turnstile.source import Origin


@dataclass(slots=True, eq=False)
class Known:
    """Everything learned so far.

    `buckets`: account by partition and name, `bucket_regions`: Region by the same; `hash_keys`: attribute by table;
    `keys`: key ARN by alias ARN; `secrets`: ARN by the ARN without its random ending; `workgroups`: ARN by id of an
    Athena query; `task_roles`: roles that a task definition hands on, by its ARN; `made`: the id that a service drew
    by the one that was declared, by service; `written`: where policies that were sent to services stand in files, by
    their JSON text; `tokens`: account and Region of the machine that gave out a task token.
    """

    buckets: dict[tuple[str, str], str] = field(default_factory=dict)
    bucket_regions: dict[tuple[str, str], str] = field(default_factory=dict)
    hash_keys: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    workgroups: dict[str, str] = field(default_factory=dict)
    task_roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    made: dict[str, dict[str, str]] = field(default_factory=dict)
    written: dict[str, Origin] = field(default_factory=dict)
    tokens: dict[str, tuple[str, str]] = field(default_factory=dict)
