"""Policies of Lambda functions: single statements by AddPermission, or one whole document by PutResourcePolicy.

A whole document replaces every earlier statement, and AddPermission appends to it. Policies are kept in the world's
`Function`, so that the gate judges by them; a version or an alias has its own. Shapes and texts: Lambda
API Reference; the texts of refusals are partly *inferred*. Facts: reference/recent-changes.md section 3.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.arn import partition_of
from turnstile.backends.function_names import found, missing, qualifier
from turnstile.document import Json, compact, size
from turnstile.faults import Rejected
from turnstile.gate.errors import ServiceError
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.source import Origin, Source
from turnstile.world.function import LATEST, resolve_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.gate.call import Call, Output
    from turnstile.iam.policy import Policy
    from turnstile.world.function import Function
    from turnstile.world.world import World

_LARGEST = 20_480
"""Bytes of a policy (Lambda quotas)."""
_ACCOUNT = re.compile(r"\d{12}")
_STATEMENT_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_NO_POLICY = "The resource you requested does not exist."


def perform(world: World, call: Call, owner: str) -> Output:
    """One of `OPERATIONS`.

    Raises:
        ServiceError: there is no such function or statement, or the policy is none.
    """
    subject = _subject(world, call, owner)
    given = call.parameters.get("RevisionId")
    if given is not None and given != _revision(subject.policy):
        text = (
            "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to "
            "retrieve the latest RevisionId"
        )
        raise ServiceError("PreconditionFailedException", text, 412)
    return OPERATIONS[call.operation](world, subject, call.parameters)


def function_policy(document: Json, name: str, origin: Origin) -> Policy:
    """The policy of the function `account/name`.

    Raises:
        Rejected: it is none.
    """
    return parse(document, kind=Kind.RESOURCE, name=f"policy of {name}", origin=origin)


@dataclass(frozen=True, slots=True)
class _Subject:
    """What has a policy: a function, or one of its versions or aliases."""

    function: Function
    qualifier: str

    @property
    def arn(self) -> str:
        return f"{self.function.arn}:{self.qualifier}" if self.qualifier else self.function.arn

    @property
    def policy(self) -> Policy | None:
        return self.function.published.policies.get(self.qualifier) if self.qualifier else self.function.policy


def _subject(world: World, call: Call, owner: str) -> _Subject:
    text = str(call.parameters.get("FunctionName") or call.parameters.get("ResourceArn") or "")
    partition = partition_of(call.region).name
    name = resolve_name(text, partition=partition, region=call.region, account=owner)
    if name is None:
        raise ServiceError("InvalidParameterValueException", f"`{text}` does not name a function")
    wanted = qualifier(name, call.parameters.get("Qualifier"))
    function = found(world, name)
    published = function.published
    if wanted == LATEST:
        text = "We currently do not support adding policies for $LATEST."
        raise ServiceError("InvalidParameterValueException", text)
    if wanted and wanted not in published.versions and wanted not in published.aliases:
        raise missing(f"{name.arn}:{wanted}")
    return _Subject(function, wanted)


def _keep(world: World, subject: _Subject, document: Json | None) -> _Subject:
    """Store a document as the policy.

    Raises:
        ServiceError: it is too long, or no policy.
    """
    policy = None if document is None else _read(subject, document)
    function = world.function(subject.function.arn)
    assert function is not None  # it was found by the same call
    if not subject.qualifier:
        changed = dataclasses.replace(function, policy=policy)
    else:
        others = {name: each for name, each in function.published.policies.items() if name != subject.qualifier}
        policies = others if policy is None else {**others, subject.qualifier: policy}
        changed = dataclasses.replace(function, published=dataclasses.replace(function.published, policies=policies))
    world.accounts[function.account].functions[function.arn] = changed
    return _Subject(changed, subject.qualifier)


def _read(function: _Subject, document: Json) -> Policy:
    text = compact(document)
    if size(text) > _LARGEST:
        message = f"The final policy size ({size(text)}) is bigger than the limit ({_LARGEST})."
        raise ServiceError("PolicyLengthExceededException", message)
    at = f":{function.qualifier}" if function.qualifier else ""
    name = f"{function.function.account}/{function.function.name}{at}"
    try:
        return function_policy(document, name, Origin(Source(f"policy of {name}", text)))
    except Rejected as rejected:
        message = f"The policy is not valid: {rejected.faults[0].message}"
        raise ServiceError("InvalidParameterValueException", message) from None


def _document(function: _Subject) -> dict[str, Json]:
    """The policy as it is, ready to be changed; one made by AddPermission has the id `default`."""
    if function.policy is None:
        return {"Version": "2012-10-17", "Id": "default", "Statement": []}
    return dict(function.policy.document) | {"Statement": _statements(function.policy)}


def _statements(policy: Policy) -> list[Json]:
    written = policy.document["Statement"]
    return list(written) if isinstance(written, list) else [written]


def _revision(policy: Policy | None) -> str:
    """An id that follows the text, so that the same policy has the same one."""
    text = "" if policy is None else compact(policy.document)
    return str(uuid.UUID(bytes=hashlib.sha256(text.encode()).digest()[:16]))


def _add_permission(world: World, function: _Subject, parameters: Mapping[str, Json]) -> Output:
    name = str(parameters.get("StatementId", ""))
    if not _STATEMENT_ID.fullmatch(name):
        text = f"1 validation error detected: Value '{name}' at 'statementId' failed to satisfy constraint: "
        pattern = "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)"
        raise ServiceError("ValidationException", text + pattern)
    document = _document(function)
    if any(statement.get("Sid") == name for statement in document["Statement"]):
        text = f"The statement id ({name}) provided already exists. Please provide a new statement id, or remove the "
        raise ServiceError("ResourceConflictException", f"{text}existing statement.", 409)
    statement = _statement(name, function, parameters)
    document["Statement"].append(statement)
    _keep(world, function, document)
    return {"Statement": compact(statement)}


def _statement(name: str, function: _Subject, parameters: Mapping[str, Json]) -> dict[str, Json]:
    statement: dict[str, Json] = {
        "Sid": name,
        "Effect": "Allow",
        "Principal": _principal(str(parameters.get("Principal", "")), function),
        "Action": parameters.get("Action"),
        "Resource": function.arn,
    }
    condition: dict[str, dict[str, Json]] = {}
    for parameter, (operator, key) in _CONDITIONS.items():
        if parameters.get(parameter) is not None:
            condition.setdefault(operator, {})[key] = parameters[parameter]
    return statement | ({"Condition": condition} if condition else {})


_CONDITIONS: Mapping[str, tuple[str, str]] = {
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
}
"""Operator and key that each parameter of AddPermission becomes."""


def _principal(text: str, function: _Subject) -> Json:
    """An account stands for its root, a name with a dot is a service."""
    if text == "*":
        return "*"
    if _ACCOUNT.fullmatch(text):
        return {"AWS": f"arn:{partition_of(function.function.region).name}:iam::{text}:root"}
    return {"AWS": text} if text.startswith("arn:") else {"Service": text}


def _remove_permission(world: World, function: _Subject, parameters: Mapping[str, Json]) -> Output:
    name, document = parameters.get("StatementId"), _document(function)
    kept = [statement for statement in document["Statement"] if statement.get("Sid") != name]
    if len(kept) == len(document["Statement"]):
        raise ServiceError("ResourceNotFoundException", f"Statement {name} is not found in resource policy.", 404)
    _keep(world, function, {**document, "Statement": kept} if kept else None)
    return {}


def _get(_world: World, function: _Subject, _parameters: Mapping[str, Json]) -> Output:
    if function.policy is None:
        raise ServiceError("ResourceNotFoundException", _NO_POLICY, 404)
    return {"Policy": compact(function.policy.document), "RevisionId": _revision(function.policy)}


def _put(world: World, function: _Subject, parameters: Mapping[str, Json]) -> Output:
    try:
        document = json.loads(str(parameters.get("Policy", "")))
    except ValueError:
        raise ServiceError("InvalidParameterValueException", "The policy is not valid JSON.") from None
    return _get(world, _keep(world, function, document), parameters)


def _delete(world: World, function: _Subject, _parameters: Mapping[str, Json]) -> Output:
    if function.policy is None:
        raise ServiceError("ResourceNotFoundException", _NO_POLICY, 404)
    _keep(world, function, None)
    return {}


OPERATIONS: Mapping[str, Callable[[World, _Subject, Mapping[str, Json]], Output]] = {
    "AddPermission": _add_permission,
    "DeleteResourcePolicy": _delete,
    "GetPolicy": _get,
    "GetResourcePolicy": _get,
    "PutResourcePolicy": _put,
    "RemovePermission": _remove_permission,
}
"""By operation of `lambda`."""
