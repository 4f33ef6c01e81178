"""Values of a template with every function worked out, and the places of what moved.

Spec: CloudFormation Template Reference, "Intrinsic function reference". A resource that is not known yet is asked for
by `NeedsError`; whoever drives the resolver brings it and tries again. Wrong values become faults of the scope.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn, Protocol, TypeAlias

from turnstile.document import Json, pointer
from turnstile.importers import intrinsics
from turnstile.importers.intrinsics import PLAIN, MisusedError, called, text
from turnstile.importers.part import Moved, Part, Places, places, plain
from turnstile.importers.scope import NOTHING, HoleError
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.importers.scope import Scope

Node: TypeAlias = tuple[int, str, str]
"""What is resolved as a whole: the number of the stack, `resource` or `output`, the name."""

_VARIABLE = re.compile(r"\$\{(?P<kept>!)?(?P<name>[^{}]*)\}")
_DYNAMIC = re.compile(r"\{\{resolve:[^{}]*\}\}")
_FIND = (3, 4)


def without_resources(scope: Scope, part: Part) -> Json:
    """A value in conditions and names, where no resource is known.

    Raises:
        HoleError: it cannot be worked out.
    """
    return Resolver(scope).plain(part)


class NeedsError(Exception):
    """A value needs another one that is not known yet; `part` is what asks for it."""

    def __init__(self, node: Node, part: Part) -> None:
        self.node = node
        self.part = part
        super().__init__(str(node))


class References(Protocol):
    """What resources and other stacks give; each method raises `HoleError` where that is a fault."""

    def reference(self, name: str, part: Part) -> Json:
        """`Ref` of a resource."""

    def attribute(self, name: str, attribute: str, part: Part) -> Json:
        """`Fn::GetAtt` of a resource."""

    def imported(self, name: str, part: Part) -> Json:
        """`Fn::ImportValue`."""

    def dynamic(self, reference: str, part: Part) -> Json:
        """The value of a dynamic reference such as `{{resolve:ssm:/name}}`."""


class _NoReferences:
    """For conditions and names of exports, which know no resources."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def reference(self, name: str, part: Part) -> NoReturn:
        message = f"`{name}` is neither a parameter nor a pseudo parameter"
        self.scope.refuse(part, "unknown-reference", message, hint(name, self.scope.names, "parameters"))

    def attribute(self, name: str, attribute: str, part: Part) -> NoReturn:
        message = f"`{name}.{attribute}` stands where resources are not known"
        self.scope.refuse(part, "unknown-reference", message, "use parameters here")

    def imported(self, name: str, part: Part) -> NoReturn:
        self.scope.refuse(part, "unknown-reference", f"the export `{name}` is not known here", "use parameters here")

    def dynamic(self, reference: str, part: Part) -> NoReturn:
        self.scope.refuse(part, "dynamic-reference", f"`{reference}` is not known here", "use parameters here")


class Resolver:
    """The functions of one scope."""

    def __init__(self, scope: Scope, references: References | None = None) -> None:
        self.scope = scope
        self.references = references or _NoReferences(scope)
        self._functions: Mapping[str, Callable[[Part, str, Places], Json]] = {
            "Ref": self._ref,
            "Fn::FindInMap": self._find,
            "Fn::GetAtt": self._attribute,
            "Fn::GetAZs": self._zones,
            "Fn::If": self._if,
            "Fn::ImportValue": self._import,
            "Fn::Sub": self._sub,
        }

    def document(self, part: Part, found: Places, here: str = "") -> Json:
        """The value of a part; what moved in it is noted in `found`, where the value stands at `here`.

        Raises:
            HoleError: something in it cannot be worked out.
            NeedsError: a resource has to be resolved first.
        """
        return self._value(part, here, found)

    def plain(self, part: Part) -> Json:
        """The value of a part; `NOTHING` is null."""
        value = self.document(part, places(part.origin))
        return None if value is NOTHING else value

    def _value(self, part: Part, here: str, found: Places) -> Json:
        match part.value:
            case dict():
                return self._object(part, here, found)
            case list():
                return self._list(part, here, found)
            case str() if "{{resolve:" in part.value:
                return _DYNAMIC.sub(lambda match: text(self.references.dynamic(match[0], part)), part.value)
        return part.value

    def _child(self, part: Part, name: str | int, here: str, found: Places) -> Json:
        child = part.at(name)
        raw = part.value[name]
        if isinstance(raw, Moved):
            found.moves[here] = child.origin
            if raw.final:
                return plain(raw.value, found, here)
        return self._value(child, here, found)

    def _object(self, part: Part, here: str, found: Places) -> Json:
        name = next(iter(part.value), "")
        if len(part.value) == 1 and (name == "Ref" or name.startswith("Fn::")):
            return self._call(name, part.at(name), here, found)
        members: dict[str, Json] = {}
        whole = True
        for name in part.value:
            try:
                if name.startswith("Fn::"):
                    self._misplaced(name, part.at(name))
                value = self._child(part, name, pointer(here, name), found)
            except HoleError:
                whole = False
                continue
            if value is not NOTHING:
                members[name] = value
        if not whole:
            raise HoleError
        return members

    def _list(self, part: Part, here: str, found: Places) -> Json:
        elements: list[Json] = []
        whole = True
        for index in range(len(part.value)):
            place = pointer(here, len(elements))
            if index > len(elements):
                found.moves[place] = part.origin.at(index)
            try:
                value = self._child(part, index, place, found)
            except HoleError:
                whole = False
                continue
            if value is not NOTHING:
                elements.append(value)
        if not whole:
            raise HoleError
        return elements

    def _misplaced(self, name: str, part: Part) -> NoReturn:
        if name.startswith("Fn::ForEach::"):
            self.scope.refuse(part, "unsupported-function", f"`{name}` is not emulated", "write what it repeats")
        self.scope.refuse(part, "wrong-arguments", f"`{name}` stands beside other members", "put it alone in an object")

    def _call(self, name: str, part: Part, here: str, found: Places) -> Json:
        if (function := self._functions.get(name)) is not None:
            return function(part, here, found)
        if name not in PLAIN:
            self._unknown(name, part)
        if name in intrinsics.EXTENSIONS and not self.scope.extended:
            message = f"`{name}` needs the transform `AWS::LanguageExtensions`"
            self.scope.refuse(part, "missing-transform", message, "add it to `Transform`")
        argument = self.plain(part)
        try:
            return PLAIN[name](argument)
        except MisusedError as error:
            self.scope.refuse(part, "wrong-arguments", str(error), error.remedy)

    def _unknown(self, name: str, part: Part) -> NoReturn:
        if name in ("Fn::Transform", "Fn::GetStackOutput") or name.startswith("Fn::ForEach::"):
            self.scope.refuse(part, "unsupported-function", f"`{name}` is not emulated", "write what it makes")
        if name in ("Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or"):
            message = f"`{name}` makes a condition, not a value"
            self.scope.refuse(part, "wrong-arguments", message, "name it in `Conditions` and use `Fn::If`")
        known = dict.fromkeys((*self._functions, *PLAIN))
        self.scope.refuse(part, "unknown-function", f"there is no function `{name}`", hint(name, known, "functions"))

    def _ref(self, part: Part, _here: str, _found: Places) -> Json:
        if not isinstance(part.value, str):
            self.scope.refuse(part, "wrong-arguments", f"`Ref` names something, and is not {called(part.value)}")
        return self._named(part.value, part)

    def _named(self, name: str, part: Part) -> Json:
        return self.scope.reference(name) if self.scope.known(name) else self.references.reference(name, part)

    def _attribute(self, part: Part, _here: str, _found: Places) -> Json:
        written = part.value if isinstance(part.value, str) else self.plain(part)
        names = written.split(".", 1) if isinstance(written, str) else written
        if not isinstance(names, list) or not names[1:] or not all(isinstance(name, str) for name in names):
            message = "`Fn::GetAtt` takes a logical id and the name of an attribute"
            self.scope.refuse(part, "wrong-arguments", message, "write `Name.Attribute`")
        return self.references.attribute(names[0], ".".join(names[1:]), part)

    def _if(self, part: Part, here: str, found: Places) -> Json:
        chosen = self.scope.chosen(part)
        found.moves[here] = chosen.origin
        return self._value(chosen, here, found)

    def _find(self, part: Part, here: str, found: Places) -> Json:
        arguments = list(part.elements())
        if len(arguments) not in _FIND:
            self.scope.refuse(part, "wrong-arguments", "`Fn::FindInMap` takes a mapping and two keys")
        default = arguments[3].get("DefaultValue") if len(arguments) > 3 else None  # noqa: PLR2004 - behind the keys
        if default is not None and not self.scope.extended:
            message = "a default of `Fn::FindInMap` needs the transform `AWS::LanguageExtensions`"
            self.scope.refuse(part, "missing-transform", message, "add it to `Transform`")
        names = [self.plain(argument) for argument in arguments[:3]]
        return self._value(self.scope.mapped(part, names, default), here, found)

    def _zones(self, part: Part, _here: str, _found: Places) -> Json:
        region = self.plain(part)
        if region not in ("", None, self.scope.stack.region):
            self.scope.refuse(part, "wrong-arguments", f"`Fn::GetAZs` knows the stack's own Region, not `{region}`")
        return intrinsics.zones(self.scope.stack.region)

    def _import(self, part: Part, _here: str, _found: Places) -> Json:
        name = self.plain(part)
        if not isinstance(name, str):
            self.scope.refuse(part, "wrong-arguments", f"`Fn::ImportValue` takes a name, not {called(name)}")
        return self.references.imported(name, part)

    def _sub(self, part: Part, _here: str, _found: Places) -> Json:
        own: dict[str, Part] = {}
        template = part
        if isinstance(part.value, list):
            written = list(part.elements())
            if len(written) != 2 or not isinstance(written[1].value, dict):  # noqa: PLR2004 - a pair
                self.scope.refuse(part, "wrong-arguments", "`Fn::Sub` takes text, and an object of variables")
            template, own = written[0], dict(written[1].members())
        if not isinstance(template.value, str):
            self.scope.refuse(part, "wrong-arguments", f"`Fn::Sub` takes text, not {called(template.value)}")
        pieces, at = [], 0
        for match in _VARIABLE.finditer(template.value):
            pieces += [template.value[at : match.start()], self._variable(match, own, template)]
            at = match.end()
        return self._bounded([*pieces, template.value[at:]], part)

    def _bounded(self, pieces: list[str], part: Part) -> str:
        try:
            return intrinsics.bounded("".join(pieces))
        except MisusedError as error:
            self.scope.refuse(part, "wrong-arguments", str(error), error.remedy)

    def _variable(self, match: re.Match[str], own: Mapping[str, Part], part: Part) -> str:
        name = match["name"]
        if match["kept"]:
            return f"${{{name}}}"
        name = name.strip()
        if name in own:
            value = self.plain(own[name])
        elif "." in name:
            logical_id, _, attribute = name.partition(".")
            value = self.references.attribute(logical_id, attribute, part)
        else:
            value = self._named(name, part)
        try:
            return "" if value is NOTHING else text(value, f"text for `${{{name}}}`")
        except MisusedError as error:
            self.scope.refuse(part, "wrong-arguments", str(error), error.remedy)
