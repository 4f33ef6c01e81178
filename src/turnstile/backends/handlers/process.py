"""A worker process as the emulator sees it: forked by order, read, and ended by order.

Whatever becomes of a task here, ending is an order that is sent at once; only its confirmation is awaited.
"""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.backends.handlers.link import ORDER_SECONDS, Gone, Link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json


@dataclass(frozen=True, slots=True)
class End:
    """How a process ended: exit status (negative: the signal; None: unknown) and the last of its output."""

    status: int | None
    output: str


@dataclass(slots=True, eq=False)
class Process:
    """A worker process and the link of the parent that alone can end it."""

    parent: Link
    name: str
    link: Link = field(default_factory=Link)
    home: str = ""
    pid: int = 0

    def fork(self, order: Mapping[str, Json]) -> None:
        """Have the parent fork this process."""
        self.parent.order({**order, "order": "fork", "child": self.name}, self.link)

    def kill(self) -> Link:
        """Order the end of the process and of all that it started; the answer comes on the returned link."""
        reply = Link()
        self.parent.order({"order": "end", "child": self.name}, reply)
        self.link.close()
        return reply

    async def read(self) -> str:
        """The last of what the process has written until now; empty when it is gone."""
        reply = Link()
        self.parent.order({"order": "read", "child": self.name}, reply)
        try:
            async with asyncio.timeout(ORDER_SECONDS):
                _, output = await reply.receive()
            return output.decode(errors="replace")
        except (Gone, TimeoutError):
            return ""
        finally:
            reply.close()

    async def gone(self, reply: Link) -> End:
        """Wait for an ordered end."""
        try:
            async with asyncio.timeout(ORDER_SECONDS):
                header, output = await reply.receive()
            return End(header["status"], output.decode(errors="replace"))
        except (Gone, TimeoutError):
            return End(None, "")
        finally:
            reply.close()
            if self.home:
                shutil.rmtree(self.home, ignore_errors=True)

    async def end(self) -> End:
        """Kill the process and see it gone."""
        return await self.gone(self.kill())
