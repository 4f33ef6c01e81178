"""What was imported, in the words of a scenario file: the way back from the world's values to entries.

`entry` makes one entry, `fragment` a whole account. A case changes imported roles, users, groups, policies and machines
by these entries, and `turnstile import` prints them. Text that would be a reference is escaped. Values of secrets are
left out, never written. This file knows no notation.
"""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from typing import TYPE_CHECKING

from turnstile.report.masking import hide
from turnstile.world.function import Archive, Folder, HandlerFile
from turnstile.world.role import Role
from turnstile.world.user import Group, User

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.iam.policy import Policy
    from turnstile.importers.kinds import Draft
    from turnstile.source import Origin
    from turnstile.world.declaration import MachineDeclaration, Resource
    from turnstile.world.function import Function
    from turnstile.world.managed import ManagedPolicy

_REFERENCE = re.compile(r"\$\{(?=[^{}:]+\})")
_SECRET = frozenset({"SecretString", "SecretBinary", "AuthParameters", "Value"})
_SECRET_CALLS = frozenset(
    {("secretsmanager", "CreateSecret"), ("secretsmanager", "PutSecretValue"), ("ssm", "PutParameter")}
)
_PLACEHOLDER = "not imported"


def escaped(value: Json) -> Json:
    """A value whose `${...}` are text in a scenario file."""
    match value:
        case str():
            return _REFERENCE.sub("$${", value)
        case dict():
            return {escaped(name): escaped(member) for name, member in value.items()}
        case list():
            return [escaped(element) for element in value]
    return value


def identity(value: Role | User | Group) -> dict[str, Json]:
    """The entry of a role, user or group."""
    found: dict[str, Json] = {"trust": _document(value.trust)} if isinstance(value, Role) else {}
    found["policies"] = {policy.name: _document(policy) for policy in value.policies}
    found["managed_policies"] = list(map(_short, value.managed))
    if isinstance(value, User):
        found["groups"] = [arn.rpartition("/")[2] for arn in value.groups]
    if not isinstance(value, Group):
        found |= {"boundary": _short(value.boundary)} if value.boundary else {}
        found["tags"] = dict(value.tags)
    return {"path": _path(value.arn), **escaped(found)}


def origins(value: Role | User | Group) -> Iterable[tuple[tuple[str, ...], Origin]]:
    """Where the policies of an identity were written, by the names that lead to them in its entry."""
    if isinstance(value, Role):
        yield ("trust",), value.trust.origin
    for policy in value.policies:
        yield ("policies", policy.name), policy.origin


def managed(value: ManagedPolicy) -> Json:
    """The entry of a managed policy: the document in force."""
    return _document(value.policy)


def facts(value: Function) -> dict[str, Json]:
    """What is said of a function besides its code."""
    found: dict[str, Json] = {"role": value.role} if value.role else {}
    found |= {"timeout": _whole(value.timeout), "takes": _whole(value.takes)}
    found |= {"memory": value.memory, "environment": dict(value.environment)}
    return escaped(found) | ({} if value.policy is None else {"policy": _document(value.policy)})  # type: ignore[no-any-return]


def machine(value: MachineDeclaration, account: str) -> dict[str, Json]:
    """The entry of a state machine."""
    found = {"account": account, "role": value.role_arn, "definition": json.loads(value.text), "type": value.type}
    return escaped(found)  # type: ignore[no-any-return]


def resource(value: Resource) -> dict[str, Json]:
    """The entry of a call, without what is secret in it."""
    parameters = dict(value.parameters)
    if (value.service, value.operation) in _SECRET_CALLS:
        parameters = {name: _PLACEHOLDER if name in _SECRET else member for name, member in parameters.items()}
    return {"service": value.service, "operation": value.operation, "parameters": escaped(parameters)}


def fragment(draft: Draft, name: str, folder: Path) -> dict[str, Json]:
    """The account and its machines as `accounts` and `state_machines` of a scenario in `folder`."""
    account: dict[str, Json] = {"id": draft.stack.account, "region": draft.stack.region}
    for key in ("roles", "users", "groups"):
        account[key] = {each.name: _lean(identity(each)) for each in getattr(draft, key).values()}
    account["policies"] = {each.name: managed(each) for each in draft.policies.values()}
    account["functions"] = {each.name: _lean(function(each, folder)) for each in draft.functions.values()}
    account["resources"] = [resource(each) for each in draft.resources]
    found: dict[str, Json] = {"accounts": {name: {key: value for key, value in account.items() if value}}}
    machines = {each.name: machine(each, name) for each in draft.machines.values()}
    found |= {"state_machines": machines} if machines else {}
    return _without(found, draft.secrets) if draft.secrets else found


def _without(value: Json, secrets: frozenset[str]) -> Json:
    """The document without values of `NoEcho` parameters."""
    match value:
        case str():
            return hide(value, secrets, _PLACEHOLDER)
        case dict():
            return {name: _without(member, secrets) for name, member in value.items()}
        case list():
            return [_without(element, secrets) for element in value]
    return value


def function(value: Function, folder: Path) -> dict[str, Json]:
    """The entry of a function; code that is no file, folder or inline text is left out."""
    found = {name: member for name, member in facts(value).items() if member is not None}
    match value.code:
        case HandlerFile(path, handler):
            return {"handler": f"{os.path.relpath(path, folder)}:{handler}", **found}
        case Folder(path, handler):
            return {"code": {"directory": os.path.relpath(path, folder), "handler": handler}, **found}
        case Archive(data, handler) if (text := _inline(data)) is not None:
            return {"code": {"inline": escaped(text), "handler": handler}, **found}
    return found


def left_out(draft: Draft) -> Iterator[Fault]:
    """Functions whose code the fragment cannot say, for it came as an archive."""
    for each in draft.functions.values():
        if isinstance(each.code, Archive) and _inline(each.code.data) is None:
            message = f"the code of `{each.name}` is left out: it is an archive"
            yield each.origin.fault("archive", message, "add `code:` with `zip:` and `handler:` to the function")


def _inline(archive: bytes) -> str | None:
    """The text of an archive with one file, such as inline code becomes; None for any other."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            names = opened.namelist()
            return opened.read(names[0]).decode() if names in (["index.py"], ["index.js"]) else None
    except (zipfile.BadZipFile, UnicodeDecodeError):
        return None


def _whole(seconds: float) -> float:
    return int(seconds) if seconds == int(seconds) else seconds


def _lean(entry: dict[str, Json]) -> dict[str, Json]:
    defaults: dict[str, Json] = {"path": "/", "takes": 0, "timeout": 3, "memory": 128}
    return {name: value for name, value in entry.items() if value not in ({}, []) and defaults.get(name, ...) != value}


def _short(arn: str) -> str:
    """The name of a policy of the same account, the ARN of one of AWS's."""
    return arn if ":iam::aws:" in arn else arn.rpartition("/")[2]


def _document(policy: Policy) -> Json:
    return escaped(policy.document)


def _path(arn: str) -> str:
    """The IAM path in an ARN: `role/team/Name` has `/team/`."""
    words = arn.split(":", 5)[5].split("/")[1:-1]
    return "/" + "".join(f"{word}/" for word in words)
