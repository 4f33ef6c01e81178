"""The managed rules of a machine: made when it is created or updated, by its execution role's right.

Which Tasks need one: those that wait for a job of a service that sends events, under a role of the machine's account.
A role that is only known at run time counts as one of another account, which needs none (*inferred*). All three calls
are judged each time, whether the rule is there or not (*inferred*). Facts: reference/sync-jobs.json (monitoring rules),
policy-templates.md ("Managed rules"), cross-account.md sections 5 and 8.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.document import compact
from turnstile.gate.call import Call
from turnstile.gate.errors import AccessDenied, ServiceError
from turnstile.integrations.resource import Pattern, ServiceApi, parse_resource
from turnstile.world.event_rule import EventRule, rule_arn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.asl.definition import StateMachine
    from turnstile.document import Json
    from turnstile.gate.gate import Gate
    from turnstile.world.caller import Session
    from turnstile.world.machine import Machine

NOT_AUTHORIZED = "'{}' is not authorized to create managed-rule."
"""AWS's text where the execution role lacks a right (cross-account.md section 8)."""

_JOBS = frozenset({Pattern.SYNC, Pattern.SYNC_2})
_INNER = ("ItemProcessor", "Iterator")


def needed(machine: Machine) -> Mapping[str, str]:
    """The rules that a machine needs, each once, with the service whose events it matches."""
    return _needed_by(machine.definition, machine.account)


@lru_cache(maxsize=256)
def _needed_by(definition: StateMachine, account: str) -> Mapping[str, str]:
    return dict(_needed(definition.document, account))


def _needed(scope: Json, account: str) -> Iterator[tuple[str, str]]:
    for state in scope["States"].values():
        for inner in (*state.get("Branches", ()), *(state[name] for name in _INNER if name in state)):
            yield from _needed(inner, account)
        resource = parse_resource(state["Resource"]) if state.get("Type") == "Task" else None
        if isinstance(resource, ServiceApi) and resource.pattern in _JOBS and _at_home(state, account):
            from turnstile.jobs.table import JOBS  # noqa: PLC0415 - a definition without jobs does without their table

            row = JOBS.get((resource.service, resource.resource))
            if row is not None and row.rule:
                yield row.rule, row.service


def _at_home(state: Json, account: str) -> bool:
    """Whether a Task is known to run under a role of the account."""
    if "Credentials" not in state:
        return True
    credentials = state["Credentials"]
    role_arn = credentials.get("RoleArn") if isinstance(credentials, dict) else None
    return isinstance(role_arn, str) and role_arn.split(":")[4:5] == [account]


def make(gate: Gate, session: Session, machine: Machine) -> None:
    """Make the rules that a machine needs, with the rights of its execution role.

    Where the world does not check them, a rule that may not be made is missing, and its events do not come.

    Raises:
        ServiceError: AccessDeniedException with AWS's text; the trail has the calls that were refused.
    """
    for name, service in needed(machine).items():
        rule = _rule(gate, machine, name, service)
        if _admitted(gate, session, machine.region, rule):
            gate.world.accounts[machine.account].event_rules[rule.arn] = rule
        elif gate.world.settings.managed_rule_check:
            raise ServiceError("AccessDeniedException", NOT_AUTHORIZED.format(machine.role_arn))


def _rule(gate: Gate, machine: Machine, name: str, service: str) -> EventRule:
    partition = arns.partition_of(machine.region).name
    arn = rule_arn(partition, machine.region, machine.account, name)
    kept = gate.world.accounts[machine.account].event_rules.get(arn)
    if kept is not None:
        return kept
    source = {"elasticmapreduce": "aws.emr"}.get(service, f"aws.{service}")
    target = {"Id": name, "Arn": str(arns.Arn(partition, "states", machine.region, machine.account, "events"))}
    return EventRule(arn, name, machine.region, compact({"source": [source]}), (target,))


def _admitted(gate: Gate, session: Session, region: str, rule: EventRule) -> bool:
    """Whether all calls are allowed; the trail has every one."""
    calls: dict[str, dict[str, Json]] = {
        "DescribeRule": {"Name": rule.name},
        "PutRule": {"Name": rule.name, "EventPattern": rule.pattern},
        "PutTargets": {"Rule": rule.name, "Targets": list(rule.targets)},
    }
    allowed = True
    for operation, members in calls.items():
        try:
            gate.admit(Call(session, "events", operation, members, region))
        except AccessDenied:
            allowed = False
    return allowed
