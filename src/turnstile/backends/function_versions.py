"""Versions and aliases of Lambda functions: what was published, and names that lead to it.

Shapes and texts: Lambda API Reference and Developer Guide, "Lambda function versions", "Implement weighted aliases";
texts beyond those seen in public reports are *inferred*.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.backends.function_configuration import code_hash, configuration
from turnstile.backends.function_names import found, named
from turnstile.backends.function_pages import page
from turnstile.gate.errors import ServiceError
from turnstile.world.function import LATEST, Alias, Archive

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.world.function import Function, Published
    from turnstile.world.world import World

_ALIAS = re.compile(r"(?!^[0-9]+$)([a-zA-Z0-9-_]+)")


def publish(function: Function, description: str, *, now: float = 0.0, revision: str = "") -> Function:
    """The function with its code and configuration published as the next version, unless the last one is the same."""
    published = function.published
    last = published.versions.get(str(published.last))
    if last is not None and last.code == function.code and _settings(last) == _settings(function):
        return function
    number = published.last + 1
    frozen = replace(
        function,
        version=str(number),
        description=description or function.description,
        policy=None,
        published=type(published)(),
        modified=now or function.modified,
        revision=revision or function.revision,
    )
    versions = {**published.versions, str(number): frozen}
    return replace(function, published=replace(published, versions=versions, last=number))


def _settings(function: Function) -> tuple[object, ...]:
    return (
        function.role, function.timeout, function.memory, function.takes, tuple(sorted(function.environment.items())),
        function.layers, function.runtime, function.dead_letter,
    )  # fmt: skip


def keep(world: World, function: Function) -> Function:
    """Put a changed function in the place of what it was."""
    world.accounts[function.account].functions[function.arn] = function
    return function


def _publish(world: World, call: Call, owner: str) -> Output:
    function = found(world, named(call, owner))
    wanted = call.parameters.get("CodeSha256")
    if wanted and not (isinstance(function.code, Archive) and code_hash(function.code.data) == wanted):
        text = f"CodeSHA256 ({wanted}) is different from current CodeSHA256 in $LATEST."
        raise ServiceError("InvalidParameterValueException", text)
    check_revision(call, function.revision)
    description = str(call.parameters.get("Description") or "")
    changed = keep(world, publish(function, description, now=world.clock.now(), revision=world.uuid()))
    return configuration(changed.published.versions[str(changed.published.last)])


def check_revision(call: Call, revision: str) -> None:
    """Hold a condition on the revision against the one that is there.

    Raises:
        ServiceError: PreconditionFailedException, it is another.
    """
    given = call.parameters.get("RevisionId")
    if given and given != revision:
        text = (
            "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to "
            "retrieve the latest RevisionId"
        )
        raise ServiceError("PreconditionFailedException", text, 412)


def _list_versions(world: World, call: Call, owner: str) -> Output:
    function = found(world, named(call, owner))
    versions = [configuration(function, qualified=True), *map(configuration, function.published.versions.values())]
    return page(call, "Versions", versions)


def _alias_name(call: Call) -> str:
    name = str(call.parameters.get("Name", ""))
    if not _ALIAS.fullmatch(name):
        text = f"1 validation error detected: Value '{name}' at 'name' failed to satisfy constraint: "
        pattern = "Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)"
        raise ServiceError("ValidationException", text + pattern)
    return name


def _create_alias(world: World, call: Call, owner: str) -> Output:
    function, name = found(world, named(call, owner)), _alias_name(call)
    if name in function.published.aliases:
        text = f"Alias already exists: {function.arn}:{name}"
        raise ServiceError("ResourceConflictException", text, 409)
    version = str(call.parameters.get("FunctionVersion", ""))
    alias = Alias(name, version, str(call.parameters.get("Description") or ""), _weights(call))
    return _kept_alias(world, function, alias)


def _update_alias(world: World, call: Call, owner: str) -> Output:
    function = found(world, named(call, owner))
    alias = _existing(function, _alias_name(call))
    check_revision(call, _alias_revision(function, alias))
    given = call.parameters
    changed = replace(
        alias,
        version=str(given.get("FunctionVersion") or alias.version),
        description=str(given.get("Description", alias.description)),
        weights=_weights(call) if "RoutingConfig" in given else alias.weights,
    )
    return _kept_alias(world, function, changed)


def _get_alias(world: World, call: Call, owner: str) -> Output:
    function = found(world, named(call, owner))
    return _shown(function, _existing(function, _alias_name(call)))


def _list_aliases(world: World, call: Call, owner: str) -> Output:
    function = found(world, named(call, owner))
    wanted = call.parameters.get("FunctionVersion")
    shown = [
        _shown(function, alias) for alias in function.published.aliases.values() if wanted in (None, alias.version)
    ]
    return page(call, "Aliases", shown)


def _delete_alias(world: World, call: Call, owner: str) -> Output:
    function = found(world, named(call, owner))
    keep(world, replace(function, published=without(function.published, _alias_name(call))))
    return {}


def without(published: Published, qualifier: str) -> Published:
    """What is left when a version or alias is gone, with all that was said of it."""
    return replace(
        published,
        versions={name: each for name, each in published.versions.items() if name != qualifier},
        aliases={name: each for name, each in published.aliases.items() if name != qualifier},
        policies={name: each for name, each in published.policies.items() if name != qualifier},
        events={name: each for name, each in published.events.items() if name != qualifier},
    )


def _existing(function: Function, name: str) -> Alias:
    alias = function.published.aliases.get(name)
    if alias is None:
        raise ServiceError("ResourceNotFoundException", f"Cannot find alias arn: {function.arn}:{name}", 404)
    return alias


def _kept_alias(world: World, function: Function, alias: Alias) -> Output:
    reason = wrong_alias(function, alias)
    if reason:
        code, text = reason
        raise ServiceError(code, text, 404 if code == "ResourceNotFoundException" else 400)
    published = function.published
    changed = replace(published, aliases={**published.aliases, alias.name: alias})
    return _shown(keep(world, replace(function, published=changed)), alias)


def wrong_alias(function: Function, alias: Alias) -> tuple[str, str] | None:
    """Code and text of Lambda's refusal of an alias, None for a good one."""
    versions = function.published.versions
    for version in (alias.version, *alias.weights):
        if version not in versions and not (version == LATEST and version == alias.version):
            return "ResourceNotFoundException", f"Function not found: {function.arn}:{version}"
    text = _wrong_weights(alias) if alias.weights else ""
    return ("InvalidParameterValueException", text) if text else None


def _wrong_weights(alias: Alias) -> str:
    if alias.version == LATEST:
        return "$LATEST is not supported for an alias pointing to more than 1 version"
    if len(alias.weights) > 1:
        return "Number of items in AdditionalVersionWeights cannot be greater than 1"
    if alias.version in alias.weights:
        told = f"Invalid function version {alias.version}. Function version {alias.version}"
        return f"{told} is already included in routing configuration."
    if not all(0 <= weight <= 1 for weight in alias.weights.values()):
        return "Member must have value less than or equal to 1.0 and greater than or equal to 0.0"
    return ""


def _weights(call: Call) -> Mapping[str, float]:
    routing = call.parameters.get("RoutingConfig") or {}
    return {str(version): float(weight) for version, weight in (routing.get("AdditionalVersionWeights") or {}).items()}


def _alias_revision(function: Function, alias: Alias) -> str:
    text = f"{function.arn}:{alias.name} {alias.version} {alias.description} {sorted(alias.weights.items())}"
    return str(uuid.UUID(bytes=hashlib.sha256(text.encode()).digest()[:16]))


def _shown(function: Function, alias: Alias) -> dict[str, Json]:
    output: dict[str, Json] = {
        "AliasArn": f"{function.arn}:{alias.name}",
        "Name": alias.name,
        "FunctionVersion": alias.version,
        "Description": alias.description,
        "RevisionId": _alias_revision(function, alias),
    }
    return output | ({"RoutingConfig": {"AdditionalVersionWeights": dict(alias.weights)}} if alias.weights else {})


OPERATIONS: Mapping[str, Callable[[World, Call, str], Output]] = {
    "CreateAlias": _create_alias,
    "DeleteAlias": _delete_alias,
    "GetAlias": _get_alias,
    "ListAliases": _list_aliases,
    "ListVersionsByFunction": _list_versions,
    "PublishVersion": _publish,
    "UpdateAlias": _update_alias,
}
"""By operation of `lambda`."""
