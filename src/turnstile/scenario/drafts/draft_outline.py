"""What a drafted scenario declares: the world around a definition or a template, before anything has run.

Reads Tasks as written (`task_texts`) and puts what they name into a `DraftWorld`; what they compute comes later, by the
calls of runs (`Outline.asked`). Runs nothing.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from turnstile.arn import partition_of
from turnstile.permissions.task import machine
from turnstile.scenario.drafts import standing_in
from turnstile.scenario.drafts.answers import Answers
from turnstile.scenario.drafts.draft_world import HOME, ROLE, DraftWorld
from turnstile.scenario.drafts.placeholders import made_up, unknown
from turnstile.scenario.drafts.task_texts import (
    account_of,
    function_name,
    function_of,
    invokes,
    own_account,
    own_region,
    placeholder,
    role_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from turnstile.document import Json
    from turnstile.gate.trail import Entry
    from turnstile.permissions.task import Task
    from turnstile.scenario.drafts.draft_text import Place

_ACCOUNT, _REGION, _OTHER = "111122223333", "us-east-1", "444455556666"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user says of a draft; account and Region may be empty. `parameters` are those of a template."""

    input: Json
    account: str
    region: str
    parameters: Mapping[str, str] = field(default_factory=dict)


class Outline:
    """A scenario without cases: `taken` are states by the role they take, `computed` by state what names its role.

    `stubs` are answers by state, `answers` those of functions, `left` what only the user knows, `beside` words behind
    the keys of the file.
    """

    def __init__(self, source: Path, stem: str, wishes: Wishes) -> None:
        self.source, self.stem, self.wishes = source, stem, wishes
        self.left: list[str] = []
        self.taken: dict[str, list[str]] = {}
        self.stubs: dict[str, Json] = {}
        self.computed: dict[str, str] = {}
        self.beside: dict[Place, str] = {}
        self.scenario: dict[str, Json] = {"version": 1, "name": stem, "accounts": {}, "state_machines": {}}
        self.template = False
        self.answers = Answers({}, (), "aws")

    def _begin(self, home: str, region: str) -> None:
        self.world = DraftWorld(home, region, partition_of(region).name)
        self.scenario["accounts"] = self.world.accounts

    def around_definition(self, document: dict[str, Json]) -> None:
        """Declare what the definition names, and the machine with its execution role."""
        tasks = tuple(machine(document).all())
        home = self.wishes.account or own_account(tasks) or _ACCOUNT
        self._begin(home, self.wishes.region or own_region(tasks) or _REGION)
        self.answers = Answers(document, tasks, self.world.partition)
        execution_role = self.world.execution_role
        self.world.role(execution_role, {"Service": "states.amazonaws.com"})
        self.world.caller = {"AWS": execution_role}
        made = self._made(tasks, home)
        for task in tasks:
            self._task(task, made, execution_role)
        values = self._values(document, tasks, made)
        resources = standing_in.resources(tasks, document, values, home)
        if resources:
            self.world.account(home).setdefault("resources", []).extend(resources)
        entry = {"account": HOME, "role": ROLE, "definition": os.path.abspath(self.source)}  # noqa: PTH100 - a text
        self.scenario["state_machines"] = {self.stem: {**entry, **({"substitutions": values} if values else {})}}

    def _values(self, document: dict[str, Json], tasks: Sequence[Task], made: dict[str, str]) -> dict[str, str]:
        """What stands for each placeholder, in the account whose role the Task takes."""
        home = self.world.home
        known = dict(made)
        for task in tasks:
            role = role_of(task)
            account = account_of(made.get(placeholder(role) or "", role)) or home
            known = {**made_up(task.body, account, self.world.region), **known}
        known = {**made_up(document, home, self.world.region), **known}
        names = unknown(document)
        for name in names:
            if name not in known:
                self.left.append(f"the value of `{name}` under `substitutions`")
        if names:
            self.beside["state_machines", self.stem, "substitutions"] = "made up: what `${...}` in the definition is"
        return {name: known.get(name, "unknown") for name in names}

    def around_template(self) -> None:
        """Let the template declare its account, and draft the roles of other accounts that its machines take."""
        from turnstile.scenario.load import load  # noqa: PLC0415 - for templates only

        self.template = True
        self._begin(self.wishes.account or _ACCOUNT, self.wishes.region or _REGION)
        home = self.world.home
        template: dict[str, Json] = {"path": os.path.abspath(self.source)}  # noqa: PTH100 - a text
        if self.wishes.parameters:
            template["parameters"] = dict(self.wishes.parameters)
        self.world.account(home)["templates"] = [template]
        probe = {**self.scenario, "cases": [{"name": "probe", "expect": {"status": "SUCCEEDED"}}]}
        with tempfile.TemporaryDirectory(prefix="turnstile-") as folder:
            path = Path(folder) / "draft.scenario.json"
            path.write_text(json.dumps(probe), "utf-8")
            (case,) = load(path).cases
        if case.machine is None:
            return
        self.world.caller = {"AWS": case.machine.role_arn}
        document = json.loads(case.machine.text)
        tasks = tuple(machine(document).all())
        self.answers = Answers(document, tasks, self.world.partition)
        for task in tasks:
            self._task(task, {}, case.machine.role_arn)

    def _made(self, tasks: Sequence[Task], home: str) -> dict[str, str]:
        """ARNs for the placeholders of the definition, by what they stand for."""
        made: dict[str, str] = {}
        start = f"arn:{self.world.partition}"
        for task in tasks:
            if name := placeholder(role_of(task)):
                made.setdefault(name, f"{start}:iam::{_OTHER}:role/{name.removesuffix('Arn')}")
        for task in tasks:
            if name := placeholder(function_of(task)):
                role = made.get(placeholder(role_of(task)) or "", role_of(task))
                account = account_of(role) or home
                made.setdefault(
                    name, f"{start}:lambda:{self.world.region}:{account}:function:{name.removesuffix('Arn')}"
                )
        return made

    def _task(self, task: Task, made: dict[str, str], execution_role: str) -> None:
        written = role_of(task)
        role = made.get(placeholder(written) or "", written)
        if account_of(role):
            self.taken.setdefault(role, []).append(task.name)
            if self._foreign(account_of(role)):
                self.world.role(role)
        elif task.role is not None:
            self.computed[task.name] = task.role.written
        text = function_of(task)
        text = made.get(placeholder(text) or "", text)
        owner = account_of(text) or account_of(role) or self.world.home
        if text and self._foreign(owner):
            self.world.function(text, owner, "" if role else execution_role, self.answers.returns(task.name))
        if not invokes(task) or task.resource.endswith(".waitForTaskToken"):
            self.stubs[task.name] = {"returns": standing_in.answer(task.resource)}

    def _foreign(self, account: str) -> bool:
        """What is of the account is drafted: a template has its own."""
        return bool(account) and not (self.template and account == self.world.home)

    def asked(self, entry: Entry) -> bool:
        """Declare the role or function that a call of a Task was for, where it is not there."""
        site, call = entry.call.site, entry.call
        wanted = entry.ruling.decisions[0].request.resource if entry.ruling.decisions else entry.resource
        if site is None or not self._foreign(account_of(wanted)):
            return False
        if (call.service, call.operation) == ("sts", "AssumeRole"):
            states = self.taken.setdefault(wanted, [])
            if site.state not in states:
                states.append(site.state)
            self.computed.pop(site.state, None)
            return self.world.role(wanted)
        if call.service == "lambda" and function_name(wanted):
            caller = "" if site.state in {state for states in self.taken.values() for state in states} else None
            admitted = self.world.caller["AWS"] if caller is None else ""
            return self.world.function(wanted, "", admitted, self.answers.returns(site.state))
        return False
