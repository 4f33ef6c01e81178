"""What single modules of moto get otherwise than they bring it, once they are imported."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from turnstile.backends.moto_outbox import correct_events, correct_sns

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

_EMR_HOST = re.compile(r"elasticmapreduce\.([a-z0-9-]+)\.")
_WITH_KEY_PAIRS = ("RSA", "ECC", "SM2")


def correct(module: ModuleType) -> None:
    """Set right what the module has wrong, if there is something."""
    if module.__name__ in _CORRECTIONS:
        _CORRECTIONS[module.__name__](module)


def _dynamodb(module: Any) -> None:
    """It finds nothing under a key of another type or without one of its parts, where the service refuses the key."""
    backend = module.DynamoDBBackend
    for name in ("get_item", "delete_item"):
        setattr(backend, name, _typed(getattr(backend, name), module.MockValidationException))


def _typed(find: Callable[..., Any], refusal: type[Exception]) -> Callable[..., Any]:
    @functools.wraps(find)
    def found(backend: Any, table_name: str, *rest: Any, **more: Any) -> Any:
        table = backend.get_table(table_name)
        types = {each["AttributeName"]: each["AttributeType"] for each in table.attr}
        keys = rest[0] if rest else more.get("keys") or more["key"]
        names = [name for name in (table.hash_key_attr, table.range_key_attr) if name is not None]
        if any(types[name] not in keys.get(name, ()) for name in names):
            raise refusal("The provided key element does not match the schema")
        return find(backend, table_name, *rest, **more)

    return found


def _emr(module: Any) -> None:
    """It reads its Region from commercial hosts only, and takes another one elsewhere."""
    module.ElasticMapReduceResponse.emr_region_regex.insert(0, _EMR_HOST)


def _kms(module: Any) -> None:
    """It makes a pair of RSA keys for every key, which takes longer than all else in a world."""
    make = module.generate_private_key
    module.generate_private_key = lambda spec: make(spec) if spec.startswith(_WITH_KEY_PAIRS) else None


def _s3(module: Any) -> None:
    """An object warns of its open file when it goes, and leaves the file to the collector."""
    module.FakeKey.__del__ = lambda key: key.dispose()


_CORRECTIONS: dict[str, Callable[[Any], None]] = {
    "moto.dynamodb.models": _dynamodb,
    "moto.emr.responses": _emr,
    "moto.events.models": correct_events,
    "moto.kms.models": _kms,
    "moto.s3.models": _s3,
    "moto.sns.models": correct_sns,
}
