"""The world of a drafted scenario while it is put together: accounts, roles and functions, by what names them.

What a draft holds comes from ARNs, those that a definition has written and those that its runs asked for. Knows no
definitions and runs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.scenario.drafts import standing_in
from turnstile.scenario.drafts.task_texts import account_of, function_name, qualifier_of, region_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from turnstile.document import Json

HOME, ROLE, FOUND = "workflow", "WorkflowRole", "FoundOut"
"""The account of the state machine, its execution role, and the policies that runs made."""
_ROLE_RESOURCE = "role/"


class DraftWorld:
    """Accounts by name as a scenario has them; `home` is the id of the state machine's."""

    def __init__(self, home: str, region: str, partition: str) -> None:
        self.home, self.region, self.partition = home, region, partition
        self.accounts: dict[str, dict[str, Json]] = {}
        self.roles: dict[str, dict[str, Json]] = {}
        self.caller: Json = {"AWS": home}
        self._names: dict[str, str] = {}
        self.account(home, HOME)

    @property
    def execution_role(self) -> str:
        """The ARN of the drafted execution role."""
        return f"arn:{self.partition}:iam::{self.home}:role/{ROLE}"

    def account(self, id_: str, name: str = "", region: str = "") -> dict[str, Json]:
        """The account with an id."""
        known = next((entry for entry in self.accounts.values() if entry["id"] == id_), None)
        if known is None:
            known = self.accounts[name or f"account-{id_}"] = {"id": id_, "region": region or self.region}
        return known

    def role(self, arn: str, principal: Json = None) -> bool:
        """Declare a role that the workflow, or somebody else, may take; false where there is nothing to declare."""
        path, _, name = arn.partition(f":{_ROLE_RESOURCE}")[2].rpartition("/")
        if arn in self.roles or not name or not account_of(arn):
            return False
        entry = {"trust": trust(principal or self.caller), **({"path": f"/{path}/"} if path else {})}
        account = self.account(account_of(arn))
        if name in account.setdefault("roles", {}):
            return False
        account["roles"][name] = entry
        self.roles[arn] = entry
        self._names[arn] = f"{self.named(account)}/role/{name}"
        return True

    def function(self, text: str, account: str, caller: str, returns: Json = None) -> bool:
        """Declare a function by ARN or name, with what it returns; one of another account admits its caller."""
        owner, name = account_of(text) or account, function_name(text)
        if not name or name in (entry := self.account(owner, region=region_of(text))).get("functions", {}):
            return False
        arn = f"arn:{self.partition}:lambda:{entry['region']}:{owner}:function:{name}"
        made: dict[str, Json] = {"returns": {} if returns is None else returns}
        if caller and account_of(caller) != owner:
            admits = {"Principal": {"AWS": caller}, "Action": "lambda:InvokeFunction", "Resource": arn}
            made["policy"] = _policy([{"Effect": "Allow", **admits}])
        entry.setdefault("functions", {})[name] = made
        entry.setdefault("resources", []).extend(_published(name, qualifier_of(text)))
        if not entry["resources"]:
            del entry["resources"]
        self._names[arn] = f"{self.named(entry)}/function/{name}"
        return True

    def grant(self, grants: Iterable[tuple[str, str, str]]) -> None:
        """Give roles what they lack: each by ARN, action and resource, together with what was granted before."""
        wanted: dict[str, dict[str, list[str]]] = {}
        for owner, action, resource in grants:
            wanted.setdefault(owner, {}).setdefault(action, []).append(resource)
        for owner, actions in wanted.items():
            statements = [_granting(action, resources) for action, resources in actions.items()]
            self.roles[owner]["policies"] = {FOUND: _policy(statements)}

    def named(self, account: Mapping[str, Json]) -> str:
        """The name of one of the accounts."""
        return next(name for name, entry in self.accounts.items() if entry is account)

    def spoken(self, value: Json, key: str = "") -> Json:
        """A document in which references stand for the ARNs of what is declared, as a person would write it."""
        match value:
            case dict():
                return {name: self.spoken(member, name) for name, member in value.items()}
            case list():
                return [self.spoken(element, key) for element in value]
            case str() if value in self._names:
                name = self._names[value]
                return name.replace("/role/", "/") if key == "who" else f"${{{name}}}"
        return value


def trust(principal: Json) -> Json:
    """A trust policy for one principal."""
    return _policy([{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}])


def _policy(statements: list[Json]) -> Json:
    return {"Version": "2012-10-17", "Statement": statements}


def _published(name: str, qualifier: str) -> list[Json]:
    """The calls that make the first version of a function and its alias; none for what is there anyway."""
    if qualifier in ("", "$LATEST"):
        return []
    calls: list[Json] = [standing_in.call("lambda", "PublishVersion", FunctionName=name)]
    if not qualifier.isdecimal():
        calls.append(standing_in.call("lambda", "CreateAlias", FunctionName=name, Name=qualifier, FunctionVersion="1"))
    return calls


def _granting(action: str, resources: list[str]) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resources[0] if len(resources) == 1 else resources}
