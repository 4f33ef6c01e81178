"""IAM: what users can have at AWS and nobody can have here, because the operations that make it are not emulated.

Lists of them are empty, so that tools which look before they delete a user find nothing in their way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.backends.iam_entities import page, user
from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.iam_entities import Operation, Parameters
    from turnstile.gate.call import Output
    from turnstile.world.world import Account, World

_LISTS: Mapping[str, str] = {
    "ListMFADevices": "MFADevices",
    "ListSSHPublicKeys": "SSHPublicKeys",
    "ListSigningCertificates": "Certificates",
}


def _none(name: str) -> Operation:
    def operation(_world: World, account: Account, parameters: Parameters) -> Output:
        if "UserName" in parameters:
            user(account, parameters)
        return page(name, (), parameters)

    return operation


def _credentials(_world: World, account: Account, parameters: Parameters) -> Output:
    if "UserName" in parameters:
        user(account, parameters)
    return {"ServiceSpecificCredentials": [], "IsTruncated": False}


def _virtual(_world: World, _account: Account, parameters: Parameters) -> Output:
    return page("VirtualMFADevices", (), parameters)


def _login(_world: World, account: Account, parameters: Parameters) -> Output:
    name = user(account, parameters).name
    raise ServiceError("NoSuchEntity", f"Login Profile for User {name} cannot be found.", 404)


ABSENT: Mapping[str, Operation] = {
    **{operation: _none(name) for operation, name in _LISTS.items()},
    "DeleteLoginProfile": _login,
    "GetLoginProfile": _login,
    "ListServiceSpecificCredentials": _credentials,
    "ListVirtualMFADevices": _virtual,
}
"""By operation of `iam`."""
