"""A scenario drafted around a state machine that is there already: `turnstile init FILE`.

What a definition names is declared: the accounts of its ARNs, the roles in `Credentials`, the functions it invokes,
with declared answers. What it computes, and what its roles may do, is found out by running it: each role and function
that a run asks for is declared and each call that a role's own policies refuse is granted, until nothing is new. A
draft says what happened, so it runs as expected; it is a place to start, and no advice on permissions. A template
declares its own account; then only what is of other accounts is drafted.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from turnstile.asl.parse import parse_document
from turnstile.faults import Rejected
from turnstile.report.layout import safe
from turnstile.report.report import UNSUPPORTED
from turnstile.scenario.drafts import draft_names, draft_text, finding_out
from turnstile.scenario.drafts.draft_outline import Outline, Wishes
from turnstile.scenario.drafts.draft_world import FOUND, trust
from turnstile.scenario.drafts.placeholders import unknown
from turnstile.scenario.drafts.task_texts import account_of
from turnstile.source import Origin, open_source, read

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.report.report import Case
    from turnstile.source import Source

__all__ = ["Drafted", "Wishes", "draft"]

_LONG = 60
"""Characters of an input that would not be written twice."""
_RESOURCES = re.compile(r"""^\s{0,4}["']?Resources["']?\s*:""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A scenario file: its name, its text, and what is left for the user to do."""

    name: str
    text: str
    left: tuple[str, ...]


def draft(source: Path, into: Path, wishes: Wishes) -> Drafted:
    """A scenario for the definition or template in a file, to be written into a folder.

    Raises:
        Rejected: the file cannot be read, or the scenario around it has faults, such as parameters without a value.
    """
    document = _definition(source)
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", source.name.partition(".")[0]) or "workflow"
    outline = Outline(source, stem, wishes)
    if document is None:
        outline.around_template()
    else:
        outline.around_definition(document)
    drafting = _Drafting(outline)
    drafting.cases()
    return Drafted(f"{stem}.scenario.yaml", drafting.text(into), tuple(dict.fromkeys(outline.left)))


def _definition(source: Path) -> dict[str, Json] | None:
    """The definition in a file; None for a template, whose YAML has tags of its own."""
    text = open_source(source)
    if _RESOURCES.search(text.text):
        return None
    document = read(text)
    if isinstance(document, dict) and isinstance(document.get("Resources"), dict):
        return None
    if isinstance(document, dict) and "StartAt" in document:
        _sound(document, text)
        return document
    message = f"`{source.name}` is neither a definition nor a template"
    remedy = "a definition has `StartAt`, a template `Resources`"
    raise Rejected([Origin(text).fault("unknown-kind", message, remedy)])


def _sound(document: dict[str, Json], source: Source) -> None:
    """Faults of the definition itself are told at its own lines, before anything is drafted."""
    if not unknown(document):
        parse_document(document, Origin(source))


class _Drafting:
    """The cases of an outline, and the whole as a text."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.world, self.wishes, self.left = outline.world, outline.wishes, outline.left
        self.scenario, self.taken, self.stubs = outline.scenario, outline.taken, outline.stubs
        self.above: dict[draft_text.Place, list[str]] = {}

    def cases(self) -> None:
        """Run the draft, add what is missing, and write down how each case ends."""
        first = self._case(draft_names.RUNS)
        found = finding_out.settled(self._with(first), self.world, self.outline.asked)
        if found.status == UNSUPPORTED:
            self.left.append(found.findings[0].message)
            self.scenario["cases"] = [first]
            return
        self.above["cases", 0] = draft_names.comments(found)
        written = [self._case(draft_names.name(found), finding_out.expectation(found))]
        self._open(found)
        written += [case for role in self.taken if (case := self._refusing(role)) is not None]
        self.scenario["cases"] = written
        if len(written) > 1 and len(draft_text.flow(self.wishes.input)) > _LONG:
            self._input_once(written)

    def _refusing(self, role: str) -> dict[str, Json] | None:
        """A case in which a role may not be taken; None where no run comes to that."""
        if role not in self.world.roles:
            return None
        states, changes = self.taken[role], self._distrust(role)
        ended = finding_out.run(self._with(self._case("refused", changes=changes)))
        if not finding_out.refused_at(ended, role):
            self.left.append(self._way_to(states[0]))
            return None
        alike = [one for one in self.taken if one.rpartition("/")[2] == role.rpartition("/")[2]]
        account = self.world.named(self.world.account(account_of(role)))
        name = role.rpartition("/")[2] if len(alike) == 1 else f"{account}/{role.rpartition('/')[2]}"
        told = draft_names.of_distrust(name, states, ended)
        return self._case(told, finding_out.expectation(ended), changes, self._reached(ended, role))

    def _way_to(self, state: str) -> str:
        """What a run needs to come to a state."""
        deciding = self.outline.answers.deciding()
        if not deciding:
            return f"an input that leads to the state `{state}`: give it with `--input`"
        members = draft_names.answered(deciding, "or")
        return f"what leads to the state `{state}`: other `returns` ({members}), or an input, given with `--input`"

    def _reached(self, ended: Case, refused: str) -> dict[str, Json]:
        """The stubs of the states that a case came to, without those that wait behind the refused role."""
        entered = {event.get("stateEnteredEventDetails", {}).get("name") for event in ended.history}
        others = {state for role, states in self.taken.items() if role != refused for state in states}
        entered -= set(self.taken[refused]) - others
        return {state: stub for state, stub in self.stubs.items() if state in entered}

    def _input_once(self, cases: list[dict[str, Json]]) -> None:
        """A long input stands in one place."""
        for case in cases:
            del case["input"]
        whole = {**self.scenario, "defaults": {"input": self.wishes.input}, "cases": cases}
        self.scenario = {key: whole[key] for key in (*(key for key in whole if key != "cases"), "cases")}

    def _open(self, found: Case) -> None:
        """What a run could not tell, or would need to go on."""
        for state in self.outline.computed:
            known = f"the role that the state `{state}` takes is known only when it runs"
            self.left.append(f"{known}: give an `--input` that leads to it")
        if found.status != "SUCCEEDED":
            told = draft_names.comments(found)
            because = f": {told[0]}" if told else ""
            wanted = self.outline.answers.read_by(draft_names.last_state(found)) if not found.refused else {}
            needs = f"; `returns` needs {draft_names.answered(wanted, 'and')}" if wanted else ""
            self.left.append(f"the first case ends as {found.status}{because}{needs}")

    def _with(self, case: Json) -> dict[str, Json]:
        return {**self.scenario, "cases": [case]}

    def _case(
        self, name: str, expect: Json = None, changes: Json = None, stubs: dict[str, Json] | None = None
    ) -> dict[str, Json]:
        entry: dict[str, Json] = {"name": name, "input": self.wishes.input}
        kept = self.stubs if stubs is None else stubs
        entry |= {"stubs": kept} if kept else {}
        entry |= {"changes": changes} if changes else {}
        return {**entry, "expect": expect or {"status": "SUCCEEDED"}}

    def _distrust(self, role: str) -> Json:
        """Changes after which nobody but a service that is not there may take the role."""
        name = self.world.named(self.world.account(account_of(role)))
        refused = {"trust": trust({"Service": "ec2.amazonaws.com"})}
        return {"accounts": {name: {"roles": {role.rpartition("/")[2]: refused}}}}

    def text(self, into: Path) -> str:
        """The file: where its editor finds the schema, what it is, and the document with paths relative to it."""
        told = [
            "# yaml-language-server: $schema=./scenario.schema.json",
            "#",
            f"# Drafted by `turnstile init` for {safe(self.outline.source.name)}; `turnstile run` runs it as it is.",
            "# What is made up is yours to replace: functions answer what stands under `returns`, other Tasks what",
            f"# stands under `stubs`, and roles may do what a run needed (the policies {FOUND}).",
        ]
        absolute = os.path.abspath(self.outline.source)  # noqa: PTH100 - a text
        relative = Path(os.path.relpath(self.outline.source, into)).as_posix()
        self._remark()
        whole = _replaced(self.world.spoken(self.scenario), absolute, relative)
        return "\n".join(told) + "\n\n" + draft_text.text(whole, self.above, self.outline.beside)

    def _remark(self) -> None:
        """Words beside the roles: who takes them."""
        for name, account in self.world.accounts.items():
            for role in account.get("roles", {}):
                self.outline.beside["accounts", name, "roles", role] = "the execution role"
        for role, states in self.taken.items():
            if role in self.world.roles:
                name = self.world.named(self.world.account(account_of(role)))
                told = f"taken by {', '.join(states)}".splitlines()[0]
                self.outline.beside["accounts", name, "roles", role.rpartition("/")[2]] = told


def _replaced(value: Json, old: str, new: str) -> Json:
    match value:
        case dict():
            return {name: _replaced(member, old, new) for name, member in value.items()}
        case list():
            return [_replaced(member, old, new) for member in value]
    return new if value == old else value
