"""The sentence AWS prints for a refused request.

One sentence names one layer only, the first of `Decision.refusing`; what else is wrong AWS does not say and
neither does this file. Source: IAM User Guide, "Troubleshoot access denied error messages"; policy ARNs: AWS
Security Blog, January 2026; peculiarities of services: reference/iam-evaluation.md section 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile import arn
from turnstile.iam.nearest import hits
from turnstile.iam.services import service_of
from turnstile.iam.trace import Layer, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.iam.request import Request
    from turnstile.iam.trace import Explained

_EXPLICIT = {
    Layer.IDENTITY: "an identity-based policy",
    Layer.RESOURCE: "a resource-based policy",
    Layer.TRUST: "the role trust policy",
    Layer.BOUNDARY: "a permissions boundary",
    Layer.SESSION: "a session policy",
    Layer.SCP: "a service control policy",
    Layer.RCP: "a resource control policy",
}

_WITH_ARN = frozenset({Layer.SCP, Layer.RCP, Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION})


def message(
    decision: Explained,
    *,
    layer: Layer | None = None,
    policy_arns: bool = True,
    trust_resource: bool = True,
    reasons: bool | None = None,
) -> str:
    """AWS's sentence for a decision.

    `layer` is the one to name, by default the one that AWS does;
    `policy_arns` adds the ARN of the managed policy that denied, as AWS does since January 2026;
    `trust_resource` keeps `on resource: ...` where a trust policy refused, which the User Guide's examples
    leave out; `reasons` tells the part after the resource always or never, by default where AWS does (`_detailed`).

    Raises:
        ValueError: the decision is to allow.
    """
    if not decision.refusing:
        raise ValueError("an allowed request has no denial message")
    request = decision.request
    layer = layer or named(decision)
    action = _action(request)
    text = f"User: {request.principal} is not authorized to perform: {action}"
    if request.resource and (trust_resource or layer is not Layer.TRUST):
        text += f" on resource: {_RESOURCE.get(service_of(action), str)(request.resource)}"
    if _detailed(request) if reasons is None else reasons:
        text += f" {_ending(decision, layer, action, policy_arns=policy_arns)}"
    return _PREFIX.get(service_of(action), "") + text


def named(decision: Explained) -> Layer:
    """The layer AWS names in the sentence of a refusal.

    Across accounts, an identity policy that is silent where the resource's policy names only the account is
    reported as the resource-based policy (write-up of 2021 with Secrets Manager, in the reference).
    """
    first = decision.refusing[0]
    verdicts = dict(decision.verdicts)
    cross = decision.request.resource_account != _account(decision.request)
    delegated = verdicts.get(Layer.RESOURCE) is Verdict.ALLOW_ACCOUNT
    silent = first is Layer.IDENTITY and verdicts[first] is Verdict.IMPLICIT_DENY
    return Layer.RESOURCE if cross and delegated and silent else first


def _ending(decision: Explained, layer: Layer, action: str, *, policy_arns: bool) -> str:
    denying = hits(decision, layer)
    if not denying:
        return f"because no {layer.value} allows the {action} action"
    policy_arn = denying[0].policy.arn
    suffix = f": {policy_arn}" if policy_arn and policy_arns and layer in _WITH_ARN else ""
    return f"with an explicit deny in {_EXPLICIT[layer]}{suffix}"


def _detailed(request: Request) -> bool:
    """The reason is told inside one account or one organization (*inferred* for other services than S3)."""
    account = _account(request)
    if account in ("", request.resource_account) or not request.resource_account:
        return True
    organizations = [value for key, value in request.context.items() if key.lower() in _ORGANIZATIONS]
    return len(organizations) == len(_ORGANIZATIONS) and len(set(organizations)) == 1


_ORGANIZATIONS = ("aws:principalorgid", "aws:resourceorgid")


def _account(request: Request) -> str:
    return arn.parse(request.principal).account if request.principal.startswith("arn:") else ""


def _action(request: Request) -> str:
    """The action as the service spells it: SNS writes its prefix in capitals."""
    service, _, name = request.action.partition(":")
    return f"SNS:{name}" if service.lower() == "sns" else request.action


def _quoted(resource: str) -> str:
    return f'"{resource}"'


_RESOURCE: dict[str, Callable[[str], str]] = {"s3": _quoted}

_PREFIX = {"ec2": "You are not authorized to perform this operation. "}
