"""The borders that a definition's Tasks would meet, found without running it: partition, Region, account, role.

Only what is certain is said: of a value that is computed, the part that is known beforehand (`folding`). The rules are
those of `gate.boundaries`; facts: reference/cross-account.md sections 1, 2, 5 and 6.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile.arn import PARTITIONS
from turnstile.asl.finding import Finding
from turnstile.gate.requests.messages import queue_region
from turnstile.permissions.folding import plain
from turnstile.permissions.references import references
from turnstile.permissions.surroundings import NOWHERE
from turnstile.permissions.task import machine as scope_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.arn import Arn
    from turnstile.document import Json
    from turnstile.permissions.folding import Text
    from turnstile.permissions.references import Reference
    from turnstile.permissions.surroundings import Surroundings
    from turnstile.permissions.task import Task

_COMMERCIAL = "aws"
_PARTITION, _SERVICE, _REGION, _ACCOUNT, _RESOURCE = range(1, 6)
_OTHER_PARTITION = "roles and policies delegate inside one partition only; run this part of the workflow there"
_OTHER_REGION = "a state machine reaches resources of its own Region only; use a resource or a machine there"
_ROLE = re.compile(r"role/(?:[\x21-\x7e]+/)?[\w+=,.@-]{1,64}", re.ASCII)
_ID = re.compile(r"\d{12}")
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]*", re.ASCII)


def borders(definition: dict[str, Json], around: Surroundings) -> Iterator[Finding]:
    """Every border that a Task of a sound definition would certainly meet."""
    tasks = tuple(scope_of(definition).all())
    partition = _partition(tasks, around)
    for task in tasks:
        yield from _credentials(task, partition, around)
        for each in references(task):
            yield from _reached(each, task, partition, around)
    if around.machine is None:
        yield from _two_regions(tasks)
    else:
        yield from _external_id(tasks, around.machine)


def _partition(tasks: tuple[Task, ...], around: Surroundings) -> str:
    """That of the machine, else the one that the first Task's Resource is written for; empty where none tells."""
    if around.machine is not None:
        return around.machine.partition
    written = (partition_of(plain(task.resource)) for task in tasks)
    return next((each for each in written if each), "")


def partition_of(text: Text) -> str:
    """The partition in an ARN; empty where it is not known, or a placeholder."""
    name = text.fields[_PARTITION] if text.fields[_PARTITION:] else ""
    return name if any(name == partition.name for partition in PARTITIONS) else ""


def _credentials(task: Task, partition: str, around: Surroundings) -> Iterator[Finding]:
    role = task.role
    if role is None:
        return
    if task.service == "http":
        help_ = "an HTTP Task calls with the rights of the execution role; leave `Credentials` out"
        yield Finding("http-credentials", "an HTTP Task takes no `Credentials`", (*task.place, "Credentials"), help_)
    if around.settings.commercial_regions_only and partition not in ("", _COMMERCIAL):
        message = f"Tasks have `Credentials` in partition `{_COMMERCIAL}` only, this machine runs in `{partition}`"
        help_ = "let resource policies admit the execution role, or leave `commercial_regions_only` out of `settings`"
        yield Finding("commercial-only", message, (*task.place, "Credentials"), help_)
    malformed = _malformed(role)
    if malformed:
        help_ = "a role's ARN is `arn:aws:iam::ACCOUNT:role/NAME`, with the path before the name"
        yield Finding("malformed-role-arn", f"`{role.known}` {malformed}", task.role_place, help_)
    elif partition_of(role) not in ("", partition) and partition:
        message = f"the role is in partition `{partition_of(role)}`, the state machine in `{partition}`"
        yield Finding("other-partition", message, task.role_place, _OTHER_PARTITION)
    else:
        yield from _missing(role, task, around)


def _malformed(role: Text) -> str:
    """What is certainly wrong with the ARN of a role; empty for nothing."""
    fields = role.fields
    if role.whole and len(fields) <= _RESOURCE:
        return "is not an ARN"
    checks = (
        (_SERVICE, lambda value: value == "iam", "is not the ARN of a role"),
        (_REGION, lambda value: value == "", "has a Region, which the ARN of a role has not"),
        (_ACCOUNT, _ID.fullmatch, "has no account of twelve digits"),
        (_RESOURCE, _ROLE.fullmatch, "is not the ARN of a role"),
    )
    return next((said for at, sound, said in checks if fields[at:] and not sound(fields[at])), "")


def _missing(role: Text, task: Task, around: Surroundings) -> Iterator[Finding]:
    """A role that a declared account does not have."""
    if not role.whole or role.known in around.roles.get(role.fields[_ACCOUNT], (role.known,)):
        return
    message = f"the role `{role.known}` does not exist"
    help_ = "create the role in that account, or correct the ARN (a role with a path carries the path in its ARN)"
    yield Finding("no-such-role", message, task.role_place, help_)


def _reached(each: Reference, task: Task, partition: str, around: Surroundings) -> Iterator[Finding]:
    """What lies between the machine and something that a Task names."""
    there = partition_of(each.text)
    if there not in ("", partition) and partition:
        message = f"`{each.name}` is in partition `{there}`, the state machine in `{partition}`"
        yield Finding("other-partition", message, each.place, _OTHER_PARTITION)
        return
    home = around.machine
    region = region_of(each, around)
    if home is not None and region not in ("", home.region):
        message = f"`{each.name}` is in Region `{region}`, the state machine in `{home.region}`"
        yield Finding("other-region", message, each.place, _OTHER_REGION)
    elif each.role_only:
        yield from _unreachable(each, task, around)
    if _express_child(each, task, around):
        message = f"`{each.name}` is an Express state machine, which no Task waits for with `.sync`"
        help_ = "start it with `aws-sdk:sfn:startSyncExecution`, or make it a Standard one"
        yield Finding("sync-express-child", message, each.place, help_)


def region_of(each: Reference, around: Surroundings) -> str:
    """The Region of something that a Task names; empty where that is not known or no matter."""
    if each.kind == "bucket":
        partition = around.machine.partition if around.machine else _COMMERCIAL
        return around.buckets.get((partition, each.text.known), "") if each.text.whole else ""
    if each.kind == "queue":
        scheme, _, rest = each.text.known.partition("://")
        host, slash, _ = rest.partition("/")
        return queue_region(host) if scheme in ("http", "https") and slash else ""
    name = each.text.fields[_REGION] if each.text.fields[_REGION:] else ""
    return name if any(partition.regions.fullmatch(name) for partition in PARTITIONS) else ""


def _unreachable(each: Reference, task: Task, around: Surroundings) -> Iterator[Finding]:
    """A resource without a policy of its own, in another account than that of the role that asks for it."""
    fields, role = each.text.fields, task.role
    if role is not None:
        caller = role.fields[_ACCOUNT] if role.fields[_ACCOUNT:] else ""
    else:
        caller = around.machine.account if around.machine else ""
    if not fields[_ACCOUNT:] or "" in (caller, fields[_ACCOUNT]) or fields[_ACCOUNT] == caller:
        return
    message = (
        f"`{each.name}` is of account `{fields[_ACCOUNT]}`, the call is made by account `{caller}`, and "
        f"`{fields[_SERVICE]}` has no resource policies"
    )
    help_ = f"let `Credentials` name a role of account `{fields[_ACCOUNT]}`"
    yield Finding("unreachable-account", message, each.place, help_)


def _express_child(each: Reference, task: Task, around: Surroundings) -> bool:
    return ".sync" in task.resource and each.text.whole and around.types.get(each.text.known) == "EXPRESS"


def _two_regions(tasks: tuple[Task, ...]) -> Iterator[Finding]:
    """Of a definition whose Region is not known: it has one, so it does not reach things of two."""
    found = [(task, each, region_of(each, NOWHERE)) for task in tasks for each in references(task)]
    regional = [(task, each, region) for task, each, region in found if region]
    for _, each, region in regional[1:]:
        first, _, home = regional[0]
        if region != home:
            message = f"`{each.name}` is in Region `{region}`, what the state `{first.name}` names in `{home}`"
            yield Finding("other-region", message, each.place, _OTHER_REGION)


def _external_id(tasks: tuple[Task, ...], machine: Arn) -> Iterator[Finding]:
    """A machine's ARN is the external id of its Tasks, and STS does not take every name as one."""
    first = next((task for task in tasks if task.role is not None), None)
    if first is None or _EXTERNAL_ID.fullmatch(str(machine)):
        return
    message = f"STS does not take `{machine}` as external id, so that no Task of the machine can assume a role"
    help_ = "name the state machine with letters, digits and `+=,.@_-` only"
    yield Finding("unsendable-name", message, first.role_place, help_)
