"""Every service that has no backend of its own: moto, called in this process without HTTP, signing or boto3.

Only files named `moto*` here import moto. It stores resources and judges nothing, and each call goes to the account
that owns the resource. A call is serialized by botocore, matched against moto's URL patterns, handed to moto's
handler under the owner's account and parsed by botocore; it never leaves the process. What topics and
rules bring to their targets is told by `sent` (`moto_outbox`), for moto delivers unjudged, in the owner's account only,
and posts to HTTP subscriptions for real.

Facts: reference/moto-runtime.json. Times and random numbers: `moto_sources`; partitions: `moto_places`; worlds:
`moto_state`.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any

from moto.backend_index import backend_url_patterns
from moto.backends import get_backend
from moto.core.base_backend import BackendDict
from moto.core.config import default_user_config
from moto.core.exceptions import HTTPException
from moto.core.request import Request
from moto.core.utils import get_equivalent_url_in_aws_domain

from turnstile.backends.moto_account import refuse_one_account
from turnstile.backends.moto_codec import service
from turnstile.backends.moto_outbox import outbox
from turnstile.backends.moto_sources import adopt, loading, tell_time
from turnstile.backends.moto_state import State
from turnstile.backends.moto_waiting import receive
from turnstile.faults import Unsupported
from turnstile.wire.models import read_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    from turnstile.backends.moto_outbox import Delivery
    from turnstile.backends.moto_state import Snapshot
    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.world.world import World

    Handler: TypeAlias = Callable[[Request, str, Any], tuple[int, Mapping[str, Any], str | bytes]]

_BLOCKING = frozenset((("swf", "PollForActivityTask"), ("swf", "PollForDecisionTask")))
"""Operations in which moto waits in real time."""

_NOT_FOUND = 404

_one_at_a_time = Lock()

_USERS = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")

_WITHOUT_DOCKER = {"batch": "moto.batch_simple.models"}
"""What moto would load in the middle of the first call."""

for _service in ("batch", "lambda"):
    default_user_config[_service] = {"use_docker": False}


class Moto:
    """The resources of one world in moto; any number may live side by side."""

    def __init__(self, world: World, begun: Snapshot | None = None, *, delivers: bool = True) -> None:
        """Open an empty set of resources, or one that begins as another was.

        Unless it `delivers`, what topics and rules have for their targets is told by `sent`.

        Raises:
            Rejected: MOTO_ACCOUNT_ID is set, which would make all accounts one.
        """
        refuse_one_account()
        self._world = world
        self._state = State(world.seed, begun)
        self._outbox: list[Delivery] | None = None if delivers else []

    async def perform(self, call: Call, owner: str) -> Output:
        """Do what the call asks, in the account that owns the resource.

        Raises:
            ServiceError: the service's own refusal.
            Unsupported: botocore does not know the operation, or moto does not have it.
        """
        if (call.service, call.operation) in _BLOCKING:
            raise Unsupported(f"{call.service}:{call.operation}")
        if (call.service, call.operation) == ("sqs", "ReceiveMessage"):
            return await receive(call, lambda one: self._ask(one, owner), self._world.clock)
        return self._perform(call.service, call.operation, call.parameters, call.region, owner)

    def sent(self) -> tuple[Delivery, ...]:
        """What topics and rules want to be delivered since the last time."""
        if not self._outbox:
            return ()
        found = tuple(self._outbox)
        self._outbox.clear()
        return found

    def snapshot(self) -> Snapshot | None:
        """The resources as they are now; None where there are such as cannot be copied."""
        with _one_at_a_time:
            return self._state.snapshot()

    def close(self) -> None:
        """Forget the resources."""
        with _one_at_a_time:
            self._state.drop()

    async def _ask(self, call: Call, owner: str) -> Output:
        return self._perform(call.service, call.operation, call.parameters, call.region, owner)

    def _perform(
        self, name: str, operation_name: str, parameters: Mapping[str, Json], region: str, owner: str
    ) -> Output:
        spoken = service(name)
        operation = spoken.operation(operation_name)
        request = spoken.request(operation, parameters, region, self._world.uuid)
        request.headers["x-moto-account-id"] = owner
        request.headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential=TURNSTILE/-/{region}/{name}/aws4_request, -"
        called = f"{name}:{operation_name}"
        with _one_at_a_time, _hidden_settings(), read_once():
            status, headers, body = self._dispatch(_handler(request.url, called), request, called, region)
        if status == _NOT_FOUND and not body and request.method != "HEAD":
            raise Unsupported(called)  # moto's answer for want of the operation
        return spoken.output(operation, status, headers, body.encode() if isinstance(body, str) else body)

    def _dispatch(
        self, handler: Handler, prepared: Any, called: str, region: str
    ) -> tuple[int, Mapping[str, Any], str | bytes]:
        request = Request.from_primitives(prepared.method, prepared.url, prepared.headers, prepared.body)
        self._state.put_in_place()
        tell_time(self._world.clock)
        try:
            with outbox(self._outbox):
                return handler(request, request.raw_url, request.headers)
        except HTTPException as error:
            return error.code or 500, dict(error.get_headers()), error.get_body()
        except Unsupported:
            raise
        except NotImplementedError:
            raise Unsupported(called) from None
        except KeyError as error:
            if error.args != (region,):
                raise _failed(called, error) from error
            raise Unsupported(f"{called} in `{region}` (moto does not have the service in this Region)") from None
        except Exception as error:
            raise _failed(called, error) from error
        finally:
            tell_time(None)
            adopt()


def _failed(called: str, error: Exception) -> Unsupported:
    return Unsupported(f"{called} with such parameters (moto failed with {type(error).__name__})")


@contextmanager
def _hidden_settings() -> Iterator[None]:
    """Keep the user's AWS profiles and files from moto, which makes boto3 sessions to learn of Regions."""
    kept = {name: os.environ.pop(name) for name in _USERS if name in os.environ}
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    try:
        yield
    finally:
        del os.environ["AWS_CONFIG_FILE"], os.environ["AWS_SHARED_CREDENTIALS_FILE"]
        os.environ.update(kept)


def _handler(url: str, called: str) -> Handler:
    """The function of moto that answers a URL.

    Raises:
        Unsupported: there is none.
    """
    parsed, _ = get_equivalent_url_in_aws_domain(url)
    base = f"{parsed.scheme}://{parsed.netloc}"
    address = f"{base}{parsed.path}"
    for pattern, handler in _handlers(base):
        if pattern.match(address):
            return handler
    raise Unsupported(called)


@cache
def _handlers(base: str) -> tuple[tuple[re.Pattern[str], Handler], ...]:
    """All URL patterns behind a host, in moto's order."""
    with loading(base):
        return tuple(_loaded(base))


def _loaded(base: str) -> list[tuple[re.Pattern[str], Handler]]:
    found: list[tuple[re.Pattern[str], Handler]] = []
    for name, pattern in backend_url_patterns:
        if not pattern.match(f"{base}/"):
            continue
        store = get_backend(name)
        if not isinstance(store, BackendDict):
            continue
        bare = object.__new__(store.backend)  # its URLs belong to the class, and an instance would hold resources
        found += [(re.compile(url), handler) for url, handler in bare.urls.items()]
        if name in _WITHOUT_DOCKER:
            import_module(_WITHOUT_DOCKER[name])
    adopt()
    return found
