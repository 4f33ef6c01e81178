"""The files beside a scenario: each read once, and each policy and definition in them parsed once.

Cases share what they do not change, so parsing is remembered by place and text. Paths are relative to the scenario
file; they may lead out of its folder, but by no symbolic link out of the project. The library knows no declarations.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from turnstile.asl.parse import parse_document
from turnstile.backends.task_models import TaskModels
from turnstile.document import Json, compact
from turnstile.faults import Rejected
from turnstile.iam.parse import parse
from turnstile.integrations.definition import checked
from turnstile.project import leads_out, project_of
from turnstile.source import Origin, note, open_source, read
from turnstile.spelling import nearest

if TYPE_CHECKING:
    from pathlib import Path

    from turnstile.asl.definition import StateMachine
    from turnstile.iam.policy import Kind, Policy
    from turnstile.source import Source


class Library:
    """Files, policies and definitions of one scenario; `folder` is where the scenario file lies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._project = project_of(folder)
        self._folders: dict[str, Path] = {}
        self._files: dict[Path, tuple[Source, Json]] = {}
        self._policies: dict[tuple[str, ...], Policy] = {}
        self._machines: dict[tuple[str, ...], StateMachine] = {}

    def lies(self, source: Source, folder: Path) -> None:
        """Paths that are written in this part of the scenario are relative to that folder."""
        self._folders[source.name] = folder

    def beside(self, text: str, origin: Origin) -> Path:
        """The place that a path means, whether something is there or not."""
        return self._folders.get(origin.written.source.name, self.folder) / text

    def document(self, value: Json, origin: Origin) -> tuple[Json, Origin]:
        """A document written inline, or by path when the value is text, with the origin of its parts.

        Raises:
            Rejected: there is no such file, or it holds no document.
        """
        if not isinstance(value, str):
            return value, origin
        if value.lstrip()[:1] in ("{", "["):
            message = "JSON text stands where a mapping or the path of a file is wanted"
            raise Rejected([origin.fault("wrong-type", message, "take the quotes away")])
        path = self.path(value, origin)
        if path not in self._files:
            source = open_source(path, os.path.normpath(path))
            self._files[path] = source, read(source)
        source, document = self._files[path]
        return document, Origin(source)

    def path(self, text: str, origin: Origin) -> Path:
        """An existing file.

        Raises:
            Rejected: there is none.
        """
        path = self.beside(text, origin)
        note(path)  # it may come
        try:
            if path.is_file():
                self.inside(path, text, origin)
                return path
            problem, remedy = _missing(path)
        except OSError as error:  # a name that is too long, a folder that may not be looked into
            problem, remedy = (error.strerror or "it cannot be read").lower(), "name a file that can be read"
        message = f"the file `{text}` cannot be used: {problem}"
        raise Rejected([origin.fault("missing-file", message, remedy)])

    def inside(self, path: Path, text: str, origin: Origin) -> None:
        """Refuse a path that leaves the project by a symbolic link.

        Raises:
            Rejected: it does.
            OSError: the links go in a circle.
        """
        if leads_out(path, self._project):
            message = f"`{text}` is a symbolic link that leads out of the project, or lies behind one"
            raise Rejected([origin.fault("symbolic-link", message, "copy what it leads to into the project")])

    def policy(self, document: Json, kind: Kind, name: str, origin: Origin, arn: str | None = None) -> Policy:
        """The parsed policy; `arn` is that of a managed one.

        Raises:
            Rejected: it is none.
        """
        key = (kind.value, name, arn or "", origin.source.name, origin.pointer, compact(document))
        if key not in self._policies:
            self._policies[key] = parse(document, kind=kind, name=name, origin=origin, arn=arn, submitted=True)
        return self._policies[key]

    def definition(self, document: Json, origin: Origin) -> StateMachine:
        """The parsed definition, with Tasks that services take.

        Raises:
            Rejected: it is none.
        """
        key = (origin.source.name, origin.pointer, compact(document))
        if key not in self._machines:
            self._machines[key] = checked(parse_document(document, origin), TaskModels())
        return self._machines[key]


def _missing(path: Path) -> tuple[str, str]:
    """Why there is no such file, and what may have been meant."""
    if path.is_dir():
        return "it is a folder", "name a file in it"
    if path.exists():
        return "it is not a regular file", "name a text file"
    if path.is_symlink():
        return f"it is a link to `{path.readlink()}`, which does not exist", "let it point at a file"
    folder = path.parent
    if folder.is_dir():
        meant = nearest(path.name, sorted(entry.name for entry in folder.iterdir()))
        return "it does not exist", f"did you mean `{meant}`?" if meant else "paths are relative to the scenario file"
    while not folder.parent.is_dir():
        folder = folder.parent
    return f"the folder `{os.path.normpath(folder)}` does not exist", "paths are relative to the scenario file"
