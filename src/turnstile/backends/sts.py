"""STS: sessions of roles. The gate has checked the request and decided on it; here a session is made.

Operation shapes: STS API Reference; limits: reference/limits.md ("STS and IAM").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.arn import Arn
from turnstile.faults import Unsupported
from turnstile.gate.context import timestamp
from turnstile.world.caller import Session
from turnstile.world.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.gate.call import Call, Output
    from turnstile.iam.policy import Policy
    from turnstile.world.world import World

_HOUR = 3600
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


class Sts:
    """AssumeRole and GetCallerIdentity."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`."""
        if call.operation == "AssumeRole":
            return self._assume_role(call, owner)
        if call.operation == "GetCallerIdentity":
            return self._caller_identity(call)
        raise Unsupported(f"sts:{call.operation}")

    def _assume_role(self, call: Call, owner: str) -> Output:
        name = str(call.parameters["RoleSessionName"])
        session = self._session(call, str(call.parameters["RoleArn"]), name, owner)
        key = self._letters("ASIA", 16)
        issued = Credentials(key, self._letters("", 40), self._letters("", 64), session)
        self._world.credentials.add(issued)
        return {
            "Credentials": {
                "AccessKeyId": issued.access_key,
                "SecretAccessKey": issued.secret_key,
                "SessionToken": issued.token,
                "Expiration": timestamp(session.expires),
            },
            "AssumedRoleUser": {"AssumedRoleId": f"{session.role_id}:{name}", "Arn": session.arn},
        }

    def _session(self, call: Call, role_arn: str, name: str, owner: str) -> Session:
        """INVARIANT: a session taken by a session is marked as chained and ends within the hour.

        Transitive tags of the caller's session go before those of the call.
        """
        role = arns.parse(role_arn)
        now = self._world.clock.now()
        found = self._world.role(role_arn)
        resource = f"assumed-role/{role.resource.rpartition('/')[2]}/{name}"
        return Session(
            arn=str(Arn(role.partition, "sts", "", owner, resource)),
            role_arn=role_arn,
            role_id=found.id if found else "AROAUNDECLARED0000000",
            account=owner,
            name=name,
            issued=now,
            expires=now + _HOUR,
            source=call.caller.arn,
            chained=isinstance(call.caller, Session),
            policies=self._limits(call),
            tags=_tags(call),
            transitive=_transitive(call),
        )

    def _limits(self, call: Call) -> tuple[Policy, ...]:
        """The session policies that come with the call."""
        if "Policy" not in call.parameters and not call.parameters.get("PolicyArns"):
            return ()
        from turnstile.backends.session_policies import session_policies  # noqa: PLC0415 - loads the policy language

        return session_policies(call.parameters, self._world)

    def _caller_identity(self, call: Call) -> Output:
        caller = call.caller
        user = f"{caller.role_id}:{caller.name}" if isinstance(caller, Session) else caller.account
        return {"UserId": user, "Account": caller.account, "Arn": caller.arn}

    def _letters(self, prefix: str, count: int) -> str:
        return prefix + "".join(self._world.random.choices(_LETTERS, k=count))


def _tags(call: Call) -> Mapping[str, str]:
    given = {str(tag["Key"]): str(tag["Value"]) for tag in call.parameters.get("Tags") or ()}
    caller = call.caller
    if isinstance(caller, Session) and caller.transitive:
        given |= {key: caller.tags[key] for key in caller.transitive}
    return given


def _transitive(call: Call) -> frozenset[str]:
    kept = call.caller.transitive if isinstance(call.caller, Session) else frozenset()
    return kept | frozenset(call.parameters.get("TransitiveTagKeys") or ())
