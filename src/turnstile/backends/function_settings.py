"""Functions as the Lambda API makes, changes, shows and deletes them, with their tags.

The gate has judged the call, and that the role may be passed. What Lambda checks besides, and its texts: Lambda API
Reference, CreateFunction and the others; texts beyond those seen in public reports are *inferred*. Images, code in
buckets, layers by ARN, VPCs and the like are refused by name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.backends.function_checks import INVALID, archive_of, check, dead_letter, environment
from turnstile.backends.function_configuration import code_hash, configuration, handler
from turnstile.backends.function_names import found, missing, named, qualifier, version
from turnstile.backends.function_pages import page
from turnstile.backends.function_roles import check_trust
from turnstile.backends.function_versions import check_revision, keep, publish, without
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

_LONGEST_NAME = 64


def _create(world: World, call: Call, owner: str, gate: Gate | None) -> Output:
    given = call.parameters
    name = named(call, owner)
    check(given)
    for member in ("Role", "Handler", "Runtime"):
        if not given.get(member):
            raise ServiceError(INVALID, f"{member} is mandatory for functions created with deployment packages.")
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
        archive_of(given["Code"] if isinstance(given.get("Code"), dict) else {}, str(given["Handler"])),
        unwritten(f"<{name.arn}>"),
        str(given["Role"]),
        float(given.get("Timeout") or 3),
        int(given.get("MemorySize") or 128),
        environment=environment(given),
        runtime=str(given["Runtime"]),
        description=str(given.get("Description") or ""),
        dead_letter=dead_letter(given),
        modified=world.clock.now(),
        revision=world.uuid(),
    )


def _published(world: World, function: Function) -> Output:
    changed = keep(world, publish(function, "", now=world.clock.now(), revision=world.uuid()))
    return configuration(changed.published.versions[str(changed.published.last)])


def _update_code(world: World, call: Call, owner: str, _gate: Gate | None) -> Output:
    function = found(world, named(call, owner))
    check_revision(call, function.revision)
    code = archive_of(call.parameters, handler(function) or "index.handler")
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
    check(given)
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
        yield "environment", environment(given)
    if "DeadLetterConfig" in given:
        yield "dead_letter", dead_letter(given)
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
        raise ServiceError(INVALID, text)
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
