"""What a workflow reads of the results of its Tasks, found by following data through its definition as written.

Each state is gone through as AWS does it (InputPath, Parameters, result, ResultSelector, ResultPath, OutputPath; or
Arguments, Output, Assign), with values that are traced instead of known. What is read at a place of a result is wanted
there. An expression of which the value cannot be told begins a trace of nothing. Specification: the States Language,
"Input and Output Processing".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.asl.sight import expression_in
from turnstile.scenario.drafts import choosing
from turnstile.scenario.drafts.provenance import UNKNOWN, Place, Traced, joined
from turnstile.scenario.drafts.reading import MOMENT, NUMBER, TEXT, Read, expressions, paths, queries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.scenario.drafts.provenance import Steps

_ROUNDS = 3
"""So often a state is gone through at the most; a loop brings nothing new after that."""
_FIELDS: Mapping[str, Json] = {
    "SecondsPath": NUMBER,
    "TimestampPath": MOMENT,
    "TimeoutSecondsPath": 60,
    "HeartbeatSecondsPath": 60,
    "MaxConcurrencyPath": NUMBER,
    "ToleratedFailureCountPath": NUMBER,
    "ToleratedFailurePercentagePath": NUMBER,
    "ErrorPath": TEXT,
    "CausePath": TEXT,
}
_QUERIED: Mapping[str, Json] = {name.removesuffix("Path"): sample for name, sample in _FIELDS.items()}
_ITEM = "$$.Map.Item.Value"


@dataclass(slots=True)
class Reads:
    """What is read: a sample by the place in a result, and which states read it."""

    samples: dict[Place, Json] = field(default_factory=dict)
    readers: dict[Place, set[str]] = field(default_factory=dict)

    def of(self, state: str) -> dict[Steps, Json]:
        """What is wanted of the result of one Task."""
        return {place.steps: sample for place, sample in self.samples.items() if place.state == state}

    def by(self, reader: str) -> list[Place]:
        """What one state reads of the results of Tasks."""
        return [place for place, readers in self.readers.items() if reader in readers]


def traced(definition: dict[str, Json], members: Mapping[str, Json]) -> Reads:
    """What a definition, which is sound, reads of its Tasks; `members` are samples of parameters by their name."""
    tracing = _Tracing(members)
    tracing.scope(definition, str(definition.get("QueryLanguage", "JSONPath")), UNKNOWN)
    return tracing.reads


class _Tracing:
    """Variables are those of all scopes, as names are seldom used for two things."""

    def __init__(self, members: Mapping[str, Json]) -> None:
        self.members = members
        self.reads = Reads()
        self.variables: dict[str, Traced] = {}

    def scope(self, body: dict[str, Json], language: str, given: Traced) -> Traced:
        """Go through states beside each other; what may come out of them."""
        states = body.get("States", {})
        came: dict[str, Traced] = {}
        rounds: dict[str, int] = {}
        left = [(str(body.get("StartAt", "")), given)]
        out = UNKNOWN
        while left:
            name, data = left.pop(0)
            whole = joined(came.get(name, UNKNOWN), data)
            if name not in states or rounds.get(name, 0) >= _ROUNDS or (name in came and whole == came[name]):
                continue
            came[name] = whole
            rounds[name] = rounds.get(name, 0) + 1
            state = states[name]
            jsonata = state.get("QueryLanguage", language) == "JSONata"
            going = _State(self, name, state, whole, jsonata=jsonata, language=language)
            if state.get("Type") == "Choice":
                going.chosen(states)
            gone = going.gone()
            left += [(after, gone) for after in choosing.following(state)]
            out = joined(out, gone) if state.get("End") or state.get("Type") == "Succeed" else out
        return out


@dataclass(slots=True)
class _State:
    """One state on its way from input to output."""

    tracing: _Tracing
    name: str
    body: dict[str, Json]
    given: Traced
    jsonata: bool
    language: str

    def gone(self) -> Traced:
        """What comes out of it."""
        return self._queried() if self.jsonata else self._pathed()

    def chosen(self, states: Mapping[str, dict[str, Json]]) -> None:
        """Read what the rules of a Choice ask for."""
        for read in choosing.reads(self.name, states, jsonata=self.jsonata):
            self._read(read, self.given)

    def _read(self, read: Read, data: Traced, result: Traced = UNKNOWN) -> Traced:
        """Note that a path is read; what is there."""
        found = self._found(read, data, result)
        for place in found.places:
            if place.steps:
                known = self.tracing.reads.samples.get(place)
                self.tracing.reads.samples[place] = read.sample if known is None else known
                self.tracing.reads.readers.setdefault(place, set()).add(self.name)
        return found

    def _found(self, read: Read, data: Traced, result: Traced) -> Traced:
        if not read.name:
            return data.at(read.steps)
        if read.name == "states" and self.jsonata:
            sources = {"input": data, "result": result}
            return sources.get(str(read.steps[0]), UNKNOWN).at(read.steps[1:]) if read.steps else UNKNOWN
        return self.tracing.variables.get(read.name, UNKNOWN).at(read.steps)

    def _within(self, result: Traced) -> Traced:
        """The result of what a state does: of a Task its own, of a Parallel and a Map what comes out inside."""
        match self.body.get("Type"):
            case "Task":
                return Traced(frozenset((Place(self.name),)))
            case "Parallel":
                scopes = enumerate(self.body.get("Branches", ()))
                return Traced(members={at: self.tracing.scope(one, self.language, result) for at, one in scopes})
            case "Map":
                inner = self.body.get("ItemProcessor") or self.body.get("Iterator") or {}
                return Traced(members={0: self.tracing.scope(inner, self.language, result)})
        return result

    def _assign(self, found: Iterable[tuple[str, Traced]]) -> None:
        for name, value in found:
            known = self.tracing.variables.get(name, UNKNOWN)
            self.tracing.variables[name] = joined(known, value)

    # JSONPath

    def _pathed(self) -> Traced:
        body, data = self.body, self.given
        seen = self._path("InputPath", data, data)
        for name, sample in _FIELDS.items():
            self._texts((body.get(name),), seen, sample)
        self._template(body.get("Credentials"), seen)
        given = self._arguments(seen)
        result = self._within(given)
        shaped = self._template(body["ResultSelector"], result) if "ResultSelector" in body else result
        for name, value in self._members(body.get("Assign"), shaped):
            self._assign([(name, value)])
        if body.get("Type") in ("Choice", "Wait", "Succeed", "Fail"):
            return self._path("OutputPath", seen, seen)
        kept = self._kept(data, UNKNOWN if "Result" in body else shaped)
        return self._path("OutputPath", kept, kept)

    def _arguments(self, seen: Traced) -> Traced:
        """The input of what the state does: of a Map that of an item."""
        body = self.body
        if body.get("Type") != "Map":
            return self._template(body["Parameters"], seen) if "Parameters" in body else seen
        listed = self._texts((body.get("ItemsPath", "$"),), seen, [{}])
        item = listed.at((0,)) if listed is not None else UNKNOWN
        template = body.get("ItemSelector", body.get("Parameters"))
        return item if template is None else self._template(template, seen, item)

    def _kept(self, data: Traced, result: Traced) -> Traced:
        place = self.body.get("ResultPath", "$")
        if place is None:
            return data
        read = next(iter(paths(str(place))), None)
        return data.put(read.steps, result) if read is not None and not read.name else UNKNOWN

    def _path(self, name: str, data: Traced, otherwise: Traced) -> Traced:
        """The value of a field that is a path."""
        if name not in self.body:
            return otherwise
        return self._texts((self.body[name],), data, {}) or UNKNOWN

    def _texts(self, texts: Iterable[Json], data: Traced, sample: Json) -> Traced | None:
        """Read the paths of fields; the value of the last that is a path and nothing else."""
        found = None
        for read in (read for text in texts if isinstance(text, str) for read in paths(text, sample)):
            value = self._read(read, data)
            found = value if read.whole else found
        return found

    def _template(self, template: Json, data: Traced, item: Traced = UNKNOWN) -> Traced:
        """What a payload template makes."""
        return Traced(members=dict(self._members(template, data, item)))

    def _members(self, template: Json, data: Traced, item: Traced = UNKNOWN) -> Iterator[tuple[str, Traced]]:
        for key, value in template.items() if isinstance(template, dict) else ():
            name = key.removesuffix(".$")
            if name == key:
                inner = value if isinstance(value, list) else (value,)
                made = [self._template(one, data, item) for one in inner]
                yield name, Traced(members=dict(enumerate(made))) if isinstance(value, list) else made[0]
            elif isinstance(value, str) and value.startswith(_ITEM):
                within = next(iter(paths(f"${value.removeprefix(_ITEM)}", TEXT)), None)
                yield name, self._read(within, item) if within is not None else UNKNOWN
            else:
                yield name, self._texts((value,), data, self.tracing.members.get(name)) or UNKNOWN

    # JSONata

    def _queried(self) -> Traced:
        body, data = self.body, self.given
        for name, sample in _QUERIED.items():
            self._expressions(body.get(name), data, UNKNOWN, sample)
        self._expressions(body.get("Credentials"), data, UNKNOWN)
        inner = data if body.get("Type") == "Parallel" else UNKNOWN
        if body.get("Type") == "Map":
            inner = self._value(body.get("Items"), data, UNKNOWN, [{}]).at((0,))
            selector = body.get("ItemSelector")
            inner = inner if selector is None else self._value(selector, data, UNKNOWN)
        elif "Arguments" in body:
            inner = self._value(body["Arguments"], data, UNKNOWN)
        result = self._within(inner) if body.get("Type") in ("Task", "Parallel", "Map") else data
        assigned = body.get("Assign")
        for name, value in assigned.items() if isinstance(assigned, dict) else ():
            self._assign([(name, self._value(value, data, result))])
        return self._value(body["Output"], data, result) if "Output" in body else result

    def _value(self, value: Json, data: Traced, result: Traced, sample: Json = None, name: str = "") -> Traced:
        match value:
            case dict():
                return Traced(members={key: self._value(one, data, result, sample, key) for key, one in value.items()})
            case list():
                return Traced(members={at: self._value(one, data, result, sample) for at, one in enumerate(value)})
        return self._expressions(value, data, result, self.tracing.members.get(name, sample))

    def _expressions(self, value: Json, data: Traced, result: Traced, sample: Json = None) -> Traced:
        """Read the paths of a field; its value, where it is one path and nothing else."""
        if isinstance(value, dict):
            return self._value(value, data, result, sample)
        found = UNKNOWN
        for text in expressions(value):
            for read in queries(text, sample):
                there = self._read(read, data, result)
                found = there if read.whole and expression_in(value) is not None else found
        return found
