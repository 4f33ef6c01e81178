"""Functions as the Lambda API makes, changes, shows and deletes them, with their tags.

The gate has judged the call, and that the role may be passed. What Lambda checks besides, and its texts: Lambda API
Reference, CreateFunction and the others; texts beyond those seen in public reports are *inferred*. Images, code in
buckets, layers by ARN, VPCs and the like are refused by name.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.backends.function_configuration import code_hash, configuration, handler
from turnstile.backends.function_names import found, missing, named, qualifier, version
from turnstile.backends.function_pages import page
from turnstile.backends.function_roles import check_trust
from turnstile.backends.function_versions import check_revision, keep, publish, without
from turnstile.backends.handlers.archive import LARGEST, BadArchive, entries
from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.source import unwritten
from turnstile.world.function import LATEST, Archive, Folder, Function, HandlerFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.gate.gate import Gate
    from turnstile.world.function import FunctionName
    from turnstile.world.world import World

_INVALID = "InvalidParameterValueException"
_RUNTIME = re.compile(r"python3\.\d+|nodejs\d+\.x")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+")
_LONGEST_NAME = 64
_VARIABLES = 4096
_RESERVED = frozenset(
    {
        "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "_HANDLER",
    }
)  # fmt: skip
_NOT_EMULATED = ("CapacityProviderConfig", "DurableConfig", "FileSystemConfigs", "ImageConfig", "Layers", "VpcConfig")
_LIMITS = (("Timeout", "timeout", 1, 900), ("MemorySize", "memorySize", 128, 10_240))


def _create(world: World, call: Call, owner: str, gate: Gate | None) -> Output:
    given = call.parameters
    name = named(call, owner)
    _check(given)
    for member in ("Role", "Handler", "Runtime"):
        if not given.get(member):
            raise ServiceError(_INVALID, f"{member} is mandatory for functions created with deployment packages.")
    if len(name.name) > _LONGEST_NAME:
        text = f"1 validation error detected: Value '{name.name}' at 'functionName' failed to satisfy constraint: "
        raise ServiceError("ValidationException", f"{text}Member must have length less than or equal to 64")
    if world.function(name.arn) is not None:
        raise ServiceError("ResourceConflictException", f"Function already exist: {name.name}", 409)
    function = _made(world, name, given)
    if gate is not None:
        check_trust(gate, function)
    if given.get("Tags"):
        world.accounts[function.account].tags[function.arn] = dict(given["Tags"])
    if given.get("Publish"):
        return _published(world, function)
    return configuration(keep(world, function))


def _made(world: World, name: FunctionName, given: Mapping[str, Json]) -> Function:
    return Function(
        name.arn,
        name.name,
        name.account,
        name.region,
        _code(given["Code"] if isinstance(given.get("Code"), dict) else {}, str(given["Handler"])),
        unwritten(f"<{name.arn}>"),
        str(given["Role"]),
        float(given.get("Timeout") or 3),
        int(given.get("MemorySize") or 128),
        environment=_environment(given),
        runtime=str(given["Runtime"]),
        description=str(given.get("Description") or ""),
        dead_letter=_dead_letter(given),
        modified=world.clock.now(),
        revision=world.uuid(),
    )


def _published(world: World, function: Function) -> Output:
    changed = keep(world, publish(function, "", now=world.clock.now(), revision=world.uuid()))
    return configuration(changed.published.versions[str(changed.published.last)])


def _check(given: Mapping[str, Json]) -> None:
    """What Lambda checks of settings that are there.

    Raises:
        ServiceError: a setting is none.
        Unsupported: a setting that is not emulated.
    """
    if given.get("PackageType") == "Image":
        raise Unsupported("Lambda functions from container images")
    for member in _NOT_EMULATED:
        if given.get(member):
            raise Unsupported(f"`{member}` of a Lambda function")
    runtime = given.get("Runtime")
    if runtime and not _RUNTIME.fullmatch(str(runtime)):
        raise Unsupported(f"the Lambda runtime `{runtime}`")
    if given.get("Role") and not _ROLE.fullmatch(str(given["Role"])):
        text = f"1 validation error detected: Value '{given['Role']}' at 'role' failed to satisfy constraint: "
        pattern = r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"
        raise ServiceError("ValidationException", f"{text}Member must satisfy regular expression pattern: {pattern}")
    for member, shown, least, most in _LIMITS:
        value = given.get(member)
        if value is not None and not least <= int(value) <= most:
            bound = f"less than or equal to {most}" if int(value) > most else f"greater than or equal to {least}"
            text = f"1 validation error detected: Value '{value}' at '{shown}' failed to satisfy constraint: "
            raise ServiceError("ValidationException", f"{text}Member must have value {bound}")


def _environment(given: Mapping[str, Json]) -> dict[str, str]:
    variables = (given.get("Environment") or {}).get("Variables") or {}
    if reserved := sorted(_RESERVED & set(variables)):
        text = (
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. Reserved keys used in "
            f"this request: {', '.join(reserved)}"
        )
        raise ServiceError(_INVALID, text)
    size = sum(len(f"{name}{value}".encode()) for name, value in variables.items())
    if size > _VARIABLES:
        text = (
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided exceeded the {_VARIABLES // 1024}KB limit."
        )
        raise ServiceError(_INVALID, text)
    return {str(name): str(value) for name, value in variables.items()}


def _dead_letter(given: Mapping[str, Json]) -> str:
    return str((given.get("DeadLetterConfig") or {}).get("TargetArn") or "")


def _code(given: Mapping[str, Json], text: str) -> Archive:
    """The archive in a request.

    Raises:
        ServiceError: it is none, or may not be unpacked.
        Unsupported: the code is elsewhere.
    """
    for member in ("S3Bucket", "ImageUri", "SourceKMSKeyArn"):
        if given.get(member):
            raise Unsupported(f"code of a Lambda function by `{member}`: send it as `ZipFile`")
    data = given.get("ZipFile")
    if not data:
        raise ServiceError(_INVALID, "Please provide a source for function code.")
    archive = data if isinstance(data, bytes) else _decoded(str(data))
    try:
        entries(archive)
    except BadArchive as bad:
        if bad.too_large:
            raise ServiceError(_INVALID, f"Unzipped size must be smaller than {LARGEST} bytes") from None
        words = "Could not unzip uploaded file. Please check your file, then try to upload again."
        raise ServiceError(_INVALID, words) from None
    return Archive(archive, text)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        words = "Could not unzip uploaded file. Please check your file, then try to upload again."
        raise ServiceError(_INVALID, words) from None


def _update_code(world: World, call: Call, owner: str, _gate: Gate | None) -> Output:
    function = found(world, named(call, owner))
    check_revision(call, function.revision)
    code = _code(call.parameters, handler(function) or "index.handler")
    changed = replace(function, code=code, modified=world.clock.now(), revision=world.uuid())
    if call.parameters.get("DryRun"):
        return {**configuration(function), "CodeSize": len(code.data), "CodeSha256": code_hash(code.data)}
    if call.parameters.get("Publish"):
        return _published(world, changed)
    return configuration(keep(world, changed))


def _update_configuration(world: World, call: Call, owner: str, gate: Gate | None) -> Output:
    given = call.parameters
    function = found(world, named(call, owner))
    check_revision(call, function.revision)
    _check(given)
    changed = replace(function, **dict(_changes(function, given)), modified=world.clock.now(), revision=world.uuid())
    if gate is not None and changed.role != function.role:
        check_trust(gate, changed)
    return configuration(keep(world, changed))


def _changes(function: Function, given: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    plain = {"Role": "role", "Description": "description", "Runtime": "runtime", "MemorySize": "memory"}
    yield from ((field, given[member]) for member, field in plain.items() if given.get(member) is not None)
    if given.get("Timeout") is not None:
        yield "timeout", float(given["Timeout"])
    if "Environment" in given:
        yield "environment", _environment(given)
    if "DeadLetterConfig" in given:
        yield "dead_letter", _dead_letter(given)
    if given.get("Handler") and isinstance(function.code, Archive | Folder):
        yield "code", replace(function.code, handler=str(given["Handler"]))
    elif given.get("Handler") and isinstance(function.code, HandlerFile):
        yield "code", Folder(function.code.path.parent, str(given["Handler"]))


def _at(world: World, call: Call, owner: str) -> Function:
    """The version that a call asks about; an alias leads to its main one."""
    name = named(call, owner)
    wanted = qualifier(name, call.parameters.get("Qualifier"))
    function = world.function(name.arn)
    if function is None:
        raise missing(f"{name.arn}:{wanted}" if wanted else name.arn)
    alias = function.published.aliases.get(wanted)
    return version(world, function, alias.version if alias else wanted)


def _get(world: World, call: Call, owner: str, _gate: Gate | None) -> Output:
    function = _at(world, call, owner)
    location = f"https://awslambda-{function.region}-tasks.s3.{function.region}.amazonaws.com/{function.name}"
    output: dict[str, Json] = {
        "Configuration": configuration(function),
        "Code": {"RepositoryType": "S3", "Location": location},
    }
    tags = world.accounts[function.account].tags.get(function.arn)
    return {**output, "Tags": dict(tags)} if tags else output


def _get_configuration(world: World, call: Call, owner: str, _gate: Gate | None) -> Output:
    return configuration(_at(world, call, owner))


def _list(world: World, call: Call, owner: str, _gate: Gate | None) -> Output:
    account = world.accounts.get(owner)
    functions = [each for each in account.functions.values() if each.region == call.region] if account else []
    shown = [configuration(each, qualified=call.parameters.get("FunctionVersion") == "ALL") for each in functions]
    if call.parameters.get("FunctionVersion") == "ALL":
        shown += [configuration(one) for each in functions for one in each.published.versions.values()]
    return page(call, "Functions", shown)


def _delete(world: World, call: Call, owner: str, _gate: Gate | None) -> Output:
    name = named(call, owner)
    function = found(world, name)
    wanted = qualifier(name, call.parameters.get("Qualifier"))
    account = world.accounts[function.account]
    if not wanted:
        del account.functions[function.arn]
        account.tags.pop(function.arn, None)
        return {}
    if wanted == LATEST:
        text = "$LATEST version cannot be deleted without deleting the function."
        raise ServiceError(_INVALID, text)
    used = [each.name for each in function.published.aliases.values() if wanted in (each.version, *each.weights)]
    if used:
        text = f"Version: {wanted} is still being referenced by alias(es): {', '.join(used)}"
        raise ServiceError("ResourceConflictException", text, 409)
    keep(world, replace(function, published=without(function.published, wanted)))
    return {}


def _tagged(world: World, call: Call, owner: str) -> tuple[dict[str, dict[str, str]], str]:
    """All tags of the account, and the ARN of the function whose tags are meant."""
    name = named(call, owner, "Resource")
    function = found(world, name)
    return world.accounts[function.account].tags, function.arn


def _tag(world: World, call: Call, owner: str, _gate: Gate | None) -> Output:
    tags, arn = _tagged(world, call, owner)
    tags[arn] = {**tags.get(arn, {}), **(call.parameters.get("Tags") or {})}
    return {}


def _untag(world: World, call: Call, owner: str, _gate: Gate | None) -> Output:
    tags, arn = _tagged(world, call, owner)
    gone = set(call.parameters.get("TagKeys") or ())
    tags[arn] = {key: value for key, value in tags.get(arn, {}).items() if key not in gone}
    return {}


def _list_tags(world: World, call: Call, owner: str, _gate: Gate | None) -> Output:
    tags, arn = _tagged(world, call, owner)
    return {"Tags": dict(tags.get(arn, {}))}


OPERATIONS: Mapping[str, Callable[[World, Call, str, Gate | None], Output]] = {
    "CreateFunction": _create,
    "DeleteFunction": _delete,
    "GetFunction": _get,
    "GetFunctionConfiguration": _get_configuration,
    "ListFunctions": _list,
    "ListTags": _list_tags,
    "TagResource": _tag,
    "UntagResource": _untag,
    "UpdateFunctionCode": _update_code,
    "UpdateFunctionConfiguration": _update_configuration,
}
"""By operation of `lambda`."""
