"""State machines in the API: create, update, describe, delete, list.

Recorded: sfn_api, sfn_api_versioning, sfn_api_logs, sfn_api_variable_references; idempotency of
CreateStateMachine: API reference.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.asl.references import variable_references
from turnstile.gate.errors import ServiceError
from turnstile.states import creation, logs, managed_rules, tags
from turnstile.states.creation import AWS_OWNED
from turnstile.states.naming import is_version, no_machine, split_qualifier, unlabelled
from turnstile.states.pages import page
from turnstile.states.sessions import NOT_ASSUMABLE
from turnstile.states.versions import publish

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.gate.gate import Gate
    from turnstile.states.creation import Definitions
    from turnstile.states.registry import Registry
    from turnstile.states.sessions import Sessions
    from turnstile.world.machine import Machine

_NOTHING_TO_UPDATE = (
    "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified"
)
_UPDATABLE = ("definition", "roleArn", "loggingConfiguration", "tracingConfiguration", "encryptionConfiguration")


class Machines:
    """The operations on state machines themselves."""

    def __init__(self, registry: Registry, definitions: Definitions, gate: Gate, sessions: Sessions) -> None:
        self._registry = registry
        self._definitions = definitions
        self._gate = gate
        self._sessions = sessions
        self.operations = {
            "CreateStateMachine": self.create,
            "DeleteStateMachine": self.delete,
            "DescribeStateMachine": self.describe,
            "DescribeStateMachineForExecution": self.describe_for_execution,
            "ListStateMachines": self.listing,
            "UpdateStateMachine": self.update,
        }

    async def create(self, call: Call, owner: str) -> Output:
        """CreateStateMachine; the same request again changes nothing, whatever its role and tags.

        The version it asks for belongs to the request (API reference).
        """
        account = self._registry.world.accounts[owner]
        machine = creation.machine(call, owner, self._now(), self._definitions)
        given = tags.given(call.parameters.get("tags", ()))
        existing = self._registry.find(machine.arn)
        if existing is None:
            await self._check_role(machine)
            account.machines[machine.arn] = machine
            account.tags[machine.arn] = given
        else:
            self._check_same(existing, machine)
            machine = existing
        answer = {"stateMachineArn": machine.arn, "creationDate": machine.created}
        return answer | self._published(call, machine)

    async def update(self, call: Call, _owner: str) -> Output:
        """UpdateStateMachine; what is as it was makes no revision."""
        machine = self._registry.living(unlabelled(str(call.parameters["stateMachineArn"])))
        if not any(call.parameters.get(name) is not None for name in _UPDATABLE):
            raise ServiceError("MissingRequiredParameter", _NOTHING_TO_UPDATE)
        creation.check_configurations(call)
        changed = self._changed(call, machine)
        now = self._now()
        await self._check_role(changed)
        if not _same(machine, changed) or machine.role_arn != changed.role_arn:
            machine = replace(changed, revision=self._registry.world.uuid(), updated=now)
            self._registry.world.accounts[machine.account].machines[machine.arn] = machine
        return {"updateDate": now} | _revision(machine) | self._published(call, machine)

    async def describe(self, call: Call, _owner: str) -> Output:
        """DescribeStateMachine, of a machine or one of its versions; an alias is not described (*inferred*)."""
        arn = unlabelled(str(call.parameters["stateMachineArn"]))
        plain, qualifier = split_qualifier(arn)
        if not qualifier:
            return _asked_for(call, _described(self._registry.machine(plain)))
        version = self._registry.version(arn) if is_version(qualifier) else None
        if version is None:
            raise no_machine(arn)
        described = {"description": version.description} if version.description else {}
        shown = _described(version.machine) | {"stateMachineArn": arn, "creationDate": version.created} | described
        return _asked_for(call, shown)

    async def describe_for_execution(self, call: Call, _owner: str) -> Output:
        """DescribeStateMachineForExecution: the revision that an execution runs."""
        execution = self._registry.execution(str(call.parameters["executionArn"]))
        machine = execution.machine
        shown = _described(machine)
        for name in ("status", "type", "creationDate"):
            del shown[name]
        if execution.map_run is not None:
            shown |= {"mapRunArn": execution.map_run.arn, "label": machine.arn.rpartition("/")[2]}
        shown["updateDate"] = machine.created if machine.updated is None else machine.updated
        return _asked_for(call, shown)

    async def delete(self, call: Call, _owner: str) -> Output:
        """DeleteStateMachine; one that does not exist is deleted already."""
        plain, qualifier = split_qualifier(unlabelled(str(call.parameters["stateMachineArn"])))
        machine = None if qualifier else self._registry.find(plain)
        if machine is not None:
            self._registry.delete(machine)
        return {}

    async def listing(self, call: Call, owner: str) -> Output:
        """ListStateMachines, in order of creation (*inferred*)."""
        account = self._registry.world.accounts[owner]
        machines = tuple(self._registry.machines(account, call.region))
        shown, more = page(call, machines, lambda machine: machine.arn)
        return {"stateMachines": [_listed(machine) for machine in shown]} | more

    def _changed(self, call: Call, machine: Machine) -> Machine:
        asked = call.parameters
        changes: dict[str, Json] = {}
        if asked.get("definition") is not None:
            text = str(asked["definition"])
            definition = self._definitions.read(text, f"{machine.name}.asl.json", machine.type)
            changes |= {"text": text, "definition": definition}
        if asked.get("roleArn") is not None:
            changes["role_arn"] = creation.role(call)
        if asked.get("loggingConfiguration") is not None:
            changes["logging"] = logs.configuration(asked["loggingConfiguration"])
        if asked.get("tracingConfiguration") is not None:
            changes["tracing"] = creation.tracing(asked["tracingConfiguration"])
        return replace(machine, **changes)

    async def _check_role(self, machine: Machine) -> None:
        """Whether the service may assume the role, and the role may log where the machine says and make its rules."""
        try:
            session = await self._sessions.as_service(machine.arn, machine.account, machine.region, machine.role_arn)
        except ServiceError:
            raise ServiceError("AccessDeniedException", NOT_ASSUMABLE) from None
        await logs.check_destination(self._gate, session, machine.region, machine.logging)
        managed_rules.make(self._gate, session, machine)

    @staticmethod
    def _check_same(existing: Machine, asked: Machine) -> None:
        if existing.deleting:
            raise ServiceError("StateMachineDeleting", f"State Machine is being deleted: '{existing.arn}'")
        if not _same(existing, asked) or existing.published_with != asked.published_with:
            raise ServiceError("StateMachineAlreadyExists", f"State Machine Already Exists: '{existing.arn}'")

    def _published(self, call: Call, machine: Machine) -> dict[str, Json]:
        """The version that the request wants published along."""
        if not call.parameters.get("publish"):
            return {}
        description = str(call.parameters.get("versionDescription") or "")
        version = publish(self._registry.published(machine.arn), machine, description, self._now())
        return {"stateMachineVersionArn": version.arn}

    def _now(self) -> float:
        return self._registry.world.clock.now()


def _same(one: Machine, other: Machine) -> bool:
    """Whether two descriptions are one machine, roles aside."""
    return (one.text, one.type, one.logging, one.tracing) == (other.text, other.type, other.logging, other.tracing)


def _revision(machine: Machine) -> dict[str, Json]:
    return {"revisionId": machine.revision} if machine.revision else {}


def _described(machine: Machine) -> dict[str, Json]:
    references = variable_references(machine.definition.document)
    shown = {"variableReferences": references} if references else {}
    return (
        shown
        | {
            "stateMachineArn": machine.arn,
            "name": machine.name,
            "status": "DELETING" if machine.deleting else "ACTIVE",
            "definition": machine.text,
            "roleArn": machine.role_arn,
            "type": machine.type,
            "creationDate": machine.created,
            "loggingConfiguration": machine.logging,
            "tracingConfiguration": machine.tracing,
            "encryptionConfiguration": AWS_OWNED,
        }
        | _revision(machine)
    )


def _asked_for(call: Call, shown: dict[str, Json]) -> dict[str, Json]:
    """What is shown where metadata alone are asked for: no definition (documented), no references (*inferred*)."""
    if call.parameters.get("includedData") != "METADATA_ONLY":
        return shown
    kept = {name: value for name, value in shown.items() if name != "variableReferences"}
    return kept | {"definition": "{}"}


def _listed(machine: Machine) -> dict[str, Json]:
    return {
        "stateMachineArn": machine.arn,
        "name": machine.name,
        "type": machine.type,
        "creationDate": machine.created,
    }
