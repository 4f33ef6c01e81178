"""IAM: tags of whatever has some. Shapes: IAM API Reference; a resource has 50 tags at most."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from turnstile.backends.iam_entities import find, page, tag_list, tags_of
from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.iam_entities import Operation, Parameters
    from turnstile.gate.call import Output
    from turnstile.world.world import Account, World

_MOST = 50


def _of(kind: str, account: Account, parameters: Parameters) -> tuple[dict[str, Any], Any]:
    """Where one is kept, and the one itself.

    Raises:
        ServiceError: NoSuchEntity.
    """
    if kind in ("Role", "User"):
        entity = find(account, kind, parameters)
        return (account.roles if kind == "Role" else account.users), entity
    member, attribute, place, text = _PLACES[kind]
    kept, wanted = getattr(account, place), str(parameters[member])
    found = next((each for each in kept.values() if getattr(each, attribute) == wanted), None)
    if found is None:
        raise ServiceError("NoSuchEntity", text.format(wanted), 404)
    return kept, found


_PLACES: Mapping[str, tuple[str, str, str, str]] = {
    "Policy": ("PolicyArn", "arn", "policies", "Policy {} was not found."),
    "InstanceProfile": (
        "InstanceProfileName",
        "name",
        "instance_profiles",
        "Instance Profile {} cannot be found.",
    ),
    "OpenIDConnectProvider": (
        "OpenIDConnectProviderArn",
        "arn",
        "oidc_providers",
        "OpenIDConnect Provider not found for arn {}",
    ),
    "SAMLProvider": ("SAMLProviderArn", "arn", "saml_providers", "Manifest not found for arn {}"),
}
"""The member that names one, the attribute it means, where all are kept, and what is said where there is none."""
_KINDS = ("Role", "User", *_PLACES)


def _tag(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        kept, found = _of(kind, account, parameters)
        tags = {**found.tags, **tags_of(parameters)}
        if len(tags) > _MOST:
            text = f"The number of tags has reached the maximum limit. The maximum number of tags is {_MOST}."
            raise ServiceError("LimitExceeded", text, 409)
        kept[found.arn] = dataclasses.replace(found, tags=tags)
        return {}

    return operation


def _untag(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        kept, found = _of(kind, account, parameters)
        gone = parameters.get("TagKeys") or ()
        tags = {key: value for key, value in found.tags.items() if key not in gone}
        kept[found.arn] = dataclasses.replace(found, tags=tags)
        return {}

    return operation


def _list(kind: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        _, found = _of(kind, account, parameters)
        return page("Tags", tag_list(found.tags), parameters)

    return operation


TAGS: Mapping[str, Operation] = {
    **{f"Tag{kind}": _tag(kind) for kind in _KINDS},
    **{f"Untag{kind}": _untag(kind) for kind in _KINDS},
    **{f"List{kind}Tags": _list(kind) for kind in _KINDS},
}
"""By operation of `iam`."""
