"""The resources in what `terraform show -json` prints for a plan or a state: modules opened, references followed.

In a plan, what Terraform will only know afterwards is missing from the values. Where the configuration says that such
a value is an attribute of another resource, `Planned.references` has it; the configuration names references but not
the text around them, so only attributes that are never part of a longer text are followed. Format: Terraform
documentation, "JSON Output Format". This file knows no AWS.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.faults import Rejected
from turnstile.importers.members import Members

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.source import Origin

_INDEX = re.compile(r"\[[^\]]*\]")
_COMMAND = "write it with `terraform show -json`, of a plan or of the state"
_MAJOR = "1"


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """An attribute of another resource; `address` has no index."""

    address: str
    attribute: str


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """A managed resource: `address` is that of Terraform, with module and index; `origin` is the place of its values.

    `unknown` are the attributes that somebody has set and that a plan does not know yet; `references` where they come
    from, as far as that is plain. `depends_on` are addresses without index.
    """

    address: str
    type: str
    values: Mapping[str, Json]
    origin: Origin
    unknown: frozenset[str] = frozenset()
    references: Mapping[str, Reference] = field(default_factory=dict)
    depends_on: frozenset[str] = frozenset()


def read_plan(document: Json, origin: Origin) -> tuple[Planned, ...]:
    """Every managed resource of AWS that will exist, in the order of the file.

    Raises:
        Rejected: this is no such document, or it is of a version that is not known.
    """
    faults: list[Fault] = []
    root = Members(document, origin, faults)
    key = "planned_values" if isinstance(document, dict) and "planned_values" in document else "values"
    if not isinstance(document, dict) or "format_version" not in document:
        root.fault("no-terraform", "this is neither a plan nor a state of Terraform in JSON", _COMMAND)
        raise Rejected(faults)
    if root.text("format_version").partition(".")[0] != _MAJOR:
        root.fault(
            "terraform-version", f"the format `{document['format_version']}` is not known", _COMMAND, "format_version"
        )
        raise Rejected(faults)
    reading = _Plan(root)
    found = tuple(reading.module(root.mapping(key).mapping("root_module")))
    if faults:
        raise Rejected(faults)
    return found


class _Plan:
    def __init__(self, root: Members) -> None:
        self.changes = {each.text("address"): each.mapping("change").value for each in root.each("resource_changes")}
        configuration = root.mapping("configuration").mapping("root_module").value
        self.scopes: dict[str, _Scope] = {}
        self._open(configuration, "", None, {})

    def _open(self, module: Json, path: str, outer: _Scope | None, call: Mapping[str, Json]) -> None:
        """Note what a module's configuration says; `call` holds the expressions of the call that opens it."""
        scope = self.scopes[path] = _Scope(path, module, outer, call)
        for name, inner in (module.get("module_calls") or {}).items():
            self._open(inner.get("module") or {}, f"{path}module.{name}.", scope, inner.get("expressions") or {})

    def module(self, module: Members) -> Iterator[Planned]:
        for each in module.each("resources"):
            if each.text("mode") == "managed" and each.text("type").startswith("aws_"):
                yield self._resource(each)
        for child in module.each("child_modules"):
            yield from self.module(child)

    def _resource(self, entry: Members) -> Planned:
        address, kind = entry.needed("address"), entry.text("type")
        plain = _INDEX.sub("", address)
        path = plain.removesuffix(f"{kind}.{entry.text('name')}")
        scope = self.scopes.get(path)
        expressions: Mapping[str, Json] = scope.expressions(plain.removeprefix(path)) if scope else {}
        after = (self.changes.get(address) or {}).get("after_unknown") or {}
        unknown = frozenset(name for name, what in after.items() if _is_unknown(what) and name in expressions)
        found = {name: self._followed(expressions[name], scope) for name in unknown if scope}
        references = {name: reference for name, reference in found.items() if reference}
        values = entry.mapping("values")
        named = {path + word for word in _mentioned(expressions)} | set(entry.texts("depends_on"))
        return Planned(address, kind, values.value, values.origin, unknown, references, frozenset(named))

    def _followed(self, expression: Json, scope: _Scope | None) -> Reference | None:
        """The one attribute that an expression names, through variables and outputs of modules."""
        words = _single(expression)
        if words is None or scope is None:
            return None
        match words:
            case ["var", name]:
                return self._followed(scope.call.get(name), scope.outer)
            case ["module", name, output]:
                inner = self.scopes.get(f"{scope.path}module.{name}.")
                return self._followed(inner.output(output), inner) if inner else None
            case [kind, name, attribute] if kind.startswith("aws_"):
                return Reference(f"{scope.path}{kind}.{name}", attribute)
            case _:
                return None


@dataclass(frozen=True, slots=True, eq=False)
class _Scope:
    """What the configuration of one module says, which names of other modules mean inside it."""

    path: str
    module: Json
    outer: _Scope | None
    call: Mapping[str, Json]

    def expressions(self, address: str) -> Mapping[str, Json]:
        written: list[dict[str, Json]] = self.module.get("resources") or []
        return next((each.get("expressions") or {} for each in written if each.get("address") == address), {})

    def output(self, name: str) -> Json:
        return ((self.module.get("outputs") or {}).get(name) or {}).get("expression")


def _is_unknown(what: Json) -> bool:
    """`true`, or something that holds it."""
    if isinstance(what, dict):
        return any(map(_is_unknown, what.values()))
    return any(map(_is_unknown, what)) if isinstance(what, list) else what is True


def _mentioned(expression: Json) -> set[str]:
    """The resources that expressions name, such as `aws_sqs_queue.jobs`."""
    if isinstance(expression, list):
        return {name for each in expression for name in _mentioned(each)}
    if not isinstance(expression, dict):
        return set()
    found = {".".join(_INDEX.sub("", name).split(".")[:2]) for name in expression.get("references") or []}
    return found | {name for each in expression.values() for name in _mentioned(each)}


def _single(expression: Json) -> list[str] | None:
    """The words of the only reference of an expression; Terraform lists `a.b.c` as `a.b.c` and `a.b`."""
    references = expression.get("references") if isinstance(expression, dict) else None
    if not references:
        return None
    plain = [_INDEX.sub("", reference) for reference in references]
    longest = max(plain, key=len)
    if any(longest != other and not longest.startswith(other + ".") for other in plain):
        return None
    return longest.split(".")
