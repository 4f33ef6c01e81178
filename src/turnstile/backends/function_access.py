"""How handlers reach the gate: an endpoint on this machine, and a session of the function's role per environment.

The endpoint is a listening socket at first; what answers on it is loaded when a handler connects, for many never call
anything. Sessions of environments last an hour here, and an environment ends with its session.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from turnstile.backends.function_roles import issue
from turnstile.backends.handlers.access import Pass
from turnstile.gate.errors import ServiceError
from turnstile.world.caller import Root
from turnstile.world.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from turnstile.backends.handlers.turn import Invocation
    from turnstile.backends.loopback import Loopback
    from turnstile.gate.gate import Gate
    from turnstile.world.function import Function

_NO_EXPIRY = float("inf")
_WAITING = 128
"""Connections that may wait until they are accepted."""


class GateAccess:
    """Sessions and invocations by access key, and the endpoint, until `close`."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._invocations: dict[str, Invocation] = {}
        self._functions: dict[str, Function] = {}
        self._given = 0
        self._socket: socket.socket | None = None
        self._loopback: Loopback | None = None
        self._starting: asyncio.Task[str] | None = None

    async def open(self, function: Function) -> Pass:
        """See `Access.open`."""
        issued = await issue(self._gate, function) if function.role else self._without_role(function)
        self._functions[issued.access_key] = function
        names = {
            "AWS_ACCESS_KEY_ID": issued.access_key,
            "AWS_SECRET_ACCESS_KEY": issued.secret_key,
            "AWS_SESSION_TOKEN": issued.token,
            "AWS_ENDPOINT_URL": self._endpoint(),
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",  # `env.127.0.0.1` is no host
        }
        return Pass(issued.access_key, names, issued.expires or _NO_EXPIRY)

    def enter(self, opened: Pass, invocation: Invocation) -> None:
        """See `Access.enter`."""
        self._invocations[opened.key] = invocation

    def leave(self, opened: Pass) -> None:
        """See `Access.leave`."""
        self._invocations.pop(opened.key, None)

    def close_pass(self, opened: Pass) -> None:
        """See `Access.close_pass`."""
        self.leave(opened)
        self._functions.pop(opened.key, None)
        self._gate.world.credentials.revoke(opened.key)

    @asynccontextmanager
    async def around(self, access_key: str) -> AsyncIterator[None]:
        """While a handler is blocked in a call: it does not count as running, and nobody waits for its turn.

        Raises:
            ServiceError: the function has no role.
        """
        function, invocation = self._functions.get(access_key), self._invocations.get(access_key)
        world = self._gate.world
        if function is not None and not function.role and world.judged:
            raise _without_role(function)
        with world.clock.attend():
            if function is None or invocation is None:
                yield
                return
            if invocation.together:
                world.undetermined[function.arn] = None
            with invocation.aside():
                yield

    def check(self) -> None:
        """Raise what a call of a handler came to that is no outcome of the emulated world.

        Raises:
            Unsupported: a call is not emulated.
        """
        if self._loopback is not None and self._loopback.trouble is not None:
            trouble, self._loopback.trouble = self._loopback.trouble, None
            raise trouble

    async def close(self) -> None:
        """End the endpoint, with the calls that are under way."""
        if self._socket is None:
            return
        if self._starting is None:
            asyncio.get_running_loop().remove_reader(self._socket)
        else:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        if self._loopback is not None:
            await self._loopback.close()
        self._socket.close()
        self._socket = self._loopback = self._starting = None

    def _endpoint(self) -> str:
        """The URL; listens from now on."""
        if self._socket is None:
            self._socket = socket.create_server(("127.0.0.1", 0), backlog=_WAITING)
            self._socket.settimeout(0)
            asyncio.get_running_loop().add_reader(self._socket, self._connected)
        host, port = self._socket.getsockname()[:2]
        return f"http://{host}:{port}"

    def _connected(self) -> None:
        """Somebody has connected: from here on there is a server."""
        from turnstile.backends.loopback import Loopback  # noqa: PLC0415 - loads aiohttp and botocore

        assert self._socket is not None  # it is what became readable
        asyncio.get_running_loop().remove_reader(self._socket)
        self._loopback = Loopback(self._gate, self.around, self._socket)
        self._starting = asyncio.ensure_future(self._loopback.url())

    def _without_role(self, function: Function) -> Credentials:
        """Credentials of the root user for worlds that judge nothing; in others they say what is missing."""
        self._given += 1
        account = self._gate.world.accounts[function.account]
        key = f"AKIAFUNCTION{self._given:08}"
        return self._gate.world.credentials.add(
            Credentials(key, "not-a-secret", "", Root(account.root.arn, account.id))
        )


def _without_role(function: Function) -> ServiceError:
    text = f"The function {function.name} has no execution role, so its calls have no credentials: give it a `role`."
    return ServiceError("AccessDeniedException", text, 403)
