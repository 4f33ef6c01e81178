"""Where moto believes Regions to be, set right for every partition: it takes those of the newest for commercial ones.

Read before the modules of services are, which copy some of it. What stays wrong is what a service's module writes with
`aws` in it: EMR Serverless and others outside of Step Functions' integrations (docs/fidelity.md).
"""

from __future__ import annotations

from moto.utilities import utils

from turnstile.arn import PARTITIONS


def _know_partitions() -> None:
    for partition in PARTITIONS:
        if partition.name != utils.DEFAULT_PARTITION:
            utils.REGION_PREFIX_TO_PARTITION[f"{partition.home_region.rsplit('-', 2)[0]}-"] = partition.name
    names = sorted(partition.name for partition in PARTITIONS)
    utils.PARTITION_NAMES[:] = names
    utils.ARN_PARTITION_REGEX = f"^arn:({'|'.join(names)})"


_know_partitions()
