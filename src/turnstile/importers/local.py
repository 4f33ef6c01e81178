"""Files beside a template: the code of functions and layers, and definitions of state machines.

A template names them by path, as `sam` and `aws cloudformation package` take them; what is in S3 or in an image has to
be given by the user. Paths are relative to the folder of the template. Definitions are read, code is only looked at.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from turnstile.faults import Rejected
from turnstile.importers.part import Moved
from turnstile.project import leads_out
from turnstile.source import Origin, open_source, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.importers.part import Places
    from turnstile.importers.template import Declared

CODE = {"AWS::Lambda::Function": "Code", "AWS::Lambda::LayerVersion": "Content"}
"""Types with code, and the property that holds it."""
MACHINE = "AWS::StepFunctions::StateMachine"
LOCATION = "DefinitionS3Location"


@dataclass(frozen=True, slots=True)
class Local:
    """Where files may lie: `folder` is that of the template, `project` the one no symbolic link may lead out of.

    `given` are paths of the user by logical id; functions in `answered` need none.
    """

    folder: Path
    project: Path
    given: Mapping[str, Path]
    answered: frozenset[str] = frozenset()

    def code_of(self, declared: Declared, properties: Mapping[str, Json], origin: Origin) -> Path | None:
        """The code of a function or layer; None for other types, and for inline code.

        Raises:
            Rejected: there is none, or it may not be used.
        """
        if declared.type not in CODE:
            return None
        name = CODE[declared.type]
        value = properties.get(name)
        if value is None or (isinstance(value, dict) and "S3Key" in value):
            value = _asset(declared) or value
        return self.code(declared.logical_id, value, origin.at("Properties", name) if name in properties else origin)

    def with_definition(self, declared: Declared, properties: dict[str, Json], found: Places) -> dict[str, Json]:
        """The properties of a machine with the definition in them that they only name; any others as they are.

        Raises:
            Rejected: there is none, it may not be used, or it is no document.
        """
        if declared.type != MACHINE or (LOCATION not in properties and declared.logical_id not in self.given):
            return properties
        at = Origin(found, f"/Properties/{LOCATION}")
        moved = self.definition(declared.logical_id, properties.get(LOCATION), at)
        found.moves["/Properties/Definition"] = moved.origin
        left = {name: value for name, value in properties.items() if name not in (LOCATION, "DefinitionString")}
        return {**left, "Definition": moved.value}

    def code(self, logical_id: str, value: Json, at: Origin) -> Path | None:
        """The file or folder of a function or layer; None for inline code.

        Raises:
            Rejected: there is none, or it may not be used.
        """
        if logical_id in self.given:
            return self._inside(self.given[logical_id], str(self.given[logical_id]), at)
        if logical_id in self.answered or (isinstance(value, dict) and "ZipFile" in value):
            return None
        if not isinstance(value, str) or value.startswith("s3://"):
            message = f"the code of `{logical_id}` is not on this machine"
            remedy = f"name its folder or file under `code:`, as `{logical_id}: path/to/folder`"
            raise Rejected([at.fault("missing-code", message, remedy)])
        return self._inside(self.folder / value, value, at, f"or name another under `code:` for `{logical_id}`")

    def definition(self, logical_id: str, value: Json, at: Origin) -> Moved:
        """The definition of a machine that is in a file, with its places there.

        Raises:
            Rejected: there is none, it may not be used, or it is no document.
        """
        if logical_id in self.given:
            path = self._inside(self.given[logical_id], str(self.given[logical_id]), at)
        elif isinstance(value, str) and not value.startswith("s3://"):
            path = self._inside(self.folder / value, value, at, f"or name another under `code:` for `{logical_id}`")
        else:
            message = f"the definition of `{logical_id}` is not on this machine"
            remedy = f"name its file under `code:`, as `{logical_id}: path/to/definition.asl.json`"
            raise Rejected([at.fault("missing-definition", message, remedy)])
        source = open_source(path, os.path.normpath(path))
        return Moved(read(source), Origin(source), final=True)

    def _inside(self, path: Path, shown: str, at: Origin, other: str = "") -> Path:
        remedy = f"name a file or folder that exists, {other}".strip(" ,")
        try:
            real = path.resolve(strict=True)
        except (OSError, RuntimeError, ValueError):  # missing, a circle of links, a NUL
            message = f"there is no `{shown}`"
            raise Rejected([at.fault("missing-file", message, remedy)]) from None
        stray = next(self._leading_out(path, real), None)
        if stray is not None:
            message = f"`{shown}` has a symbolic link that leads out of the project: `{stray}`"
            raise Rejected([at.fault("symbolic-link", message, "copy what it leads to into the project")])
        return path

    def _leading_out(self, path: Path, real: Path) -> Iterator[str]:
        """The links on the way to a path in the project, and below it, that lead out of the project."""
        project = self.project.resolve()
        if leads_out(path, self.project):
            yield path.name
        for name, target in _links(real):
            if not target.is_relative_to(project) and not target.is_relative_to(real):
                yield name


def _asset(declared: Declared) -> Json:
    """The path of code that CDK writes beside a resource."""
    metadata = declared.part.get("Metadata")
    path = metadata.get("aws:asset:path") if metadata is not None else None
    return path.value if path is not None else None


def _links(folder: Path) -> Iterator[tuple[str, Path]]:
    """The symbolic links in a folder and where they lead; none in a file."""
    for parent, folders, files in os.walk(folder):
        for path in (Path(parent, name) for name in (*folders, *files)):
            if path.is_symlink():
                yield str(path.relative_to(folder)), path.resolve()
