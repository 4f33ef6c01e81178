"""A scenario file and the files it is made of, as one document: `include` puts beside, `extends` lays over.

Paths are relative to the file in which they are written, also those inside of included files. A file that is included
twice counts once. Knows where the parts of a scenario stand and nothing of what they declare.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.faults import Rejected
from turnstile.importers.part import Places
from turnstile.scenario.composition.merging import Beside
from turnstile.scenario.composition.overlay import Written, overlay
from turnstile.scenario.composition.shape import shape
from turnstile.scenario.composition.wording import found
from turnstile.scenario.models.file import HeadEntry
from turnstile.source import Origin, open_source, read
from turnstile.spelling import hint

if TYPE_CHECKING:
    from pathlib import Path

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.scenario.composition.library import Library
    from turnstile.source import Source

LARGEST = 10 * 1024 * 1024
_DEEPEST = 32
PARTS = ("accounts", "defaults", "organization", "settings", "state_machines", "stubs")
"""What an included file may say."""
_LAID = (*PARTS, "name", "version")
_SCHEMA = "$schema"
_OWN = ("extends", "include", "inherit_cases")


def compose(path: Path, library: Library) -> Written:
    """The document of a scenario file with what it includes and extends; the library learns where its files lie.

    Raises:
        Rejected: a file cannot be read, files name each other in a circle, or say different things of one name.
    """
    source = open_source(path, most=LARGEST)
    document = _read_document(source)
    if not isinstance(document, dict) or not any(key in document for key in _OWN):
        return Written(document, source)
    composing = _Composing(library)
    whole = composing.whole(Written(document, source), (_real(path),))
    if composing.faults:
        raise Rejected(composing.faults)
    return whole


def _read_document(source: Source) -> Json:
    """The document without the name of its schema, which is for editors."""
    document = read(source)
    if isinstance(document, dict) and isinstance(document.get(_SCHEMA), str):
        return {key: value for key, value in document.items() if key != _SCHEMA}
    return document


def _real(path: Path) -> str:
    return os.path.realpath(path)


@dataclass(slots=True)
class _Composing:
    library: Library
    faults: list[Fault] = field(default_factory=list)
    included: set[str] = field(default_factory=set)

    def whole(self, own: Written, chain: tuple[str, ...]) -> Written:
        """A file that may have cases, with all it is made of."""
        keys = {key: own.document[key] for key in _OWN if key in own.document}
        if len(chain) > 1:
            self._check_head(own)
        elif "extends" in keys and "cases" not in own.document and not keys.get("inherit_cases"):
            self.faults.append(_no_cases(own))
        beside = self._beside(own, chain)
        if "inherit_cases" in keys and "extends" not in keys:
            origin, message = own.origin("inherit_cases"), "there is no `extends` whose cases could be inherited"
            self.faults.append(origin.fault("unknown-key", message, "write `extends:` too, or take this away"))
        base = self._base(own, keys.get("extends"), chain)
        if base is not None:
            beside = self._over(base, beside, inherits=keys.get("inherit_cases") is True)
        beside.document.update(keys)
        beside.moved.update({f"/{key}": own.origin(key) for key in keys})
        return beside.written()

    def _beside(self, own: Written, chain: tuple[str, ...]) -> Beside:
        """A file with what it includes; its own parts come last, so that a fault points at them."""
        beside = Beside(own.source)
        included = own.document.get("include")
        for index, text in enumerate(included if isinstance(included, list) else ()):
            if isinstance(text, str):
                part = self._included(text, own.origin("include", index), chain)
                if part is not None:
                    beside.add(part)
        rest = {key: value for key, value in own.document.items() if key not in _OWN}
        beside.add(Written(rest, own.source, own.moved))
        self.faults += beside.faults
        return beside

    def _included(self, text: str, origin: Origin, chain: tuple[str, ...]) -> Written | None:
        read_ = self._read(text, origin, chain)
        if read_ is None or read_[1][-1] in self.included:
            return None
        source, further = read_
        document = _read_document(source)
        if not isinstance(document, dict):
            self._no_mapping(source)
            return None
        self.included.add(further[-1])
        own = Written(document, source)
        for key in document:
            if key not in (*PARTS, "include", "name", "version"):
                self._no_part(own, key)
        self._check_head(own)
        kept = {
            key: value
            for key, value in document.items()
            if key == "include" or (key in PARTS and isinstance(value, dict))
        }
        return self._beside(Written(kept, source), further).written()

    def _check_head(self, own: Written) -> None:
        """What another file says of itself, at which nobody looks once the files are one."""
        head = {name: value for name, value in own.document.items() if name in HeadEntry.model_fields}
        self.faults += shape(HeadEntry, Written(head, own.source, own.moved)).faults
        for key in PARTS:
            if key in own.document and not isinstance(own.document[key], dict):
                message = f"`{key}` must be a mapping, not {found(own.document[key])}"
                remedy = "write its members below it, each as `key: value`, or leave the key out"
                self.faults.append(own.origin(key).fault("wrong-type", message, remedy))

    def _no_part(self, own: Written, key: str) -> None:
        if key in ("cases", "extends", "inherit_cases"):
            message = f"the key `{key}` cannot stand in a file that others include"
            remedy = "move it, or let the other file say `extends`, which takes over cases with `inherit_cases: true`"
        else:
            message, remedy = f"the key `{key}` is not known here", hint(key, PARTS, "keys")
        self.faults.append(own.origin(key).fault("unknown-key", message, remedy))

    def _base(self, own: Written, text: Json, chain: tuple[str, ...]) -> Written | None:
        if not isinstance(text, str):
            return None
        read_ = self._read(text, own.origin("extends"), chain)
        if read_ is None:
            return None
        source, further = read_
        document = _read_document(source)
        if not isinstance(document, dict):
            self._no_mapping(source)
            return None
        return self.whole(Written(document, source), further)

    def _over(self, base: Written, own: Beside, *, inherits: bool) -> Beside:
        """This file laid over another; the other's cases come first, if they are wanted."""
        laid = {key: value for key, value in own.document.items() if key in _LAID}
        kept = {key: value for key, value in base.document.items() if key not in ("cases", "version", *_OWN)}
        source = own.source
        written_at = Places(source.name, source.text, source.written, source.tags, Origin(source), own.moved)
        moved = {place: origin for place, origin in base.moved.items() if place.split("/")[1] in kept}
        written, faults = overlay(Written(kept, base.source, moved), laid, Origin(written_at))
        self.faults += faults
        rest = {key: value for key, value in own.document.items() if key not in _LAID}
        over = Beside(source, dict(written.document), dict(written.moved))
        over.moved.update({place: origin for place, origin in own.moved.items() if place.split("/")[1] in rest})
        over.document.update(rest)
        for key in kept:
            over.moved.setdefault(f"/{key}", base.origin(key))
        if inherits:
            _inherit(base, over)
        return over

    def _read(self, text: str, origin: Origin, chain: tuple[str, ...]) -> tuple[Source, tuple[str, ...]] | None:
        """The text of another file and the chain of files that led to it; None and a fault where there is none."""
        try:
            path = self.library.path(text, origin)
            real = _real(path)
            if real in chain or len(chain) >= _DEEPEST:
                self.faults.append(origin.fault("file-circle", _circle(chain, real), "take one of the ways out"))
                return None
            source = open_source(path, os.path.normpath(path), LARGEST)
            self.library.lies(source, path.parent)
        except Rejected as rejected:
            self.faults += rejected.faults
            return None
        return source, (*chain, real)

    def _no_mapping(self, source: Source) -> None:
        remedy = "begin with `accounts:`, `state_machines:` or another key of scenario files"
        self.faults.append(Origin(source).fault("wrong-type", "a part of a scenario is a mapping", remedy))


def _circle(chain: tuple[str, ...], real: str) -> str:
    if real not in chain:
        return "files nest too deeply"
    ways = (*chain[chain.index(real) :], real)
    return f"files name each other in a circle: {' -> '.join(one.rpartition(os.sep)[2] for one in ways)}"


def _no_cases(written: Written) -> Fault:
    """The cases of the file that is extended are left out, which is easily overlooked."""
    remedy = "write `cases:`, or `inherit_cases: true` to run those of the other file"
    return Origin(written.source).fault("missing-key", "the key `cases` is missing", remedy)


def _inherit(base: Written, over: Beside) -> None:
    """Put the cases of the base before those of the file."""
    inherited, own = base.document.get("cases"), over.document.get("cases", [])
    if not isinstance(inherited, list) or not isinstance(own, list):
        return
    whole = over.written()
    places = [base.origin("cases", index) for index in range(len(inherited))]
    places += [whole.origin("cases", index) for index in range(len(own))]
    over.document["cases"] = [*inherited, *own]
    over.moved.setdefault("/cases", base.origin("cases"))
    over.moved.update({f"/cases/{index}": place for index, place in enumerate(places)})
