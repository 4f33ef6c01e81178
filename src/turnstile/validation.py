"""Checking a definition without running it: the functions `validate` and `foresee`.

`validate` finds what CreateStateMachine and ValidateStateMachineDefinition find, all at once, and says where it stands.
AWS itself shows transitions only where the rest is sound; here they are shown too. `foresee` finds what AWS creates all
the same, and what can then never work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.asl.definition import StateMachine
from turnstile.asl.finding import ERROR
from turnstile.asl.parse import written
from turnstile.asl.unfilled import explained
from turnstile.backends.task_models import TaskModels
from turnstile.faults import Fault, Rejected
from turnstile.integrations.definition import findings
from turnstile.permissions.borders import borders
from turnstile.permissions.surroundings import NOWHERE
from turnstile.permissions.turns import turns
from turnstile.states.validating import UNREADABLE

if TYPE_CHECKING:
    from pathlib import Path

    from turnstile.asl.finding import Finding
    from turnstile.document import Json
    from turnstile.faults import Where
    from turnstile.permissions.surroundings import Surroundings
    from turnstile.source import Origin

_NO_DOCUMENT = frozenset({"duplicate-key", "json-syntax", "too-deep", "yaml-documents", "yaml-syntax"})


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing wrong in a definition, in AWS's words; `help` is ours.

    `severity` is ERROR or WARNING. `location` is the place as AWS writes it, None where it names none; `where` has the
    file, line and column (0 where there is no text) and the JSON pointer (RFC 6901).
    """

    code: str
    severity: str
    message: str
    location: str | None
    where: Where
    help: str = ""

    def fault(self) -> Fault:
        """The same as a fault of the file."""
        return Fault(self.where, self.code, self.message, self.help)


def validate(
    definition: StateMachine | dict[str, Json] | str | Path,
    *,
    type: str = "STANDARD",  # noqa: A002 - the API's own word
) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with a definition: a document, JSON or YAML text, or the path of a file.

    An empty answer is a definition that AWS takes; it may still use what is not emulated. Text that is no JSON or YAML
    is a finding with AWS's code `INVALID_JSON_DESCRIPTION`.

    Raises:
        Rejected: the file cannot be read.
    """
    try:
        document, origin = _written(definition)
    except Rejected as rejected:
        if any(fault.code not in _NO_DOCUMENT for fault in rejected.faults):
            raise
        return tuple(
            Diagnostic(UNREADABLE, ERROR, fault.message, None, fault.where, fault.help) for fault in rejected.faults
        )
    found = findings(document, TaskModels(), express=type == "EXPRESS")
    return tuple(_placed(explained(finding, document), origin) for finding in found)


def foresee(
    definition: StateMachine | dict[str, Json] | str | Path, around: Surroundings = NOWHERE
) -> tuple[Diagnostic, ...]:
    """What the Tasks of a sound definition would certainly run into, and warnings where they may have to wait.

    ERROR is a border between partitions, Regions or accounts, or a role that no Task can assume; WARNING is a place in
    which Tasks take turns with the one role of an execution.

    Raises:
        Rejected: the definition cannot be read.
    """
    document, origin = _written(definition)
    found = (*borders(document, around), *(turns(document) if around.settings.role_slot == "per-execution" else ()))
    return tuple(_placed(finding, origin) for finding in found)


def _written(definition: StateMachine | dict[str, Json] | str | Path) -> tuple[Json, Origin]:
    if isinstance(definition, StateMachine):
        return definition.document, definition.origin
    return written(definition)


def _placed(finding: Finding, origin: Origin) -> Diagnostic:
    where = origin.within(finding.pointer).where()
    return Diagnostic(finding.code, finding.severity, finding.message, finding.location, where, finding.help)
