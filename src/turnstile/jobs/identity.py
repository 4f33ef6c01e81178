"""Which job a call is about: the names that a service has for it.

A job is known by what its describing call names: `j-1` and `s-1` for a step of EMR. Names and ARNs of one thing are
alike, so that a task of ECS is found by either. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

from turnstile.jobs.job import Matching, parameters, pick

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json
    from turnstile.jobs.job import Job, Query

Key: TypeAlias = tuple[str, ...]
"""The values that name a job, in the order of the members of its describing call."""


def key(row: Job, request: Json, answer: Json) -> Key:
    """The key of the job that a start call began; one that is found in a list by its id has that id at the end."""
    found = next(keys(row.describe, parameters(row.describe, request, answer)), ())
    return (*found, *(plain(pick(step.source, request, answer)) for step in row.detail if isinstance(step, Matching)))


def each_job(row: Job, request: Json, answer: Json) -> Iterator[tuple[Json, Json]]:
    """Request and answer of a start call as of each job that it started; most start one.

    A row that names the first of a list (`answer.tasks.0.taskArn`) means that each of the list is a job.
    """
    for origin, member, number in _lists(row.describe):
        whole = request if origin == "request" else answer
        if number == "0" and isinstance(whole, Mapping):
            found = whole.get(member)
            for entry in found if isinstance(found, list) else ():
                one = {**whole, member: [entry]}
                yield (one, answer) if origin == "request" else (request, one)
            return
    yield request, answer


def _lists(query: Query) -> Iterator[tuple[str, str, str]]:
    """The sources of a query that lead into something, their first three steps."""
    for source in query.parameters.values():
        for text in source if isinstance(source, list) else (source,):
            steps = str(text).split(".")
            if len(steps) > 2:  # noqa: PLR2004 - origin, member and what is taken of it
                yield steps[0], steps[1], steps[2]


def keys(query: Query, given: Mapping[str, Json]) -> Iterator[Key]:
    """The keys of all jobs that a call of that operation names; a list names one each."""
    values = [_listed(given.get(member)) for member in sorted(query.parameters)]
    return (tuple(map(plain, combination)) for combination in product(*values))


def alike(wanted: Key, found: Key) -> bool:
    """Whether a call that names `wanted` is about the job `found`; what a call does not name may be anything."""
    return all(one in ("", other) for one, other in zip(wanted, found, strict=False))


def label(client: str, account: str, found: Key) -> str:
    """One text for a job of a world, for those who listen for its end."""
    return "/".join((client, account, *found))


def plain(value: Json) -> str:
    """What names a thing, without what an ARN puts before it."""
    text = "" if value is None else str(value)
    return text.rpartition("/")[2] if text.startswith("arn:") else text


def _listed(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else [value]
