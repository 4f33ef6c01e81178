"""What a case expects, as a value: names resolved, links known. `expect` compares it with what happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from turnstile.gate.link import Link
from turnstile.scenario.reference import substitute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.scenario.file import DeniedEntry, ExpectEntry
    from turnstile.scenario.reference import Names
    from turnstile.source import Origin


_LEFT: tuple[Literal["stuck", "orphans"], ...] = ("stuck", "orphans")


@dataclass(frozen=True, slots=True)
class Denied:
    """A kind of refused call; None stands for any. `who` is an ARN or a service principal."""

    who: str | None
    action: str | None
    resource: str | None
    links: frozenset[Link] | None
    times: int | None
    written: Mapping[str, Json]
    """The entry as the user wrote it, resolved."""


@dataclass(frozen=True, slots=True, eq=False)
class Expectation:
    """The keys that were given (`status`, `output`, `error` ...), by name, and where."""

    given: Mapping[str, Json]
    denied: tuple[Denied, ...] | None
    origin: Origin
    left: Mapping[str, tuple[Mapping[str, Json], ...]] = field(default_factory=dict)
    """The kinds listed under `stuck` and `orphans`, as far as these were given."""

    @property
    def of_refusal(self) -> bool:
        """It is about something that goes wrong: a refused call, or an execution that does not succeed."""
        return bool(self.denied) or "error" in self.given or self.given.get("status", "SUCCEEDED") != "SUCCEEDED"


def read_expectation(entry: ExpectEntry, names: Names, origin: Origin, faults: list[Fault]) -> Expectation:
    """Resolve the names in an expectation."""
    if not entry.model_fields_set:
        remedy = "say at least how it ends: `status: SUCCEEDED`"
        faults.append(origin.fault("empty-expect", "`expect` expects nothing", remedy))
    given = {
        key: substitute(getattr(entry, key), names.texts, origin.at(key), faults)
        for key in sorted(entry.model_fields_set - {"denied", "orphans", "stuck"})
    }
    left: dict[str, tuple[Mapping[str, Json], ...]] = {
        key: tuple(kind.model_dump(exclude_unset=True) for kind in getattr(entry, key))
        for key in _LEFT
        if key in entry.model_fields_set
    }
    if "denied" not in entry.model_fields_set:
        return Expectation(given, None, origin, left)
    kinds = (_denied(kind, names, origin.at("denied", index), faults) for index, kind in enumerate(entry.denied))
    return Expectation(given, tuple(kinds), origin, left)


def _denied(entry: DeniedEntry, names: Names, origin: Origin, faults: list[Fault]) -> Denied:
    if not entry.model_fields_set:
        faults.append(origin.fault("empty-denied", "this entry of `denied` says nothing", "say at least `action:`"))
    written = entry.model_dump(exclude_unset=True)
    if "resource" in written:
        written["resource"] = substitute(entry.resource, names.texts, origin.at("resource"), faults)
    return Denied(
        who=names.caller(entry.who, origin.at("who"), faults) if "who" in written else None,
        action=written.get("action"),
        resource=written.get("resource"),
        links=frozenset(map(Link, entry.link)) if "link" in written else None,
        times=written.get("times"),
        written=written,
    )
