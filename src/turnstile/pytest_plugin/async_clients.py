"""Clients of boto3 whose calls are awaited: each works in a thread, so that the loop of the test goes on.

They have the shape of those of aiobotocore: made in `async with` (or by `await`), pages by `async for`, bodies that are
read by `await`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self

from botocore.response import StreamingBody

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Iterator

_END = object()


class Opening:
    """A client that is about to be made: `client = await ...`, or `async with ... as client`."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: AsyncClient | None = None

    def __await__(self) -> Generator[Any, None, AsyncClient]:
        return self._open().__await__()

    async def __aenter__(self) -> AsyncClient:
        self._made = await self._open()
        return self._made

    async def __aexit__(self, *_: object) -> None:
        if self._made is not None:
            await self._made.close()

    async def _open(self) -> AsyncClient:
        return AsyncClient(await asyncio.to_thread(self._make))


class AsyncClient:
    """A client of boto3 whose operations are awaited."""

    def __init__(self, blocking: Any) -> None:
        self.blocking = blocking
        """The client itself, for code that does not wait in a loop."""

    def __getattr__(self, name: str) -> Any:
        """The operation of that name, such as `get_object`, or what else the client has.

        Raises:
            AttributeError: the service has no such operation.
        """
        found = getattr(self.blocking, name)
        if not callable(found) or name in ("exceptions", "can_paginate"):
            return found

        async def call(*args: Any, **parameters: Any) -> Any:
            __tracebackhide__ = True
            return _read(await asyncio.to_thread(found, *args, **parameters))

        return call

    @property
    def meta(self) -> Any:
        """What the client is, such as `meta.region_name`."""
        return self.blocking.meta

    def get_paginator(self, operation_name: str) -> AsyncPaginator:
        """A paginator whose pages come by `async for`."""
        return AsyncPaginator(self.blocking.get_paginator(operation_name))

    def get_waiter(self, waiter_name: str) -> AsyncWaiter:
        """A waiter whose `wait` is awaited."""
        return AsyncWaiter(self.blocking.get_waiter(waiter_name))

    async def close(self) -> None:
        """Close its connections."""
        await asyncio.to_thread(self.blocking.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class AsyncPaginator:
    """Pages of an operation."""

    def __init__(self, blocking: Any) -> None:
        self._blocking = blocking

    def paginate(self, **parameters: Any) -> AsyncPages:
        """The pages, to be asked for one after the other."""
        return AsyncPages(self._blocking.paginate(**parameters))


class AsyncPages:
    """Pages that come by `async for`."""

    def __init__(self, blocking: Any) -> None:
        self._blocking = blocking

    def __aiter__(self) -> AsyncIterator[Any]:
        return _each(iter(self._blocking))

    def search(self, expression: str) -> AsyncIterator[Any]:
        """What a JMESPath expression finds on each page."""
        return _each(iter(self._blocking.search(expression)))

    async def build_full_result(self) -> Any:
        """All pages as one."""
        return await asyncio.to_thread(self._blocking.build_full_result)


class AsyncWaiter:
    """A waiter of a service."""

    def __init__(self, blocking: Any) -> None:
        self._blocking = blocking

    async def wait(self, **parameters: Any) -> None:
        """Wait until it is so; see boto3."""
        await asyncio.to_thread(self._blocking.wait, **parameters)


class AsyncBody:
    """A body that is read by `await`."""

    def __init__(self, blocking: StreamingBody) -> None:
        self.blocking = blocking

    async def read(self, amount: int | None = None) -> bytes:
        """So many bytes of it, or all that are left."""
        read: bytes = await asyncio.to_thread(self.blocking.read, amount)
        return read

    def iter_chunks(self, chunk_size: int = 1024) -> AsyncIterator[bytes]:
        """Its bytes in pieces."""
        return _each(self.blocking.iter_chunks(chunk_size))

    def iter_lines(self, chunk_size: int = 1024) -> AsyncIterator[bytes]:
        """Its lines, without what ends them."""
        return _each(self.blocking.iter_lines(chunk_size))

    def close(self) -> None:
        """Read no further."""
        self.blocking.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()


async def _each(blocking: Iterator[Any]) -> AsyncIterator[Any]:
    while (found := await asyncio.to_thread(next, blocking, _END)) is not _END:
        yield found


def _read(answer: Any) -> Any:
    """The answer with bodies that are awaited."""
    if not isinstance(answer, dict):
        return answer
    return {name: AsyncBody(value) if isinstance(value, StreamingBody) else value for name, value in answer.items()}
