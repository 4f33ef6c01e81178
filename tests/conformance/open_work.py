"""Why a recorded case cannot run yet: what the emulator refuses by name, and the open issue that brings it.

The reason of a skip comes from the `Unsupported` that was raised, by this table alone. A feature that has no row here
is a failure, so nothing is passed over unnamed. When an issue is done its rows go.
"""

from __future__ import annotations

import re

_ROWS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), reason)
    for pattern, reason in (
        (r"^JSONPath (?:function|filter operator) ", "Jayway functions and filters (issue 3)"),
        (r"^judging `", "permissions of other services (issue 4)"),
        (r"^the parameter `encryptionConfiguration` of states:", "customer managed keys (issue 5)"),
        (r"^resources of (\w+)$", r"resources of \1 (issue 5)"),
    )
)  # fmt: skip


def reason(feature: str) -> str | None:
    """What a case waits for, with its issue; None where no open issue is known to bring the feature."""
    for pattern, text in _ROWS:
        match = pattern.search(feature)
        if match:
            return match.expand(text)
    return None
