"""The Tasks of a definition as written: where each stands, whose role it takes, what it names.

Reads the document of a definition that is sound, so that every finding can point into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from turnstile.permissions.folding import Text, member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.asl.finding import Place
    from turnstile.document import Json

_JSONATA = "JSONata"
_INTEGRATIONS = {"eventbridge": "events", "sfn": "states"}
"""Services of SDK integrations that go by another name in ARNs."""


@dataclass(frozen=True)
class Task:
    """A Task state; `body` is it as written, `place` where."""

    name: str
    body: dict[str, Json]
    place: Place
    jsonata: bool

    @property
    def resource(self) -> str:
        """What it does: an ARN, or a text that is none."""
        return str(self.body.get("Resource", ""))

    @cached_property
    def service(self) -> str:
        """The service as ARNs name it; empty for a function or an activity named by its ARN."""
        found = self.resource.split(":")
        if found[2:5] != ["states", "", ""]:
            return ""
        name = found[6] if found[5:6] == ["aws-sdk"] else found[5]
        return _INTEGRATIONS.get(name, name)

    @cached_property
    def role(self) -> Text | None:
        """What is known of the role in `Credentials`, None without them."""
        credentials = self.body.get("Credentials")
        if isinstance(credentials, dict):
            return member(credentials, "RoleArn", jsonata=self.jsonata)
        return None if credentials is None else Text("", whole=False, written=str(credentials))

    @property
    def role_place(self) -> Place:
        """Where that stands."""
        credentials = self.body.get("Credentials")
        if not isinstance(credentials, dict):
            return (*self.place, "Credentials")
        return (*self.place, "Credentials", "RoleArn" if "RoleArn" in credentials else "RoleArn.$")

    @property
    def arguments(self) -> tuple[dict[str, Json], Place]:
        """Its parameters, as far as they are written as an object, and where."""
        name = "Arguments" if self.jsonata else "Parameters"
        found = self.body.get(name)
        return (found if isinstance(found, dict) else {}), (*self.place, name)


@dataclass(frozen=True, slots=True)
class Scope:
    """States beside each other: the machine, a branch of a Parallel, or what a Map does with each item."""

    body: dict[str, Json]
    place: Place
    language: str

    def states(self) -> Iterator[tuple[str, dict[str, Json], Place]]:
        """Each state with its name and place."""
        for name, body in self.body.get("States", {}).items():
            yield name, body, (*self.place, "States", name)

    def here(self) -> Iterator[Task]:
        """The Tasks of this scope alone."""
        for name, body, place in self.states():
            if body.get("Type") == "Task":
                yield Task(name, body, place, body.get("QueryLanguage", self.language) == _JSONATA)

    def all(self) -> Iterator[Task]:
        """The Tasks of this scope and of all inside it."""
        yield from self.here()
        for _, body, place in self.states():
            for inner in self.within(body, place):
                yield from inner.all()

    def within(self, body: dict[str, Json], place: Place) -> Iterator[Scope]:
        """The scopes inside a state of this one."""
        for index, branch in enumerate(body.get("Branches", ())):
            yield Scope(branch, (*place, "Branches", index), self.language)
        for field in ("ItemProcessor", "Iterator"):
            if field in body:
                yield Scope(body[field], (*place, field), self.language)


def machine(definition: dict[str, Json]) -> Scope:
    """The outermost scope of a definition."""
    return Scope(definition, (), str(definition.get("QueryLanguage", "JSONPath")))
