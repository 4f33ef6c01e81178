"""What one file of a user brings into an account, and several of them together.

`Brought` is a stack, plan or page of details once it is read; `together` files all that into one draft, where no ARN
may stand twice. This file knows no format.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from turnstile import arn as arns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from turnstile.faults import Fault
    from turnstile.importers.kinds import Draft
    from turnstile.world.declaration import MachineDeclaration
    from turnstile.world.function import Function
    from turnstile.world.managed import ManagedPolicy
    from turnstile.world.role import Role
    from turnstile.world.user import Group, User

Declared: TypeAlias = "Role | User | Group | ManagedPolicy | Function | MachineDeclaration"
COLLECTIONS = {
    "roles": "role", "users": "user", "groups": "group", "policies": "policy", "functions": "function",
    "machines": "state_machine",
}  # fmt: skip
"""The parts of a draft that are filed by ARN, and what one of them is called in references."""
_STEM = re.compile(r"[^A-Za-z0-9]+")
_WORDS = {"policy": "managed policy", "state_machine": "state machine"}


@dataclass(frozen=True, slots=True, eq=False)
class Brought:
    """What was read: `references` maps the name in the file (a logical id, an address) to what `Ref` or the ARN is.

    `outputs` are those of a stack, empty for all else; `skipped` are notes on resources that are not emulated.
    """

    title: str
    draft: Draft
    references: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[Fault, ...] = ()


def named(draft: Draft) -> Iterator[tuple[str, str, str]]:
    """Everything of a draft that has a name: collection, name and ARN."""
    for collection in COLLECTIONS:
        for arn, value in getattr(draft, collection).items():
            yield collection, value.name, arn


def logical(found: Brought) -> Iterator[tuple[str, str, str]]:
    """The names that a file itself uses: collection, name in the file, and ARN."""
    collections = {arn: collection for collection, _, arn in named(found.draft)}
    for name, arn in found.references.items():
        if arn in collections:
            yield collections[arn], name, arn


def together(draft: Draft, found: Iterable[Brought]) -> Draft:
    """One draft of an account with everything, and with a fault for each ARN that two of them declare."""
    for each in found:
        for collection, kind in COLLECTIONS.items():
            _join(draft, getattr(draft, collection), getattr(each.draft, collection), kind)
        draft.resources += each.draft.resources
        draft.finishing += each.draft.finishing
        draft.aws_policies |= each.draft.aws_policies
        draft.faults += each.draft.faults
        draft.ignored += each.draft.ignored
        draft.unsupported += each.draft.unsupported
        draft.layers |= each.draft.layers
        for operation, script in each.draft.stubs.items():
            draft.answer(operation, script)
        draft.secrets |= each.draft.secrets
    return draft


def _join(draft: Draft, known: dict[str, Declared], new: Mapping[str, Declared], kind: str) -> None:
    for arn, value in new.items():
        if arn in known:
            draft.faults.append(twice(value, kind, known[arn]))
        else:
            known[arn] = value


def twice(value: Declared, kind: str, first: Declared) -> Fault:
    """The fault of a name that an account has already."""
    message = (
        f"the {_WORDS.get(kind, kind)} `{value.name}` of account {arns.parse(value.arn).account} is declared twice"
    )
    return value.origin.fault("declared-twice", message, f"the other one is at {first.origin.where()}")


def stack_name(path: str) -> str:
    """The name of a stack that was given none: that of its file, without what no stack's name may have."""
    stem = _STEM.sub("-", path.rpartition("/")[2].partition(".")[0]).strip("-")
    return stem if stem[:1].isalpha() else f"stack-{stem}".rstrip("-")
