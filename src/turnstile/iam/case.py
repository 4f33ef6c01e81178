"""A request with its policies as one JSON document: the case format of `turnstile simulate` and the conformance cases.

The meaning of each field: docs/policies.md. Every fault of a case is named at once; an unknown field is one, so that no
policy is left out by a slip of the pen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.document import Json, pointer
from turnstile.faults import Rejected
from turnstile.iam.asked import slips
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind, Policy
from turnstile.iam.reading import nearest, shown
from turnstile.iam.request import Policies, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.faults import Fault
    from turnstile.iam.request import ContextValue
    from turnstile.source import Origin

_NEEDED = ("principal", "action", "resource")
_ONE = {"resource_policy": Kind.RESOURCE, "trust_policy": Kind.TRUST}
_MANY = {
    "identity_policies": Kind.IDENTITY,
    "permission_boundaries": Kind.BOUNDARY,
    "session_policies": Kind.SESSION,
}
_LEVELS = {"scps": Kind.SCP, "rcps": Kind.RCP}
_FLAGS = ("principal_in_management_account", "resource_in_management_account")
_LABELS = ("id", "title", "doc", "certainty", "features", "layers", "resource_account_scps", "principal_account_rcps")
_OUTCOMES = {"expected": ("allow", "deny"), "expected_reason": ("allowed", "explicit_deny", "implicit_deny")}
FIELDS = (*_NEEDED, "resource_account", "context", *_ONE, *_MANY, *_LEVELS, *_FLAGS, *_OUTCOMES, *_LABELS)


@dataclass(frozen=True, slots=True)
class Asked:
    """A case as read; `expected` and `expected_reason` are empty where the case does not say."""

    name: str
    request: Request
    policies: Policies
    expected: str = ""
    expected_reason: str = ""


def read_case(document: Json, origin: Origin, number: int) -> Asked:
    """Read a case; `number`, from 1, names one without `id`.

    Raises:
        Rejected: with every fault of the case and its policies.
    """
    reading = _CaseReading(origin)
    asked = reading.case(document, number)
    if reading.faults or asked is None:
        raise Rejected(reading.faults)
    return asked


class _CaseReading:
    """One case being read, field by field."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.faults: list[Fault] = []

    def fault(self, place: str, code: str, message: str, remedy: str = "") -> None:
        self.faults.append(self.origin.within(place).fault(code, message, remedy))

    def case(self, document: Json, number: int) -> Asked | None:
        if not isinstance(document, dict):
            self.fault("", "case-not-object", "a case is an object", "write `principal`, `action` and `resource`")
            return None
        for name in document:
            if name not in FIELDS:
                message = f"{shown(name)} is not a field of a case"
                self.fault(pointer("", name), "unknown-field", message, nearest(name, FIELDS))
        for name in _FLAGS:
            if not isinstance(document.get(name) or False, bool):
                self.fault(f"/{name}", "not-boolean", f"`{name}` is `true` or `false`")
        request, policies = self.request(document), self.policies(document)
        name = document.get("id") or document.get("title") or f"case {number}"
        outcomes = (self.outcome(document, one) for one in _OUTCOMES)
        return Asked(str(name), request, policies, *outcomes)

    def outcome(self, document: dict[str, Json], name: str) -> str:
        value = document.get(name, "")
        if value and value not in _OUTCOMES[name]:
            words = " or ".join(f"`{word}`" for word in _OUTCOMES[name])
            self.fault(f"/{name}", "unknown-outcome", f"{shown(value)} is not an outcome", f"write {words}")
        return str(value)

    def request(self, document: dict[str, Json]) -> Request:
        principal, action, resource = (self.text(document, name) for name in _NEEDED)
        owner = document.get("resource_account")
        if owner is not None and not isinstance(owner, str):
            self.fault("/resource_account", "not-text", "`resource_account` is text", "put it in quotes")
        for name, code, message, remedy in slips(principal, action, resource):
            if document.get(name) and isinstance(document[name], str):
                self.fault(f"/{name}", code, message, remedy)
        return Request(principal, action, resource, str(owner or ""), self.context(document.get("context")))

    def text(self, document: dict[str, Json], name: str) -> str:
        value = document.get(name)
        if not isinstance(value, str) or not value:
            code, message = (
                ("not-text", f"`{name}` is text") if name in document else ("missing-field", f"`{name}` is missing")
            )
            self.fault(f"/{name}" if name in document else "", code, message)
            return ""
        return value

    def context(self, written: Json) -> Mapping[str, ContextValue]:
        if written is not None and not isinstance(written, dict):
            self.fault("/context", "not-object", "`context` is an object of condition keys")
        found: dict[str, ContextValue] = {}
        for key, value in (written if isinstance(written, dict) else {}).items():
            many = tuple(value) if isinstance(value, list) else (value,)
            if not all(isinstance(one, str) for one in many):
                message = f"the value of `{key}` is text or a list of texts"
                self.fault(pointer("/context", key), "not-text", message, "put it in quotes")
                continue
            found[key] = many if isinstance(value, list) else many[0]
        return found

    def policies(self, document: dict[str, Json]) -> Policies:
        sides = [self.policy(document[name], _ONE[name], name) for name in _ONE if document.get(name)]
        many = {name: self.listed(document, name, _MANY[name]) for name in _MANY}
        levels = {name: self.levels(document, name, _LEVELS[name]) for name in _LEVELS}
        return Policies(
            identity=many["identity_policies"],
            resource=next(filter(None, reversed(sides)), None),
            boundaries=many["permission_boundaries"],
            sessions=many["session_policies"],
            scps=levels["scps"],
            rcps=levels["rcps"],
            principal_in_management_account=bool(document.get(_FLAGS[0])),
            resource_in_management_account=bool(document.get(_FLAGS[1])),
        )

    def listed(self, document: dict[str, Json], name: str, kind: Kind) -> tuple[Policy, ...]:
        values = self.sequence(document.get(name), f"/{name}", name)
        found = (self.policy(value, kind, name, number) for number, value in enumerate(values))
        return tuple(policy for policy in found if policy)

    def levels(self, document: dict[str, Json], name: str, kind: Kind) -> tuple[tuple[Policy, ...], ...]:
        levels = []
        for number, level in enumerate(self.sequence(document.get(name), f"/{name}", name)):
            values = self.sequence(level, f"/{name}/{number}", f"{name}/{number}")
            found = (self.policy(value, kind, name, number, place) for place, value in enumerate(values))
            levels.append(tuple(policy for policy in found if policy))
        return tuple(levels)

    def sequence(self, value: Json, place: str, name: str) -> list[Json]:
        if value is not None and not isinstance(value, list):
            self.fault(place, "not-a-list", f"`{name}` is a list")
        return value if isinstance(value, list) else []

    def policy(self, document: Json, kind: Kind, *place: str | int) -> Policy | None:
        try:
            return parse(document, kind=kind, name="/".join(map(str, place)), origin=self.origin.at(*place))
        except Rejected as rejected:
            self.faults.extend(rejected.faults)
            return None
