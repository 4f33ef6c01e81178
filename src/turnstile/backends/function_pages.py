"""Pages of lists as the Lambda API gives them: `Marker`, `MaxItems`, `NextMarker`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from turnstile.document import Json
    from turnstile.gate.call import Call, Output

_MOST = 50


def page(call: Call, member: str, items: Sequence[Json]) -> Output:
    """One page of a list; a marker is the number of items before it."""
    marker = str(call.parameters.get("Marker") or "0")
    start = int(marker) if marker.isdigit() else 0
    size = min(int(call.parameters.get("MaxItems") or _MOST), _MOST)
    output = {member: list(items[start : start + size])}
    return {**output, "NextMarker": str(start + size)} if start + size < len(items) else output
