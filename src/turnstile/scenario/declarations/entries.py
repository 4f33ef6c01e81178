"""Reading entries of the file one by one: names checked, policies parsed, references resolved, every fault gathered.

What the entries mean is for `declare`, `identities` and `organizing`, which share one `Entries` for each world.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from turnstile.faults import Rejected, Unsupported
from turnstile.scenario.declarations.imports import Imports
from turnstile.scenario.declarations.reference import substitute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.iam.policy import Kind, Policy
    from turnstile.scenario.composition.library import Library
    from turnstile.scenario.composition.overlay import Written
    from turnstile.scenario.declarations.reference import Names
    from turnstile.scenario.models.file import WorldEntry
    from turnstile.source import Origin

Value = TypeVar("Value")

_NAMES = {
    "account": (re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*"), "letters, digits, `_` and `-`"),
    "role": (re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}"), "1 to 64 letters, digits and `_+=,.@-`"),
    "user": (re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}"), "1 to 64 letters, digits and `_+=,.@-`"),
    "group": (re.compile(r"[A-Za-z0-9_+=,.@-]{1,128}"), "1 to 128 letters, digits and `_+=,.@-`"),
    "policy": (re.compile(r"[A-Za-z0-9_+=,.@-]{1,128}"), "1 to 128 letters, digits and `_+=,.@-`"),
    "organizational unit": (re.compile(r"\S.{0,127}"), "1 to 128 characters"),
    "function": (re.compile(r"[A-Za-z0-9_-]{1,64}"), "1 to 64 letters, digits, `_` and `-`"),
    "state machine": (
        re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}"),
        '1 to 80 characters, no spaces and none of <>{}[]?*"#%\\^|~`$&,;:/',
    ),
}
"""What names may be made of: IAM, Organizations and Lambda API References; Step Functions, CreateStateMachine."""
_PATH = re.compile(r"/|/[\x21-\x7e]{1,510}/")


@dataclass
class Entries:
    """The world of a case being read; `faults` and `unsupported` grow."""

    world: WorldEntry
    written: Written
    names: Names
    library: Library
    imports: Imports = field(default_factory=Imports)
    faults: list[Fault] = field(default_factory=list)
    unsupported: list[Unsupported] = field(default_factory=list)

    def name(self, kind: str, name: str, place: tuple[str, ...]) -> None:
        """Check how something is called."""
        pattern, allowed = _NAMES[kind]
        if not pattern.fullmatch(name):
            message = f"`{name}` cannot be the name of {'an' if kind[0] in 'ao' else 'a'} {kind}"
            self.fault(place, "name", message, f"a name has {allowed}")

    def path(self, path: str, place: tuple[str, ...]) -> None:
        """Check the IAM path of something."""
        if not _PATH.fullmatch(path):
            message = f"`{path}` is not a path: it begins and ends with `/`"
            self.fault((*place, "path"), "role-path", message, "write for example `/team/`")

    def policies(
        self, documents: Mapping[str, Json], kind: Kind, place: tuple[str, ...], key: str = "policies"
    ) -> Iterator[Policy]:
        """The policies of a mapping by name, without those that are none."""
        for title, document in documents.items():
            here = (*place, key, title)
            self.name("policy", title, here)
            policy = self.policy(document, kind, title, here)
            if policy is not None:
                yield policy

    def policy(
        self, document: Json, kind: Kind, title: str, place: tuple[str, ...], arn: str | None = None
    ) -> Policy | None:
        """One policy, parsed."""

        def read() -> Policy:
            text, origin = self.resolved(document, self.names.texts, place)
            return self.library.policy(text, kind, title, origin, arn)

        return self.attempt(read)

    def resolved(self, value: Json, texts: dict[str, str], place: tuple[str, ...]) -> tuple[Json, Origin]:
        """A document with its references replaced.

        Raises:
            Rejected: there is no such file, or it refers to something that is not declared.
        """
        document, origin = self.library.document(value, self.written.origin(*place))
        found: list[Fault] = []
        resolved = substitute(document, texts, origin, found)
        if found:
            raise Rejected(found)
        return resolved, origin

    def substituted(self, document: Json, place: tuple[str | int, ...]) -> Json:
        """A part of the file with its references replaced."""
        return substitute(document, self.names.texts, self.written.origin(*place), self.faults)

    def attempt(self, read: Callable[[], Value]) -> Value | None:
        """What a reading gives, None where it was rejected or is not supported."""
        try:
            return read()
        except Rejected as rejected:
            self.faults += rejected.faults
        except Unsupported as error:
            self.unsupported.append(error)
        return None

    def fault(self, place: tuple[str | int, ...], code: str, message: str, remedy: str = "") -> None:
        """Note a fault at its place."""
        self.faults.append(self.written.origin(*place).fault(code, message, remedy))


def some(values: Iterator[Value | None]) -> tuple[Value, ...]:
    """The values that could be read."""
    return tuple(value for value in values if value is not None)
