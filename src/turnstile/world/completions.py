"""Events that tell that a job is done, for whoever listens: what EventBridge's managed rules bring to Step Functions.

A job is known by a key: its ARN where it has one, else whatever its service's row says. An event nobody listens to is
gone, as an event is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.document import Json

    Listener = Callable[[Json], None]


class Completions:
    """Who listens for the end of which job."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = {}

    def listen(self, key: str, listener: Listener) -> None:
        """Call `listener` with what the event tells."""
        self._listeners.setdefault(key, []).append(listener)

    def leave(self, key: str, listener: Listener) -> None:
        """Listen no longer."""
        listeners = self._listeners.get(key, [])
        if listener in listeners:
            listeners.remove(listener)
        if not listeners:
            self._listeners.pop(key, None)

    def awaited(self, key: str) -> bool:
        """Whether anybody listens, so that there is reason to tell."""
        return key in self._listeners

    def tell(self, key: str, detail: Json) -> None:
        """The job is done; `detail` is what its describing API would answer."""
        for listener in list(self._listeners.get(key, ())):
            listener(detail)
