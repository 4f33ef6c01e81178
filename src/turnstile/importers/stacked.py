"""Stacks as what they bring into accounts: items put into drafts by their kinds, and what was left out, in words.

`import_stacks` reads templates; here their items become declarations. This file knows no scenario.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.faults import Fault
from turnstile.importers.brought import Brought, stack_name
from turnstile.importers.importing import Importing
from turnstile.importers.kinds import Draft
from turnstile.importers.resources import KINDS
from turnstile.importers.stacks import StackTemplate
from turnstile.importers.template import open_template
from turnstile.project import project_of
from turnstile.report.masking import hide
from turnstile.source import Origin, unwritten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from turnstile.document import Json
    from turnstile.importers.kinds import Item, Stack
    from turnstile.importers.stacks import Imported, Skipped


def bring(wanted: Sequence[StackTemplate]) -> tuple[tuple[Brought, ...], list[Fault]]:
    """What each template brings, in the same order, and every fault of them."""
    importing = Importing(tuple(wanted), KINDS)
    stacks = tuple(importing.stacks())
    faults = list(importing.faults())
    found = tuple(_brought(stack, each.template.notes) for stack, each in zip(stacks, wanted, strict=True))
    secrets = frozenset().union(*(each.draft.secrets for each in found))
    faults += (fault for each in found for fault in each.draft.faults)
    return found, [_without(secrets, fault) for fault in faults]


def _without(secrets: frozenset[str], fault: Fault) -> Fault:
    """A fault that quotes no value of a `NoEcho` parameter."""
    return replace(fault, message=hide(fault.message, secrets), help=hide(fault.help, secrets)) if secrets else fault


def stack_template(
    path: Path,
    owner: Stack,
    *,
    name: str = "",
    region: str = "",
    parameters: Mapping[str, Json] | None = None,
    code: Mapping[str, Path] | None = None,
    values: Mapping[str, Json] | None = None,
    at: Origin | None = None,
    lenient: bool = False,
) -> StackTemplate:
    """A template of an account; `lenient` takes only those parameters that it has.

    Raises:
        Rejected: the file is no template.
    """
    shown = os.path.normpath(path)
    template = open_template(path, shown)
    given = dict(parameters or {})
    if lenient:
        known = template.section("Parameters").value
        given = {key: value for key, value in given.items() if key in known}
    stack = replace(owner, name=name or stack_name(path.name), region=region or owner.region)
    return StackTemplate(
        stack,
        template,
        path.parent,
        project_of(path.parent),
        parameters=given,
        code=code or {},
        values=values or {},
        at=at or unwritten("<parameters>"),
    )


def _brought(stack: Imported, notes: tuple[Fault, ...]) -> Brought:
    draft = Draft(stack.stack, ignored=list(notes), secrets=stack.secrets)
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
