"""A template as it is written: its sections, with their shapes checked and nothing resolved.

Spec: CloudFormation User Guide, "Template anatomy". `read_template` knows which tags YAML templates have; what the
sections mean is said in `parameters`, `conditions` and `resolver`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from turnstile.document import is_deep
from turnstile.faults import Fault, Rejected, Where
from turnstile.importers.intrinsics import called
from turnstile.importers.part import Part
from turnstile.offsets import place
from turnstile.source import Origin, Source, open_source, read
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SAM = "AWS::Serverless-2016-10-31"
EXTENSIONS = "AWS::LanguageExtensions"
_TRANSFORMS = (EXTENSIONS, SAM)
_PLAIN_TAGS = ("Ref", "Condition")
_FUNCTIONS = (
    "And", "Base64", "Cidr", "Contains", "EachMemberEquals", "EachMemberIn", "Equals", "FindInMap", "GetAtt", "GetAZs",
    "GetStackOutput", "If", "ImportValue", "Join", "Length", "Not", "Or", "RefAll", "Select", "Split", "Sub",
    "ToJsonString", "Transform", "ValueOf", "ValueOfAll",
)  # fmt: skip
TAGS = {f"!{name}": name for name in _PLAIN_TAGS} | {f"!{name}": f"Fn::{name}" for name in _FUNCTIONS}
"""Short forms of functions, and what they stand for."""
_SECTIONS = (
    "AWSTemplateFormatVersion", "Conditions", "Description", "Globals", "Hooks", "Mappings", "Metadata", "Outputs",
    "Parameters", "Resources", "Rules", "Transform",
)  # fmt: skip
_MAPPED = ("Conditions", "Globals", "Mappings", "Metadata", "Outputs", "Parameters", "Resources")
_MEMBERS = (
    "Condition", "Connectors", "CreationPolicy", "DeletionPolicy", "DependsOn", "IgnoreGlobals", "Metadata",
    "Properties", "Type", "UpdatePolicy", "UpdateReplacePolicy",
)  # fmt: skip
_VERSION = "2010-09-09"
_LARGEST = 1024 * 1024
_DEEPEST = 100
_MOST_RESOURCES = 500
_COPIED = re.compile("^[ \N{NO-BREAK SPACE}]*\N{NO-BREAK SPACE}[ \N{NO-BREAK SPACE}]*", re.MULTILINE)
_LOGICAL_ID = re.compile(r"[A-Za-z0-9]{1,255}")


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """A resource as it is written; `part` is the whole of it."""

    logical_id: str
    type: str
    part: Part
    condition: str = ""
    depends_on: tuple[str, ...] = ()
    generated_by: str = ""

    @property
    def properties(self) -> Part:
        """The properties; an empty object where there are none."""
        return self.part.get("Properties") or Part({}, self.part.origin.at("Properties"))


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """The sections; each is the empty object where it is not written. `notes` are on what AWS would not take."""

    part: Part
    transforms: tuple[str, ...]
    resources: Mapping[str, Declared]
    faults: list[Fault] = field(default_factory=list)
    notes: tuple[Fault, ...] = ()

    def section(self, name: str) -> Part:
        """A section by its name."""
        return self.part.get(name) or Part({}, self.part.origin.at(name))


def open_template(path: Path, name: str | None = None) -> Template:
    """The template in a file.

    Raises:
        Rejected: it cannot be read, is larger than 1 MiB, or is no template.
    """
    source = open_source(path, name, most=_LARGEST)
    return read_template(Source(source.name, source.text, tags=TAGS))


def read_template(source: Source) -> Template:
    """The template in a text; no-break spaces in front of YAML lines, as web pages have them, count as spaces.

    Raises:
        Rejected: it is no JSON or YAML, too large, nested too deeply, or no object with resources.
    """
    if len(source.text) > _LARGEST:
        fault = Fault(
            Where(source.name), "file-too-large", "the template is larger than 1 MiB", "divide it into stacks"
        )
        raise Rejected([fault])
    source, notes = _without_no_break(source)
    source.tags = TAGS
    document, origin = read(source), Origin(source)
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        message = "a template is an object with `Resources`"
        raise Rejected([origin.fault("not-a-template", message, "name a CloudFormation or SAM template")])
    if is_deep(document, _DEEPEST):
        raise Rejected([origin.fault("too-deep", "the template is nested too deeply", "nest it less")])
    return replace(_Reading(Part(document, origin)).template(), notes=notes)


def _without_no_break(source: Source) -> tuple[Source, tuple[Fault, ...]]:
    found = _COPIED.search(source.text) if source.notation == "yaml" else None
    if found is None:
        return source, ()
    where = Where(source.name, *place(source.text, found.start()))
    message = "lines are indented with no-break spaces, as web pages have them; CloudFormation refuses them"
    note = Fault(where, "no-break-space", message, "replace them with spaces")
    return Source(source.name, _COPIED.sub(lambda run: " " * len(run[0]), source.text)), (note,)


class _Reading:
    """One template being read; `faults` grows."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.faults: list[Fault] = []

    def template(self) -> Template:
        self._sections()
        resources = dict(self._resources())
        if len(self.part.value["Resources"]) > _MOST_RESOURCES:
            message = f"a template has at most {_MOST_RESOURCES} resources"
            self._fault(self.part.at("Resources"), "too-many-resources", message, "divide it into stacks")
        return Template(self.part, tuple(self._transforms()), resources, self.faults)

    def _fault(self, part: Part, code: str, message: str, remedy: str) -> None:
        self.faults.append(part.fault(code, message, remedy))

    def _sections(self) -> None:
        for name, part in self.part.members():
            if name not in _SECTIONS:
                message = f"a template has no section `{name}`"
                self._fault(part, "unknown-section", message, hint(name, _SECTIONS, "sections"))
            elif name in _MAPPED and not isinstance(part.value, dict):
                message = f"`{name}` is an object, not {called(part.value)}"
                self._fault(part, "wrong-type", message, "write names with a value each")
        version = self.part.get("AWSTemplateFormatVersion")
        if version is not None and version.value != _VERSION:
            message = f"`{version.value}` is not a version of templates"
            self._fault(version, "unknown-version", message, f"write `{_VERSION}`")

    def _transforms(self) -> Iterator[str]:
        part = self.part.get("Transform")
        if part is None:
            return
        for name in part.elements() if isinstance(part.value, list) else (part,):
            if name.value in _TRANSFORMS:
                yield name.value
            else:
                shown = f"`{name.value}`" if isinstance(name.value, str) else "a macro with parameters"
                message = f"the transform {shown} is not emulated"
                self._fault(name, "unsupported-transform", message, "import the template that it makes")

    def _resources(self) -> Iterator[tuple[str, Declared]]:
        for name, part in self.part.at("Resources").members():
            if name.startswith("Fn::"):
                message = f"`{name}` is not emulated"
                self._fault(part, "unsupported-function", message, "import the template that it makes")
            elif not _LOGICAL_ID.fullmatch(name):
                message = f"`{name}` cannot be a logical id"
                self._fault(part, "logical-id", message, "a logical id has letters and digits only")
            elif (declared := self._resource(name, part)) is not None:
                yield name, declared

    def _resource(self, name: str, part: Part) -> Declared | None:
        if not isinstance(part.value, dict):
            self._fault(part, "wrong-type", f"the resource `{name}` is an object", "give it `Type` and `Properties`")
            return None
        kind = part.value.get("Type")
        if not isinstance(kind, str):
            self._fault(part, "missing-type", f"the resource `{name}` has no `Type`", "add one, as `AWS::SQS::Queue`")
            return None
        for member, value in part.members():
            if member not in _MEMBERS:
                message = f"a resource has no `{member}`"
                self._fault(value, "unknown-member", message, hint(member, _MEMBERS, "members"))
        properties = part.get("Properties")
        if properties is not None and not isinstance(properties.value, dict | None):
            self._fault(properties, "wrong-type", "`Properties` is an object", "write names with a value each")
            return None
        return Declared(name, kind, part, self._condition(part), tuple(self._depends_on(part)))

    def _condition(self, part: Part) -> str:
        found = part.get("Condition")
        if found is not None and not isinstance(found.value, str):
            self._fault(found, "wrong-type", "`Condition` is the name of a condition", "name one of `Conditions`")
            return ""
        return found.value if found is not None else ""

    def _depends_on(self, part: Part) -> Iterator[str]:
        found = part.get("DependsOn")
        if found is None:
            return
        for name in found.elements() if isinstance(found.value, list) else (found,):
            if isinstance(name.value, str):
                yield name.value
            else:
                self._fault(name, "wrong-type", "`DependsOn` is a logical id, or a list of them", "write text")
