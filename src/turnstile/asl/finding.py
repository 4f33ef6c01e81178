"""What is wrong with a definition, as AWS says it: a code, a text and a place.

Knows how AWS writes places and lists of findings, and nothing of the rules. Recorded: sfn_api_validation,
sfn_api/test_create_delete_invalid_sm; the forms of several findings and of those without a place are reported by
users of the service (https://github.com/floci-io/floci/issues/2735).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from turnstile.document import pointer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.faults import Fault
    from turnstile.source import Origin

SCHEMA = "SCHEMA_VALIDATION_FAILED"
TARGET = "MISSING_TRANSITION_TARGET"
END_STATE = "MISSING_END_STATE"
DUPLICATE_STATE = "DUPLICATE_STATE_NAME"
DUPLICATE_LABEL = "DUPLICATE_LABEL_NAME"
STATE_NAME = "INVALID_STATE_NAME"
LABEL_NAME = "INVALID_LABEL_NAME"
VARIABLE_NAME = "INVALID_VARIABLE_NAME"
RESERVED_VARIABLE = "RESERVED_VARIABLE_NAME"
NESTED = "TOO_DEEPLY_NESTED"
JSONATA = "INVALID_JSONATA_EXPRESSION"
JSONATA_REFERENCE = "UNSUPPORTED_JSONATA_EXPRESSION"

ERROR = "ERROR"

Place: TypeAlias = "tuple[str | int, ...]"
"""Names and positions from the root of the definition."""


_REMEDIES: tuple[tuple[str, str, str], ...] = (
    (SCHEMA, "Definition must be", "write an object with `StartAt` and `States`"),
    (SCHEMA, "These fields are required", "add what is missing here"),
    (SCHEMA, "", "compare it with what the Amazon States Language has in this place"),
    (TARGET, "", "name a state of the same `States`, and lead to every state from `StartAt`"),
    (END_STATE, "", "let a state have `End: true`, or be a Succeed or Fail"),
    (DUPLICATE_STATE, "", "give the state a name of its own in the whole definition"),
    (DUPLICATE_LABEL, "", "give the label a name of its own in the whole definition"),
    (STATE_NAME, "", "choose a name of 1 to 80 characters"),
    (LABEL_NAME, "", "choose a label of at most 40 characters"),
    (VARIABLE_NAME, "", "begin with a letter, and use letters, digits and `_` only"),
    (RESERVED_VARIABLE, "", "choose another name; `states` is reserved"),
    (NESTED, "", "nest the states less, or start another state machine for the inner ones"),
    (JSONATA, "", "correct the expression at that place"),
    (JSONATA_REFERENCE, "", "remove what JSONata in Step Functions does not have"),
)
"""Help for findings that bring none: code, beginning of the message, help."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnostic; `place` None is a finding without location, `help` is ours."""

    code: str
    message: str
    place: Place | None
    help: str = ""
    severity: str = ERROR

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer (RFC 6901)."""
        return pointer("", *(self.place or ()))

    @property
    def location(self) -> str | None:
        """The place as AWS writes it: `/States/C/Choices[0]/Next`, `/` for the root, None without one."""
        if self.place is None:
            return None
        return "".join(f"[{part}]" if isinstance(part, int) else f"/{part}" for part in self.place) or "/"

    def fault(self, origin: Origin) -> Fault:
        """The same as a fault of a user's file, in AWS's words, so that they can be looked up."""
        return origin.within(self.pointer).fault(self.code, self.message, self.help or _remedy(self))


def as_aws(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What AWS would show of these: while the schema is broken it does not look at transitions (inferred)."""
    found = tuple(findings)
    broken = tuple(each for each in found if each.code == SCHEMA)
    return broken or found


def aws_text(findings: Iterable[Finding]) -> str:
    """The message of the `InvalidDefinition` error for these findings."""
    listed = ", ".join(f"{each.code}: {each.message} at {_or_null(each.location)}" for each in as_aws(findings))
    return f"Invalid State Machine Definition: '{listed}'"


def _or_null(location: str | None) -> str:
    return "null" if location is None else location


def _remedy(finding: Finding) -> str:
    return next((help_ for code, start, help_ in _REMEDIES if _fits(finding, code, start)), "")


def _fits(finding: Finding, code: str, start: str) -> bool:
    return finding.code == code and finding.message.startswith(start)
