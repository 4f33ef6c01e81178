"""IAM: access keys of users, the alias of the account, and counts of what it has. Shapes: IAM API Reference."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from turnstile.backends.iam_entities import date, page, user
from turnstile.gate.errors import ServiceError
from turnstile.world.caller import IamUser
from turnstile.world.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.iam_entities import Operation, Parameters
    from turnstile.document import Json
    from turnstile.gate.call import Output
    from turnstile.world.user import User
    from turnstile.world.world import Account, World

_MOST_KEYS = 2
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def _keys(world: World, found: User) -> list[Credentials]:
    """The long-term keys of a user."""
    every = world.credentials.values()
    return [
        each for each in every if not each.token and isinstance(each.caller, IamUser) and each.caller.arn == found.arn
    ]


def _create(world: World, account: Account, parameters: Parameters) -> Output:
    found = user(account, parameters)
    if len(_keys(world, found)) >= _MOST_KEYS:
        raise ServiceError("LimitExceeded", f"Cannot exceed quota for AccessKeysPerUser: {_MOST_KEYS}", 409)
    key, secret = ("".join(world.random.choices(_LETTERS, k=count)) for count in (16, 40))
    caller = IamUser(found.arn, found.id, account.id, found.name)
    made = world.credentials.add(Credentials(f"AKIA{key}", secret, "", caller, made=world.clock.now()))
    return {"AccessKey": {**_shown(made), "SecretAccessKey": secret}}


def _shown(key: Credentials) -> dict[str, Json]:
    assert isinstance(key.caller, IamUser)  # only users have such keys
    status = "Active" if key.active else "Inactive"
    name = key.caller.name
    return {"UserName": name, "AccessKeyId": key.access_key, "Status": status, "CreateDate": date(key.made)}


def _list(world: World, account: Account, parameters: Parameters) -> Output:
    return page("AccessKeyMetadata", map(_shown, _keys(world, user(account, parameters))), parameters)


def _key(world: World, account: Account, parameters: Parameters) -> Credentials:
    wanted = parameters["AccessKeyId"]
    found = next((key for key in _keys(world, user(account, parameters)) if key.access_key == wanted), None)
    if found is None:
        raise ServiceError("NoSuchEntity", f"The Access Key with id {wanted} cannot be found.", 404)
    return found


def _update(world: World, account: Account, parameters: Parameters) -> Output:
    found = _key(world, account, parameters)
    world.credentials.revoke(found.access_key)
    world.credentials.add(dataclasses.replace(found, active=parameters["Status"] == "Active"))
    return {}


def _delete(world: World, account: Account, parameters: Parameters) -> Output:
    world.credentials.revoke(_key(world, account, parameters).access_key)
    return {}


def _last_used(world: World, _account: Account, parameters: Parameters) -> Output:
    """When a key was used is not kept, so it is as new: never."""
    found = world.credentials.get(str(parameters["AccessKeyId"]))
    if found is None or not isinstance(found.caller, IamUser):
        text = f"The Access Key with id {parameters['AccessKeyId']} cannot be found."
        raise ServiceError("NoSuchEntity", text, 404)
    return {"UserName": found.caller.name, "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}}


def _create_alias(world: World, account: Account, parameters: Parameters) -> Output:
    alias = str(parameters["AccountAlias"])
    if any(each.alias == alias for each in world.accounts.values() if each is not account):
        raise ServiceError("EntityAlreadyExists", f"The account alias {alias} already exists.", 409)
    account.alias = alias
    return {}


def _delete_alias(_world: World, account: Account, parameters: Parameters) -> Output:
    alias = parameters["AccountAlias"]
    if account.alias != alias:
        raise ServiceError("NoSuchEntity", f"The account alias {alias} cannot be found.", 404)
    account.alias = ""
    return {}


def _aliases(_world: World, account: Account, parameters: Parameters) -> Output:
    return page("AccountAliases", [account.alias] if account.alias else [], parameters)


def _summary(world: World, account: Account, _parameters: Parameters) -> Output:
    """Counts, and the quotas that are kept here."""
    counts = {
        "Roles": len(account.roles),
        "Users": len(account.users),
        "Groups": len(account.groups),
        "Policies": len(account.policies),
        "PolicyVersionsInUse": sum(len(each.versions) for each in account.policies.values()),
        "InstanceProfiles": len(account.instance_profiles),
        "Providers": len(account.oidc_providers) + len(account.saml_providers),
        "AccessKeysPerUserQuota": _MOST_KEYS,
        "AccountAccessKeysPresent": int(any(not key.token for key in _root_keys(world, account))),
        "VersionsPerPolicyQuota": 5,
    }
    return {"SummaryMap": counts}


def _root_keys(world: World, account: Account) -> list[Credentials]:
    return [key for key in world.credentials.values() if key.caller == account.root]


KEYS: Mapping[str, Operation] = {
    "CreateAccessKey": _create,
    "CreateAccountAlias": _create_alias,
    "DeleteAccessKey": _delete,
    "DeleteAccountAlias": _delete_alias,
    "GetAccessKeyLastUsed": _last_used,
    "GetAccountSummary": _summary,
    "ListAccessKeys": _list,
    "ListAccountAliases": _aliases,
    "UpdateAccessKey": _update,
}
"""By operation of `iam`."""
