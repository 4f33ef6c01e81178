"""Builds that are taken out of the records of CodeBuild, and reports, of which nothing here makes any.

Statuses of what is not deleted are *inferred*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError
from turnstile.jobs.identity import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.jobs.identity import Key
    from turnstile.jobs.life import Life


def _listed(call: Call, name: str) -> list[Json]:
    """What a call names, which is a list."""
    found = call.parameters.get(name)
    if not isinstance(found, list | None):
        raise ServiceError("InvalidInputException", f"The value of {name} is not a list")  # text inferred
    return list(found or ())


def _builds(call: Call, lives: Mapping[Key, Life]) -> Output:
    deleted, kept = [], []
    for each in _listed(call, "ids"):
        life = _remove(lives, each)
        if life is not None:
            deleted.append(life.detail["arn"])
        else:
            kept.append({"id": each, "statusCode": "BUILD_NOT_FOUND"})
    return {"buildsDeleted": deleted, "buildsNotDeleted": kept}


def _batch(call: Call, lives: Mapping[Key, Life]) -> Output:
    if _remove(lives, call.parameters.get("id")) is None:
        raise ServiceError("InvalidInputException", "Build batch does not exist")
    return {"statusCode": "BUILD_BATCH_DELETED", "buildsDeleted": [], "buildsNotDeleted": []}


def _reports(call: Call, _lives: Mapping[Key, Life]) -> Output:
    return {"reports": [], "reportsNotFound": _listed(call, "reportArns")}


def _remove(lives: Mapping[Key, Life], name: Json) -> Life | None:
    found = lives.get((plain(name),))
    if found is None or found.removed:
        return None
    found.removed = True
    return found


REMOVALS: Mapping[tuple[str, str], Callable[[Call, Mapping[Key, Life]], Output]] = {
    ("codebuild", "BatchDeleteBuilds"): _builds,
    ("codebuild", "BatchGetReports"): _reports,
    ("codebuild", "DeleteBuildBatch"): _batch,
}
"""By client and operation."""
