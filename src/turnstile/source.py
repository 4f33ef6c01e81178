"""Text a user wrote, the document in it, and the way back from a value to its line.

`read` turns JSON or YAML text into a document; `Origin` remembers which text a value came from and under which JSON
pointer, so that a fault or a refused call can name file and line. Positions are looked up only when asked for.
This file knows the two notations and nothing of what the documents mean.
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeAlias

from turnstile.document import Json, pointer
from turnstile.faults import Fault, Rejected, Where
from turnstile.offsets import place, strange_number, too_deep

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_STDIN_NAME = "<stdin>"
_LARGEST = 50 * 1024 * 1024
_OTHER_FILE = "name a text file that can be read"
_JSON = "JSON has double quotes around keys and text, commas between values and none behind the last one"


@dataclass(eq=False)
class Source:
    """One text with the name a user knows it by; `notation` is `json` or `yaml`.

    `written` is false where there is only a name, and no text to point into. `tags` are those that a kind of YAML file
    has of its own, with the member each stands for.
    """

    name: str
    text: str = field(repr=False)
    written: bool = True
    tags: Mapping[str, str] | None = field(default=None, repr=False)

    @property
    def notation(self) -> str:
        """How the text is written, from its name, else from its first character."""
        if self.name.endswith((".yaml", ".yml")):
            return "yaml"
        return "json" if self.name.endswith(".json") or self.text.lstrip()[:1] in ("{", "[") else "yaml"

    @cached_property
    def _places(self) -> Mapping[str, tuple[int, int]]:
        if self.notation == "json":
            from turnstile.positions import json_places  # noqa: PLC0415 - only a fault needs it

            return json_places(self.text)
        return self._yaml[1]

    @cached_property
    def _yaml(self) -> tuple[Json, Mapping[str, tuple[int, int]]]:
        from turnstile.yaml import read_yaml  # noqa: PLC0415 - costs an import

        return read_yaml(self.name, self.text, self.tags)

    def origin_of(self, target: str) -> Origin:
        """The value under a JSON pointer in the text that a user wrote, which is this one."""
        return Origin(self, target)

    def where(self, target: str = "") -> Where:
        """The place of the value under a JSON pointer, or of its nearest parent that has one."""
        nearest = target
        while nearest and nearest not in self._places:
            nearest = nearest.rpartition("/")[0]
        line, column = self._places.get(nearest, (1, 1)) if self.written else (0, 0)
        return Where(self.name, line, column, target)


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """Where a document came from: a source, or only a name, and the pointer inside it."""

    source: Source
    pointer: str = ""

    def at(self, *names: str | int) -> Origin:
        """The origin of a value further down."""
        return Origin(self.source, pointer(self.pointer, *names))

    def within(self, target: str) -> Origin:
        """The origin of the value under a JSON pointer that starts here."""
        return Origin(self.source, self.pointer + target)

    @property
    def written(self) -> Origin:
        """The same value in the text that a user wrote, where the document was made from others."""
        return self.source.origin_of(self.pointer)

    def where(self) -> Where:
        """File, line and column."""
        return self.source.where(self.pointer)

    def fault(self, code: str, message: str, remedy: str = "") -> Fault:
        """A fault at this place."""
        return Fault(self.where(), code, message, remedy)


def unwritten(name: str) -> Origin:
    """The origin of a value that was never text, known by a name such as `<definition>`."""
    return Origin(Source(name, "", written=False))


_PASSING = re.compile(r"^\.|^__pycache__$|~$|^4913$")
"""Names of files that come and go while others are read, edited and run."""

STDIN = "-"
"""The path that stands for standard input."""

Written: TypeAlias = "tuple[int | str, ...]"
"""How a file or folder is at one moment; empty where there is none."""

_used: ContextVar[dict[Path, Written] | None] = ContextVar("used", default=None)


@contextmanager
def used_files() -> Iterator[dict[Path, Written]]:
    """The files that are read inside, each with how it was before (`written`)."""
    found: dict[Path, Written] = {}
    before = _used.set(found)
    try:
        yield found
    finally:
        _used.reset(before)


def note(path: Path, before: Written | None = None) -> None:
    """A file is about to be used, or one that should be there is not; `before` is how it was, if not as now."""
    found = _used.get()
    if found is not None:
        found.setdefault(path, written(path) if before is None else before)


def written(path: Path) -> Written:
    """When a file was written last, its size and its number, which a file in its place has not; a folder's names."""
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            return tuple(sorted(name for name in os.listdir(path) if not _PASSING.search(name)))  # noqa: PTH208 - names
    except OSError:
        return ()
    return facts.st_mtime_ns, facts.st_size, facts.st_ino


@cache
def _standard_input() -> Source:
    """What stands on standard input, which can be read but once."""
    try:
        return Source(_STDIN_NAME, sys.stdin.buffer.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        fault = Fault(Where(_STDIN_NAME), "not-text", "what stands on stdin is not UTF-8 text", "send it as UTF-8")
        raise Rejected([fault]) from None


def open_source(path: Path, name: str | None = None, most: int = _LARGEST) -> Source:
    """Read a UTF-8 file of at most so many bytes.

    Raises:
        Rejected: it cannot be read, is no regular file or pipe, is no text, or is larger.
    """
    shown = name or str(path)
    if str(path) == STDIN:
        return _standard_input()
    note(path)
    try:
        facts = path.stat()
        if stat.S_ISCHR(facts.st_mode) or stat.S_ISBLK(facts.st_mode):  # some of them never end
            message = f"`{shown}` cannot be read: it is not a regular file"
            raise Rejected([Fault(Where(shown), "unreadable-file", message, _OTHER_FILE)])
        if facts.st_size > most:
            message = f"`{shown}` is larger than {most // 1024 // 1024} MiB"
            raise Rejected([Fault(Where(shown), "file-too-large", message, _OTHER_FILE)])
        content = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        message = f"`{shown}` cannot be read: {reason}"
        raise Rejected([Fault(Where(shown), "unreadable-file", message, _OTHER_FILE)]) from None
    try:
        return Source(shown, content.decode().removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        before = content[: error.start].decode().removeprefix("\ufeff")
        where = Where(shown, *place(before, len(before)))
        raise Rejected([Fault(where, "not-text", f"`{shown}` is not UTF-8 text", "save it as UTF-8")]) from None


def read(source: Source) -> Json:
    """The document in a text.

    Raises:
        Rejected: the text is not JSON or YAML.
    """
    if source.notation == "yaml":
        return source._yaml[0]  # noqa: SLF001 - one reading gives both the document and its places
    try:
        return json.loads(source.text, object_pairs_hook=_members, parse_constant=_no_constant)
    except _RepeatedKeyError as error:
        from turnstile.positions import repeated_key  # noqa: PLC0415 - only a fault needs it

        where = Where(source.name, *repeated_key(source.text))
        message = f"the key `{error}` stands here twice"
        raise Rejected([Fault(where, "duplicate-key", message, "remove one of the two")]) from None
    except json.JSONDecodeError as error:
        where = Where(source.name, error.lineno, error.colno)
        problem = error.msg[:1].lower() + error.msg[1:]
        raise Rejected([Fault(where, "json-syntax", f"not JSON: {problem}", _JSON)]) from None
    except ValueError as error:  # a constant that JSON has not, or a number of too many digits
        where = Where(source.name, *strange_number(source.text))
        problem = str(error) if str(error).startswith("`") else "a number has too many digits"
        raise Rejected([Fault(where, "json-syntax", f"not JSON: {problem}", "put it in quotes")]) from None
    except RecursionError:
        where = Where(source.name, *too_deep(source.text))
        raise Rejected([Fault(where, "too-deep", "the document is nested too deeply", "nest it less")]) from None


class _RepeatedKeyError(ValueError):
    """An object has a key twice, so one of the two values would be passed over."""


def _members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        raise _RepeatedKeyError(next(name for place, name in enumerate(names) if name in names[:place]))
    return members


def _no_constant(name: str) -> Json:
    raise ValueError(f"`{name}` is not a JSON number")
