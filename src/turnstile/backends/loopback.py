"""The gate on a loopback address: how the AWS calls of Lambda handlers get there, whatever their language.

Each request is read by botocore's models, its signer found by the credentials of the world, the call judged and
performed by the gate as everybody's, and the answer written in the protocol that was spoken. It listens on 127.0.0.1
only, from the first time its address is asked for. Every request is a worker of the world's clock. Nothing here is
specific to Lambda: what an open call means for the process that made it, `around` knows.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Protocol

from aiohttp import web

from turnstile.faults import Unsupported
from turnstile.gate.call import Call
from turnstile.gate.errors import ServiceError, Unanswered
from turnstile.wire.answer import write_answer
from turnstile.wire.authentication import authenticate
from turnstile.wire.message import Message
from turnstile.wire.refusal import likely_protocol, write_refusal
from turnstile.wire.request import address, read_parameters
from turnstile.world.caller import FederatedIdentity

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from typing import Self, TypeAlias

    from aiohttp import StreamReader

    from turnstile.gate.call import Answer
    from turnstile.wire.message import Reply
    from turnstile.wire.request import Addressed
    from turnstile.world.caller import Caller
    from turnstile.world.world import World

    Around: TypeAlias = Callable[[str], AbstractAsyncContextManager[object]]

LARGEST_BODY = 128 * 1024 * 1024
"""Bytes of a request's body; more is refused."""

_IDLE_SECONDS = 30.0
"""Wall seconds in which a begun body must go on."""
_LARGEST_HEADER = 65_536
_BY_TOKEN = frozenset((("sts", "AssumeRoleWithSAML"), ("sts", "AssumeRoleWithWebIdentity")))
_TOO_LARGE = 413
_NOT_EMULATED = 501
_BROKEN = 500


class Door(Protocol):
    """What calls go through: the gate, or what stands before it."""

    @property
    def world(self) -> World:
        """The world that the calls are made in."""
        ...

    async def call(self, call: Call) -> Answer:
        """See `Gate.call`."""
        ...


class Loopback:
    """A server for handlers; `url` starts it, leaving the block ends it with all its connections.

    `around(access_key_id)` surrounds each call to the gate, within the worker that makes it; the id is empty for what
    nobody signs (web identities). What is not an outcome of the emulated world (`Unsupported`, a bug, the clock's own
    exceptions) passes through it. The first of those is kept as `trouble` too, for the client gets an error that its
    code may swallow. `listening` is a socket that listens already.
    """

    def __init__(self, gate: Door, around: Around, listening: socket.socket | None = None) -> None:
        self._gate = gate
        self._around = around
        self._listening = listening
        self._stack = AsyncExitStack()
        self._starting = asyncio.Lock()
        self._url = ""
        self.trouble: Exception | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def url(self) -> str:
        """The address, such as `http://127.0.0.1:40123`; listens from now on."""
        async with self._starting:
            if not self._url:
                self._url = await self._listen()
        return self._url

    async def close(self) -> None:
        """End the server. Requests that are under way are cancelled, idle connections closed."""
        self._url = ""
        await self._stack.aclose()

    async def _listen(self) -> str:
        server = web.Server(
            self._respond,
            handler_cancellation=True,
            access_log=None,
            auto_decompress=False,
            max_line_size=_LARGEST_HEADER,
            max_field_size=_LARGEST_HEADER,
        )
        runner = web.ServerRunner(server, shutdown_timeout=0)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        listening = self._listening
        site = web.SockSite(runner, listening) if listening else web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        message = await _message(request)
        if message is None:
            text = f"a body of more than {LARGEST_BODY} bytes, or one that does not arrive"
            return web.Response(status=_TOO_LARGE, text=text, headers={"connection": "close"})
        reply = await self._reply(message)
        if reply is None:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=_BROKEN)
        response = web.Response(status=reply.status, body=reply.body)
        response.headers.update(reply.headers)
        return response

    async def _reply(self, message: Message) -> Reply | None:
        """The answer to a message; None for a call that is not answered, whose connection breaks then."""
        addressed: Addressed | None = None
        try:
            addressed = address(message)
            return await self._perform(message, addressed)
        except Unanswered:
            return None
        except ServiceError as error:
            return self._refused(message, addressed, error)
        except Unsupported as error:
            self.trouble = self.trouble or error
            text = f"Turnstile does not emulate {error.feature}"
            return self._refused(message, addressed, ServiceError("NotImplemented", text, _NOT_EMULATED))
        except Exception as error:  # noqa: BLE001 - kept for whoever runs the world; the client must not hang
            self.trouble = self.trouble or error
            text = "Turnstile failed; the run says how"
            return self._refused(message, addressed, ServiceError("InternalFailure", text, _BROKEN))

    async def _perform(self, message: Message, addressed: Addressed) -> Reply:
        world = self._gate.world
        with world.clock.attend():
            caller = self._caller(message, addressed)
            asked = read_parameters(addressed)
            call = Call(caller, asked.service, asked.operation, asked.parameters, asked.region)
            async with self._around(asked.access_key):
                answer = await self._gate.call(call)
        return write_answer(asked.service, asked.operation, answer.output, answer.request_id, asked.protocol)

    def _caller(self, message: Message, addressed: Addressed) -> Caller:
        """Who signed it; for what nobody signs, somebody whom the gate will know by the token that is in it."""
        if addressed.signature is None and (addressed.aim.service, addressed.aim.operation) in _BY_TOKEN:
            return FederatedIdentity("", "", "", "")
        if addressed.signature is None and addressed.operation.auth_type == "none":
            raise Unsupported(f"{addressed.aim.service}:{addressed.aim.operation} by nobody")
        world = self._gate.world
        return authenticate(message, addressed.aim, addressed.signature, world.credentials, world.clock.now()).caller

    def _refused(self, message: Message, addressed: Addressed | None, error: ServiceError) -> Reply:
        request_id = error.request_id or self._gate.world.uuid()
        if addressed is None:
            return write_refusal("", "", error, request_id, likely_protocol(message))
        aim = addressed.aim
        return write_refusal(aim.service, aim.operation, error, request_id, aim.protocol)


async def _message(request: web.BaseRequest) -> Message | None:
    """The request as a message; None if its body is too large or stops coming."""
    if (request.content_length or 0) > LARGEST_BODY:
        return None
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
    body = await _body(request.content)
    if body is None:
        return None
    path, _, query = _sound(request.raw_path).partition("?")
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        lower = name.lower()
        headers[lower] = f"{headers[lower]},{_sound(value)}" if lower in headers else _sound(value)
    return Message(request.method, path, query, headers, body)


def _sound(text: str) -> str:
    """A text of the head, in which aiohttp has made half surrogate pairs of bytes that are no UTF-8."""
    return text if text.isascii() else text.encode(errors="surrogateescape").decode(errors="replace")


async def _body(stream: StreamReader) -> bytes | None:
    """A whole body; None if it is too large or stops coming."""
    body = bytearray()
    try:
        while True:
            async with asyncio.timeout(_IDLE_SECONDS):
                piece = await stream.readany()
            body += piece
            if not piece or len(body) > LARGEST_BODY:
                return bytes(body) if not piece else None
    except TimeoutError:
        return None
