"""A template with what a stack is made from it with, and the stack that it gives, as values.

Nothing is created: an `Imported` stack holds items, which their kinds put into drafts of accounts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from turnstile.source import unwritten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.faults import Where
    from turnstile.importers.kinds import Draft, Item, Kind, Stack
    from turnstile.importers.template import Template
    from turnstile.source import Origin


@dataclass(frozen=True, slots=True, eq=False)
class StackTemplate:
    """A template and what a stack is made from it with.

    `folder` is where the template lies and `project` (the folder itself unless given) what no symbolic link may lead
    out of (`turnstile.project`). `parameters`, written at `at`, fill placeholders too (`holes`). `code` holds files and
    folders by logical id, `answered` the functions that need none. `values` stand in for what cannot be known
    here, by `LogicalId`, `LogicalId.Attribute`, the name of an export, or a dynamic reference as it is written
    (`{{resolve:ssm:/name}}`).
    """

    stack: Stack
    template: Template
    folder: Path = field(default_factory=Path)
    project: Path | None = None
    parameters: Mapping[str, Json] = field(default_factory=dict)
    code: Mapping[str, Path] = field(default_factory=dict)
    answered: frozenset[str] = frozenset()
    values: Mapping[str, Json] = field(default_factory=dict)
    at: Origin = field(default_factory=lambda: unwritten("<parameters>"))


@dataclass(frozen=True, slots=True)
class Skipped:
    """A resource whose type is not emulated, and the logical ids of those that name it."""

    type: str
    logical_id: str
    where: Where
    dependents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Output:
    """A resolved output; `export` is its name for other stacks, empty for none."""

    name: str
    value: Json
    export: str
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """A stack as it was read; items come in the order of what they depend on.

    `unresolved` says of each output that has no value why. `secrets` are values of `NoEcho` parameters, which no report
    may show.
    """

    stack: Stack
    items: tuple[Item, ...]
    outputs: Mapping[str, Output]
    skipped: tuple[Skipped, ...]
    unresolved: Mapping[str, str]
    secrets: frozenset[str]

    def declare(self, into: Draft, kinds: Mapping[str, Kind]) -> None:
        """Put every item into the draft of its account."""
        for item in self.items:
            kinds[item.type].declare(item, into)
