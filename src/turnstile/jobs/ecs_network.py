"""The network of a task of ECS that has run: its interface, its connection, and what its containers had of it.

Pure. Members as recorded of a task of Fargate that ended (services.ecs_task_service). Addresses and ids follow from the
task's ARN, so that runs repeat; when an image was pulled, and its digest, are *inferred*.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turnstile.document import Json

_INTERFACE = "ElasticNetworkInterface"
_VERSIONS = {True: 5, False: 4}


def networked(task: Json, *, ran: bool) -> Json:
    """An ended task with its network; as it stands where it had none of its own. `ran`: some container did."""
    found = [each for each in task.get("attachments") or () if each.get("type") == _INTERFACE]
    if not found:
        return task
    digest = hashlib.sha256(str(task.get("taskArn", "")).encode()).hexdigest()
    address = f"10.0.{int(digest[:2], 16)}.{int(digest[2:4], 16) % 250 + 4}"
    pulled = {"pullStartedAt": task.get("createdAt"), "pullStoppedAt": task.get("createdAt")} if ran else {}
    whole = {
        "connectivity": "CONNECTED",
        "connectivityAt": task.get("createdAt"),
        **pulled,
        **task,
        "attachments": [_attached(each, digest, address, _region(task)) for each in task["attachments"]],
        "containers": [
            _container(each, found[0]["id"], address, digest, number, ran=ran)
            for number, each in enumerate(task.get("containers") or ())
        ],
        "version": _VERSIONS[ran],
    }
    whole.pop("platformFamily", None)
    return whole


def _region(task: Json) -> str:
    return str(task.get("taskArn", ":::")).split(":")[3]


def _attached(attachment: Json, digest: str, address: str, region: str) -> Json:
    if attachment.get("type") != _INTERFACE:
        return attachment
    octets = ":".join(digest[at : at + 2] for at in range(4, 14, 2))
    details = {
        "networkInterfaceId": f"eni-{digest[:17]}",
        "macAddress": f"02:{octets}",
        "privateDnsName": f"ip-{address.replace('.', '-')}.{region}.compute.internal",
        "privateIPv4Address": address,
    }
    added = [{"name": name, "value": value} for name, value in details.items()]
    return {**attachment, "type": "eni", "details": [*attachment["details"], *added]}


def _container(container: Json, attachment: Json, address: str, digest: str, number: int, *, ran: bool) -> Json:
    image = {"imageDigest": f"sha256:{hashlib.sha256(str(container.get('image')).encode()).hexdigest()}"} if ran else {}
    return {
        "runtimeId": f"{digest[:32]}-{int(digest[32:40], 16) + number}",
        **image,
        **container,
        "networkInterfaces": [{"attachmentId": attachment, "privateIpv4Address": address}],
    }
