"""Events of CloudTrail as the sentences of refusals: who asked for what, told beside the message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.importers.denial import read_denial

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json


def told(document: Json) -> Iterator[str]:
    """What CloudTrail's events tell beside their message: who asked for what."""
    if not isinstance(document, dict):
        return
    records = document.get("Records", [document])
    for record in records if isinstance(records, list) else ():
        if isinstance(record, dict) and all(isinstance(record.get(name), str) for name in _RECORD):
            yield _trail_text(record)


_RECORD = ("errorCode", "eventSource", "eventName")


def _trail_text(record: Mapping[str, Json]) -> str:
    """An event of CloudTrail as a sentence, its own where it has one."""
    message = str(record.get("errorMessage") or "")
    known = read_denial(message)
    if known is not None and known.caller:
        return message
    if read_denial(str(record["errorCode"])) is None and known is None:
        return ""
    identity = record.get("userIdentity")
    caller = identity.get("arn") or identity.get("invokedBy") if isinstance(identity, dict) else ""
    service = str(record["eventSource"]).partition(".")[0]
    resources = record.get("resources")
    listed = resources if isinstance(resources, list) else []
    arn = next((each.get("ARN") or each.get("arn") for each in listed if isinstance(each, dict)), "")
    on = f" on resource: {arn}" if arn else ""
    return f"User: {caller or 'unknown'} is not authorized to perform: {service}:{record.get('eventName')}{on}"
