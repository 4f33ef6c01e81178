"""Where moto believes Regions to be, set right for every partition: it takes those of the newest for commercial ones.

Read before the modules of services are, which copy some of it. What stays wrong is what a service's module writes with
`aws` in it: EMR Serverless and others outside of Step Functions' integrations (docs/fidelity.md).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from moto.utilities import utils

from turnstile.arn import PARTITIONS

if TYPE_CHECKING:
    from types import ModuleType

_EMR_HOST = re.compile(r"elasticmapreduce\.([a-z0-9-]+)\.")


def _know_partitions() -> None:
    for partition in PARTITIONS:
        if partition.name != utils.DEFAULT_PARTITION:
            utils.REGION_PREFIX_TO_PARTITION[f"{partition.home_region.rsplit('-', 2)[0]}-"] = partition.name
    names = sorted(partition.name for partition in PARTITIONS)
    utils.PARTITION_NAMES[:] = names
    utils.ARN_PARTITION_REGEX = f"^arn:({'|'.join(names)})"


def correct(module: ModuleType) -> None:
    """Set right what a module of a service knows by itself: EMR reads its Region from commercial hosts only."""
    responses: Any = getattr(module, "ElasticMapReduceResponse", None)
    if responses is not None and _EMR_HOST not in responses.emr_region_regex:
        responses.emr_region_regex.insert(0, _EMR_HOST)


_know_partitions()
