"""The names of a template that are known before any resource: parameters, pseudo parameters, mappings, conditions.

Spec: CloudFormation Template Reference, "Pseudo parameters", "Mappings", "Condition functions". Every wrong name
becomes a fault and a `HoleError`, so that the rest of the template can still be looked at.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, NoReturn

from turnstile.importers.intrinsics import MisusedError, called, text
from turnstile.importers.parameters import read_parameters
from turnstile.importers.part import Moved, Part
from turnstile.importers.template import EXTENSIONS
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.importers.kinds import Stack
    from turnstile.importers.template import Template
    from turnstile.source import Origin


class HoleError(Exception):
    """A value that cannot be worked out; the fault that says why is recorded already."""


class Nothing:
    """`AWS::NoValue`: the member or element that holds it is left out."""


NOTHING: Final = Nothing()
_BROKEN: Final = Nothing()
_TESTS = ("Condition", "Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or")
_MOST_CONDITIONS = 10
"""How many conditions one `Fn::And` or `Fn::Or` takes."""


class Scope:
    """What the names of one template stand for in one stack; `faults` grows.

    `given` are values of parameters, written at `at`; `evaluate` works out the values that conditions compare.
    """

    def __init__(
        self,
        template: Template,
        stack: Stack,
        given: Mapping[str, Json],
        at: Origin,
        evaluate: Callable[[Scope, Part], Json],
    ) -> None:
        self.template = template
        self.stack = stack
        self.evaluate = evaluate
        self.faults: list[Fault] = list(template.faults)
        self.parameters = read_parameters(template.section("Parameters"), given, at, self.faults)
        self.extended = EXTENSIONS in template.transforms
        self._decided: dict[str, bool | Nothing | None] = {}
        self._pseudo: dict[str, Json] = {
            "AWS::AccountId": stack.account,
            "AWS::NotificationARNs": [],
            "AWS::NoValue": NOTHING,
            "AWS::Partition": stack.partition,
            "AWS::Region": stack.region,
            "AWS::StackId": stack.id,
            "AWS::StackName": stack.name,
            "AWS::URLSuffix": stack.url_suffix,
        }

        self._decide_all()

    def _decide_all(self) -> None:
        """Work every condition out, so that one which nothing uses is looked at as well."""
        for name, part in self.template.section("Conditions").members():
            with suppress(HoleError):
                self.condition(name, part)

    @property
    def names(self) -> Iterator[str]:
        """Every name that `Ref` knows besides resources."""
        yield from self.template.section("Parameters").value
        yield from self._pseudo

    def refuse(self, part: Part, code: str, message: str, remedy: str = "") -> NoReturn:
        """Record a fault and give up on a value."""
        self.faults.append(part.fault(code, message, remedy))
        raise HoleError

    def known(self, name: str) -> bool:
        """Whether a name stands for a parameter or pseudo parameter."""
        return name in self._pseudo or name in self.template.section("Parameters").value

    def reference(self, name: str) -> Json:
        """What a known name stands for; `NOTHING` for `AWS::NoValue`."""
        if name in self._pseudo:
            return self._pseudo[name]
        if name in self.parameters.broken or name not in self.parameters.values:
            raise HoleError
        return self.parameters.values[name]

    def mapped(self, part: Part, names: list[Json], default: Part | None) -> Part:
        """The part that `Fn::FindInMap` finds, or its default."""
        found = self.template.section("Mappings")
        for place, name in zip(("mapping", "key", "key"), names, strict=True):
            if not isinstance(name, str | int):
                self.refuse(part, "wrong-type", f"a name of `Fn::FindInMap` is text, not {called(name)}")
            inner = found.get(str(name))
            if inner is None:
                if default is not None:
                    return default
                message = f"there is no {place} `{name}` in `{found.origin.pointer.rpartition('/')[2]}`"
                known = found.value if isinstance(found.value, dict) else ()
                self.refuse(part, "unknown-mapping", message, hint(str(name), known, f"{place}s"))
            found = inner
        return found

    def condition(self, name: Json, part: Part) -> bool:
        """Whether a condition is met; it is worked out once."""
        if not isinstance(name, str):
            self.refuse(part, "wrong-type", f"a condition is named by text, not by {called(name)}")
        if name not in self._decided:
            written = self.template.section("Conditions").get(name)
            if written is None:
                known = self.template.section("Conditions").value
                self.refuse(
                    part, "unknown-condition", f"there is no condition `{name}`", hint(name, known, "conditions")
                )
            self._decided[name] = None
            self._decided[name] = self._attempted(written)
        answer = self._decided[name]
        if isinstance(answer, Nothing):
            raise HoleError
        if answer is None:
            self.refuse(part, "circular-condition", f"the condition `{name}` refers to itself", "break the circle")
        return answer

    def _attempted(self, part: Part) -> bool | Nothing:
        try:
            return self._holds(part)
        except HoleError:
            return _BROKEN

    def _holds(self, part: Part) -> bool:
        if isinstance(part.value, bool):
            return part.value
        name = next(iter(part.value)) if isinstance(part.value, dict) and len(part.value) == 1 else ""
        if name not in _TESTS:
            functions = ", ".join(f"`{test}`" for test in _TESTS)
            self.refuse(part, "not-a-condition", "this is no condition", f"use one of {functions}")
        argument = part.at(name)
        match name:
            case "Condition":
                return self.condition(argument.value, argument)
            case "Fn::And":
                return all(list(self._several(argument, name)))
            case "Fn::Or":
                return any(list(self._several(argument, name)))
            case "Fn::Not":
                return not self._one(argument)
        return self._equal(argument)

    def _several(self, part: Part, name: str) -> Iterator[bool]:
        found = list(part.elements())
        if not 1 < len(found) <= _MOST_CONDITIONS:
            self.refuse(part, "wrong-arguments", f"`{name}` takes 2 to {_MOST_CONDITIONS} conditions")
        return (self._holds(element) for element in found)

    def _one(self, part: Part) -> bool:
        found = list(part.elements())
        if len(found) != 1:
            self.refuse(part, "wrong-arguments", "`Fn::Not` takes a list with one condition")
        return self._holds(found[0])

    def _equal(self, part: Part) -> bool:
        found = list(part.elements())
        if len(found) != 2:  # noqa: PLR2004 - a pair
            self.refuse(part, "wrong-arguments", "`Fn::Equals` takes two values")
        first, second = (self.evaluate(self, element) for element in found)
        try:
            return text(first) == text(second)
        except MisusedError:
            return bool(first == second)

    def decided(self, part: Part) -> Part:
        """The part with every `Fn::If` in it decided, and nothing else resolved."""
        return Part(self._decide(part), part.origin)

    def _decide(self, part: Part) -> Json:
        match part.value:
            case {"Fn::If": _} if len(part.value) == 1:
                chosen = self.chosen(part.at("Fn::If"))
                return Moved(self._decide(chosen), chosen.origin)
            case {"Ref": "AWS::NoValue"} if len(part.value) == 1:
                return NOTHING
            case dict():
                found = ((name, self._inside(part, name)) for name in part.value)
                return {name: value for name, value in found if not _is_nothing(value)}
            case list():
                inner = (self._inside(part, index) for index in range(len(part.value)))
                kept = [(index, value) for index, value in enumerate(inner) if not _is_nothing(value)]
                return [_placed(value, part.origin.at(index)) for index, value in kept]
        return part.value

    def _inside(self, part: Part, name: str | int) -> Json:
        child = part.at(name)
        value = self._decide(child)
        return Moved(value, child.origin) if isinstance(part.value[name], Moved) else value

    def chosen(self, part: Part) -> Part:
        """The branch that `Fn::If` takes."""
        branches = list(part.elements())
        if len(branches) != 3:  # noqa: PLR2004 - condition, then, else
            self.refuse(part, "wrong-arguments", "`Fn::If` takes the name of a condition and two values")
        return branches[1 if self.condition(branches[0].value, branches[0]) else 2]


def _is_nothing(value: Json) -> bool:
    while isinstance(value, Moved):
        value = value.value
    return value is NOTHING


def _placed(value: Json, origin: Origin) -> Moved:
    return value if isinstance(value, Moved) else Moved(value, origin)
