"""`Globals` of SAM templates: properties that every function, machine, table or API has unless it says otherwise.

Spec: AWS SAM, "Globals section": objects are merged, lists are joined with the global elements first, anything else is
replaced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.importers.part import Moved, Part
from turnstile.spelling import hint

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.importers.scope import Scope
    from turnstile.importers.template import Declared

_SECTIONS = (
    "Api",
    "CapacityProvider",
    "Function",
    "HttpApi",
    "LayerVersion",
    "SimpleTable",
    "StateMachine",
    "WebSocketApi",
)


def with_globals(scope: Scope, declared: Declared) -> Json:
    """The properties of a resource with those of its section of `Globals` below them."""
    section = scope.template.section("Globals")
    for name, part in section.members():
        if name not in _SECTIONS:
            message = f"`Globals` has no section `{name}`"
            scope.refuse(part, "unknown-section", message, hint(name, _SECTIONS, "sections"))
    base = section.get(declared.type.rpartition("::")[2])
    own = declared.properties
    if own.value is None:
        own = Part({}, own.origin)
    ignored = declared.part.get("IgnoreGlobals")
    if base is None or not isinstance(base.value, dict) or (ignored is not None and ignored.value == "*"):
        return own.value
    left_out = ignored.value if ignored is not None and isinstance(ignored.value, list) else ()
    kept = {name: value.moved for name, value in base.members() if name not in left_out}
    return _merged(Part(kept, base.origin), own)


def _merged(base: Part, own: Part) -> Json:
    match base.value, own.value:
        case dict(), dict() if not _function(base) and not _function(own):
            both = {name: part.moved for name, part in base.members()}
            for name, part in own.members():
                below = base.get(name)
                both[name] = Moved(_merged(below, part), part.origin) if below is not None else part.moved
            return both
        case list(), list():
            return [part.moved for part in (*base.elements(), *own.elements())]
    return own.value


def _function(part: Part) -> bool:
    name = next(iter(part.value), "")
    return len(part.value) == 1 and (name == "Ref" or name.startswith("Fn::"))
