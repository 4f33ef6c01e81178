"""What a case expects, as a value: names resolved, links known, files read. `expect` compares it with what happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from turnstile.faults import Rejected
from turnstile.gate.link import Link
from turnstile.scenario.comparing.likeness import bad_expressions
from turnstile.scenario.declarations.reference import substitute
from turnstile.scenario.expectations.event_types import event_types
from turnstile.scenario.expectations.resource_states import read_states
from turnstile.scenario.expectations.vacuous import check_actions, check_path, check_states
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.scenario.composition.library import Library
    from turnstile.scenario.declarations.reference import Names
    from turnstile.scenario.expectations.resource_states import State
    from turnstile.scenario.models.expect_entries import CallsEntry, DeniedEntry, ExpectEntry
    from turnstile.source import Origin


_LEFT: tuple[Literal["stuck", "orphans"], ...] = ("stuck", "orphans")
_APART = frozenset({"calls", "denied", "history", "orphans", "output_file", "output_schema", "resources", "stuck"})
"""Keys that are read in ways of their own."""


@dataclass(frozen=True, slots=True)
class Denied:
    """A kind of refused call; None stands for any. `who` is an ARN or a service principal."""

    who: str | None
    action: str | None
    resource: str | None
    links: frozenset[Link] | None
    times: int | None
    written: Mapping[str, Json]
    """The entry as the user wrote it, resolved."""


@dataclass(frozen=True, slots=True)
class Calls:
    """A kind of call that was let through, and how many there are; None stands for any.

    `action` and `resource` may have `*` in them.
    """

    who: str | None
    action: str | None
    resource: str | None
    state: str | None
    at_least: int
    at_most: int | None
    written: Mapping[str, Json]
    """The entry as the user wrote it, resolved."""


@dataclass(frozen=True, slots=True, eq=False)
class Expectation:
    """The keys that were given (`status`, `output`, `error` ...), by name, and where."""

    given: Mapping[str, Json]
    denied: tuple[Denied, ...] | None
    origin: Origin
    left: Mapping[str, tuple[Mapping[str, Json], ...]] = field(default_factory=dict)
    """The kinds listed under `stuck` and `orphans`, as far as these were given."""
    calls: tuple[Calls, ...] = ()
    states: tuple[State, ...] = ()
    """What is in resources."""
    golden: Path | None = None
    """The file that has the history."""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    """Where values of keys stand that are in files of their own."""

    @property
    def of_refusal(self) -> bool:
        """It is about something that goes wrong: a refused call, or an execution that does not succeed."""
        return bool(self.denied) or "error" in self.given or self.given.get("status", "SUCCEEDED") != "SUCCEEDED"

    def at(self, key: str) -> Origin:
        """Where the value of a key is written."""
        return self.origins.get(key) or self.origin.at(key)


def read_expectation(
    entry: ExpectEntry,
    names: Names,
    origin: Origin,
    library: Library,
    faults: list[Fault],
    states: Collection[str] = (),
) -> Expectation:
    """Resolve the names in an expectation, and read the files it names.

    `states` are those of all state machines, empty where these are not known.
    """
    if not entry.model_fields_set:
        remedy = "say at least how it ends: `status: SUCCEEDED`"
        faults.append(origin.fault("empty-expect", "`expect` expects nothing", remedy))
    return _Reading(entry, names, origin, library, faults, states).expectation()


@dataclass(slots=True)
class _Reading:
    entry: ExpectEntry
    names: Names
    origin: Origin
    library: Library
    faults: list[Fault]
    states: Collection[str]
    origins: dict[str, Origin] = field(default_factory=dict)

    def expectation(self) -> Expectation:
        entry, told = self.entry, self.entry.model_fields_set
        given = {key: self._resolved(getattr(entry, key), self.origin.at(key)) for key in sorted(told - _APART)}
        for key in ("output_file", "output_schema"):
            if key in told:
                given |= self._document(key)
        for key in ("output_like", "events"):
            self._expressions(key, given.get(key))
        self._event_types()
        left: dict[str, tuple[Mapping[str, Json], ...]] = {key: self._left(key) for key in _LEFT if key in told}
        denied = [self._denied(kind, self.origin.at("denied", index)) for index, kind in enumerate(entry.denied)]
        calls = [self._calls(kind, self.origin.at("calls", index)) for index, kind in enumerate(entry.calls)]
        check_path(entry.path_like, self.origin.at("path_like"), self.faults)
        idle = {i: kind.action for i, kind in enumerate(calls) if not kind.at_least and kind.action is not None}
        check_actions(idle, self.origin.at("calls"), self.faults)
        told_of = {**left, "calls": tuple(kind.written for kind in calls)}
        check_states(told_of, self.states, self.origin, self.faults)
        states = read_states(entry.resources, self.names, self.origin.at("resources"), self.faults)
        golden = self.library.beside(entry.history, self.origin.at("history")) if "history" in told else None
        if golden is not None:
            self._writable(golden)
        kinds = tuple(denied) if "denied" in told else None
        return Expectation(given, kinds, self.origin, left, tuple(calls), states, golden, self.origins)

    def _resolved(self, value: Json, origin: Origin) -> Json:
        return substitute(value, self.names.texts, origin, self.faults)

    def _document(self, key: str) -> dict[str, Json]:
        """A document inline or from a file; nothing where it cannot be used."""
        try:
            document, origin = self.library.document(getattr(self.entry, key), self.origin.at(key))
        except Rejected as rejected:
            self.faults += rejected.faults
            return {}
        if key == "output_schema":
            from turnstile.scenario.comparing.output_schema import check_schema  # noqa: PLC0415 - loads jsonschema

            found = check_schema(document, origin)
            self.faults += found
            return {} if found else {key: document}
        self.origins[key] = origin
        return {key: self._resolved(document, origin)}

    def _expressions(self, key: str, pattern: Json) -> None:
        for place, problem in bad_expressions(pattern):
            message = f"this is no regular expression: {problem}"
            where = self.origin.at(key).within(place)
            self.faults.append(where.fault("regular-expression", message, "write it as Python's `re` has it"))

    def _event_types(self) -> None:
        """An event of a type that no history has would never be found, or always be missing as wanted."""
        named: list[tuple[tuple[str | int, ...], Json]] = [
            (("event_counts", kind), kind) for kind in self.entry.event_counts
        ]
        named += [(("events", index, "type"), event.get("type")) for index, event in enumerate(self.entry.events)]
        known = event_types() if named else ()
        for place, kind in named:
            if kind is None:
                fault = self.origin.at(*place[:-1]).fault(
                    "missing-key", "the key `type` is missing", "add `type:` here"
                )
                self.faults.append(fault)
            elif kind not in known:
                message = f"`{kind}` is no type of event"
                self.faults.append(self.origin.at(*place).fault("event-type", message, hint(str(kind), known, "types")))

    def _writable(self, golden: Path) -> None:
        """A golden file need not be there, but a folder cannot be one, and no link may lead out."""
        origin, text = self.origin.at("history"), self.entry.history
        try:
            self.library.inside(golden, text, origin)
            wrong = golden.is_dir()
        except Rejected as rejected:
            self.faults += rejected.faults
            return
        except (OSError, ValueError):
            wrong = True
        if wrong or golden.suffix != ".json":
            message = f"`{text}` cannot be a golden file"
            self.faults.append(origin.fault("golden-file", message, "name a file that ends in `.json`"))

    def _left(self, key: Literal["stuck", "orphans"]) -> tuple[Mapping[str, Json], ...]:
        """The kinds under a key, in the words of `remaining`."""
        kinds: list[dict[str, Json]] = [kind.model_dump(exclude_unset=True) for kind in getattr(self.entry, key)]
        for index, kind in enumerate(kinds):
            keeper = kind.get("kept_by")
            if keeper and "role" in keeper:
                origin = self.origin.at(key, index, "kept_by", "role")
                keeper["role"] = self.names.role(keeper["role"], "", origin, self.faults)
        return tuple(kinds)

    def _denied(self, entry: DeniedEntry, origin: Origin) -> Denied:
        if not entry.model_fields_set:
            fault = origin.fault("empty-denied", "this entry of `denied` says nothing", "say at least `action:`")
            self.faults.append(fault)
        written, who = self._who_and_what(entry, origin)
        return Denied(
            who=who,
            action=written.get("action"),
            resource=written.get("resource"),
            links=frozenset(map(Link, entry.link)) if "link" in written else None,
            times=written.get("times"),
            written=written,
        )

    def _calls(self, entry: CallsEntry, origin: Origin) -> Calls:
        if not entry.model_fields_set & {"who", "action", "resource", "state"}:
            fault = origin.fault("empty-calls", "this entry of `calls` names no call", "say at least `action:`")
            self.faults.append(fault)
        if "times" in entry.model_fields_set and entry.model_fields_set & {"at_least", "at_most"}:
            message = "`times` is exact, so `at_least` and `at_most` have nothing to say"
            self.faults.append(origin.at("times").fault("wrong-value", message, "take one of them away"))
        written, who = self._who_and_what(entry, origin)
        exact = written.get("times")
        at_most = written.get("at_most")
        at_least = written.get("at_least", 1 if at_most is None else 0)
        if exact is None and at_most is not None and at_most < at_least:
            message = f"`at_most` is {at_most}, which is less than `at_least`"
            self.faults.append(origin.at("at_most").fault("wrong-value", message, "write a larger number"))
        low, high = (at_least, at_most) if exact is None else (exact, exact)
        action, resource, state = written.get("action"), written.get("resource"), written.get("state")
        return Calls(who, action, resource, state, low, high, written)

    def _who_and_what(self, entry: DeniedEntry | CallsEntry, origin: Origin) -> tuple[dict[str, Json], str | None]:
        written = entry.model_dump(exclude_unset=True)
        if "resource" in written:
            written["resource"] = self._resolved(entry.resource, origin.at("resource"))
        who = self.names.caller(entry.who, origin.at("who"), self.faults) if "who" in written else None
        return written, who
