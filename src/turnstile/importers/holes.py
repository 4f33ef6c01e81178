"""Placeholders that published templates and definitions leave for their readers, and what fills them.

`${Name}` in a definition that no substitution has, and `<NAME>` as a text of its own or in an ARN. A value under
`parameters` that is no parameter of the template fills the one of its name; each that is left is one fault. Spec: none;
the first form is CloudFormation's (`DefinitionSubstitutions`), the second is what people write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.document import Json, compact
from turnstile.importers.intrinsics import MisusedError, text
from turnstile.importers.local import MACHINE
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.faults import Fault
    from turnstile.source import Origin

SUBSTITUTION = re.compile(r"\$\{([A-Za-z0-9_]+)\}")
"""A placeholder in a definition."""
_BRACKETED = re.compile(r"<([A-Za-z][A-Za-z0-9_ -]*)>")


@dataclass(slots=True)
class Holes:
    """What the user gave for placeholders, written at `at`; `used` grows."""

    given: Mapping[str, Json]
    at: Origin
    used: set[str] = field(default_factory=set)

    def filled(self, kind: str, properties: dict[str, Json], origin: Origin, faults: list[Fault]) -> dict[str, Json]:
        """The properties of a resource without placeholders; those that nobody filled are faults."""
        left: dict[str, Fault] = {}
        found = {name: self._replaced(value, origin.at(name), left) for name, value in properties.items()}
        faults += left.values()
        return self._substituted(found, faults) if kind == MACHINE else found

    def unused(self, known: Mapping[str, Json], shown: str) -> Iterator[Fault]:
        """A fault for each given value that is neither a parameter nor fills anything."""
        for name in self.given:
            if name not in self.used:
                message = f"the template `{shown}` has no parameter `{name}`, nor a placeholder of that name"
                yield self.at.at(name).fault("unknown-parameter", message, hint(name, known, "parameters"))

    def _substituted(self, properties: dict[str, Json], faults: list[Fault]) -> dict[str, Json]:
        """A state machine with what was given for its definition among the substitutions."""
        own = properties.get("DefinitionSubstitutions") or {}
        written = properties.get("DefinitionString") or properties.get("Definition")
        if not self.given or not isinstance(own, dict):
            return properties
        wanted = set(SUBSTITUTION.findall(written if isinstance(written, str) else compact(written)))
        names = [name for name in self.given if name in wanted and name not in own]
        values = {name: self._text(name, faults) for name in names}
        return {**properties, "DefinitionSubstitutions": {**own, **values}} if names else properties

    def _text(self, name: str, faults: list[Fault]) -> str:
        self.used.add(name)
        try:
            return text(self.given[name], f"text for `{name}`")
        except MisusedError as error:
            faults.append(self.at.at(name).fault("wrong-type", str(error), error.remedy))
            return ""

    def _replaced(self, value: Json, origin: Origin, left: dict[str, Fault]) -> Json:
        match value:
            case str() if "<" in value:
                return self._text_without(value, origin, left)
            case dict():
                return {name: self._replaced(member, origin.at(name), left) for name, member in value.items()}
            case list():
                return [self._replaced(member, origin.at(index), left) for index, member in enumerate(value)]
        return value

    def _text_without(self, value: str, origin: Origin, left: dict[str, Fault]) -> str:
        if _BRACKETED.fullmatch(value) is None and not value.startswith("arn:"):
            return value

        def filled(found: re.Match[str]) -> str:
            name = found[1]
            if name not in self.given:
                message = f"`{found[0]}` is a placeholder that nobody filled"
                remedy = f"write what it stands for, or give `{name}` under `parameters:`"
                left.setdefault(name, origin.fault("placeholder", message, remedy))
                return found[0]
            return self._text(name, [])

        return _BRACKETED.sub(filled, value)
