"""Lambda functions of a scenario file: their code in any of its forms, layers, versions, aliases and event settings.

Whether the code can be imported is found when it is tried (`handlers.probe`); here its files are looked at.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from turnstile.faults import Rejected
from turnstile.iam.policy import Kind
from turnstile.scenario.declarations.variables import environment as environment_of
from turnstile.source import note
from turnstile.world.answers import Script, read_script
from turnstile.world.function import LATEST, Alias, Archive, EventConfig, Folder, Function, HandlerFile, Published

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from turnstile.document import Json
    from turnstile.iam.policy import Policy
    from turnstile.scenario.declarations.entries import Entries
    from turnstile.scenario.models.function_entries import AliasEntry, CodeEntry, FunctionEntry, VersionEntry
    from turnstile.source import Origin
    from turnstile.world.function import Answer, Code

_ANSWERS = ("answers", "returns", "raises")
_SOURCES = ("handler", "code", *_ANSWERS)
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_ALIAS = re.compile(r"(?![0-9]+$)[A-Za-z0-9_-]{1,128}")
_LARGEST = 262_144_000
_MOST_FILES = 50_000

Place: TypeAlias = tuple[str, ...]


def read_function(entries: Entries, account: str, name: str, entry: FunctionEntry) -> Function | None:
    """The function as declared, None where something is wrong with it, and the faults grow."""
    place: Place = ("accounts", account, "functions", name)
    before = len(entries.faults)
    entries.name("function", name, place)
    code = _source(entries, entry, place)
    origin = entries.written.origin(*place, "role")
    role = entries.names.role(entry.role, account, origin, entries.faults) if entry.role else ""
    environment = environment_of(entries, entry, place)
    policy = _policy(entries, entry.policy, f"policy of {account}/{name}", (*place, "policy"))
    layers = _layers(entries, entry, place)
    dead_letter = entries.substituted(entry.dead_letter or "", (*place, "dead_letter"))
    if code is None or environment is None or len(entries.faults) > before:
        return None
    owner = entries.world.accounts[account]
    function = Function(
        entries.names.texts[f"{account}/function/{name}"],
        name,
        owner.id,
        owner.region,
        code,
        entries.written.origin(*place),
        role,
        entry.timeout,
        entry.memory,
        entry.takes,
        environment,
        policy,
        layers,
        runtime=(entry.code.runtime or "") if entry.code else "",
        description=entry.description,
        dead_letter=dead_letter,
    )
    published = _published(entries, function, entry, place)
    return replace(function, published=published) if len(entries.faults) == before else None


def _source(entries: Entries, entry: FunctionEntry | VersionEntry, place: Place) -> Code | Script | None:
    """What answers: a handler, or what is declared."""
    given = [name for name in _SOURCES if name in entry.model_fields_set]
    if not given:
        remedy = "add `handler:` here, or `code:`, `answers:`, `returns:` or `raises:`"
        entries.fault(place, "missing-key", "the key `handler` is missing", remedy)
        return None
    if len(given) > 1:
        named = " and ".join(f"`{name}`" for name in given) or "none"
        message = (
            f"a function has one of `handler`, `code`, `answers`, `returns` and `raises`, and this one has {named}"
        )
        entries.fault(place, "function-code", message, "say what answers, in one of these ways")
        return None
    at = (*place, given[0])
    if entry.handler is not None:
        text = entry.handler
        return entries.attempt(lambda: _file(entries, text, entries.written.origin(*at)))
    if entry.code is not None:
        told = entry.code
        return entries.attempt(lambda: _packaged(entries, told, at))
    document = getattr(entry, given[0])
    origin = entries.written.origin(*(at if given[0] == "answers" else place))
    document = document if given[0] == "answers" else {given[0]: document}
    return read_script(entries.substituted(document, at), origin, entries.faults)


def _file(entries: Entries, text: str, origin: Origin) -> HandlerFile:
    path, _, handler = text.rpartition(":")
    if not path or not _NAME.fullmatch(handler):
        message = f"`{text}` does not name a handler"
        raise Rejected([origin.fault("handler", message, "write `path/to/file.py:lambda_handler`")])
    return HandlerFile(entries.library.path(path, origin), handler)


def _packaged(entries: Entries, entry: CodeEntry, place: Place) -> Code:
    origin = entries.written.origin(*place)
    given = [name for name in ("directory", "zip", "inline") if getattr(entry, name) is not None]
    if len(given) != 1:
        message = "`code` has one of `directory`, `zip` and `inline`"
        raise Rejected([origin.fault("function-code", message, "say where the code is, in one of these ways")])
    module, _, name = entry.handler.rpartition(".")
    if not module or not _NAME.fullmatch(name):
        message = f"`{entry.handler}` does not name a handler"
        remedy = "write `module.function`, as Lambda does"
        raise Rejected([entries.written.origin(*place, "handler").fault("handler", message, remedy)])
    if entry.directory is not None:
        return Folder(_folder(entries, entry.directory, entries.written.origin(*place, "directory")), entry.handler)
    if entry.zip is not None:
        at = entries.written.origin(*place, "zip")
        return Archive(_archive(entries.library.path(entry.zip, at), at), entry.handler)
    from turnstile.backends.handlers.archive import packed  # noqa: PLC0415 - for inline code only

    suffix = ".js" if (entry.runtime or "").startswith("nodejs") else ".py"
    return Archive(packed({module.replace(".", "/") + suffix: entry.inline or ""}), entry.handler)


def _archive(path: Path, origin: Origin) -> bytes:
    """The bytes of an archive that may be unpacked.

    Raises:
        Rejected: it may not.
    """
    from turnstile.backends.handlers import archive  # noqa: PLC0415 - for archives only

    remedy = "pack the folder of the code again, with plain files only"
    if path.stat().st_size > _LARGEST:
        message = f"the archive `{path.name}` has more than {_LARGEST:,} bytes"
        raise Rejected([origin.fault("bad-archive", message, "leave out what the function does not need")])
    note(path)
    data = path.read_bytes()
    try:
        archive.entries(data)
    except archive.BadArchive as bad:
        message = f"the archive `{path.name}` cannot be used: {bad.reason}"
        raise Rejected([origin.fault("bad-archive", message, remedy)]) from None
    return data


def _folder(entries: Entries, text: str, origin: Origin) -> Path:
    """A folder whose files all lie in it, and are no more than Lambda takes.

    Raises:
        Rejected: there is none.
    """
    folder = entries.library.beside(text, origin)
    if not folder.is_dir():
        message = f"the folder `{text}` cannot be used: " + ("it is a file" if folder.exists() else "it does not exist")
        raise Rejected([origin.fault("missing-file", message, "paths are relative to the scenario file")])
    entries.library.inside(folder, text, origin)
    real = folder.resolve()
    size = count = 0
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = folder.__class__(parent) / name
            count += 1
            if path.is_symlink() and not path.resolve().is_relative_to(real):
                message = f"`{path.relative_to(folder)}` in the folder `{text}` is a link that leads out of it"
                raise Rejected([origin.fault("link-out", message, "put the file itself into the folder")])
            size += path.stat().st_size if name in files and path.exists() else 0
        if size > _LARGEST or count > _MOST_FILES:
            message = (
                f"the folder `{text}` is larger than the {_LARGEST:,} bytes or {_MOST_FILES:,} files of a function"
            )
            raise Rejected([origin.fault("folder-size", message, "name the folder of the code alone")])
    return folder


def _layers(entries: Entries, entry: FunctionEntry, place: Place) -> tuple[Path, ...]:
    found = []
    for index, text in enumerate(entry.layers):
        origin = entries.written.origin(*place, "layers", index)
        layer = entries.attempt(partial(_layer, entries, text, origin))
        if layer is not None:
            found.append(layer)
    return tuple(found)


def _layer(entries: Entries, text: str, origin: Origin) -> Path:
    if entries.library.beside(text, origin).is_dir():
        return _folder(entries, text, origin)
    path = entries.library.path(text, origin)
    _archive(path, origin)
    return path


def _policy(entries: Entries, document: Json, name: str, place: Place) -> Policy | None:
    return None if document is None else entries.policy(document, Kind.RESOURCE, name, place)


def _published(entries: Entries, function: Function, entry: FunctionEntry, place: Place) -> Published:
    """Versions in order from 1, aliases, and how events are treated."""
    versions: dict[str, Function] = {}
    for index, version in enumerate(entry.versions):
        made = _version(entries, function, version, (*place, "versions", str(index)), str(index + 1))
        if made is not None:
            versions[made.version] = made
    base = replace(function, published=Published(versions, last=len(entry.versions)))
    aliases = {
        name: alias for name, told in entry.aliases.items() if (alias := _alias(entries, base, name, told, place))
    }
    policies = {
        name: policy
        for name, told in entry.aliases.items()
        if (
            policy := _policy(
                entries, told.policy, f"policy of {function.name}:{name}", (*place, "aliases", name, "policy")
            )
        )
    }
    return Published(versions, aliases, policies, _events(entries, entry, place), len(entry.versions))


def _version(entries: Entries, function: Function, entry: VersionEntry, place: Place, number: str) -> Function | None:
    code: Code | Answer | Script | None = function.code
    if entry.model_fields_set & set(_SOURCES):
        code = _source(entries, entry, place)
    environment: Mapping[str, str] | None = function.environment
    if entry.environment is not None:
        environment = environment_of(entries, entry, place)
    if code is None or environment is None:
        return None
    return replace(
        function, code=code, environment=environment, version=number, policy=None, description=entry.description
    )


def _alias(entries: Entries, function: Function, name: str, entry: AliasEntry, place: Place) -> Alias | None:
    from turnstile.backends.function_versions import wrong_alias  # noqa: PLC0415 - for aliases only

    at = (*place, "aliases", name)
    if not _ALIAS.fullmatch(name):
        message = f"`{name}` cannot be the name of an alias"
        entries.fault(at, "alias", message, "use letters, digits, `-` and `_`, and not digits alone")
        return None
    alias = Alias(name, entry.version, entry.description, entry.weights)
    if reason := wrong_alias(function, alias):
        known = ", ".join(f"`{number}`" for number in (LATEST, *function.published.versions))
        entries.fault(at, "alias", f"the alias `{name}` is refused: {reason[1]}", f"versions here: {known}")
        return None
    return alias


def _events(entries: Entries, entry: FunctionEntry, place: Place) -> dict[str, EventConfig]:
    told = entry.events
    if told is None:
        return {}
    arns = {
        name: entries.substituted(getattr(told, name) or "", (*place, "events", name))
        for name in ("on_success", "on_failure")
    }
    if not entry.role and any(arns.values()):
        remedy = "give the function a `role` that may send to its destinations"
        entries.fault((*place, "events"), "no-role", f"`{place[-1]}` has destinations and no role", remedy)
    return {LATEST: EventConfig(told.retries, told.age, arns["on_success"], arns["on_failure"])}
