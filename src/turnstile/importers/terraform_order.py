"""The order in which the resources of a plan or state are made: each after those it names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.importers.resources import KINDS
from turnstile.importers.stacked import arn_of
from turnstile.importers.terraform_types import TYPES

if TYPE_CHECKING:
    from turnstile.importers.kinds import Item


def ordered(items: list[Item]) -> list[Item]:
    """Each item after those whose name or ARN it holds; circles are cut where they close."""
    texts = {item.logical_id: json.dumps(item.properties) for item in items}
    marks = {item.logical_id: {str(arn_of(item)), str(KINDS[item.type].reference(item))} for item in items}
    rank = {kind.cloudformation: place for place, kind in enumerate(TYPES.values())}
    waiting = {item.logical_id: item for item in sorted(items, key=lambda item: rank.get(item.type, len(rank)))}
    done: dict[str, Item] = {}

    def visit(name: str, path: frozenset[str]) -> None:
        if name in done or name in path:
            return
        for other, words in marks.items():
            if other != name and any(json.dumps(word) in texts[name] or f"{word}\\" in texts[name] for word in words):
                visit(other, path | {name})
        done[name] = waiting[name]

    for name in waiting:
        visit(name, frozenset())
    return list(done.values())
