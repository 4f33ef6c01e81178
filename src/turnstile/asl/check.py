"""What CreateStateMachine refuses in a definition, every finding at once.

Walks the document along the tables of `asl.schema`, then the transitions (`asl.graph`). It compiles nothing that is
kept and knows no services: which integrations exist and what their parameters must be is for others. Warnings are
never given, because AWS lets such definitions pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import check_dataset, check_task, check_variables, fields_jsonata, schema
from turnstile.asl import fields as kinds
from turnstile.asl.choice import OPERATORS
from turnstile.asl.errors import ALL
from turnstile.asl.finding import (
    DUPLICATE_LABEL,
    DUPLICATE_STATE,
    ERROR,
    LABEL_NAME,
    NESTED,
    SCHEMA,
    STATE_NAME,
    Finding,
    Place,
    as_aws,
    aws_text,
)
from turnstile.asl.graph import transitions
from turnstile.asl.sight import expression_in
from turnstile.document import is_deep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json

__all__ = ["ERROR", "TOO_DEEP", "Finding", "as_aws", "aws_text", "findings"]

_LONGEST_NAME = 80
_LONGEST_LABEL = 40
_DEEPEST = 256


TOO_DEEP = Finding(NESTED, "The states are too deeply nested", None)
"""The finding for a document whose objects and arrays stand in each other over more than 256 levels (*inferred*).

These are 64 Parallels in each other: less than what can be compiled, so what is checked can also be run.
"""


def findings(document: Json, *, express: bool = False, lone: bool = False) -> tuple[Finding, ...]:
    """Everything that is wrong with a definition; `express` applies the rules for Express machines too.

    The order is the order of the document, transitions last. `lone` says that the definition holds one state of
    another one, so that transitions between its states mean nothing; those inside a state do.
    """
    if not isinstance(document, dict):
        return (Finding(SCHEMA, "Definition must be a valid JSON object", None),)
    if is_deep(document, _DEEPEST):
        return (TOO_DEEP,)
    walk = _Walk(document.get("QueryLanguage"), express=express, lone=lone)
    found = (*walk.scope(document, schema.MACHINE, ()), *check_variables.shadowed(document))
    unseen = () if found else check_variables.unseen(document)
    return (*found, *unseen, *walk.graph)


class _Walk:
    """One pass over a definition; holds what concerns the whole of it."""

    def __init__(self, language: Json, *, express: bool, lone: bool) -> None:
        self.language = language
        self.express = express
        self.lone = lone
        self.graph: list[Finding] = []
        self._names: set[str] = set()
        self._labels: set[str] = set()

    def scope(self, body: Json, shape: schema.Shape, place: Place) -> Iterator[Finding]:
        """An object with StartAt and States: the machine, a branch, an item processor."""
        yield from _shaped(body, shape, place)
        states = body.get("States") if isinstance(body, dict) else None
        if not isinstance(states, dict):
            return
        if not states:
            yield kinds.broken("Value cannot be empty", (*place, "States"))
        for name, state in states.items():
            yield from self._state(name, state, (*place, "States", name))
        if place or not self.lone:
            self.graph.extend(transitions(body, place))

    def _state(self, name: str, body: Json, place: Place) -> Iterator[Finding]:
        yield from self._name(name, place)
        if not isinstance(body, dict):
            yield from kinds.an_object(body, place)
            return
        if "Type" not in body:
            yield kinds.broken("These fields are required: [Type]", place)
            return
        kind = body["Type"]
        shape = schema.STATES.get(kind) if isinstance(kind, str) else None
        if shape is None:
            yield _unknown_type(kind, place)
            return
        yield from self._languages(body, place)
        language = body.get("QueryLanguage", self.language)
        yield from _shaped(body, shape, place, jsonata=language == "JSONata")
        yield from fields_jsonata.one_language(body, language, place)
        if language == "JSONata":
            yield from fields_jsonata.findings(body, place)
        yield from _ending(body, shape, place)
        yield from self._parts(kind, body, language, place)

    def _name(self, name: str, place: Place) -> Iterator[Finding]:
        if len(name) > _LONGEST_NAME:
            message = f"State name '{name}' exceeds the {_LONGEST_NAME}-character limit allowed by the service"
            yield Finding(STATE_NAME, message, place)
        if name in self._names:
            yield Finding(DUPLICATE_STATE, f"Duplicate State name: {name}", place, "rename one of the states")
        self._names.add(name)

    def _languages(self, body: dict[str, Json], place: Place) -> Iterator[Finding]:
        if self.language == "JSONata" and body.get("QueryLanguage") == "JSONPath":
            yield kinds.broken(
                "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", place
            )

    def _parts(self, kind: str, body: dict[str, Json], language: Json, place: Place) -> Iterator[Finding]:
        """The objects inside a state."""
        jsonata = language == "JSONata"
        for field, shape in (("Retry", schema.RETRIER), ("Catch", schema.CATCHER)):
            if field in body and field in schema.STATES[kind].fields:
                yield from _answers(body[field], shape, (*place, field), language)
        match kind:
            case "Task":
                yield from check_task.findings(body, place, express=self.express)
            case "Choice":
                for index, rule in enumerate(_list(body.get("Choices"))):
                    yield from _rule(rule, schema.TOP_RULE, (*place, "Choices", index), jsonata=jsonata)
            case "Parallel":
                for index, branch in enumerate(_list(body.get("Branches"))):
                    yield from self.scope(branch, schema.BRANCH, (*place, "Branches", index))
            case "Map":
                yield from self._map(body, place)
                for names, part in check_dataset.parts(body):
                    yield from _shaped(part, schema.DATASET[names], (*place, *names), jsonata=jsonata)
                    yield from fields_jsonata.one_language(part, language, (*place, *names))
                yield from check_dataset.findings(body, language, place)

    def _map(self, body: dict[str, Json], place: Place) -> Iterator[Finding]:
        yield from self._label(body.get("Label"), (*place, "Label"))
        for field in ("ItemProcessor", "Iterator"):
            processor = body.get(field)
            if isinstance(processor, dict):
                yield from self.scope(processor, schema.PROCESSOR, (*place, field))
                config = processor.get("ProcessorConfig")
                yield from self._mode(config if isinstance(config, dict) else {}, (*place, field, "ProcessorConfig"))

    def _label(self, label: Json, place: Place) -> Iterator[Finding]:
        if not isinstance(label, str):
            return
        if len(label) > _LONGEST_LABEL:
            message = f"Label name '{label}' exceeds the {_LONGEST_LABEL}-character limit allowed by the service"
            yield Finding(LABEL_NAME, message, place)
        if label in self._labels:
            yield Finding(DUPLICATE_LABEL, f"Duplicate Label name: {label}", place)
        self._labels.add(label)

    def _mode(self, config: dict[str, Json], place: Place) -> Iterator[Finding]:
        mode = config.get("Mode", "INLINE")
        yield from kinds.one_of("INLINE", "DISTRIBUTED")(mode, (*place, "Mode"))
        if mode == "DISTRIBUTED" and self.express:
            message = "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines"
            yield kinds.broken(message, (*place, "Mode"))
        if mode == "DISTRIBUTED" and "ExecutionType" not in config:
            yield kinds.broken("These fields are required: [ExecutionType]", place)
        elif mode == "DISTRIBUTED":
            kind = kinds.one_of("STANDARD", "EXPRESS")
            yield from kind(config["ExecutionType"], (*place, "ExecutionType"))
        elif "ExecutionType" in config:
            yield kinds.broken("Field 'ExecutionType' is not supported", place)


def _shaped(body: Json, shape: schema.Shape, place: Place, *, jsonata: bool = False) -> Iterator[Finding]:
    """The fields of one object against its table."""
    if not isinstance(body, dict):
        yield from kinds.an_object(body, place)
        return
    missing = [name for name in shape.required if name not in body]
    if missing:
        yield kinds.broken(f"These fields are required: [{', '.join(missing)}]", place)
    for name, value in body.items():
        kind = shape.fields.get(name)
        if kind is None:
            yield kinds.broken(f"Field '{name}' is not supported", place, kinds.did_you_mean(name, shape.fields))
        elif not jsonata:
            yield from kind(value, (*place, name))
        elif name not in schema.COMPUTED or expression_in(value) is None:
            yield from schema.JSONATA_KINDS.get(name, kind)(value, (*place, name))
    yield from _groups(body, shape, place)


def _groups(body: dict[str, Json], shape: schema.Shape, place: Place) -> Iterator[Finding]:
    for group in (*shape.exclusive, *shape.exactly_one):
        present = sum(name in body for name in group)
        if present > 1:
            yield kinds.broken(f"There should only be one of the following fields: [{', '.join(group)}]", place)
        elif not present and group in shape.exactly_one:
            yield kinds.broken(f"This object should have only one of the following fields: [{', '.join(group)}]", place)


def _unknown_type(kind: Json, place: Place) -> Finding:
    known = ", ".join(schema.STATES)
    remedy = kinds.did_you_mean(kind, schema.STATES) if isinstance(kind, str) else ""
    return kinds.broken(f"The field 'Type' should have one of these values: [{known}]", (*place, "Type"), remedy)


def _ending(body: dict[str, Json], shape: schema.Shape, place: Place) -> Iterator[Finding]:
    """Next or End, never both, never neither."""
    if "End" not in shape.fields:
        return
    ends = body.get("End") is True
    if ends and "Next" in body:
        yield kinds.broken("There should only be one of the following fields: [Next, End]", place)
    elif not ends and "Next" not in body:
        remedy = "say where to go with `Next`, or end with `End: true`"
        yield kinds.broken("This object should have only one of the following fields: [Next, End]", place, remedy)


def _answers(rules: Json, shape: schema.Shape, place: Place, language: Json) -> Iterator[Finding]:
    """The entries of Retry or Catch."""
    if not isinstance(rules, list):
        yield kinds.broken("Expected value of type Array", place)
        return
    for index, rule in enumerate(rules):
        here = (*place, index)
        yield from _shaped(rule, shape, here, jsonata=language == "JSONata")
        if isinstance(rule, dict):
            yield from fields_jsonata.one_language(rule, language, here)
            yield from _error_names(rule.get("ErrorEquals"), (*here, "ErrorEquals"), last=index == len(rules) - 1)


def _error_names(names: Json, place: Place, *, last: bool) -> Iterator[Finding]:
    for index, name in enumerate(_list(names)):
        yield from kinds.text(name, (*place, index))
    if ALL in _list(names) and (not last or len(names) > 1):
        remedy = f"give `{ALL}` an entry of its own, after all others"
        yield kinds.broken(f"{ALL} must appear alone and at end of list", place, remedy)


def _rule(rule: Json, shape: schema.Shape, place: Place, *, jsonata: bool) -> Iterator[Finding]:
    """One Choice rule and the rules inside it."""
    yield from _shaped(rule, shape, place, jsonata=jsonata)
    if not isinstance(rule, dict):
        return
    if sum(name in rule for name in schema.SELECTORS) != 1:
        listed = ", ".join(schema.SELECTORS)
        yield kinds.broken(f"The object must have only one of the following fields, [{listed}]", place)
        return
    yield from fields_jsonata.one_language(rule, "JSONata" if jsonata else "JSONPath", place)
    for field in ("And", "Or"):
        for index, part in enumerate(_list(rule.get(field))):
            yield from _rule(part, schema.RULE, (*place, field, index), jsonata=jsonata)
    if isinstance(rule.get("Not"), dict):
        yield from _rule(rule["Not"], schema.RULE, (*place, "Not"), jsonata=jsonata)
    yield from _operators(rule, place)


def _operators(rule: dict[str, Json], place: Place) -> Iterator[Finding]:
    used = [name for name in rule if name in OPERATORS]
    if "Variable" not in rule:
        for name in used:
            yield kinds.broken(f"Field '{name}' is not supported", place)
    elif len(used) > 1:
        yield kinds.broken(f"There should only be one of the following fields: [{', '.join(used)}]", place)
    elif not used:
        listed = ", ".join(sorted(OPERATORS))
        yield kinds.broken(f"This object should have only one of the following fields: [{listed}]", place)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
