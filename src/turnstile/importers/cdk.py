"""Cloud assemblies, which the CDK writes to `cdk.out`: the stacks in them, with the files of their assets.

`read_assembly` opens manifests, those of nested assemblies (stages) as well; the templates are read like any others.
What a function takes from the bucket of assets lies in the assembly, and is found by its key. Format: AWS CDK, "Cloud
assembly schema". Nothing may lead out of the assembly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.faults import Fault, Rejected, Where
from turnstile.importers.members import Members
from turnstile.source import Origin, open_source, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from turnstile.document import Json

_MANIFEST = "manifest.json"
_ENVIRONMENT = re.compile(r"aws://(?P<account>[^/]+)/(?P<region>[^/]+)")
_PLACES = {
    "AWS::Lambda::Function": ("Code", "S3Key"),
    "AWS::Lambda::LayerVersion": ("Content", "S3Key"),
    "AWS::StepFunctions::StateMachine": ("DefinitionS3Location", "Key"),
}
"""Types that take files from a bucket, with the property and member that hold the key."""
_DEEPEST = 10
_SYNTH = "write it with `cdk synth`"


@dataclass(frozen=True, slots=True, eq=False)
class Synthesized:
    """A stack of an assembly. `account` and `region` are empty where the app leaves them open.

    `code` holds the files of assets by logical id, `parameters` what the CDK passes when it deploys.
    """

    name: str
    account: str
    region: str
    template: Path
    origin: Origin
    code: Mapping[str, Path] = field(default_factory=dict)
    parameters: Mapping[str, Json] = field(default_factory=dict)


def read_assembly(folder: Path, name: str | None = None) -> tuple[Synthesized, ...]:
    """The stacks in the order of the manifests; `name` is what reports call the folder.

    Raises:
        Rejected: it is no assembly, or a file it names is missing or lies outside of it.
    """
    reading = _Assembly(folder)
    found = tuple(reading.stacks(folder, name or str(folder), 0))
    if reading.faults:
        raise Rejected(reading.faults)
    return found


class _Assembly:
    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.faults: list[Fault] = []

    def stacks(self, folder: Path, name: str, depth: int) -> Iterator[Synthesized]:
        path = folder / _MANIFEST
        if not path.is_file():
            message = f"`{name}` is no cloud assembly: it has no `{_MANIFEST}`"
            self.faults.append(Fault(Where(name), "no-assembly", message, _SYNTH))
            return
        source = open_source(path, f"{name}/{_MANIFEST}")
        manifest = Members(read(source), Origin(source), self.faults)
        artifacts = manifest.mapping("artifacts")
        entries = [artifacts.mapping(title) for title in artifacts.value]
        assets = dict(asset for each in entries for asset in self._assets(each, folder, name))
        for title, each in zip(artifacts.value, entries, strict=True):
            yield from self._artifact(title, each, folder, name, assets, depth)

    def _artifact(
        self, title: str, entry: Members, folder: Path, name: str, assets: Mapping[str, Path], depth: int
    ) -> Iterator[Synthesized]:
        facts = entry.mapping("properties")
        match entry.text("type"):
            case "aws:cloudformation:stack":
                template = self._file(facts, "templateFile", folder)
                if template is not None:
                    yield self._stack(title, entry, template, name, assets)
            case "cdk:cloud-assembly" if depth < _DEEPEST:
                inner = facts.needed("directoryName")
                if self._is_inside(folder / inner, facts, "directoryName"):
                    yield from self.stacks(folder / inner, f"{name}/{inner}", depth + 1)

    def _stack(self, title: str, entry: Members, template: Path, name: str, assets: Mapping[str, Path]) -> Synthesized:
        facts = entry.mapping("properties")
        match = _ENVIRONMENT.fullmatch(entry.text("environment"))
        account, region = match.group("account", "region") if match else ("", "")
        source = open_source(template, f"{name}/{template.name}")
        resources = Members(read(source), Origin(source), self.faults).mapping("Resources")
        return Synthesized(
            facts.text("stackName") or title,
            "" if account.startswith("unknown") else account,
            "" if region.startswith("unknown") else region,
            template,
            entry.origin,
            dict(_code(resources, assets)),
            facts.mapping("parameters").value,
        )

    def _assets(self, entry: Members, folder: Path, name: str) -> Iterator[tuple[str, Path]]:
        """The files of an asset manifest, by the key under which they would be uploaded."""
        if entry.text("type") != "cdk:asset-manifest":
            return
        path = self._file(entry.mapping("properties"), "file", folder)
        if path is None:
            return
        source = open_source(path, f"{name}/{path.name}")
        files = Members(read(source), Origin(source), self.faults).mapping("files")
        for digest in files.value:
            asset = files.mapping(digest)
            where = asset.mapping("source")
            if where.text("path") and self._is_inside(folder / where.text("path"), where, "path"):
                for destination in asset.mapping("destinations").value or {}:
                    key = asset.mapping("destinations").mapping(destination).text("objectKey")
                    yield key, folder / where.text("path")

    def _file(self, entry: Members, key: str, folder: Path) -> Path | None:
        text = entry.needed(key)
        if not text or not self._is_inside(folder / text, entry, key):
            return None
        if not (folder / text).is_file():
            entry.fault("missing-file", f"the assembly has no file `{text}`", f"{_SYNTH} again", key)
            return None
        return folder / text

    def _is_inside(self, path: Path, entry: Members, key: str) -> bool:
        inside = path.resolve().is_relative_to(self.root)
        if not inside:
            message = f"`{entry.value[key]}` leads out of the assembly"
            entry.fault("outside-assembly", message, f"{_SYNTH} again", key)
        return inside


def _code(resources: Members, assets: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    for logical_id in resources.value:
        resource = resources.mapping(logical_id)
        place = _PLACES.get(resource.text("Type"))
        if place is not None:
            held = resource.mapping("Properties").value.get(place[0])
            key = held.get(place[1]) if isinstance(held, dict) else None
            if isinstance(key, str) and key in assets:
                yield logical_id, assets[key]
