"""AWS::Lambda functions, versions, aliases, layers and settings of asynchronous invocations.

Inline code becomes an archive with one file, as CloudFormation makes it. Versions: a stack publishes one version of a
function, for it publishes no more while nothing changes.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from turnstile.importers.resources.called import Nothing, Told, resource
from turnstile.importers.resources.fitting import Fitting
from turnstile.importers.resources.names import Name
from turnstile.importers.resources.policies import needed, texts
from turnstile.source import note
from turnstile.world.answers import Script
from turnstile.world.function import Alias, Archive, EventConfig, Folder, Function, HandlerFile, resolve_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from turnstile.document import Json
    from turnstile.importers.kinds import Draft, Item, Kind
    from turnstile.world.function import Code

_NAME = Name("FunctionName", 64)
_LAYER = Name("LayerName", 140)
_FIRST = "1"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_SILENT = frozenset({
    "Architectures", "Code", "CodeSigningConfigArn", "EphemeralStorage", "Handler", "KmsKeyArn", "Layers",
    "LoggingConfig", "PackageType", "RecursiveLoop", "RuntimeManagementConfig", "SnapStart", "Tags", "TracingConfig",
})  # fmt: skip
_IGNORED = ("FileSystemConfigs", "ImageConfig", "ReservedConcurrentExecutions", "VpcConfig")


def function_arn(item: Item, name: str) -> str:
    """The unqualified ARN behind a name, partial or whole ARN."""
    stack = item.stack
    found = resolve_name(name, partition=stack.partition, region=stack.region, account=stack.account)
    return found.arn if found else stack.arn("lambda", f"function:{name}")


def _arn(item: Item) -> str:
    return item.stack.arn("lambda", f"function:{_NAME.of(item)}")


@dataclass(frozen=True, slots=True, eq=False)
class _Function(Told):
    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        if not needed(item, into, "Role", "Code"):
            return
        before = len(into.faults)
        code = _code(item, into)
        fitting = Fitting(item, into, _SILENT)
        shown = {name: value for name, value in item.properties.items() if name not in _IGNORED}
        wanted = fitting.parameters("lambda", "CreateFunction", shown | {"FunctionName": _NAME.of(item), "Code": {}})
        for name in _IGNORED:
            if name in item.properties:
                message = f"the property `{name}` of `{item.type}` is not honoured"
                into.ignored.append(item.fault("ignored-property", message, "do not count on its effect", name))
        layers = tuple(_layers(item, into))
        if code is None or len(into.faults) > before:
            return
        arn = _arn(item)
        into.functions[arn] = Function(
            arn,
            _NAME.of(item),
            item.stack.account,
            item.stack.region,
            code,
            item.origin,
            wanted["Role"],
            float(wanted.get("Timeout", 3)),
            int(wanted.get("MemorySize", 128)),
            environment=wanted.get("Environment", {}).get("Variables", {}),
            layers=layers,
            runtime=wanted.get("Runtime", ""),
            description=wanted.get("Description", ""),
            dead_letter=wanted.get("DeadLetterConfig", {}).get("TargetArn", ""),
        )


def _code(item: Item, into: Draft) -> Code | Script | None:
    """What runs: the local code of the item, else its inline code. Who declares answers puts them into the script."""
    if item.answered:
        return Script((), item.origin)
    handler, code = item.properties.get("Handler"), item.properties["Code"]
    if not isinstance(handler, str) or "." not in handler:
        image = item.properties.get("PackageType") == "Image" or (isinstance(code, dict) and "ImageUri" in code)
        if image:
            message = f"the function `{item.logical_id}` is a container image"
            into.faults.append(item.fault("missing-code", message, "give a folder with a handler under `code`", "Code"))
        else:
            message = f"the function `{item.logical_id}` has no handler"
            into.faults.append(item.fault("handler", message, "write `Handler: module.function`"))
        return None
    if item.code is not None:
        return _local(item, into, item.code, handler)
    if isinstance(code, dict) and isinstance(code.get("ZipFile"), str):
        return _inline(item, into, code["ZipFile"], handler)
    message = f"the code of the function `{item.logical_id}` is not here"
    into.faults.append(item.fault("missing-code", message, "give its folder or zip file under `code`", "Code"))
    return None


def _local(item: Item, into: Draft, path: Path, handler: str) -> Code | None:
    if path.is_dir():
        module = handler.rpartition(".")[0].replace(".", "/")
        if not any((path / f"{module}{ending}").is_file() for ending in _ENDINGS):
            message = (
                f"the handler `{handler}` has no file: there is no `{module}.py` in the code of `{item.logical_id}`"
            )
            into.faults.append(item.fault("missing-handler", message, "correct `Handler`, or add the file", "Handler"))
            return None
        return Folder(path, handler)
    if path.suffix in _ENDINGS:
        return HandlerFile(path, handler.rpartition(".")[2])
    note(path)
    try:
        return Archive(path.read_bytes(), handler)
    except OSError as error:
        message = f"the code of `{item.logical_id}` cannot be read: {(error.strerror or 'unreadable').lower()}"
        into.faults.append(item.fault("missing-code", message, "give its folder or zip file under `code`", "Code"))
        return None


_ENDINGS = (".py", ".js", ".mjs", ".cjs")


def _inline(item: Item, into: Draft, text: str, handler: str) -> Code | None:
    if not handler.startswith("index."):
        message = f"inline code is the module `index`, which the handler `{handler}` does not name"
        into.faults.append(item.fault("missing-handler", message, "write `index.` and the function", "Handler"))
        return None
    node = str(item.properties.get("Runtime", "python")).startswith("nodejs")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(zipfile.ZipInfo("index.js" if node else "index.py", _EPOCH), text)
    return Archive(content.getvalue(), handler)


def _layers(item: Item, into: Draft) -> Iterator[Path]:
    for index, arn in texts(item, into, "Layers"):
        if arn in into.layers:
            yield into.layers[arn]
        else:
            message = f"the layer `{arn}` is not here, so `{item.logical_id}` runs without it"
            remedy = "put what the handler imports beside it, or declare the layer in the template"
            into.ignored.append(item.fault("missing-layer", message, remedy, "Layers", index))


@dataclass(frozen=True, slots=True, eq=False)
class _Version(Told):
    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        if not needed(item, into, "FunctionName"):
            return
        arn = function_arn(item, str(item.properties["FunctionName"]))
        function = into.functions.get(arn)
        if function is None:
            into.resources.append(resource(item, "lambda", "PublishVersion", {"FunctionName": arn}))
            return
        description = str(item.properties.get("Description", function.description))
        version = replace(function, version=_FIRST, description=description)
        published = replace(function.published, versions={**function.published.versions, _FIRST: version}, last=1)
        into.functions[arn] = replace(function, published=published)


def _versioned(item: Item) -> str:
    return f"{function_arn(item, str(item.properties.get('FunctionName', '')))}:{_FIRST}"


@dataclass(frozen=True, slots=True, eq=False)
class _Alias(Told):
    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        if not needed(item, into, "FunctionName", "FunctionVersion", "Name"):
            return
        arn = function_arn(item, str(item.properties["FunctionName"]))
        name, version = str(item.properties["Name"]), str(item.properties["FunctionVersion"])
        routing = item.properties.get("RoutingConfig") or {}
        weights = {
            str(each["FunctionVersion"]): float(each["FunctionWeight"])
            for each in routing.get("AdditionalVersionWeights") or ()
        }
        description, function = str(item.properties.get("Description", "")), into.functions.get(arn)
        if function is None:
            parameters = {"FunctionName": arn, "Name": name, "FunctionVersion": version, "Description": description}
            routed = {"RoutingConfig": {"AdditionalVersionWeights": weights}} if weights else {}
            into.resources.append(resource(item, "lambda", "CreateAlias", parameters | routed))
            return
        alias = Alias(name, version, description, weights)
        published = replace(function.published, aliases={**function.published.aliases, name: alias})
        into.functions[arn] = replace(function, published=published)


def _alias_arn(item: Item) -> str:
    name = str(item.properties.get("FunctionName", ""))
    return f"{function_arn(item, name)}:{item.properties.get('Name', '')}"


@dataclass(frozen=True, slots=True, eq=False)
class _Layer(Told):
    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        if item.code is None:
            message = f"the content of the layer `{item.logical_id}` is not here"
            remedy = "give its folder or zip file under `code`"
            into.faults.append(item.fault("missing-code", message, remedy, "Content"))
        else:
            into.layers[_layer_arn(item)] = item.code


def _layer_arn(item: Item) -> str:
    return item.stack.arn("lambda", f"layer:{_LAYER.of(item)}:{_FIRST}")


@dataclass(frozen=True, slots=True, eq=False)
class _Events(Told):
    """AWS::Lambda::EventInvokeConfig."""

    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        if not needed(item, into, "FunctionName", "Qualifier"):
            return
        arn = function_arn(item, str(item.properties["FunctionName"]))
        function, before = into.functions.get(arn), len(into.faults)
        asked = Fitting(item, into).parameters("lambda", "PutFunctionEventInvokeConfig", item.properties)
        if len(into.faults) > before:
            return
        if function is None:
            into.resources.append(resource(item, "lambda", "PutFunctionEventInvokeConfig", asked))
            return
        events = {**function.published.events, str(asked["Qualifier"]): _settings(asked)}
        into.functions[arn] = replace(function, published=replace(function.published, events=events))


def _settings(asked: Mapping[str, Json]) -> EventConfig:
    targets = asked.get("DestinationConfig", {})
    success, failure = (targets.get(name, {}).get("Destination", "") for name in ("OnSuccess", "OnFailure"))
    return EventConfig(asked.get("MaximumRetryAttempts"), asked.get("MaximumEventAgeInSeconds"), success, failure)


KINDS: Mapping[str, Kind] = {
    "AWS::Lambda::Alias": _Alias(_alias_arn, {"AliasArn": _alias_arn}),
    "AWS::Lambda::EventInvokeConfig": _Events("{unnamed}"),
    "AWS::Lambda::Function": _Function("{name}", {"Arn": _arn}, _NAME),
    "AWS::Lambda::LayerVersion": _Layer(_layer_arn, {"LayerVersionArn": _layer_arn}, _LAYER),
    "AWS::Lambda::LayerVersionPermission": Nothing("{unnamed}", {"Id": "{unnamed}"}),
    "AWS::Lambda::Version": _Version(
        _versioned,
        {"FunctionArn": _versioned, "Version": lambda _item: _FIRST},
    ),
}
