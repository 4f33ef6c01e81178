"""Whether two texts with wildcards have anything in common.

Used where neither is a whole ARN: a Resource value against the form of a resource type. This file knows no service.
"""

from __future__ import annotations

import re

_FIELDS = 6
_BUCKET = ":::${BucketName}"
_OPEN = re.compile(r"\$\{[^}]*\}|<[^>]*>")


def overlap(resource: str, form: str) -> bool:
    """Some ARN fits both a Resource value and the form of a resource type (`arn:${Partition}:sqs:...:${QueueName}`).

    Variables of either stand for any text; a wildcard of the first five fields stays inside its field. A bucket is told
    from an object by its slash.
    """
    if resource == "*" or form == "*":
        return True
    first, second = _fields(resource), _fields(form)
    if form.endswith(_BUCKET) and "/" in first[-1]:
        return False
    return all(meet(one, other) for one, other in zip(first, second, strict=True))


def _fields(text: str) -> list[str]:
    fields = _OPEN.sub("*", text).split(":", _FIELDS - 1)
    return fields + ["*"] * (_FIELDS - len(fields))


def meet(first: str, second: str) -> bool:
    """Some text fits both patterns; `*` stands for any run of characters, `?` for one."""
    reached = {0}
    for place in range(len(first) + 1):
        reached = _through_stars(reached, second)
        if place == len(first):
            return len(second) in reached
        reached = _step(first[place], reached, second)
    return False


def _through_stars(reached: set[int], pattern: str) -> set[int]:
    found = set(reached)
    for start in reached:
        at = start
        while at < len(pattern) and pattern[at] == "*":
            at += 1
            found.add(at)
    return found


def _step(letter: str, reached: set[int], pattern: str) -> set[int]:
    """The places in the second pattern after one letter or wildcard of the first."""
    if letter == "*":
        return set(range(min(reached), len(pattern) + 1)) if reached else set()
    found = set()
    for at in reached:
        other = pattern[at] if at < len(pattern) else ""
        if other == "*":
            found.add(at)
        elif other and (other in (letter, "?") or letter == "?"):
            found.add(at + 1)
    return found
