"""Terraform plans and states as what they bring into an account, by way of CloudFormation's types.

Each resource becomes the `Item` of the type with the same meaning (`terraform_types`), so that one set of kinds makes
all declarations. A state holds the ARNs that AWS gave; where ours differ (keys, secrets, revisions), texts are brought
into line. What a plan does not know yet and something needs is a fault. This file calls nothing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from turnstile.faults import Fault, Rejected
from turnstile.importers.brought import Brought
from turnstile.importers.kinds import Draft, Item, Stack
from turnstile.importers.local import CODE, Local
from turnstile.importers.part import places
from turnstile.importers.resources import KINDS
from turnstile.importers.stacked import arn_of
from turnstile.importers.terraform_order import ordered
from turnstile.importers.terraform_parts import BUS_POLICY, PARTS, SILENT, statements
from turnstile.importers.terraform_plan import read_plan
from turnstile.importers.terraform_types import TYPES
from turnstile.importers.terraform_ways import NotJsonError
from turnstile.source import Origin, open_source, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from turnstile.document import Json
    from turnstile.importers.terraform_parts import Part
    from turnstile.importers.terraform_plan import Planned
    from turnstile.importers.terraform_types import Type

_INDEX = re.compile(r"\[[^\]]*\]")
_EXACT = frozenset(
    {
        "arn", "bucket", "endpoint", "event_bus_name", "execution_role_arn", "function_name", "group", "kms_key_id",
        "permissions_boundary", "policy_arn", "queue_url", "role", "role_arn", "rule", "secret_arn", "secret_id",
        "service_role", "target_key_id", "task_role_arn", "topic_arn", "user",
    }
)  # fmt: skip
"""Attributes that hold a name or an ARN and never more, so that a reference in them is all of their value."""
_KNOW = "apply and take the state, or give it under `values:`"


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A file of `terraform show -json`; `values` and `code` complete it by address, `code` beside `folder`."""

    path: Path
    name: str
    stack: Stack
    values: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    code: Mapping[str, Path] = field(default_factory=dict)


def bring_plan(plan: Plan) -> tuple[Brought, list[Fault]]:
    """What the file brings, and every fault of it.

    Raises:
        Rejected: the file cannot be read as a plan or state.
    """
    source = open_source(plan.path, plan.name)
    reading = _Reading(plan, read_plan(read(source), Origin(source)))
    draft = reading.draft()
    found = Brought(plan.name, draft, reading.references(), {}, tuple(reading.skipped()))
    return found, [*reading.faults, *draft.faults]


class _Reading:
    """One file on its way: `values` completed, then `items` by address, then a draft."""

    def __init__(self, plan: Plan, planned: tuple[Planned, ...]) -> None:
        self.plan = plan
        self.planned = planned
        self.faults: list[Fault] = []
        self.values = {each.address: {**each.values, **plan.values.get(each.address, {})} for each in planned}
        self.named = {each.address: self._item(each, complete=False) for each in planned if each.type in TYPES}
        self.items: dict[str, Item] = {}

    def draft(self) -> Draft:
        self._unknown_addresses()
        self._same_account()
        for each in self.planned:
            self._complete(each)
        wanted = [each for each in self.planned if each.type in TYPES]
        self.items = {each.address: self._item(each, complete=True) for each in wanted}
        for each in self.planned:
            if each.type in PARTS:
                self._add(each, PARTS[each.type])
        further = [item for each in self.planned for item in self._further(each)]
        draft = Draft(self.plan.stack)
        for item in ordered(self._aligned([*self.items.values(), *further])):
            if not self.faults:
                KINDS[item.type].declare(item, draft)
        return draft

    def references(self) -> dict[str, str]:
        found = {address: arn_of(item) for address, item in self.items.items()}
        return {address: arn for address, arn in found.items() if isinstance(arn, str)}

    def skipped(self) -> Iterator[Fault]:
        known = {*TYPES, *PARTS, *SILENT, BUS_POLICY}
        for each in self.planned:
            if each.type not in known:
                plain = _INDEX.sub("", each.address)
                named = [other.address for other in self.planned if plain in other.depends_on]
                told = f"it is named by {', '.join(f'`{name}`' for name in named)}" if named else ""
                message = f"`{each.address}` is left out: `{each.type}` is not emulated"
                yield each.origin.fault("skipped-resource", message, told)

    def _unknown_addresses(self) -> None:
        known = [each.address for each in self.planned]
        for key in ("values", "code"):
            for address in getattr(self.plan, key):
                if address not in known:
                    message = f"`{self.plan.name}` has no resource `{address}`, for which `{key}` are given"
                    self.faults.append(
                        self._whole().fault("unknown-address", message, "write the address as the plan does")
                    )

    def _same_account(self) -> None:
        """The ARNs of a state say whose it is."""
        for each in self.planned:
            words = str(each.values.get("arn") or "").split(":")
            if len(words) > 4 and words[4] not in ("", self.plan.stack.account):  # noqa: PLR2004 - account is field 4
                message = f"this is of account {words[4]}, not of {self.plan.stack.account}"
                remedy = f"give it to an account with the id {words[4]}"
                self.faults.append(each.origin.at("arn").fault("other-account", message, remedy))
                return

    def _whole(self) -> Origin:
        return self.planned[0].origin if self.planned else Origin(open_source(self.plan.path, self.plan.name))

    def _complete(self, each: Planned) -> None:
        """Put in what the plan does not know, where it says which attribute of another resource it is."""
        needed = _needed(each.type)
        for name in sorted(each.unknown & needed - self.plan.values.get(each.address, {}).keys()):
            value = self._followed(each, name) if name in _EXACT else None
            if value is None:
                message = f"the plan does not know `{name}` of `{each.address}` yet"
                self.faults.append(each.origin.fault("unknown-value", message, _KNOW))
            else:
                self.values[each.address][name] = value

    def _followed(self, each: Planned, name: str) -> Json:
        reference = each.references.get(name)
        if reference is None:
            return None
        target = next((a for a in self._same_index(each.address, reference.address) if a in self.named), None)
        if target is None:
            return None
        known = self.values[target].get(reference.attribute)
        if known is not None:
            return known
        item = self.named[target]
        return arn_of(item) if reference.attribute.endswith("arn") else KINDS[item.type].reference(item)

    def _same_index(self, address: str, wanted: str) -> Iterable[str]:
        """The addresses of a resource of which there may be several: first the one with the same index."""
        found = [name for name in self.values if _INDEX.sub("", name) == wanted]
        indexes = _INDEX.findall(address)
        return sorted(found, key=lambda name: _INDEX.findall(name) != indexes)

    def _item(self, each: Planned, *, complete: bool) -> Item:
        kind, values = TYPES[each.type], self.values[each.address]
        where = places(each.origin)
        properties: dict[str, Json] = {}
        for name, (target, way) in kind.attributes.items():
            value = values.get(name)
            if value in (None, "", [], {}):
                continue
            where.moves[f"/Properties/{target}"] = each.origin.at(name)
            try:
                properties[target] = way(value)
            except NotJsonError:
                if complete:
                    message = f"`{name}` of `{each.address}` is not JSON"
                    self.faults.append(each.origin.at(name).fault("json-syntax", message, "write a JSON document"))
        properties |= kind.more(values)
        found = {name: value for name, value in properties.items() if value is not None}
        code = self._code(each, kind, values) if complete else None
        if code is not None:
            found[CODE[kind.cloudformation]] = code.name
        return Item(each.address, kind.cloudformation, found, self.plan.stack, Origin(where), code=code)

    def _code(self, each: Planned, kind: Type, values: Mapping[str, Json]) -> Path | None:
        if kind.cloudformation not in CODE:
            return None
        folder = self.plan.path.parent
        try:
            return Local(folder, folder, self.plan.code).code(each.address, values.get("filename"), each.origin)
        except Rejected as rejected:
            self.faults += rejected.faults
            return None

    def _add(self, each: Planned, part: Part) -> None:
        """Add a part to the resources it names, which must be in the file."""
        values = self.values[each.address]
        if any(values.get(name) is None for name in part.needs):
            return  # told already, or empty
        for kind, attribute in part.owners:
            named = values.get(attribute) or []
            for name in named if isinstance(named, list) else [named]:
                owner = self._owner(kind, name)
                if owner is None:
                    message = f"`{each.address}` belongs to `{name}`, which is not in `{self.plan.name}`"
                    self.faults.append(
                        each.origin.fault("unresolved-dependency", message, "take the plan that has both")
                    )
                else:
                    self.items[owner] = _with(self.items[owner], part, part.value(values), each.origin)

    def _owner(self, kind: str, name: str) -> str | None:
        for each in self.planned:
            if each.type == kind:
                item, values = self.items[each.address], self.values[each.address]
                own = (
                    values.get("name"),
                    values.get("id"),
                    values.get("arn"),
                    KINDS[item.type].reference(item),
                    arn_of(item),
                )
                if name in own:
                    return each.address
        return None

    def _further(self, each: Planned) -> Iterator[Item]:
        """Policies that CloudFormation keeps as resources of their own."""
        values = self.values[each.address]
        if each.type == BUS_POLICY:
            yield from statements(each, values, self.plan.stack)
        kind = TYPES.get(each.type)
        if kind is None or not kind.policy[0] or not values.get("policy"):
            return
        name, owner = kind.policy
        item = self.items[each.address]
        where = places(each.origin)
        where.moves["/Properties/PolicyDocument"] = each.origin.at("policy")
        reference = KINDS[item.type].reference(item)
        target = reference if owner == "Bucket" else [reference]
        properties = {owner: target, "PolicyDocument": json.loads(values["policy"])}
        yield Item(f"{each.address}.policy", name, properties, self.plan.stack, Origin(where))

    def _aligned(self, items: list[Item]) -> list[Item]:
        """The items with the ARNs that AWS gave replaced by ours."""
        real = {address: self.values[address].get("arn") for address in self.items}
        ours = {arn: str(arn_of(self.items[address])) for address, arn in real.items() if arn}
        different = {arn: own.removesuffix(":*") for arn, own in ours.items() if own.removesuffix(":*") != arn}
        if not different:
            return items
        pattern = re.compile("|".join(re.escape(arn) for arn in sorted(different, key=len, reverse=True)))
        return [replace(item, properties=_replaced(item.properties, pattern, different)) for item in items]


def _replaced(value: Json, pattern: re.Pattern[str], texts: Mapping[str, str]) -> Json:
    match value:
        case str():
            return pattern.sub(lambda match: texts[match[0]], value)
        case dict():
            return {name: _replaced(member, pattern, texts) for name, member in value.items()}
        case list():
            return [_replaced(element, pattern, texts) for element in value]
    return value


def _needed(kind: str) -> frozenset[str]:
    """The attributes of a type that mean something here."""
    if kind in PARTS:
        return frozenset({*PARTS[kind].needs, *(name for _, name in PARTS[kind].owners)})
    found = TYPES.get(kind)
    return frozenset({*found.attributes, *(("policy",) if found.policy[0] else ())}) if found else frozenset()


def _with(item: Item, part: Part, value: Json, origin: Origin) -> Item:
    """An item with a part in one of its properties."""
    if part.single:
        return replace(item, properties={**item.properties, part.property: value})
    before = list(item.properties.get(part.property) or [])
    where = item.origin.source
    added = value if isinstance(value, list) else [value]
    new = [each for each in added if each not in before]
    if hasattr(where, "moves"):
        for index in range(len(before), len(before) + len(new)):
            where.moves[f"/Properties/{part.property}/{index}"] = origin
    return replace(item, properties={**item.properties, part.property: before + new})
