"""How handlers of a world reach its gate, as their environments know it: credentials, and whose calls they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.handlers.turn import Invocation
    from turnstile.world.function import Function


@dataclass(frozen=True, slots=True)
class Pass:
    """Credentials of an environment: what stands in its variables, and when they end, in seconds since 1970."""

    key: str
    variables: Mapping[str, str]
    expires: float


class Access(Protocol):
    """How handlers of a world reach its gate."""

    async def open(self, function: Function) -> Pass:
        """Credentials for a new environment.

        Raises:
            ServiceError: Lambda may not take the function's role.
        """
        ...

    def enter(self, opened: Pass, invocation: Invocation) -> None:
        """Calls with these credentials belong to that invocation from now on."""
        ...

    def leave(self, opened: Pass) -> None:
        """Calls with these credentials belong to no invocation."""
        ...

    def close_pass(self, opened: Pass) -> None:
        """The environment is gone, and so are its credentials."""
        ...
