"""Sessions of boto3 for a world on this machine. With `surroundings` the only file that knows boto3.

They take nothing from the machine they run on: no variable, no profile, no file of settings, no proxy. Nothing is tried
twice, so a test sees the first answer. Each signs with credentials that only its world knows.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES, ConfigValueStore, ConstantProvider
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.session import Session
from botocore.tokens import TokenProviderChain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    Explain: TypeAlias = Callable[[str], str]
    """What there is to say of the refusal with that request id, empty for nothing."""

    Check: TypeAlias = Callable[[], None]
    """Raises where the world has ended."""

_PATIENCE = 600
"""Wall seconds that a call may take: Lambda handlers run in real time."""
_DEFAULTS = Config(retries={"total_max_attempts": 1}, read_timeout=_PATIENCE, max_pool_connections=50)
_NOWHERE = {"config_file": os.devnull, "credentials_file": os.devnull}
_MODELS: dict[Any, Any] = {}
"""The models of services that were read in this process."""


class WorldSession(boto3.session.Session):  # type: ignore[misc] # boto3 has no types
    """A session of boto3 of somebody in a world: its clients and resources reach that world and nothing else."""

    def __init__(self, *, url: str, region: str, keys: Mapping[str, str], check: Check, explain: Explain) -> None:
        core = _isolated(region)
        core.register("creating-client-class", _explaining(check, explain))
        super().__init__(**keys, region_name=region, botocore_session=core)
        self._url = url

    def client(self, service_name: str, region_name: str | None = None, **given: Any) -> Any:
        """A client as boto3 makes it, but for its endpoint; settings of a `config` go before ours.

        Raises:
            botocore.exceptions.UnknownServiceError: AWS has no such service.
        """
        chosen = given.pop("config", None)
        config = _DEFAULTS if chosen is None else _DEFAULTS.merge(chosen)
        by_path = {**(config.s3 or {}), "addressing_style": "path"}
        always = Config(proxies={}, inject_host_prefix=False, s3=by_path)  # a prefix before 127.0.0.1 is no host
        given |= {"endpoint_url": self._url, "config": config.merge(always)}
        return super().client(service_name, region_name, **given)


def environment(url: str, region: str, keys: Mapping[str, str]) -> dict[str, str]:
    """The variables by which any SDK of AWS comes to the world as somebody in it, and to no setting of the machine."""
    names = {name.upper(): value for name, value in keys.items()}
    return {
        **names,
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "AWS_MAX_ATTEMPTS": "1",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


def _isolated(region: str) -> Any:
    """A session of botocore that knows its Region, and else only its defaults."""
    core = Session()
    settings = {name: each[2] for name, each in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()}
    settings |= {"s3": None, "proxies_config": None, "region": region, **_NOWHERE}
    constants = {name: ConstantProvider(value) for name, value in settings.items()}
    core.register_component("config_store", ConfigValueStore(constants))
    core.register_component("token_provider", TokenProviderChain([]))
    loader = Loader([Loader.BUILTIN_DATA_PATH], cache=_MODELS, include_default_search_paths=False)
    core.register_component("data_loader", loader)
    return core


def _explaining(check: Check, explain: Explain) -> Callable[..., None]:
    """What lays a class over those of clients that adds our explanation to refusals, as a note."""

    class Explaining:
        def _make_api_call(self, operation_name: str, api_params: Any) -> Any:
            __tracebackhide__ = True
            check()
            try:
                return super()._make_api_call(operation_name, api_params)  # type: ignore[misc] # of clients
            except ClientError as error:
                note = explain(error.response.get("ResponseMetadata", {}).get("RequestId", ""))
                if not note:
                    raise
                error.add_note(note)
                raise error.with_traceback(None)  # noqa: B904 - the same; frames of botocore would hide what is told

    def lay_over(base_classes: list[type], **_: Any) -> None:
        base_classes.insert(0, Explaining)

    return lay_over
