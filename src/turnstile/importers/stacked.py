"""Stacks as what they bring into accounts: items put into drafts by their kinds, and what was left out, in words.

`import_stacks` reads templates; here their items become declarations. This file knows no scenario.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.faults import Fault
from turnstile.importers.brought import Brought
from turnstile.importers.importing import Importing
from turnstile.importers.kinds import Draft
from turnstile.importers.resources import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from turnstile.document import Json
    from turnstile.importers.kinds import Item
    from turnstile.importers.stacks import Imported, Skipped, StackTemplate


def bring(wanted: Sequence[StackTemplate]) -> tuple[tuple[Brought, ...], list[Fault]]:
    """What each template brings, in the same order, and every fault of them."""
    importing = Importing(tuple(wanted), KINDS)
    stacks = tuple(importing.stacks())
    faults = list(importing.faults())
    found = tuple(_brought(stack) for stack in stacks)
    return found, [*faults, *(fault for each in found for fault in each.draft.faults)]


def _brought(stack: Imported) -> Brought:
    draft = Draft(stack.stack)
    stack.declare(draft, KINDS)
    outputs = {name: output.value for name, output in stack.outputs.items() if isinstance(output.value, str)}
    references = dict(_references(stack.items))
    return Brought(stack.stack.name, draft, references, outputs, tuple(map(_note, stack.skipped)))


def _references(items: Sequence[Item]) -> Iterator[tuple[str, str]]:
    for item in items:
        arn = arn_of(item)
        if isinstance(arn, str):
            yield item.logical_id, arn


def arn_of(item: Item) -> Json:
    """The ARN of a resource: an attribute, else what `Ref` gives."""
    kind = KINDS[item.type]
    try:
        return kind.attribute(item, "Arn")
    except LookupError:
        return kind.reference(item)


def _note(skipped: Skipped) -> Fault:
    message = f"`{skipped.logical_id}` is left out: `{skipped.type}` is not emulated"
    named = ", ".join(f"`{name}`" for name in skipped.dependents)
    return Fault(skipped.where, "skipped-resource", message, f"it is named by {named}" if named else "")
