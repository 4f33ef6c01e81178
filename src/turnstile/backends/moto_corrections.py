"""What single modules of moto get otherwise than they bring it, once they are imported."""

from __future__ import annotations

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
    "moto.emr.responses": _emr,
    "moto.events.models": correct_events,
    "moto.kms.models": _kms,
    "moto.s3.models": _s3,
    "moto.sns.models": correct_sns,
}
