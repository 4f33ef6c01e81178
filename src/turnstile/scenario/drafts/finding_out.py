"""What a drafted scenario does when it runs, and what its roles must be allowed for that.

Knows a scenario as a document, which it lays into a folder for a moment and runs.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from turnstile.faults import Rejected
from turnstile.gate.link import Link
from turnstile.report.report import UNSUPPORTED
from turnstile.scenario.expectations.expected_calls import facts, who
from turnstile.scenario.run import run_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.gate.trail import Entry
    from turnstile.report.report import Case
    from turnstile.scenario.drafts.draft_world import DraftWorld

Grant: TypeAlias = tuple[str, str, str]
"""ARN of a role, action, resource."""

_OWN = frozenset({Link.CALLER_POLICY, Link.TARGET_POLICY})
_ROUNDS = 50
"""So many runs at the most; each finds at least one more permission, role or function."""


def run(scenario: Mapping[str, Json]) -> Case:
    """How the only case of a scenario ends, whatever it expects.

    Raises:
        Rejected: the scenario has faults.
    """
    with tempfile.TemporaryDirectory(prefix="turnstile-") as folder:
        path = Path(folder) / "draft.scenario.json"
        path.write_text(json.dumps(scenario), "utf-8")
        (file,) = run_files([path]).files
    if file.faults:
        raise Rejected(file.faults)
    return file.cases[0]


def settled(scenario: Mapping[str, Json], world: DraftWorld, declares: Callable[[Entry], bool]) -> Case:
    """Run again and again until a run asks for nothing new; how the case ends then.

    What the policies of drafted roles refuse is granted. `declares` puts what a call was for into the world, where
    that is not there yet, and says whether it did.
    """
    known: dict[Grant, None] = {}
    for _ in range(_ROUNDS):
        case = run(scenario)
        added = [entry for entry in case.calls if declares(entry)]
        wanted = (grant for entry in case.refused for grant in _wanted(entry) if grant[0] in world.roles)
        new = dict.fromkeys(grant for grant in wanted if grant not in known)
        if not new and not added:
            break
        known |= new
        world.grant(known)
    return case


def _wanted(entry: Entry) -> Iterator[Grant]:
    for broken in entry.ruling.broken:
        if broken.link in _OWN:
            yield who(entry), broken.decision.request.action, broken.decision.request.resource


def expectation(case: Case) -> dict[str, Json] | None:
    """What to expect of a case that ended so; None where it came to something that is not emulated."""
    if case.status == UNSUPPORTED:
        return None
    found: dict[str, Json] = {"status": case.status}
    found |= {"error": case.error} if case.error is not None else {}
    denied = [_denied(entry) for entry in case.refused]
    return found | {"denied": [one for place, one in enumerate(denied) if one not in denied[:place]]}


def _denied(entry: Entry) -> dict[str, Json]:
    told = {key: value for key, value in facts(entry).items() if key != "state"}
    links = [broken.link.value for broken in entry.ruling.broken] + [one.link.value for one in entry.ruling.barriers]
    return told | ({"link": links[0] if len(links) == 1 else links} if links else {})


def refused_at(case: Case, role: str) -> bool:
    """The case has a refused assumption of that role."""
    return any(facts(entry)["resource"] == role for entry in case.refused)
