"""Resource types that come to be by calls of their service: one that makes the resource, and some that add to it.

What `Ref` and `Fn::GetAtt` give is in the CloudFormation Template Reference, page by page, under "Return values".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from turnstile.document import Json, compact
from turnstile.faults import Rejected
from turnstile.importers.resources.fitting import Fitting
from turnstile.importers.resources.names import NAMELESS, Name, Text, told
from turnstile.world.declaration import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from turnstile.importers.kinds import Draft, Item

Follow: TypeAlias = "tuple[str, dict[str, Json]]"
"""Operation and parameters of a further call."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What every kind says of a resource: its name, its `Ref` and its attributes."""

    ref: Text
    gets: Mapping[str, Text] = field(default_factory=dict)
    name: Name = NAMELESS

    @property
    def attributes(self) -> Collection[str]:
        """See `Kind.attributes`."""
        return self.gets.keys()

    def reference(self, item: Item) -> Json:
        """See `Kind.reference`."""
        return told(self.ref, item, self.name)

    def attribute(self, item: Item, name: str) -> Json:
        """See `Kind.attribute`."""
        return told(self.gets[name], item, self.name)


@dataclass(frozen=True, slots=True, eq=False)
class Nothing(Told):
    """A type that makes nothing that a workflow could meet."""

    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an item wants: properties, further calls, ways to what is left out, and foreseen ids."""

    properties: Mapping[str, Json]
    further: list[Follow]
    notes: list[tuple[str | int, ...]]
    made: Mapping[str, str]


_MISTYPED = (AttributeError, KeyError, TypeError, ValueError)
"""What reading a list as an object comes to, and the like."""


@dataclass(frozen=True, slots=True, eq=False)
class Called(Told):
    """A type whose resource one operation of botocore's `service` makes.

    `required` are properties that the operation could do without, `renamed` those that it calls otherwise, `silent`
    those without effect on calls and permissions, `unheeded` the ways to those that are left out though they would
    matter. `adapt` gives the properties as the operation wants them, `after` further calls, `finishing` those that need
    state machines. `made` are the ids that the service makes up, by their place in its answer. `documents` are the ways
    to properties that hold policies.
    """

    service: str = ""
    operation: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    required: Collection[str] = ()
    silent: Collection[str] = ()
    adapt: Callable[[Item], Mapping[str, Json]] = lambda item: item.properties
    after: Callable[[Item, str], Iterable[Follow]] = lambda _item, _name: ()
    made: Mapping[str, Text] = field(default_factory=dict)
    documents: Collection[tuple[str, ...]] = ()
    finishing: bool = False
    unheeded: Callable[[Item], Iterable[tuple[str | int, ...]]] = lambda _item: ()

    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        before = len(into.faults)
        fitting = Fitting(item, into, self.silent, self.renamed)
        try:
            asked = self._asked(item)
        except _MISTYPED:
            message = f"a property of `{item.logical_id}` has another type than `{item.type}` wants"
            remedy = "compare its lists and objects with the page of the type in the Template Reference"
            into.faults.append(item.fault("wrong-type", message, remedy))
            return
        for each in self.required:
            if each not in asked.properties:
                fitting.missing(each)
        calls = [(self.operation, fitting.parameters(self.service, self.operation, asked.properties))]
        calls += [(name, fitting.parameters(self.service, name, wanted)) for name, wanted in asked.further]
        written = {text: place for place in self.documents if (text := _document(item.properties, place))}
        check_documents(item, written, into)
        if len(into.faults) > before:
            return
        for place in asked.notes:
            fitting.note(place)
        policies = {text: item.at(*place) for text, place in written.items()}
        for index, call in enumerate(calls):
            made = {} if index else asked.made
            kept = into.finishing if self.finishing else into.resources
            kept.append(resource(item, self.service, *call, made=made, policies=policies))

    def _asked(self, item: Item) -> _Asked:
        name = self.name.of(item) if self.name.property else ""
        named = {self.name.property: name} if name else {}
        made = {place: str(told(text, item, self.name)) for place, text in self.made.items()}
        return _Asked({**self.adapt(item), **named}, list(self.after(item, name)), list(self.unheeded(item)), made)


@dataclass(frozen=True, slots=True, eq=False)
class Attached(Told):
    """A policy that is put on resources by their service's own calls; `calls` gives them."""

    service: str = ""
    calls: Callable[[Item, str], Iterable[Follow]] = lambda _item, _text: ()
    document: str = "PolicyDocument"
    required: Collection[str] = ()

    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        before = len(into.faults)
        for name in (*self.required, self.document):
            if item.properties.get(name) is None:
                Fitting(item, into).missing(name)
        if len(into.faults) > before:
            return
        text = as_text(item.properties[self.document])
        check_documents(item, {text: (self.document,)}, into)
        if len(into.faults) == before:
            policies = {text: item.at(self.document)}
            calls = self.calls(item, text)
            into.resources.extend(resource(item, self.service, *call, policies=policies) for call in calls)


def _document(properties: Mapping[str, Json], place: tuple[str, ...]) -> str:
    """The policy at the end of a way through the properties, as text; empty for none."""
    value: Json = properties
    for name in place:
        value = value.get(name) if isinstance(value, dict) else None
    return as_text(value) if value else ""


def resource(
    item: Item,
    service: str,
    operation: str,
    parameters: Mapping[str, Json],
    *,
    made: Mapping[str, str] | None = None,
    policies: Mapping[str, object] | None = None,
) -> Resource:
    """A call for an item, in the Region of its stack."""
    return Resource(service, operation, parameters, item.origin, made or {}, item.stack.region, policies or {})  # type: ignore[arg-type]


def as_text(document: Json) -> str:
    """A policy as JSON text, whichever way it was written."""
    return document if isinstance(document, str) else compact(document)


def check_documents(item: Item, written: Mapping[str, tuple[str | int, ...]], into: Draft) -> None:
    """Have the policies of resources read, for faults at their lines."""
    import json  # noqa: PLC0415 - most types have no policy

    from turnstile.iam.parse import parse  # noqa: PLC0415 - loads the policy language
    from turnstile.iam.policy import Kind  # noqa: PLC0415 - as above

    for text, place in written.items():
        try:
            document = json.loads(text)
            parse(document, kind=Kind.RESOURCE, name=f"policy {item.logical_id}", origin=item.at(*place))
        except Rejected as rejected:
            into.faults += rejected.faults
        except ValueError:
            message = f"the policy of `{item.logical_id}` is not JSON"
            into.faults.append(item.fault("json-syntax", message, "write it as an object", *place))
