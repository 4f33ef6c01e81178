"""The values of a template's parameters: what was given, else the default, checked as CloudFormation checks them.

Spec: CloudFormation Template Reference, "Parameters". Values are text, or lists of text; a value of type `Number` stays
the text it is. Nothing is looked up in Parameter Store: what a template would read there has to be given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.importers.intrinsics import MisusedError, called, text
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.importers.part import Part
    from turnstile.source import Origin

_PATIENCE = 1.0
_STORED = "AWS::SSM::Parameter::Value<"
_LISTS = ("CommaDelimitedList", "List<", _STORED + "List<", _STORED + "CommaDelimitedList")
_TYPE = re.compile(
    r"String|Number|CommaDelimitedList|List<(Number|String|AWS::[A-Za-z0-9:]+)>|AWS::[A-Za-z0-9:]+"
    r"|AWS::SSM::Parameter::Value<(String|CommaDelimitedList|List<[A-Za-z0-9:]+>|AWS::[A-Za-z0-9:]+)>"
)
_NUMBER = re.compile(r"\s*[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\s*")
_MEMBERS = (
    "AllowedPattern", "AllowedValues", "ConstraintDescription", "Default", "Description", "MaxLength", "MaxValue",
    "MinLength", "MinValue", "NoEcho", "Type",
)  # fmt: skip
_TYPES = ("String", "Number", "CommaDelimitedList", "List<Number>", "List<String>")


@dataclass(slots=True)
class Parameters:
    """The values by name; `secret` holds those that `NoEcho` hides. A parameter that has a fault is in `broken`."""

    values: dict[str, Json] = field(default_factory=dict)
    secret: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)


def read_parameters(section: Part, given: Mapping[str, Json], at: Origin, faults: list[Fault]) -> Parameters:
    """The values of all parameters; `given` are those of the user, written at `at`."""
    found = Parameters()
    for name, part in section.members():
        before = len(faults)
        _Parameter(name, part, at.at(name), faults).into(found, given)
        if len(faults) > before:
            found.broken.add(name)
    return found


@dataclass(slots=True)
class _Parameter:
    name: str
    part: Part
    at: Origin
    faults: list[Fault]

    def into(self, found: Parameters, given: Mapping[str, Json]) -> None:
        """Add the value, or faults."""
        if not isinstance(self.part.value, dict):
            self._fault(self.part, "wrong-type", f"the parameter `{self.name}` is an object", "give it a `Type`")
            return
        for member, value in self.part.members():
            if member not in _MEMBERS:
                message = f"a parameter has no `{member}`"
                self._fault(value, "unknown-member", message, hint(member, _MEMBERS, "members"))
        kind = self._kind()
        written = given.get(self.name, self.part.value.get("Default"))
        if kind is None or not self._present(kind, written, given):
            return
        value = self._value(kind, written, self.at if self.name in given else self.part.origin.at("Default"))
        if value is not None:
            found.values[self.name] = value
            if self._hidden:
                found.secret |= {value} if isinstance(value, str) else {*value, ",".join(value)}

    def _fault(self, part: Part, code: str, message: str, remedy: str) -> None:
        self.faults.append(part.fault(code, message, remedy))

    def _kind(self) -> str | None:
        kind = self.part.value.get("Type")
        if isinstance(kind, str) and _TYPE.fullmatch(kind):
            return kind
        where = self.part.get("Type") or self.part
        shown = f"`{kind}` is no type of a parameter" if kind is not None else f"`{self.name}` has no `Type`"
        self._fault(where, "parameter-type", shown, hint(str(kind), _TYPES, "types"))
        return None

    def _remedy(self) -> str:
        return f"give `{self.name}` a value: under `parameters:` of the template, or by `--parameter {self.name}=VALUE`"

    def _present(self, kind: str, written: Json, given: Mapping[str, Json]) -> bool:
        if kind.startswith(_STORED) and self.name not in given:
            message = f"the value of `{self.name}` would be read from Parameter Store"
        elif written is None:
            message = f"the parameter `{self.name}` has no value"
        else:
            return True
        self._fault(self.part, "missing-parameter", message, self._remedy())
        return False

    def _value(self, kind: str, written: Json, at: Origin) -> Json:
        try:
            if kind.startswith(_LISTS):
                return self._list(kind, written, at)
            value = text(written, f"text for `{self.name}`")
        except MisusedError as error:
            self.faults.append(at.fault("wrong-type", str(error), error.remedy))
            return None
        self._check(kind, value, at)
        return value

    def _list(self, kind: str, written: Json, at: Origin) -> list[str]:
        parts = written if isinstance(written, list) else text(written, f"a list for `{self.name}`").split(",")
        values = [text(part, f"text in the list `{self.name}`").strip() for part in parts]
        for value in values:
            self._check("Number" if "Number" in kind else "String", value, at)
        return values

    def _check(self, kind: str, value: str, at: Origin) -> None:
        problem = self._number(value) if kind == "Number" else self._length(value)
        if problem is None:
            problem = self._allowed(value)
        if problem is not None:
            at = self.part.origin if self._hidden else at  # whose line would show the value
            message = f"`{self.name}` cannot be {self._shown(value)}: {problem}"
            described = self.part.value.get("ConstraintDescription")
            self.faults.append(at.fault("parameter-value", message, described if isinstance(described, str) else ""))

    def _shown(self, value: str) -> str:
        return "what it is (hidden by `NoEcho`)" if self._hidden else f"`{value}`"

    @property
    def _hidden(self) -> bool:
        return self.part.value.get("NoEcho") in (True, "true", "True")

    def _number(self, value: str) -> str | None:
        if not _NUMBER.fullmatch(value):
            return "it is no number"
        low, high = self._bound("MinValue"), self._bound("MaxValue")
        if low is not None and float(value) < low:
            return f"it is less than {low:g}"
        return f"it is more than {high:g}" if high is not None and float(value) > high else None

    def _length(self, value: str) -> str | None:
        low, high = self._bound("MinLength"), self._bound("MaxLength")
        if low is not None and len(value) < low:
            return f"it has less than {low:g} characters"
        return f"it has more than {high:g} characters" if high is not None and len(value) > high else None

    def _bound(self, name: str) -> float | None:
        part = self.part.get(name)
        if part is None:
            return None
        word = str(part.value)
        if isinstance(part.value, bool) or not _NUMBER.fullmatch(word):
            self._fault(part, "wrong-type", f"`{name}` is a number, not {called(part.value)}", "write a number")
            return None
        return float(word)

    def _allowed(self, value: str) -> str | None:
        allowed = self.part.value.get("AllowedValues")
        if isinstance(allowed, list):
            names = [text(name) for name in allowed if not isinstance(name, dict | list | None)]
            if value not in names:
                return hint(value, names, "values")
        pattern = self.part.value.get("AllowedPattern")
        if isinstance(pattern, str) and not self._matches(pattern, value):
            return f"it does not match `{pattern}`"
        return None

    def _matches(self, pattern: str, value: str) -> bool:
        import regex  # noqa: PLC0415 - few templates have patterns

        try:
            return regex.fullmatch(pattern, value, timeout=_PATIENCE) is not None
        except (regex.error, TimeoutError):
            message = f"`{pattern}` is no regular expression, or takes too long"
            self._fault(self.part.at("AllowedPattern"), "regular-expression", message, "write a simpler one")
            return True
