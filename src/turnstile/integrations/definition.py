"""What CreateStateMachine refuses in a definition: what the States Language has against it, then what services have.

The language's own rules are `asl.check`'s; here those of integrations are added, so every place that reads a definition
finds the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import check
from turnstile.integrations import sdk_definition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.asl.finding import Finding
    from turnstile.document import Json
    from turnstile.integrations.work import Models


def findings(document: Json, models: Models, *, express: bool = False, lone: bool = False) -> tuple[Finding, ...]:
    """Everything that is wrong with a definition; `express` and `lone` as in `asl.check.findings`."""
    found = check.findings(document, express=express, lone=lone)
    return found if check.TOO_DEEP in found else (*found, *of_integrations(document, models))


def of_integrations(document: Json, models: Models) -> Iterator[Finding]:
    """What services have against a definition that can be walked."""
    return sdk_definition.findings(document, models.sdk)
