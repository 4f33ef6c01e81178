"""A scenario drafted around a state machine that is there already: `turnstile init FILE`.

What a definition names is declared: the accounts of its ARNs, the roles in `Credentials`, the functions it invokes,
with declared answers. What its roles may do is found out by running it: each call that a role's own policies refuse is
granted, until none is. A draft says what happened, so it runs as expected; it is a place to start, and no advice on
permissions. A template declares its own account; then only the roles of other accounts are drafted.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from turnstile.faults import Rejected
from turnstile.importers.notation import yaml_text
from turnstile.permissions.task import machine
from turnstile.report.report import UNSUPPORTED
from turnstile.scenario import finding_out
from turnstile.scenario.task_texts import (
    PLACEHOLDER,
    account_of,
    function_of,
    own_account,
    own_region,
    placeholder,
    role_of,
)
from turnstile.source import Origin, open_source, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from turnstile.document import Json
    from turnstile.permissions.task import Task

_HOME, _ACCOUNT, _REGION, _OTHER = "workflow", "111122223333", "us-east-1", "444455556666"
_ROLE = "WorkflowRole"
_RESOURCES = re.compile(r"""^\s{0,4}["']?Resources["']?\s*:""", re.MULTILINE)
_POLICY = "FoundOut"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user says of a draft; account and Region may be empty. `parameters` are those of a template."""

    input: Json
    account: str
    region: str
    parameters: Mapping[str, str] = field(default_factory=dict)


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
    drafting = _Drafting(source, stem, wishes)
    if document is None:
        drafting.around_template()
    else:
        drafting.around_definition(document)
    drafting.cases()
    return Drafted(f"{stem}.scenario.yaml", _text(drafting.scenario, source, into), tuple(drafting.left))


def _definition(source: Path) -> dict[str, Json] | None:
    """The definition in a file; None for a template, whose YAML has tags of its own."""
    text = open_source(source)
    if _RESOURCES.search(text.text):
        return None
    document = read(text)
    if isinstance(document, dict) and "StartAt" in document:
        return document
    message = f"`{source.name}` is neither a definition nor a template"
    remedy = "a definition has `StartAt`, a template `Resources`"
    raise Rejected([Origin(text).fault("unknown-kind", message, remedy)])


class _Drafting:
    """A scenario as a document, and what is known of it."""

    def __init__(self, source: Path, stem: str, wishes: Wishes) -> None:
        self.source, self.stem, self.wishes = source, stem, wishes
        self.left: list[str] = []
        self.roles: dict[str, dict[str, Json]] = {}
        self.taken: dict[str, list[str]] = {}
        self.stubs: dict[str, Json] = {}
        self.scenario: dict[str, Json] = {"version": 1, "name": stem, "accounts": {}}

    def around_definition(self, document: dict[str, Json]) -> None:
        """Declare what the definition names, and the machine with its execution role."""
        tasks = tuple(machine(document).all())
        home = self.wishes.account or own_account(tasks) or _ACCOUNT
        self.region = self.wishes.region or own_region(tasks) or _REGION
        self._account(home, _HOME)
        execution_role = f"arn:aws:iam::{home}:role/{_ROLE}"
        self._role(execution_role, {"Service": "states.amazonaws.com"})
        made = self._made(tasks, home)
        for task in tasks:
            self._task(task, made, home, execution_role)
        entry = {"account": _HOME, "role": _ROLE, "definition": os.path.abspath(self.source)}  # noqa: PTH100 - a text
        names = sorted(set(PLACEHOLDER.findall(json.dumps(document))))
        values = {name: made.get(name, "unknown") for name in names}
        self.left += [f"the value of `{name}` under `substitutions`" for name in names if name not in made]
        self.scenario["state_machines"] = {self.stem: {**entry, **({"substitutions": values} if values else {})}}

    def around_template(self) -> None:
        """Let the template declare its account, and draft the roles of other accounts that its machines take."""
        from turnstile.scenario.load import load  # noqa: PLC0415 - for templates only

        home = self.wishes.account or _ACCOUNT
        self.region = self.wishes.region or _REGION
        template: dict[str, Json] = {"path": os.path.abspath(self.source)}  # noqa: PTH100 - a text
        if self.wishes.parameters:
            template["parameters"] = dict(self.wishes.parameters)
        self._account(home, _HOME)["templates"] = [template]
        self.scenario["state_machines"] = {}
        probe = {**self.scenario, "cases": [{"name": "probe", "expect": {"status": "SUCCEEDED"}}]}
        with tempfile.TemporaryDirectory(prefix="turnstile-") as folder:
            path = Path(folder) / "draft.scenario.json"
            path.write_text(json.dumps(probe), "utf-8")
            (case,) = load(path).cases
        if case.machine is None:
            return
        for task in machine(json.loads(case.machine.text)).all():
            role = role_of(task)
            if role and f"::{home}:" not in role:
                self._role(role, {"AWS": home})
                self.taken.setdefault(role, []).append(task.name)
            function = function_of(task)
            if account_of(function) not in ("", home):
                self._function(function, home, "")
            self._stub(task)

    def _made(self, tasks: Sequence[Task], home: str) -> dict[str, str]:
        """ARNs for the placeholders of the definition, by what they stand for."""
        made: dict[str, str] = {}
        for task in tasks:
            if name := placeholder(role_of(task)):
                made.setdefault(name, f"arn:aws:iam::{_OTHER}:role/{name.removesuffix('Arn')}")
        for task in tasks:
            if name := placeholder(function_of(task)):
                role = made.get(placeholder(role_of(task)) or "", role_of(task))
                account = account_of(role) or home
                made.setdefault(name, f"arn:aws:lambda:{self.region}:{account}:function:{name.removesuffix('Arn')}")
        return made

    def _task(self, task: Task, made: dict[str, str], home: str, execution_role: str) -> None:
        role = role_of(task)
        role = made.get(placeholder(role) or "", role)
        if account_of(role):
            self._role(role, {"AWS": home})
            self.taken.setdefault(role, []).append(task.name)
        elif task.role is not None:
            self.left.append(f"the role that the state `{task.name}` takes is known only when it runs: declare it")
        text = function_of(task)
        text = made.get(placeholder(text) or "", text)
        if text:
            self._function(text, account_of(role) or home, "" if role else execution_role)
        self._stub(task)

    def _stub(self, task: Task) -> None:
        if not function_of(task) or task.resource.endswith(".waitForTaskToken"):
            self.stubs[task.name] = {"returns": {}}

    def _account(self, id_: str, name: str = "") -> dict[str, Json]:
        accounts = self.scenario["accounts"]
        known = next((entry for entry in accounts.values() if entry["id"] == id_), None)
        if known is None:
            known = accounts[name or f"account-{id_}"] = {"id": id_, "region": self.region}
        return known

    def _role(self, role: str, principal: Json) -> None:
        if role in self.roles:
            return
        entry = {"trust": _trust(principal)}
        path, _, name = role.partition(":role/")[2].rpartition("/")
        entry |= {"path": f"/{path}/"} if path else {}
        self._account(account_of(role)).setdefault("roles", {})[name] = entry
        self.roles[role] = entry

    def _function(self, text: str, account: str, caller: str) -> None:
        """Declare a function by ARN or name, with an answer to make up; one of another account admits its caller."""
        parts = text.split(":")
        owner, name = (parts[4], parts[6]) if text.startswith("arn:") else (account, parts[-1])
        entry: dict[str, Json] = {"returns": {}}
        if caller and account_of(caller) != owner:
            statement = {
                "Effect": "Allow",
                "Principal": {"AWS": caller},
                "Action": "lambda:InvokeFunction",
                "Resource": f"arn:aws:lambda:{self.region}:{owner}:function:{name}",
            }
            entry["policy"] = {"Version": "2012-10-17", "Statement": [statement]}
        self._account(owner).setdefault("functions", {}).setdefault(name, entry)

    def cases(self) -> None:
        """Run the draft, grant what is missing, and write down how each case ends."""
        found = finding_out.granted(self._with(self._case("it runs")), self.roles, _POLICY)
        written = [self._case("it runs", finding_out.expectation(found))]
        if found.status == UNSUPPORTED:
            self.left.append(found.findings[0].message)
            self.scenario["cases"] = [self._case("it runs")]
            return
        for role, states in self.taken.items():
            name = f"{role.rpartition('/')[2]} does not trust the workflow ({', '.join(states)})"
            changes = self._distrust(role)
            ended = finding_out.run(self._with(self._case(name, changes=changes)))
            if finding_out.refused_at(ended, role):
                written.append(self._case(name, finding_out.expectation(ended), changes))
            else:
                self.left.append(f"an input that leads to the state `{states[0]}`: give it with `--input`")
        self.scenario["cases"] = written

    def _with(self, case: Json) -> dict[str, Json]:
        return {**self.scenario, "cases": [case]}

    def _case(self, name: str, expect: Json = None, changes: Json = None) -> dict[str, Json]:
        entry: dict[str, Json] = {"name": name, "input": self.wishes.input}
        entry |= {"stubs": self.stubs} if self.stubs else {}
        entry |= {"changes": changes} if changes else {}
        return {**entry, "expect": expect or {"status": "SUCCEEDED"}}

    def _distrust(self, role: str) -> Json:
        """Changes after which nobody but a service that is not there may take the role."""
        accounts = self.scenario["accounts"]
        name = next(name for name, entry in accounts.items() if entry["id"] == account_of(role))
        trust = _trust({"Service": "ec2.amazonaws.com"})
        return {"accounts": {name: {"roles": {role.rpartition("/")[2]: {"trust": trust}}}}}


def _trust(principal: Json) -> Json:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _text(scenario: dict[str, Json], source: Path, into: Path) -> str:
    """The file: where its editor finds the schema, what it is, and the document with paths relative to it."""
    told = (
        "# yaml-language-server: $schema=./scenario.schema.json",
        f"# Drafted by `turnstile init` for {source.name}: functions answer what stands under `returns`, other Tasks",
        f"# what stands under `stubs`, and roles have the permissions that a run needs (policy {_POLICY}). Put yours",
        "# in their place.",
    )
    absolute = os.path.abspath(source)  # noqa: PTH100 - a text
    relative = Path(os.path.relpath(source, into)).as_posix()
    return "\n".join(told) + "\n\n" + yaml_text(_replaced(scenario, absolute, relative))


def _replaced(value: Json, old: str, new: str) -> Json:
    match value:
        case dict():
            return {name: _replaced(member, old, new) for name, member in value.items()}
        case list():
            return [_replaced(member, old, new) for member in value]
    return new if value == old else value
