"""Operations that moto answers with nothing in it: what a model says cannot be made up, so it has to be declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.faults import Unsupported

if TYPE_CHECKING:
    from turnstile.gate.call import Backend, Call, Output

_HOLLOW = frozenset({("bedrock-runtime", "InvokeModel"), ("bedrock-agentcore", "InvokeHarness")})


class Hollow:
    """The backend behind, without those operations."""

    def __init__(self, behind: Backend) -> None:
        self._behind = behind

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`.

        Raises:
            Unsupported: nobody can answer it who was not told how.
        """
        if (call.service, call.operation) in _HOLLOW:
            raise Unsupported(f"{call.service}:{call.operation}")
        return await self._behind.perform(call, owner)
