"""Environment variables of functions, as far as Lambda takes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turnstile.scenario.declarations.entries import Entries
    from turnstile.scenario.models.function_entries import FunctionEntry, FunctionFactsEntry, VersionEntry

_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]+")
_RESERVED = frozenset(
    {
        "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
    }
)  # fmt: skip
"""Environment variables: Lambda API Reference, `Environment`; Lambda guide, "Defined runtime environment variables"."""


def environment(
    entries: Entries, entry: FunctionEntry | FunctionFactsEntry | VersionEntry, place: tuple[str | int, ...]
) -> dict[str, str] | None:
    """Names and values that Lambda takes, which sets some itself; None where there are others."""
    here, before = (*place, "environment"), len(entries.faults)
    for name, value in (entry.environment or {}).items():
        if not _VARIABLE.fullmatch(name):
            message = f"`{name}` cannot be the name of an environment variable"
            entries.fault(
                (*here, name), "environment", message, "a name has a letter, and then letters, digits and `_`"
            )
        elif name in _RESERVED:
            message = f"`{name}` is an environment variable that Lambda sets itself"
            entries.fault((*here, name), "environment", message, "choose another name")
        if "\0" in value:
            message = f"the value of `{name}` has a NUL character, which no environment variable has"
            entries.fault((*here, name), "environment", message, "remove it")
    variables: dict[str, str] = entries.substituted(entry.environment or {}, here)
    return variables if len(entries.faults) == before else None
