"""What goes wrong in a test by the test's own doing: told at the line of the test, without our frames below it."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from turnstile.faults import Rejected, Unsupported
from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

P = ParamSpec("P")
T = TypeVar("T")


class ClosedWorldError(RuntimeError):
    """A world, or a client of one, is used after the world has been closed."""

    def __init__(self) -> None:
        super().__init__("this world is closed; use it within the test, or the scope of the fixture, that opened it")


class NotThereError(LookupError):
    """A test names an account, a role, a user, a state machine or a case that is not there."""


class UnusableError(ValueError):
    """A test gives a value that nothing can be done with."""


class LeftRunningWarning(UserWarning):
    """A fixture has ended a world in which executions still ran."""


_TOLD = (Rejected, ServiceError, Unsupported, ClosedWorldError, NotThereError, UnusableError)
"""Whose messages say it all; anything else keeps its frames, for it may be a bug of ours."""


def direct(method: Callable[P, T]) -> Callable[P, T]:
    """The method, with its trouble at the line that called it."""

    @wraps(method)
    def called(*args: P.args, **given: P.kwargs) -> T:
        __tracebackhide__ = True
        try:
            return method(*args, **given)
        except _TOLD as error:
            raise error.with_traceback(None)  # noqa: B904 - it is the same error

    return called


def direct_async(method: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """As `direct`, where it is awaited."""

    @wraps(method)
    async def called(*args: P.args, **given: P.kwargs) -> T:
        __tracebackhide__ = True
        try:
            return await method(*args, **given)
        except _TOLD as error:
            raise error.with_traceback(None)  # noqa: B904 - it is the same error

    return called
