"""The types of events that a history may have: `HistoryEventType` of the Step Functions API."""

from __future__ import annotations


def event_types() -> tuple[str, ...]:
    """Their names, from botocore's model, which is loaded where events are named only."""
    from turnstile.backends.moto_codec import service  # noqa: PLC0415 - loads botocore

    return tuple(service("stepfunctions").model.shape_for("HistoryEventType").enum)
