"""A backend that is made when the first call reaches it: loading its code takes longer than most executions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from turnstile.gate.call import Backend

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.gate.call import Call, Output

B = TypeVar("B", bound=Backend)


class Late(Generic[B]):
    """Stands for the backend that `make` gives; `backend` is None until a call has come."""

    __slots__ = ("_make", "backend")

    def __init__(self, make: Callable[[], B]) -> None:
        self._make = make
        self.backend: B | None = None

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`."""
        if self.backend is None:
            self.backend = self._make()
        return await self.backend.perform(call, owner)
