"""A refusal as a scenario to start from: accounts, roles, a machine whose Task makes the call, and what is expected.

The scenario shows the refusal as AWS did, by the likeliest broken link; whoever repairs the policies in it then expects
success instead. Policies are made up, as small as they can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.gate.link import Link
from turnstile.importers.denial import Shape
from turnstile.importers.likely_tasks import OWN_ACCOUNT, TASKS
from turnstile.importers.notation import yaml_text
from turnstile.importers.suspects import Standing, caller_role, suspects

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.importers.history import Evidence, Refused

HOME, AWAY = "workflow", "other"
_MACHINE = "Machine"
_PARTITION, _REGION, _ACCOUNT = 1, 3, 4
_STAND_IN = ("111122223333", "444455556666")
"""Accounts where the text names none."""
_HEAD = """\
# Made from a refusal that AWS showed; it runs as it stands, and shows the refusal by the link that is likeliest:
#   {link}
# Put your own policies in place of those made up here. Once they are right, expect `status: SUCCEEDED`, `denied: []`.

"""


class NotWritten(Exception):  # noqa: N818 - named for what happened
    """No case can be made of a refusal; the text says why."""


@dataclass(frozen=True, slots=True)
class _Made:
    """The parts a scenario is put together of: `link` is where it is refused, `paths` are those of the two roles."""

    refused: Refused
    link: Link
    region: str
    home: str
    away: str
    execution_role: str
    target_role: str
    paths: tuple[str, str]

    @property
    def ids(self) -> tuple[str, str]:
        return self.home, self.away


def failing_case(refused: Refused, evidence: Evidence) -> str:
    """The text of a scenario file.

    Raises:
        NotWritten: the refusal does not tell enough, or of a link that cannot be broken from text alone.
    """
    made = _made(refused, evidence)
    document = {
        "version": 1,
        "name": f"{refused.denial.action} is refused",
        **_organization(made),
        "accounts": _accounts(made),
        "state_machines": {_MACHINE: _machine(made)},
        "cases": [_case(made, evidence)],
    }
    return _HEAD.format(link=made.link.value) + yaml_text(document)


def _made(refused: Refused, evidence: Evidence) -> _Made:
    denial = refused.denial
    if denial.shape not in (Shape.CALL, Shape.ASSUMPTION):
        raise NotWritten(f"no case is made, as it would need more than the text tells: {denial.shape.value}")
    if not denial.role or not denial.action:
        raise NotWritten("no case is made, as the text does not name both a role and an action")
    if denial.action.startswith("sts:AssumeRole") and ":role/" not in denial.resource:
        raise NotWritten("no case is made, as the text does not name the role that was to be assumed")
    found = suspects(refused, evidence)
    known = {one.link: one.standing for one in found}
    named = [link for link, standing in known.items() if standing is Standing.NAMED]
    own = next(one.link for one in found if one.link in (Link.CALLER_POLICY, Link.TARGET_POLICY))
    apart = known.get(Link.PARTITION) is Standing.BROKEN
    link = Link.PARTITION if apart else named[0] if named else own
    if link not in _WRITABLE or (link is Link.RESOURCE_POLICY and denial.effect == "explicit"):
        raise NotWritten(f"no case is made of a refusal by {link.value}: its policy cannot be guessed")
    taken = own is Link.TARGET_POLICY
    target = (caller_role(refused, evidence) if taken else refused.task.role) or _assumed(refused)
    execution = evidence.role or ("" if taken else denial.role)
    home = _field(execution, _ACCOUNT) or (_STAND_IN[0] if _field(target, _ACCOUNT) != _STAND_IN[0] else _STAND_IN[1])
    away = _field(target, _ACCOUNT) or denial.owner or next(one for one in _STAND_IN if one != home)
    region = refused.task.region or denial.region or _field(evidence.machine, _REGION) or "us-east-1"
    names = _name(execution) or "WorkflowRole", _name(target)
    return _Made(refused, link, region, home, away, *names, (_path(execution), _path(target)))


def _assumed(refused: Refused) -> str:
    return refused.denial.resource if refused.denial.action.startswith("sts:AssumeRole") else ""


_WRITABLE = frozenset(
    {
        Link.CALLER_POLICY,
        Link.TARGET_POLICY,
        Link.BOUNDARY,
        Link.SERVICE_CONTROL,
        Link.PARTITION,
        Link.TRUST_POLICY,
        Link.RESOURCE_POLICY,
    }
)


def _field(arn: str, number: int) -> str:
    return arn.split(":")[number] if arn.startswith("arn:") else ""


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]


def _path(arn: str) -> str:
    """The path of a role, without the slash before it."""
    return arn.partition(":role/")[2].removesuffix(_name(arn))


def _policy(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(action: str | list[str], resource: str) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def _deny(action: str) -> Json:
    return {"Effect": "Deny", "Action": action, "Resource": "*"}


def _trust(**principal: str) -> Json:
    return _policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


_SERVICE = {"Service": "states.amazonaws.com"}


def _accounts(made: _Made) -> Json:
    """The account of the workflow with its role, and the other one with the role of the Task, if there is one."""
    same = made.home == made.away
    accounts: dict[str, Json] = {HOME: _with_id(made.home, made.region)}
    accounts[HOME]["roles"] = {made.execution_role: _role(made, _trust(**_SERVICE), of_task=False)}
    if not same:
        accounts[AWAY] = _with_id(made.away, _away_region(made))
    if made.target_role:
        where = HOME if same else AWAY
        roles = accounts[where].setdefault("roles", {})
        trusted = (
            _SERVICE
            if made.link in (Link.TRUST_POLICY, Link.PARTITION)
            else {"AWS": f"${{{HOME}/role/{made.execution_role}}}"}
        )
        roles[made.target_role] = _role(made, _trust(**trusted), of_task=True)
    caller = accounts[HOME if same or not _by_task(made) else AWAY]
    if made.link is Link.BOUNDARY:
        caller["policies"] = {"Boundary": _limit(made)}
    if made.link is Link.SERVICE_CONTROL:
        accounts["management"] = {"id": next(one for one in ("999999999999", "888888888888") if one not in made.ids)}
    return accounts


def _away_region(made: _Made) -> str:
    """The Region of the workflow, but for an account of another partition."""
    name = _field(made.refused.denial.resource, _PARTITION) if made.link is Link.PARTITION else ""
    return next((one.home_region for one in arns.PARTITIONS if one.name == name), made.region)


def _with_id(account: str, region: str) -> dict[str, Json]:
    return {"id": account, "region": region}


def _by_task(made: _Made) -> bool:
    """The call is that of the Task's role, and not of the workflow's."""
    return bool(made.target_role) and not made.refused.denial.action.startswith("sts:AssumeRole")


def _limit(made: _Made) -> Json:
    """A boundary that refuses the call."""
    denial = made.refused.denial
    if denial.effect == "explicit":
        return _policy(_allow("*", "*"), _deny(denial.action))
    return _policy(_allow("sts:GetCallerIdentity", "*"))


def _role(made: _Made, trust: Json, *, of_task: bool) -> Json:
    """A role with what it needs, and with what refuses it."""
    denial = made.refused.denial
    path = made.paths[of_task]
    role: dict[str, Json] = {**({"path": f"/{path}"} if path else {}), "trust": trust, "policies": {}}
    if made.target_role and not of_task and denial.action != "sts:AssumeRole":
        role["policies"]["Assume"] = _policy(_allow("sts:AssumeRole", _target(made)))
    if of_task is not _by_task(made):
        return role
    silent = made.link in (Link.CALLER_POLICY, Link.TARGET_POLICY)
    if not silent:
        role["policies"]["Call"] = _policy(_allow(denial.action, denial.resource or "*"))
    elif denial.effect == "explicit":
        role["policies"]["Call"] = _policy(_allow(denial.action, denial.resource or "*"), _deny(denial.action))
    if made.link is Link.BOUNDARY:
        role["boundary"] = "Boundary"
    return role


def _target(made: _Made) -> str:
    return f"${{{HOME if made.home == made.away else AWAY}/role/{made.target_role}}}"


def _organization(made: _Made) -> dict[str, Json]:
    if made.link is not Link.SERVICE_CONTROL:
        return {}
    members: dict[str, Json] = {HOME: {}} if made.home == made.away else {HOME: {}, AWAY: {}}
    unit = {"scps": {"Guard": _policy(_deny(made.refused.denial.action))}, "accounts": members}
    return {"organization": {"id": "o-a1b2c3d4e5", "management_account": "management", "units": {"Workloads": unit}}}


def _machine(made: _Made) -> Json:
    state = made.refused.state or "Call"
    task = made.refused.task
    resource, parameters = task.resource, task.parameters
    if not resource or not isinstance(parameters, dict):
        resource, parameters = _task(made)
    body: dict[str, Json] = {"Type": "Task", "Resource": resource, "Parameters": parameters}
    if made.target_role:
        body["Credentials"] = {"RoleArn": "${TaskRole}"}
    machine: dict[str, Json] = {
        "account": HOME,
        "role": made.execution_role,
        "definition": {"StartAt": state, "States": {state: {**body, "End": True}}},
    }
    return machine | ({"substitutions": {"TaskRole": _target(made)}} if made.target_role else {})


def _task(made: _Made) -> tuple[str, Json]:
    """A Task that makes the call."""
    denial = made.refused.denial
    if denial.action.startswith("sts:AssumeRole"):
        return "arn:aws:states:::aws-sdk:sts:getCallerIdentity", {}
    found = TASKS.get(denial.action)
    if found is None or not denial.resource:
        raise NotWritten(f"no Task is known that calls `{denial.action}`: give the history of the execution")
    if denial.action in OWN_ACCOUNT and denial.owner not in (denial.account, ""):
        raise NotWritten(f"no Task calls `{denial.action}` of another account without a role in it: give the history")
    return f"arn:aws:states:::{found[0]}", found[1](denial.resource)


def _alone(made: _Made) -> bool:
    """No other link breaks besides: across accounts the resource's side, of which nothing is known, is silent too."""
    denial = made.refused.denial
    within = denial.owner in ("", made.away if _by_task(made) else made.home)
    return within or made.link is Link.RESOURCE_POLICY or denial.action.startswith("sts:AssumeRole")


def _case(made: _Made, evidence: Evidence) -> Json:
    denial = made.refused.denial
    account = AWAY if _by_task(made) and made.home != made.away else HOME
    role = made.target_role if _by_task(made) else made.execution_role
    denied = {"who": f"{account}/{role}", "action": denial.action}
    if _alone(made):
        denied["link"] = made.link.value
    resource = _target(made) if denial.action.startswith("sts:AssumeRole") else denial.resource
    if resource.startswith(("arn:", "${")):
        denied["resource"] = resource
    expect = {"status": "FAILED", "denied": [denied]}
    given = {"input": evidence.input} if evidence.input is not None else {}
    return {"name": "as AWS showed it", "state_machine": _MACHINE, **given, "expect": expect}
