"""IAM: instance profiles, which hand one role to virtual machines. Shapes and error texts: IAM API Reference."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from turnstile.arn import Arn
from turnstile.backends.iam_entities import date, page, path_of, role, shown, tag_list, tags_of, under
from turnstile.gate.errors import ServiceError
from turnstile.world.instance_profile import InstanceProfile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.iam_entities import Operation, Parameters
    from turnstile.document import Json
    from turnstile.gate.call import Output
    from turnstile.world.world import Account, World


def _find(account: Account, parameters: Parameters) -> InstanceProfile:
    name = str(parameters["InstanceProfileName"])
    found = next((each for each in account.instance_profiles.values() if each.name == name), None)
    if found is None:
        raise ServiceError("NoSuchEntity", f"Instance Profile {name} cannot be found.", 404)
    return found


def profile_shown(account: Account, profile: InstanceProfile) -> dict[str, Json]:
    """An instance profile with its role."""
    inside = account.roles.get(profile.role)
    members = {
        "Path": path_of(profile.arn, "instance-profile", profile.name),
        "InstanceProfileName": profile.name,
        "InstanceProfileId": profile.id,
        "Arn": profile.arn,
        "CreateDate": date(profile.made),
        "Roles": [shown(inside)] if inside else [],
    }
    return members | ({"Tags": tag_list(profile.tags)} if profile.tags else {})


def _create(world: World, account: Account, parameters: Parameters) -> Output:
    name, path = str(parameters["InstanceProfileName"]), str(parameters.get("Path", "/"))
    if any(each.name == name for each in account.instance_profiles.values()):
        raise ServiceError("EntityAlreadyExists", f"Instance Profile {name} already exists.", 409)
    arn = str(Arn(account.partition, "iam", "", account.id, f"instance-profile{path}{name}"))
    made = InstanceProfile(arn, name, account.id, tags=tags_of(parameters), made=world.clock.now())
    account.instance_profiles[arn] = made
    return {"InstanceProfile": profile_shown(account, made)}


def _get(_world: World, account: Account, parameters: Parameters) -> Output:
    return {"InstanceProfile": profile_shown(account, _find(account, parameters))}


def _delete(_world: World, account: Account, parameters: Parameters) -> Output:
    profile = _find(account, parameters)
    if profile.role in account.roles:
        text = "Cannot delete entity, must remove roles from instance profile first."
        raise ServiceError("DeleteConflict", text, 409)
    del account.instance_profiles[profile.arn]
    return {}


def _list(_world: World, account: Account, parameters: Parameters) -> Output:
    every = (profile_shown(account, each) for each in account.instance_profiles.values())
    found = (each for each in every if under(each["Path"], parameters.get("PathPrefix")))
    return page("InstanceProfiles", found, parameters)


def _list_for_role(_world: World, account: Account, parameters: Parameters) -> Output:
    found = role(account, parameters)
    profiles = (each for each in account.instance_profiles.values() if each.role == found.arn)
    return page("InstanceProfiles", (profile_shown(account, each) for each in profiles), parameters)


def _add_role(_world: World, account: Account, parameters: Parameters) -> Output:
    profile, found = _find(account, parameters), role(account, parameters)
    if profile.role in account.roles:
        raise ServiceError("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", 409)
    account.instance_profiles[profile.arn] = dataclasses.replace(profile, role=found.arn)
    return {}


def _remove_role(_world: World, account: Account, parameters: Parameters) -> Output:
    profile, found = _find(account, parameters), role(account, parameters)
    if profile.role != found.arn:
        raise ServiceError("NoSuchEntity", f"Role {found.name} cannot be found in {profile.name}.", 404)
    account.instance_profiles[profile.arn] = dataclasses.replace(profile, role="")
    return {}


PROFILES: Mapping[str, Operation] = {
    "AddRoleToInstanceProfile": _add_role,
    "CreateInstanceProfile": _create,
    "DeleteInstanceProfile": _delete,
    "GetInstanceProfile": _get,
    "ListInstanceProfiles": _list,
    "ListInstanceProfilesForRole": _list_for_role,
    "RemoveRoleFromInstanceProfile": _remove_role,
}
"""By operation of `iam`."""
