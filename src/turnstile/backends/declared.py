"""A service that answers as its user declared: stubs of operations, in front of whatever else performs the service.

The gate has judged the call as any other. A stub belongs to the account that owns the resource. It goes before the
service's own backend; a request that none of its answers matches goes on to that backend, and what that does not have
either is refused with the remedy. Parameters are held against botocore's model first, as every backend does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.world.answers import Returned

if TYPE_CHECKING:
    from turnstile.gate.call import Backend, Call, Output
    from turnstile.world.answers import Outcome
    from turnstile.world.world import World


class Declared:
    """The declared answers of a world, in front of a backend."""

    def __init__(self, world: World, behind: Backend) -> None:
        self._world = world
        self._behind = behind

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`.

        Raises:
            ServiceError: the declared error, or the service's own refusal.
            Unsupported: neither an answer nor the backend is there for the call.
        """
        account = self._world.accounts.get(owner)
        called = f"{call.service}:{call.operation}"
        answers = account.stubs.get(called) if account else None
        if answers is not None:
            _check(call)
            outcome = answers.next(call.parameters)
            if outcome is not None:
                return _performed(call, outcome)
        try:
            return await self._behind.perform(call, owner)
        except Unsupported as error:
            matching = "that matches the request " if answers is not None else ""
            remedy = f"declare an answer {matching}under `stubs:` of account `{account.name if account else owner}`"
            raise Unsupported(f"{error.feature} ({remedy})", error.where) from None


def _check(call: Call) -> None:
    """Hold the parameters against the operation's input.

    Raises:
        ServiceError: they do not fit.
    """
    from turnstile.backends.moto_codec import service  # noqa: PLC0415 - loads botocore, for worlds with stubs

    spoken = service(call.service)
    operation = spoken.declared(call.operation)
    spoken.check(operation, {**dict.fromkeys(operation.idempotent_members, _UNIQUE), **call.parameters})


def _performed(call: Call, outcome: Outcome) -> Output:
    if isinstance(outcome, Returned):
        return {} if outcome.document is None else outcome.document
    from turnstile.backends.answer_shapes import ErrorModel, error_model  # noqa: PLC0415 - for answers that fail

    model = error_model(call.service, call.operation, outcome.code)
    assert isinstance(model, ErrorModel)  # the script was held against the model when it was read
    raise ServiceError(model.code, outcome.message, outcome.status or model.status)


_UNIQUE = "00000000-0000-4000-8000-000000000000"
"""Stands for the token against doubled requests that a client makes up where none is given."""
