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
        self._due: dict[str, tuple[float, Callable[[], Json]]] = {}

    def expect(self, key: str, when: float, describe: Callable[[], Json]) -> None:
        """The job will be done at `when` (seconds since 1970), and `describe` says then what the event tells.

        Nobody is called at that time: who listens looks itself (`due`), so that a job nobody waits for moves no time.
        """
        self._due[key] = when, describe

    def due(self, key: str) -> tuple[float, Callable[[], Json]] | None:
        """When the job will be done and what its event tells then, None if that is not known."""
        return self._due.get(key)

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
        self._due.pop(key, None)
        for listener in list(self._listeners.get(key, ())):
            listener(detail)
