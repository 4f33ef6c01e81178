"""One stack being made: its resources and outputs, each resolved when it is its turn.

`settle` works one node out or asks for another by `NeedsError`; the order is up to `importing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.faults import Rejected
from turnstile.importers.holes import Holes
from turnstile.importers.kinds import Item
from turnstile.importers.local import Local
from turnstile.importers.naming import named_in
from turnstile.importers.part import Part, places, plain
from turnstile.importers.resolver import NeedsError, Resolver, without_resources
from turnstile.importers.scope import HoleError, Scope
from turnstile.importers.stacks import Imported, Output, Skipped
from turnstile.importers.template import SAM
from turnstile.source import Origin
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.importers.kinds import Kind
    from turnstile.importers.resolver import Node
    from turnstile.importers.stacks import StackTemplate
    from turnstile.importers.template import Declared

_VALUES = "name a resource that is emulated, or say what it stands for under `values:`"


class Building:
    """What is known of one stack so far; a node is in `settled`, or in `broken` once it has a fault."""

    def __init__(
        self,
        number: int,
        wanted: StackTemplate,
        kinds: Mapping[str, Kind],
        imports: Callable[[Building, str, Part], Json],
    ) -> None:
        self.number = number
        self.stack = wanted.stack
        self.kinds = kinds
        declared = wanted.template.section("Parameters").value
        given = {name: value for name, value in wanted.parameters.items() if name in declared}
        self.scope = Scope(wanted.template, wanted.stack, given, wanted.at, without_resources)
        further = {name: value for name, value in wanted.parameters.items() if name not in given}
        self.holes = Holes(further, wanted.at)
        self.local = Local(wanted.folder, wanted.project or wanted.folder, wanted.code, wanted.answered)
        self.stand_ins = wanted.values
        self.imports = imports
        self.aliases: Mapping[str, str] = {}
        self.absent: dict[str, str] = {}
        self.resources = dict(self._resources(self._transformed()))
        self.outputs = dict(self.scope.template.section("Outputs").members())
        self.exports: dict[str, str] = {}
        self.settled: set[Node] = set()
        self.broken: set[Node] = set()
        self.items: dict[str, Item] = {}
        self.values: dict[str, Output] = {}
        self.unresolved: dict[str, str] = {}
        self._given(wanted)

    @property
    def nodes(self) -> Iterator[Node]:
        """Everything that is to be settled, in the order of the template."""
        for name, declared in self.resources.items():
            if declared.type in self.kinds:
                yield self.number, "resource", name
        for name in self.outputs:
            yield self.number, "output", name

    def _transformed(self) -> Mapping[str, Declared]:
        written = self.scope.template.resources
        if SAM not in self.scope.template.transforms:
            for declared in written.values():
                if declared.type.startswith("AWS::Serverless::"):
                    message = f"`{declared.type}` needs the transform `{SAM}`"
                    part = declared.part.at("Type")
                    self.scope.faults.append(part.fault("missing-transform", message, f"write `Transform: {SAM}`"))
            return written
        from turnstile.importers.sam import transform  # noqa: PLC0415 - for SAM templates only

        transformed = transform(self.scope)
        self.aliases = transformed.aliases
        return transformed.resources

    def _resources(self, declared: Mapping[str, Declared]) -> Iterator[tuple[str, Declared]]:
        for name, resource in declared.items():
            try:
                wanted = not resource.condition or self.scope.condition(resource.condition, resource.part)
            except HoleError:
                wanted = True
            if wanted:
                yield name, resource
            else:
                self.absent[name] = resource.condition

    def _given(self, wanted: StackTemplate) -> None:
        """Refuse overrides of what the template does not have."""
        known = (*self.resources, *self.absent, *self.scope.template.resources)
        for name in (*wanted.code, *wanted.answered):
            if name not in known:
                message = f"the template `{wanted.template.part.origin.source.name}` has no resource `{name}`"
                fault = wanted.at.fault("unknown-resource", message, hint(name, known, "resources"))
                self.scope.faults.append(fault)

    def settle(self, node: Node) -> None:
        """Work out a resource or an output, once.

        Raises:
            NeedsError: another one has to be worked out before.
        """
        if node in self.settled or node in self.broken:
            return
        try:
            if node[1] == "resource":
                self.items[node[2]] = self._item(self.resources[node[2]])
            else:
                self._output(node[2], self.outputs[node[2]])
            self.settled.add(node)
        except HoleError:
            self.broken.add(node)
        except Rejected as error:
            self.scope.faults.extend(error.faults)
            self.broken.add(node)

    def _item(self, declared: Declared) -> Item:
        unknown = [name for name in declared.depends_on if not self._ordered(name, declared)]
        found = places(declared.part.origin)
        resolver = Resolver(self.scope, _References(self, self.scope.refuse))
        properties = resolver.document(declared.properties, found, "/Properties") or {}
        if unknown:
            raise HoleError
        origin = Origin(found)
        code = self.local.code_of(declared, properties, origin)
        properties = self.local.with_definition(declared, properties, found)
        properties = self.holes.filled(declared.type, properties, origin.at("Properties"), self.scope.faults)
        metadata = declared.part.get("Metadata")
        return Item(
            declared.logical_id,
            declared.type,
            properties,
            self.stack,
            origin,
            plain(metadata.value, found, "/Metadata") if metadata is not None else None,
            declared.depends_on,
            code,
            declared.generated_by,
            declared.logical_id in self.local.answered,
        )

    def _ordered(self, name: str, declared: Declared) -> bool:
        """See that a resource comes before, as `DependsOn` wants it; whether there is one, or could be."""
        part = declared.part.get("DependsOn") or declared.part
        if name not in self.resources:
            if name not in self.absent:
                message = f"`{declared.logical_id}` depends on `{name}`, which the template does not have"
                fault = part.fault("unknown-resource", message, hint(name, self.resources, "resources"))
                self.scope.faults.append(fault)
            return name in self.absent
        node = (self.number, "resource", name)
        if self.resources[name].type in self.kinds and node not in self.settled and node not in self.broken:
            raise NeedsError(node, part)
        return True

    def _output(self, name: str, part: Part) -> None:
        condition = part.get("Condition")
        if condition is not None and not self.scope.condition(condition.value, condition):
            self.unresolved[name] = f"its condition `{condition.value}` is not met"
            return
        value = part.get("Value")
        if value is None:
            self.scope.refuse(part, "missing-value", f"the output `{name}` has no `Value`", "add one")
        try:
            resolved = Resolver(self.scope, _References(self, self._missing)).plain(value)
        except _MissingError as error:
            self.unresolved[name] = str(error)
            return
        self.values[name] = Output(name, resolved, self.exports.get(name, ""), value.origin)

    def _missing(self, part: Part, code: str, message: str, remedy: str = "") -> Json:
        """An output that names a resource that is not emulated has no value; anything else is a fault."""
        if code == "unsupported-type":
            raise _MissingError(message)
        self.scope.refuse(part, code, message, remedy)

    def imported(self) -> Imported:
        """The stack, as far as it is settled."""
        if not self.broken:
            part = self.scope.template.section("Parameters")
            self.scope.faults += self.holes.unused(part.value, part.origin.source.name)
        return Imported(
            self.stack,
            tuple(self.items.values()),
            self.values,
            tuple(self._skipped()),
            self.unresolved,
            frozenset(self.scope.parameters.secret),
        )

    def _skipped(self) -> Iterator[Skipped]:
        for name, declared in self.resources.items():
            if declared.type not in self.kinds:
                dependents = (other for other, part in self._dependents() if name in part)
                yield Skipped(declared.type, name, declared.part.origin.where(), tuple(dependents))

    def _dependents(self) -> Iterator[tuple[str, frozenset[str]]]:
        for name, declared in self.resources.items():
            yield name, named_in(declared.part.value)
        for name, output in self.outputs.items():
            yield name, named_in(output.value)


class _MissingError(Exception):
    """An output needs what is not emulated."""


class _References:
    """What resources of a stack give; `refuse` says what happens where they give nothing."""

    def __init__(self, building: Building, refuse: Callable[..., Json]) -> None:
        self.building = building
        self.refuse = refuse

    def reference(self, name: str, part: Part) -> Json:
        """`Ref` of a resource."""
        name = self.building.aliases.get(name, name)
        if name in self.building.stand_ins:
            return self.building.stand_ins[name]
        item = self._item(name, part)
        return self.building.kinds[item.type].reference(item)

    def attribute(self, name: str, attribute: str, part: Part) -> Json:
        """`Fn::GetAtt` of a resource."""
        first, _, rest = attribute.partition(".")
        if rest and f"{name}.{first}" in self.building.aliases:
            name, attribute = self.building.aliases[f"{name}.{first}"], rest
        full = f"{name}.{attribute}"
        if full in self.building.stand_ins:
            return self.building.stand_ins[full]
        if full in self.building.aliases:
            return self.reference(full, part)
        item = self._item(name, part)
        kind = self.building.kinds[item.type]
        try:
            return kind.attribute(item, attribute)
        except LookupError:
            message = f"`{item.type}` has no attribute `{attribute}`"
            return self.refuse(part, "unknown-attribute", message, hint(attribute, kind.attributes, "attributes"))

    def imported(self, name: str, part: Part) -> Json:
        """`Fn::ImportValue`."""
        if name in self.building.stand_ins:
            return self.building.stand_ins[name]
        return self.building.imports(self.building, name, part)

    def dynamic(self, reference: str, part: Part) -> Json:
        """A dynamic reference."""
        if reference in self.building.stand_ins:
            return self.building.stand_ins[reference]
        message = f"`{reference}` is read when a stack is created"
        return self.refuse(part, "dynamic-reference", message, f"give `{reference}` a value under `values:`")

    def _item(self, name: str, part: Part) -> Item:
        building = self.building
        if name in building.items:
            return building.items[name]
        self._must_exist(name, part)
        declared = building.resources[name]
        if declared.type not in building.kinds:
            message = f"`{name}` is a `{declared.type}`, which is not emulated"
            self.refuse(part, "unsupported-type", message, _VALUES)
        node = (building.number, "resource", name)
        if node in building.broken:
            raise HoleError
        raise NeedsError(node, part)

    def _must_exist(self, name: str, part: Part) -> None:
        building = self.building
        if name in building.absent:
            message = f"`{name}` is not created, for its condition `{building.absent[name]}` is not met"
            self.refuse(part, "absent-resource", message, "put the reference under the same condition with `Fn::If`")
        if name not in building.resources:
            message = f"`{name}` is neither a resource nor a parameter of the template"
            known = (*building.resources, *building.scope.names)
            self.refuse(part, "unknown-reference", message, hint(name, known, "names"))
