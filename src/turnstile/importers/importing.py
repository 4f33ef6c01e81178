"""From templates to stacks: every resource with its properties resolved, in the order of what depends on what.

`import_stacks` takes the templates of all accounts together, since they import each other's exports. A resource is
resolved when it is first needed; a circle is a fault that shows it. A resource whose type has no kind is `skipped`, by
name, and what needs a value of it is a fault.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from turnstile.faults import Rejected
from turnstile.importers.building import Building
from turnstile.importers.resolver import NeedsError, without_resources
from turnstile.importers.scope import HoleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.importers.kinds import Kind
    from turnstile.importers.part import Part
    from turnstile.importers.resolver import Node
    from turnstile.importers.stacks import Imported, StackTemplate


def import_stacks(wanted: Iterable[StackTemplate], kinds: Mapping[str, Kind]) -> tuple[Imported, ...]:
    """The stacks of templates, in the same order.

    Raises:
        Rejected: with every fault of all of them.
    """
    importing = Importing(tuple(wanted), kinds)
    found = tuple(importing.stacks())
    if faults := importing.faults():
        raise Rejected(faults)
    return found


class Importing:
    """All stacks being made, faulty ones as far as they go.

    `exports` says which output bears a name in an account and Region.
    """

    def __init__(self, wanted: tuple[StackTemplate, ...], kinds: Mapping[str, Kind]) -> None:
        self.exports: dict[tuple[str, str, str], Node] = {}
        self.buildings = [Building(number, each, kinds, self.imported) for number, each in enumerate(wanted)]
        for building in self.buildings:
            self._export(building)

    def stacks(self) -> Iterator[Imported]:
        """Everything that could be resolved."""
        for node in chain.from_iterable(building.nodes for building in self.buildings):
            self._settle(node)
        return (building.imported() for building in self.buildings)

    def faults(self) -> tuple[Fault, ...]:
        """Every fault found so far."""
        return tuple(chain.from_iterable(building.scope.faults for building in self.buildings))

    def _export(self, building: Building) -> None:
        for name, output in building.outputs.items():
            written = output.get("Export")
            part = written.get("Name") if written is not None else None
            if part is None:
                continue
            try:
                export = without_resources(building.scope, part)
            except HoleError:
                continue
            key = (building.stack.account, building.stack.region, str(export))
            if key in self.exports:
                message = f"the account exports `{export}` already"
                building.scope.faults.append(part.fault("duplicate-export", message, "give each export its own name"))
            self.exports.setdefault(key, (building.number, "output", name))
            building.exports[name] = str(export)

    def _settle(self, first: Node) -> None:
        """Resolve a node and all it needs; an explicit path, for chains may be as long as a template."""
        path = [first]
        while path:
            building = self.buildings[path[-1][0]]
            try:
                building.settle(path[-1])
            except NeedsError as needed:
                if needed.node in path:
                    self._circle(path[path.index(needed.node) :], needed.part)
                else:
                    path.append(needed.node)
                    continue
            path.pop()

    def _circle(self, circle: list[Node], part: Part) -> None:
        number, _, name = circle[-1]
        shown = " → ".join(f"`{name}`" for _, _, name in (*circle, circle[0]))
        message = f"resources refer to each other in a circle: {shown}" if len(circle) > 1 else f"`{name}` needs itself"
        remedy = "take one of the references away, or put what they share into a resource of its own"
        self.buildings[number].scope.faults.append(part.fault("circular-reference", message, remedy))
        self.buildings[number].broken.add(circle[-1])

    def imported(self, building: Building, name: str, part: Part) -> Json:
        """The value of an export in the account and Region of a stack."""
        node = self.exports.get((building.stack.account, building.stack.region, name))
        if node is None:
            place = f"account {building.stack.account} in {building.stack.region}"
            message = f"no stack of {place} exports `{name}`"
            remedy = f"import the stack that exports it as well, or give `{name}` under `values:`"
            building.scope.refuse(part, "unknown-export", message, remedy)
        owner = self.buildings[node[0]]
        if node not in owner.settled:
            if node in owner.broken:
                raise HoleError
            raise NeedsError(node, part)
        if node[2] in owner.unresolved:
            message = f"the export `{name}` has no value: {owner.unresolved[node[2]]}"
            building.scope.refuse(part, "unknown-export", message, f"give `{name}` under `values:`")
        return owner.values[node[2]].value
