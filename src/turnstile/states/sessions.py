"""The sessions an execution works under: its execution role's, and those of target roles.

A target session is always taken from the execution role's session, never from another target session, and lives for
one attempt (design: "One role at a time"). Facts: reference/cross-account.md sections 2 and 4a.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from turnstile.asl import errors
from turnstile.asl.errors import StatesError
from turnstile.gate.call import Call
from turnstile.gate.errors import AccessDenied, ServiceError
from turnstile.world.caller import ServicePrincipal

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.gate.call import Site
    from turnstile.gate.gate import Gate
    from turnstile.states.execution import Execution
    from turnstile.world.caller import Caller, Session
    from turnstile.world.machine import Machine

SERVICE = "states.amazonaws.com"
NOT_ASSUMABLE = (
    "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the "
    "provided role."
)
"""AWS's text for an execution role that does not trust the service (cross-account.md section 8)."""


class Unassumable(StatesError):  # noqa: N818 - named for what happened
    """A role cannot be assumed: AWS's one sentence as cause; `entry` is the refused call, None where none was."""

    def __init__(self, cause: str, refused: ServiceError) -> None:
        self.entry = refused.entry if isinstance(refused, AccessDenied) else None
        super().__init__(errors.TASK_FAILED, cause)


class Sessions:
    """Assumes roles through the gate."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def as_service(
        self, machine_arn: str, account: str, region: str, role_arn: str, site: Site | None = None
    ) -> Session:
        """The service takes the execution role of a machine for itself.

        Raises:
            ServiceError: the role's trust policy does not admit the service for this machine.
        """
        service = ServicePrincipal(SERVICE, machine_arn, account)
        return await self._assume(service, region, role_arn, None, site)

    async def execution_role(self, execution: Execution, site: Site | None = None) -> Session:
        """The execution role's session, taken when first needed and again when it has expired.

        `site` is the poll that finds it expired.

        Raises:
            Unassumable: the role no longer trusts the service. What AWS shows then is not known; the error is
                *inferred*.
        """
        session = execution.session
        if session is None or self._gate.world.has_lapsed(session):
            try:
                session = await self._taken(execution, site)
            except ServiceError as refused:
                raise Unassumable(NOT_ASSUMABLE, refused) from None
            execution.session = session
        return session

    async def _taken(self, execution: Execution, site: Site | None) -> Session:
        """A new session; for the children of a Map Run the service shows other sources than the machine.

        The Map Run's ARN is reported, asked once for all children; the child's own is *inferred* (cross-account.md
        section 7).
        """
        machine, run, world = execution.machine, execution.map_run, self._gate.world
        if run is None:
            return await self.as_service(machine.arn, machine.account, machine.region, machine.role_arn, site)
        if run.session is None or world.has_lapsed(run.session):
            source = machine.arn.partition("/")[0] if world.settings.map_run_source == "machine" else run.arn
            run.session = await self.as_service(source, machine.account, machine.region, machine.role_arn, site)
        if not world.judged or world.settings.map_run_source != "map-run and execution":
            return run.session
        return await self.as_service(execution.arn, machine.account, machine.region, machine.role_arn, site)

    async def target_role(self, execution: Execution, role_arn: str, site: Site) -> Session:
        """A session of the role that a Task's Credentials name, taken by the execution role.

        Raises:
            Unassumable: refused, with the one sentence AWS shows whatever the reason.
        """
        machine: Machine = execution.machine
        source = await self.execution_role(execution, site if site.poll else None)
        try:
            return await self._assume(source, machine.region, role_arn, self._external_id(execution), site)
        except ServiceError as refused:
            text = f"The role {machine.role_arn} is not authorized to assume the task state's role, {role_arn}."
            raise Unassumable(text, refused) from None

    def _external_id(self, execution: Execution) -> str:
        """The machine's ARN; which one AWS sends for aliases, versions and children of a Map Run is not known."""
        arn = execution.machine.arn
        if self._gate.world.settings.external_id == "unqualified":
            return arn.partition("/")[0]
        return execution.alias_arn or execution.version_arn or arn

    async def _assume(
        self, caller: Caller, region: str, role_arn: str, external_id: str | None, site: Site | None = None
    ) -> Session:
        world = self._gate.world
        name = "".join(world.random.choices(string.ascii_letters, k=32))
        parameters: dict[str, Json] = {"RoleArn": role_arn, "RoleSessionName": name}
        if external_id is not None:
            parameters["ExternalId"] = external_id
        answer = await self._gate.call(Call(caller, "sts", "AssumeRole", parameters, region, site))
        return world.sessions[answer.output["Credentials"]["AccessKeyId"]]
