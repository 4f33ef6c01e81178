"""Policies of Lambda functions: single statements by AddPermission, or one whole document by PutResourcePolicy.

A whole document replaces every earlier statement, and AddPermission appends to it. The policy is kept in the world's
`Function`, so that the gate judges by it; policies of versions and aliases are not emulated. Shapes and texts: Lambda
API Reference; the texts of refusals are partly *inferred*. Facts: reference/recent-changes.md section 3.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import uuid
from typing import TYPE_CHECKING

from turnstile.arn import partition_of
from turnstile.document import Json, compact, size
from turnstile.faults import Rejected, Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.source import Origin, Source
from turnstile.world.function import resolve_name

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
        Unsupported: the policy of a version or alias.
    """
    function = _function(world, call, owner)
    given = call.parameters.get("RevisionId")
    if given is not None and given != _revision(function.policy):
        text = (
            "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to "
            "retrieve the latest RevisionId"
        )
        raise ServiceError("PreconditionFailedException", text, 412)
    return OPERATIONS[call.operation](world, function, call.parameters)


def function_policy(document: Json, name: str, origin: Origin) -> Policy:
    """The policy of the function `account/name`.

    Raises:
        Rejected: it is none.
    """
    return parse(document, kind=Kind.RESOURCE, name=f"policy of {name}", origin=origin)


def _function(world: World, call: Call, owner: str) -> Function:
    text = str(call.parameters.get("FunctionName") or call.parameters.get("ResourceArn") or "")
    partition = partition_of(call.region).name
    name = resolve_name(text, partition=partition, region=call.region, account=owner)
    if name is None:
        raise ServiceError("InvalidParameterValueException", f"`{text}` does not name a function")
    if qualifier := name.qualifier or call.parameters.get("Qualifier"):
        raise Unsupported(f"the policy of the version or alias `{qualifier}` of a Lambda function", name.arn)
    function = world.function(name.arn)
    if function is None:
        raise ServiceError("ResourceNotFoundException", f"Function not found: {name.arn}", 404)
    return function


def _keep(world: World, function: Function, document: Json | None) -> None:
    """Store a document as the function's policy.

    Raises:
        ServiceError: it is too long, or no policy.
    """
    policy = None if document is None else _read(function, document)
    world.accounts[function.account].functions[function.arn] = dataclasses.replace(function, policy=policy)


def _read(function: Function, document: Json) -> Policy:
    text = compact(document)
    if size(text) > _LARGEST:
        message = f"The final policy size ({size(text)}) is bigger than the limit ({_LARGEST})."
        raise ServiceError("PolicyLengthExceededException", message)
    name = f"{function.account}/{function.name}"
    try:
        return function_policy(document, name, Origin(Source(f"policy of {name}", text)))
    except Rejected as rejected:
        message = f"The policy is not valid: {rejected.faults[0].message}"
        raise ServiceError("InvalidParameterValueException", message) from None


def _document(function: Function) -> dict[str, Json]:
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


def _add_permission(world: World, function: Function, parameters: Mapping[str, Json]) -> Output:
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


def _statement(name: str, function: Function, parameters: Mapping[str, Json]) -> dict[str, Json]:
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


def _principal(text: str, function: Function) -> Json:
    """An account stands for its root, a name with a dot is a service."""
    if text == "*":
        return "*"
    if _ACCOUNT.fullmatch(text):
        return {"AWS": f"arn:{partition_of(function.region).name}:iam::{text}:root"}
    return {"AWS": text} if text.startswith("arn:") else {"Service": text}


def _remove_permission(world: World, function: Function, parameters: Mapping[str, Json]) -> Output:
    name, document = parameters.get("StatementId"), _document(function)
    kept = [statement for statement in document["Statement"] if statement.get("Sid") != name]
    if len(kept) == len(document["Statement"]):
        raise ServiceError("ResourceNotFoundException", f"Statement {name} is not found in resource policy.", 404)
    _keep(world, function, {**document, "Statement": kept} if kept else None)
    return {}


def _get(_world: World, function: Function, _parameters: Mapping[str, Json]) -> Output:
    if function.policy is None:
        raise ServiceError("ResourceNotFoundException", _NO_POLICY, 404)
    return {"Policy": compact(function.policy.document), "RevisionId": _revision(function.policy)}


def _put(world: World, function: Function, parameters: Mapping[str, Json]) -> Output:
    try:
        document = json.loads(str(parameters.get("Policy", "")))
    except ValueError:
        raise ServiceError("InvalidParameterValueException", "The policy is not valid JSON.") from None
    _keep(world, function, document)
    changed = world.function(function.arn)
    assert changed is not None  # it was just kept
    return _get(world, changed, parameters)


def _delete(world: World, function: Function, _parameters: Mapping[str, Json]) -> Output:
    if function.policy is None:
        raise ServiceError("ResourceNotFoundException", _NO_POLICY, 404)
    _keep(world, function, None)
    return {}


OPERATIONS: Mapping[str, Callable[[World, Function, Mapping[str, Json]], Output]] = {
    "AddPermission": _add_permission,
    "DeleteResourcePolicy": _delete,
    "GetPolicy": _get,
    "GetResourcePolicy": _get,
    "PutResourcePolicy": _put,
    "RemovePermission": _remove_permission,
}
"""By operation of `lambda`."""
