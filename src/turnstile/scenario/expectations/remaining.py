"""What is left when a case is over, against `stuck` and `orphans` of its expectation; one `Finding` for each mismatch.

As with `denied`: each kind must occur, and everything that occurs must be of a listed kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.report.report import Finding
from turnstile.scenario.comparing.difference import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from turnstile.document import Json
    from turnstile.scenario.expectations.expectation import Expectation
    from turnstile.states.standstill import Keeper, Orphan, Right, Stuck

_SAID = {
    "stuck": ("no Task is stuck that `stuck` lists", "a Task is stuck that `stuck` does not list"),
    "orphans": ("no job runs on that `orphans` lists", "a job runs on that `orphans` does not list"),
}


@dataclass(frozen=True, slots=True)
class Remains:
    """What is left: Tasks that are stuck, and jobs that run on."""

    stuck: Sequence[Stuck] = ()
    orphans: Sequence[Orphan] = ()

    def facts(self) -> dict[str, list[dict[str, Json]]]:
        """The same in the words of an expectation."""
        return {
            "stuck": [
                {
                    "state": one.site.state,
                    "waiting_for": one.waits_for.value,
                    "missing": _action(one.missing),
                    "kept_by": _keeper(one.keeper),
                }
                for one in self.stuck
            ],
            "orphans": [
                {"state": one.site.state, "missing": _action(one.missing), "left_running": one.left}
                for one in self.orphans
            ],
        }


def findings(expectation: Expectation, remains: Remains) -> Iterator[Finding]:
    """What is not as expected."""
    for key, found in remains.facts().items():
        if key in expectation.left:
            yield from _compared(expectation, key, expectation.left[key], found)


def _compared(
    expectation: Expectation, key: str, kinds: Sequence[Mapping[str, Json]], found: Sequence[dict[str, Json]]
) -> Iterator[Finding]:
    absent, unlisted = _SAID[key]
    for index, kind in enumerate(kinds):
        if not any(_is(kind, facts) for facts in found):
            message = f"{absent}: {_told(kind)}"
            yield Finding(key, message, dict(kind), None, expectation.origin.at(key, index).where())
    for facts in found:
        if not any(_is(kind, facts) for kind in kinds):
            yield Finding(key, f"{unlisted}: {_told(_telling(facts))}", None, facts, expectation.origin.at(key).where())


def _is(kind: Mapping[str, Json], facts: Mapping[str, Json]) -> bool:
    return all(_holds(value, facts[name]) for name, value in kind.items())


def _holds(wanted: Json, found: Json) -> bool:
    """A kind of keeper is one of a kind as well; null is nobody."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and _is(wanted, found)
    return bool(wanted == found)


def _keeper(keeper: Keeper | None) -> dict[str, Json] | None:
    return None if keeper is None else {"state": keeper.task.site.state, "role": keeper.role_arn}


def _action(missing: Right | None) -> str | None:
    return missing.action if missing is not None else None


def _telling(facts: Mapping[str, Json]) -> dict[str, Json]:
    """Without the keeper where there is none: only a Task that waits for its role can have one."""
    return {name: value for name, value in facts.items() if value is not None or name != "kept_by"}


def _told(facts: Mapping[str, Json]) -> str:
    return ", ".join(f"{name} {_quoted(value)}" for name, value in facts.items()) or "any"


def _quoted(value: Json) -> str:
    if isinstance(value, dict):
        return f"({_told(value)})"
    return f"`{'none' if value is None else value}`" if value is None or isinstance(value, str) else shown(value)
