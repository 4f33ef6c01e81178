"""STS: temporary credentials. The gate has checked the request and decided on it; here a session is made.

Every session stands in the world's keyring, so its access key leads to its account. Operation shapes: STS API
Reference; limits: reference/limits.md ("STS and IAM"). Error texts are those that users report, else *inferred*.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.arn import Arn
from turnstile.faults import Unsupported
from turnstile.gate.context import timestamp
from turnstile.gate.errors import ServiceError
from turnstile.world.caller import FederatedIdentity, FederatedUser, IamUser, Root, Session
from turnstile.world.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.iam.policy import Policy
    from turnstile.world.caller import Caller
    from turnstile.world.role import Role
    from turnstile.world.world import World

_HOUR, _HALF_DAY = 3600, 43_200
_ROOT_MAY_NOT = "Roles may not be assumed by root accounts."
_CONFLICT = (
    "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the "
    "calling session."
)
_CHAINED = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
_TOO_LONG = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
_FIXED = "The source identity of a session cannot be changed."


class Sts:
    """The operations that give credentials, and those that tell whose they are."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._operations: Mapping[str, Callable[[Call, str], Output]] = {
            "AssumeRole": self._assume_role,
            "AssumeRoleWithSAML": self._with_saml,
            "AssumeRoleWithWebIdentity": self._with_web_identity,
            "DecodeAuthorizationMessage": _decode,
            "GetAccessKeyInfo": self._key_info,
            "GetCallerIdentity": _caller_identity,
            "GetFederationToken": self._federation_token,
            "GetSessionToken": self._session_token,
        }

    async def perform(self, call: Call, owner: str) -> Output:
        """See `Backend.perform`."""
        operation = self._operations.get(call.operation)
        if operation is None:
            raise Unsupported(f"sts:{call.operation}")
        if isinstance(call.caller, FederatedUser) and call.operation != "GetCallerIdentity":
            raise ServiceError("AccessDenied", f"Cannot call {call.operation} with session credentials", 403)
        return operation(call, owner)

    def _assume_role(self, call: Call, owner: str) -> Output:
        if isinstance(call.caller, Root):
            raise ServiceError("AccessDenied", _ROOT_MAY_NOT, 403)
        caller, name = call.caller, str(call.parameters["RoleSessionName"])
        session = self._session(call, name, owner, _inherited(call), _transitive(call), _source(call))
        source = {"SourceIdentity": session.source_identity} if "SourceIdentity" in call.parameters else {}
        return self._taken(call, session, source if isinstance(caller, Session | IamUser) else {})

    def _with_web_identity(self, call: Call, owner: str) -> Output:
        who = call.caller
        assert isinstance(who, FederatedIdentity)  # the gate has read the token
        name = str(call.parameters["RoleSessionName"])
        session = self._session(call, name, owner, who.tags, who.transitive, who.source_identity)
        more = {"SubjectFromWebIdentityToken": who.subject, "Provider": who.provider, "Audience": who.audience}
        return self._taken(call, session, more | _source_of(who))

    def _with_saml(self, call: Call, owner: str) -> Output:
        from turnstile.gate.saml import session_name  # noqa: PLC0415 - loads an XML parser

        who = call.caller
        assert isinstance(who, FederatedIdentity)  # the gate has read the response
        name = session_name(str(call.parameters["SAMLAssertion"]))
        session = self._session(call, name, owner, who.tags, who.transitive, who.source_identity)
        more = {
            "Subject": who.subject,
            "SubjectType": who.claims["saml:sub_type"],
            "Issuer": who.issuer,
            "Audience": who.audience,
            "NameQualifier": who.claims["saml:namequalifier"],
        }
        return self._taken(call, session, more | _source_of(who))

    def _session(
        self, call: Call, name: str, owner: str, tags: Mapping[str, str], transitive: frozenset[str], source: str
    ) -> Session:
        """INVARIANT: a session taken by a session is marked as chained and ends within the hour."""
        role_arn = str(call.parameters["RoleArn"])
        role, found = arns.parse(role_arn), self._world.role(role_arn)
        now, caller = self._world.clock.now(), call.caller
        resource = f"assumed-role/{role.resource.rpartition('/')[2]}/{name}"
        return Session(
            arn=str(Arn(role.partition, "sts", "", owner, resource)),
            role_arn=role_arn,
            role_id=found.id if found else "AROAUNDECLARED0000000",
            account=owner,
            name=name,
            issued=now,
            expires=now + _seconds(call, found),
            source=caller.arn,
            chained=isinstance(caller, Session),
            policies=self._limits(call.parameters),
            tags=tags,
            transitive=transitive,
            provider=caller.provider if isinstance(caller, FederatedIdentity | Session) else "",
            source_identity=source,
            claims=caller.claims if isinstance(caller, FederatedIdentity) else {},
        )

    def _taken(self, call: Call, session: Session, more: Mapping[str, Json]) -> Output:
        packed = _packed(call.parameters, session.tags)
        return {
            "Credentials": self._issued(session, session.expires),
            "AssumedRoleUser": {"AssumedRoleId": f"{session.role_id}:{session.name}", "Arn": session.arn},
            **packed,
            **more,
        }

    def _federation_token(self, call: Call, _owner: str) -> Output:
        """Without a policy the credentials may do what resources' own policies let them, and nothing else."""
        from turnstile.backends.session_policies import nothing_allowed  # noqa: PLC0415 - loads the policy language

        user = call.caller
        if not isinstance(user, IamUser | Root):
            raise ServiceError("AccessDenied", "Cannot call GetFederationToken with session credentials", 403)
        name, now = str(call.parameters["Name"]), self._world.clock.now()
        arn = str(Arn(arns.parse(user.arn).partition, "sts", "", user.account, f"federated-user/{name}"))
        policies = self._limits(call.parameters) or (nothing_allowed(),)
        tags, end = _tags(call), now + _user_seconds(call)
        made = FederatedUser(arn, user.account, name, user.arn, now, policies, end, tags)
        return {
            "Credentials": self._issued(made, end),
            "FederatedUser": {"FederatedUserId": f"{user.account}:{name}", "Arn": arn},
            **_packed(call.parameters, tags),
        }

    def _session_token(self, call: Call, _owner: str) -> Output:
        if not isinstance(call.caller, IamUser | Root):
            raise ServiceError("AccessDenied", "Cannot call GetSessionToken with session credentials", 403)
        return {"Credentials": self._issued(call.caller, self._world.clock.now() + _user_seconds(call))}

    def _key_info(self, call: Call, _owner: str) -> Output:
        found = self._world.credentials.get(str(call.parameters["AccessKeyId"]))
        if found is None:
            raise ServiceError("ValidationError", "The access key ID is not one of an AWS account")
        return {"Account": found.caller.account}

    def _limits(self, parameters: Mapping[str, Json]) -> tuple[Policy, ...]:
        """The session policies that come with the call."""
        if "Policy" not in parameters and not parameters.get("PolicyArns"):
            return ()
        from turnstile.backends.session_policies import session_policies  # noqa: PLC0415 - loads the policy language

        return session_policies(parameters, self._world)

    def _issued(self, caller: Caller, until: float) -> dict[str, Json]:
        secret, token = self._letters(40), self._letters(64)
        issued = Credentials(f"ASIA{self._letters(16)}", secret, token, caller, until)
        self._world.credentials.add(issued)
        return {
            "AccessKeyId": issued.access_key,
            "SecretAccessKey": issued.secret_key,
            "SessionToken": issued.token,
            "Expiration": timestamp(until),
        }

    def _letters(self, count: int) -> str:
        """Letters of Base32, as AWS's own keys have them; `count` is a multiple of eight."""
        return base64.b32encode(self._world.random.randbytes(count * 5 // 8)).decode()


def _caller_identity(call: Call, _owner: str) -> Output:
    match call.caller:
        case Session() as caller:
            user = f"{caller.role_id}:{caller.name}"
        case IamUser() as caller:
            user = caller.user_id
        case FederatedUser() as caller:
            user = f"{caller.account}:{caller.name}"
        case caller:
            user = caller.account
    return {"UserId": user, "Account": caller.account, "Arn": caller.arn}


def _decode(_call: Call, _owner: str) -> Output:
    """No denial here brings an encoded message, so none can be decoded."""
    raise ServiceError("InvalidAuthorizationMessageException", "Message is not valid")


def _seconds(call: Call, role: Role | None) -> int:
    """How long the session of a role lasts."""
    asked = call.parameters.get("DurationSeconds")
    if asked is None:
        return _HOUR
    if isinstance(call.caller, Session) and asked > _HOUR:
        raise ServiceError("ValidationError", _CHAINED)
    if role is not None and asked > role.max_session:
        raise ServiceError("ValidationError", _TOO_LONG)
    return int(asked)


def _user_seconds(call: Call) -> int:
    """How long the credentials of a user last: twelve hours unless told otherwise, the root user's an hour at most."""
    asked = int(call.parameters.get("DurationSeconds", _HALF_DAY))
    return min(asked, _HOUR) if isinstance(call.caller, Root) else asked


def _tags(call: Call) -> dict[str, str]:
    return {str(tag["Key"]): str(tag["Value"]) for tag in call.parameters.get("Tags") or ()}


def _inherited(call: Call) -> Mapping[str, str]:
    """The tags of the call and the transitive ones of the caller's session, which cannot be given anew."""
    given, caller = _tags(call), call.caller
    if not isinstance(caller, Session) or not caller.transitive:
        return given
    if {key.casefold() for key in given} & {key.casefold() for key in caller.transitive}:
        raise ServiceError("InvalidParameterValue", _CONFLICT)
    return given | {key: caller.tags[key] for key in caller.transitive}


def _transitive(call: Call) -> frozenset[str]:
    kept = call.caller.transitive if isinstance(call.caller, Session) else frozenset()
    asked = frozenset(map(str, call.parameters.get("TransitiveTagKeys") or ()))
    if not asked <= _tags(call).keys():
        text = "The specified transitive tag key must be included in the requested tags."
        raise ServiceError("ValidationError", text)
    return kept | asked


def _source(call: Call) -> str:
    """The source identity, which goes on from session to session and never changes."""
    caller, asked = call.caller, str(call.parameters.get("SourceIdentity", ""))
    kept = caller.source_identity if isinstance(caller, Session) else ""
    if kept and asked not in ("", kept):
        raise ServiceError("AccessDenied", _FIXED, 403)
    return kept or asked


def _source_of(who: FederatedIdentity) -> dict[str, Json]:
    return {"SourceIdentity": who.source_identity} if who.source_identity else {}


def _packed(parameters: Mapping[str, Json], tags: Mapping[str, str]) -> dict[str, Json]:
    """How much of the room for policies and tags is taken, in percent, where there are any.

    Raises:
        ServiceError: PackedPolicyTooLarge.
    """
    if not tags and "Policy" not in parameters and not parameters.get("PolicyArns"):
        return {}
    from turnstile.backends.session_policies import packed_percent  # noqa: PLC0415 - for sessions with limits or tags

    return {"PackedPolicySize": packed_percent(parameters, tags)}
