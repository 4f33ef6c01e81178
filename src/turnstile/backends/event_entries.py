"""Entries of PutEvents that EventBridge does not take where the store would.

A detail is a JSON object (documented), and sources that begin with `aws.` are the services' own (documented; code and
text reported). The store is shown entries that it refuses in their place, and its answer is put right.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.world.caller import ServicePrincipal

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.gate.call import Call, Output

_MALFORMED = "malformed"
_NOT_AUTHORIZED = {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source."}


def shown(call: Call) -> Call:
    """The call as the store sees it."""
    given = call.parameters.get("Entries")
    if not isinstance(given, list):
        return call
    entries = [_entry(entry, call) if isinstance(entry, dict) else entry for entry in given]
    return replace(call, parameters={**call.parameters, "Entries": entries})


def answered(call: Call, output: Output) -> Output:
    """The store's answer to such a call, put right."""
    entries = list(output.get("Entries", ()))
    for index, entry in enumerate(call.parameters.get("Entries", ())):
        if _claims(entry, call):
            entries[index] = dict(_NOT_AUTHORIZED)
    return {**output, "Entries": entries}


def _entry(entry: dict[str, Json], call: Call) -> dict[str, Json]:
    if _claims(entry, call):
        return {**entry, "Source": ""}
    detail = entry.get("Detail")
    return {**entry, "Detail": _MALFORMED} if isinstance(detail, str) and detail and not _is_object(detail) else entry


def _claims(entry: dict[str, Json], call: Call) -> bool:
    """Whether an entry says that a service of AWS sent it, and none did."""
    return str(entry.get("Source", "")).startswith("aws.") and not isinstance(call.caller, ServicePrincipal)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
