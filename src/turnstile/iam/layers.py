"""Which policies make up each layer of a request, and in which groups.

Every group of a layer has to hold an allow of its own: a level of control policies, each boundary; session
policies and identity policies are one group, a union. Which layers apply at all: reference/iam-evaluation.md
section 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from turnstile.iam.policy import Kind
from turnstile.iam.principal import SERVICE_LINKED
from turnstile.iam.services import (
    ALWAYS_ALLOWED,
    NOT_RESOURCE_CONTROLLED,
    RESOURCE_CONTROLLED,
    ROLE_ASSUMING,
    service_of,
)
from turnstile.iam.trace import Layer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.iam.policy import Policy
    from turnstile.iam.principal import Caller
    from turnstile.iam.request import Policies, Request

Groups: TypeAlias = "tuple[tuple[Policy, ...], ...]"


def resource_side(request: Request, policies: Policies) -> Layer:
    """The layer of the resource's own policy: a role's is its trust policy."""
    if policies.resource is not None:
        return Layer.TRUST if policies.resource.kind is Kind.TRUST else Layer.RESOURCE
    return Layer.TRUST if request.action.lower() in ROLE_ASSUMING else Layer.RESOURCE


def groups(layer: Layer, policies: Policies) -> Groups:
    """The policies of a layer, grouped by what needs an allow of its own."""
    match layer:
        case Layer.SCP:
            return policies.scps
        case Layer.RCP:
            return policies.rcps
        case Layer.RESOURCE | Layer.TRUST:
            return () if policies.resource is None else ((policies.resource,),)
        case Layer.IDENTITY:
            return (policies.identity,)
        case Layer.BOUNDARY:
            return tuple((boundary,) for boundary in policies.boundaries)
        case Layer.SESSION:
            return (policies.sessions,) if policies.sessions else ()


def applicable(request: Request, policies: Policies, who: Caller) -> Iterator[Layer]:
    """The layers that have a say, in evaluation order.

    A service as caller has no identity, boundary, session or service control policies. The root user has no identity
    policies and may do everything (IAM User Guide, "How AWS enforcement code logic evaluates requests"). A federated
    user without a session policy has no permissions of its own ("Permissions for GetFederationToken").
    """
    if request.action.lower() in ALWAYS_ALLOWED:
        return
    if policies.scps and _service_controlled(policies, who):
        yield Layer.SCP
    if policies.rcps and _resource_controlled(request, policies, who):
        yield Layer.RCP
    yield resource_side(request, policies)
    if not who.is_service:
        if policies.identity or not who.is_root:
            yield Layer.IDENTITY
        if policies.boundaries:
            yield Layer.BOUNDARY
        if policies.sessions or who.is_federated_user:
            yield Layer.SESSION


def _service_controlled(policies: Policies, who: Caller) -> bool:
    return not (who.is_service or who.service_linked or policies.principal_in_management_account)


def _resource_controlled(request: Request, policies: Policies, who: Caller) -> bool:
    """Resource types of a service are not told apart: a listed prefix is covered whole (*inferred*).

    Taking a service-linked role is left to its trust policy (Organizations User Guide, "Resource control policies").
    """
    return not (
        who.service_linked
        or (request.action.lower() in ROLE_ASSUMING and SERVICE_LINKED in request.resource)
        or policies.resource_in_management_account
        or request.action.lower() in NOT_RESOURCE_CONTROLLED
        or service_of(request.action) not in RESOURCE_CONTROLLED
    )
