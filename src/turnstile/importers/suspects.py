"""The links of the permission chain that a refusal may come from, in the order of the chain, and how to look at each.

AWS shows one sentence for every refused assumption of a Task's role, and no clause at all across organizations; so what
is left is a list. A link that ARNs alone rule out is marked so. Facts: reference/cross-account.md sections 3 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.gate.link import Link
from turnstile.iam.services import has_policy
from turnstile.importers.denial import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.importers.denial import Denial
    from turnstile.importers.history import Evidence, Refused


class Standing(Enum):
    """What is known of a link."""

    POSSIBLE = "possible"
    NAMED = "named"
    BROKEN = "broken"
    HOLDS = "holds"


@dataclass(frozen=True, slots=True)
class Suspect:
    """One link: what it is, what it would look like broken, how to check it, and why it stands as it does."""

    link: Link
    what: str
    looks: str
    check: str
    standing: Standing = Standing.POSSIBLE
    known: str = ""


@dataclass(frozen=True, slots=True)
class _Who:
    """The names that the sentences below are made of."""

    caller: str
    role: str
    action: str
    resource: str
    owner: str
    account: str
    machine: str


_SIMULATE = (
    "aws iam simulate-principal-policy --policy-source-arn {role} --action-names {action} --resource-arns {resource}"
)
_TEXTS: Mapping[Link, tuple[str, str, str]] = {
    Link.CALLER_POLICY: (
        "the policies of `{role}`",
        "no statement allows `{action}` on `{resource}`, or one denies it",
        _SIMULATE,
    ),
    Link.TARGET_POLICY: (
        "the policies of `{role}`, the role that the Task took",
        "no statement allows `{action}` on `{resource}`, or one denies it; those of the workflow's role do not count",
        _SIMULATE,
    ),
    Link.BOUNDARY: (
        "the permissions boundary of `{role}`",
        "it has a boundary, which does not list `{action}`",
        "aws iam get-role --role-name {name} --query Role.PermissionsBoundary",
    ),
    Link.SESSION_POLICY: (
        "a session policy of the caller",
        "whoever took the session gave it a policy without `{action}`; Step Functions gives none",
        "look at the call of sts:AssumeRole that made the session in CloudTrail",
    ),
    Link.SERVICE_CONTROL: (
        "the service control policies above account `{account}`",
        "one denies `{action}`, often by Region, or a level has no allow for it",
        "aws organizations list-policies-for-target --filter SERVICE_CONTROL_POLICY --target-id {account}",
    ),
    Link.PARTITION: (
        "the border between two partitions",
        "the first parts of the two ARNs differ, as `aws` and `aws-cn`; no policy opens it",
        "compare the two ARNs",
    ),
    Link.REGION: (
        "the border between two Regions",
        "the resource is in another Region than the state machine; a Task calls its own Region only",
        "compare the Regions of the machine and of `{resource}`",
    ),
    Link.ROLE_EXISTS: (
        "the role `{resource}` itself",
        "nobody has made it, its path is missing in the ARN, or its name is spelled otherwise; AWS does not say so",
        "in account {owner}: aws iam get-role --role-name {target}",
    ),
    Link.RESOURCE_CONTROL: (
        "the resource control policies above account `{owner}`",
        "one denies callers of other organizations or accounts",
        "aws organizations list-policies-for-target --filter RESOURCE_CONTROL_POLICY --target-id {owner}",
    ),
    Link.TRUST_POLICY: (
        "the trust policy of `{resource}`",
        "its Principal names another role, the service `states.amazonaws.com`, or a role that was made anew since",
        "in account {owner}: aws iam get-role --role-name {target} --query Role.AssumeRolePolicyDocument",
    ),
    Link.EXTERNAL_ID: (
        "the condition on `sts:ExternalId` in that trust policy",
        "it wants another id than the call sends: Step Functions always sends the state machine's ARN{machine}",
        "compare the condition with the ARN of the state machine, letter by letter",
    ),
    Link.TRUST_CONDITION: (
        "any other condition in that trust policy",
        "it asks for what an assumption by Step Functions lacks, as `aws:SourceArn` or `aws:MultiFactorAuthPresent`",
        "in account {owner}: aws iam get-role --role-name {target} --query Role.AssumeRolePolicyDocument",
    ),
    Link.RESOURCE_POLICY: (
        "the policy of `{resource}`",
        "it does not name `{role}`, or denies it; across accounts it has to allow what the caller's own policies allow",
        "read the policy of the resource in account {owner}",
    ),
    Link.SERVICE_TRUST: (
        "the trust policy of the role that was given",
        "it does not name `{caller}`, or was made only seconds ago",
        "aws iam get-role --role-name NAME --query Role.AssumeRolePolicyDocument",
    ),
    Link.SOURCE_CONDITION: (
        "the conditions in that trust policy",
        "`aws:SourceAccount` or `aws:SourceArn` is not that of the state machine",
        "compare them with the account and the ARN of the state machine",
    ),
    Link.EXPIRED: (
        "the session of the caller",
        "its time is over: credentials were kept, or the role was taken for less time than the work needs",
        "aws sts get-caller-identity with the same credentials; take the role again, or for longer",
    ),
    Link.PASSING: (
        "the border between two accounts",
        "a role is passed to a service in its own account only",
        "compare the accounts of the caller and of the role",
    ),
}
_OF_THE_CALLER = (Link.BOUNDARY, Link.SESSION_POLICY, Link.SERVICE_CONTROL)
_ASSUMING = (
    Link.CALLER_POLICY,
    Link.BOUNDARY,
    Link.SERVICE_CONTROL,
    Link.PARTITION,
    Link.ROLE_EXISTS,
    Link.RESOURCE_CONTROL,
    Link.TRUST_POLICY,
    Link.EXTERNAL_ID,
    Link.TRUST_CONDITION,
)
_NAMED = {
    "resource-based policy": Link.RESOURCE_POLICY,
    "permissions boundary": Link.BOUNDARY,
    "session policy": Link.SESSION_POLICY,
    "service control policy": Link.SERVICE_CONTROL,
    "resource control policy": Link.RESOURCE_CONTROL,
    "role trust policy": Link.TRUST_POLICY,
}


def suspects(refused: Refused, evidence: Evidence) -> tuple[Suspect, ...]:
    """The links that a refusal may come from, in the order of the chain."""
    denial = refused.denial
    who = _who(refused, evidence)
    own = Link.TARGET_POLICY if _taken(refused, evidence) else Link.CALLER_POLICY
    found = []
    for link in _links(denial, own):
        what, looks, check = (text.format(**_words(who)) for text in _TEXTS[link])
        found.append(_standing(Suspect(link, what, looks, check), denial, own))
    return tuple(found)


def _links(denial: Denial, own: Link) -> Iterator[Link]:
    """The links that come into question."""
    match denial.shape:
        case Shape.SERVICE_TRUST:
            yield from (Link.SERVICE_TRUST, Link.SOURCE_CONDITION)
        case Shape.EXPIRED | Shape.PASSED_ACROSS:
            yield Link.EXPIRED if denial.shape is Shape.EXPIRED else Link.PASSING
        case Shape.MANAGED_RULE | Shape.LOG_DESTINATION:
            yield from (Link.CALLER_POLICY, Link.BOUNDARY, Link.SERVICE_CONTROL)
        case _ if denial.action.startswith("sts:AssumeRole"):
            yield from _ASSUMING
        case _:
            yield from (Link.PARTITION, own, *_OF_THE_CALLER)
            if not denial.resource or has_policy(denial.action or "*:*", denial.resource):
                yield Link.RESOURCE_POLICY
            yield Link.RESOURCE_CONTROL
            if denial.action == "iam:PassRole":
                yield Link.PASSING


def _standing(suspect: Suspect, denial: Denial, own: Link) -> Suspect:
    """What the text and its ARNs alone tell of a link."""
    named = own if denial.layer == "identity-based policy" else _NAMED.get(denial.layer)
    if named is Link.TRUST_POLICY and denial.effect == "implicit":
        if suspect.link in (Link.TRUST_POLICY, Link.EXTERNAL_ID, Link.TRUST_CONDITION):
            return replace(suspect, standing=Standing.NAMED, known="AWS names the trust policy, conditions and all")
    elif named is suspect.link:
        check = _reading(denial.policy_arn) or suspect.check
        return replace(suspect, standing=Standing.NAMED, known=f"AWS names it: {clause(denial)}", check=check)
    match suspect.link:
        case Link.EXPIRED | Link.PASSING if denial.shape in (Shape.EXPIRED, Shape.PASSED_ACROSS):
            return replace(suspect, standing=Standing.NAMED, known="AWS says so")
        case Link.PARTITION:
            return _border(suspect, *_partitions(denial))
        case Link.PASSING:
            return _border(suspect, denial.account, denial.owner)
    return suspect


def _border(suspect: Suspect, first: str, second: str) -> Suspect:
    """Whether there is a border between two sides, as far as both are told."""
    if not first or not second:
        return suspect
    if first == second:
        return replace(suspect, standing=Standing.HOLDS, known=f"both are in `{first}`")
    return replace(suspect, standing=Standing.BROKEN, known=f"`{first}` is not `{second}`")


def clause(denial: Denial) -> str:
    """AWS's clause in few words; empty without one."""
    match denial.effect, denial.layer:
        case "explicit", layer:
            article = "an" if layer.startswith("i") else "a"
            policy = f", {denial.policy_arn}" if denial.policy_arn else ""
            return f"an explicit deny in {article} {layer or 'policy that it does not name'}{policy}"
        case "implicit", layer:
            return f"no {layer} allows it"
        case _:
            return ""


def _reading(policy: str) -> str:
    """The command that shows a policy which AWS has named."""
    service, last = policy.split(":")[2:3], policy.rpartition("/")[2]
    match service:
        case ["organizations"]:
            return f"aws organizations describe-policy --policy-id {last}"
        case ["iam"]:
            return f"aws iam get-policy --policy-arn {policy}"
        case _:
            return ""


def _partitions(denial: Denial) -> tuple[str, str]:
    try:
        return arns.parse(denial.caller).partition, arns.parse(denial.resource).partition
    except ValueError:
        return "", ""


def _taken(refused: Refused, evidence: Evidence) -> bool:
    """The caller is a role that a Task took, and not the role of the workflow."""
    caller, task = refused.denial.role, refused.task.role
    if task:
        return caller.rpartition("/")[2] == task.rpartition("/")[2] and refused.denial.shape is Shape.CALL
    return bool(caller and evidence.role) and caller.rpartition("/")[2] != evidence.role.rpartition("/")[2]


def caller_role(refused: Refused, evidence: Evidence) -> str:
    """The role behind the caller, with its path where the history tells it; empty where the caller is none."""
    role = refused.denial.role
    told = [arn for arn in (refused.task.role, evidence.role) if role and _identity(arn) == _identity(role)]
    return told[0] if told else role


def _identity(arn: str) -> tuple[list[str], str]:
    """Account and name of a role: a session tells no path."""
    return arn.split(":")[:5], arn.rpartition("/")[2]


def _who(refused: Refused, evidence: Evidence) -> _Who:
    """Words in capitals stand for what the text does not tell."""
    denial = refused.denial
    machine = evidence.machine.replace(":execution:", ":stateMachine:")
    return _Who(
        denial.caller or "the caller",
        caller_role(refused, evidence) or denial.caller or evidence.role or "ROLE",
        denial.action or "ACTION",
        denial.resource or "RESOURCE",
        denial.owner or "RESOURCE_ACCOUNT",
        denial.account or "CALLER_ACCOUNT",
        f" (execution `{machine}`)" if machine else "",
    )


def _words(who: _Who) -> dict[str, str]:
    names = {name: getattr(who, name) for name in _Who.__slots__}
    return {**names, "name": who.role.rpartition("/")[2], "target": who.resource.rpartition("/")[2]}
