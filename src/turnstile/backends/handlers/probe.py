"""What is wrong with handlers, found before any case runs: each function's module is imported once and reported on.

Faults stand in the handler's own file where a line of it can be told, and name the declaration in their help; else they
stand where the function is declared.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from turnstile.backends.handlers.archive import BadArchive
from turnstile.backends.handlers.prepared import INIT_SECONDS
from turnstile.faults import Fault, Where
from turnstile.world.function import Archive, Folder, HandlerFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from turnstile.backends.handlers.place import Placed
    from turnstile.backends.handlers.pool import Handlers
    from turnstile.backends.handlers.prepared import Prepared, Report
    from turnstile.document import Json
    from turnstile.world.function import Code, Function

_MESSAGES: Mapping[str, tuple[str, str]] = {
    "handler-syntax": ("`{file}` is not valid {language}: {detail}", "correct the line"),
    "handler-import": (
        "the handler module `{file}` cannot be imported: {detail}",
        "install what it needs next to Turnstile, or put it into the handler's folder",
    ),
    "handler-not-found": ("`{file}` has no function `{name}`", "give the function's name as `handler`"),
    "handler-not-callable": ("`{name}` in `{file}` is not a function", "give a function's name as `handler`"),
    "handler-name": ("`{name}` does not name a handler", "write `module.function`"),
}
"""Message and help by the code of a worker's report."""
_SUFFIXES = (".py", ".js", ".mjs", ".cjs")


_FOLDERS = re.compile(r"(?<![\w/])/(?:[^/\s'\"()]+/)+(?=[^/\s]+\.\w+)")
"""The folders before the name of a file: Python's words about imports name files in full."""


async def probe(handlers: Handlers, functions: Iterable[Function]) -> tuple[Fault, ...]:
    """The faults of the functions' handler files, in the order of the functions; all are imported at the same time.

    Raises:
        Unsupported: the system cannot fork.
    """
    files = [(each, each.code) for each in functions if isinstance(each.code, HandlerFile | Folder | Archive)]
    started: dict[Function, Prepared] = {}
    faults: dict[Function, Fault] = {}
    for function, code in files:
        fault = _unreadable(function, code)
        if fault is not None:
            faults[function] = fault
            continue
        try:
            started[function] = handlers.start(function, code)
        except BadArchive as bad:
            faults[function] = _unpacked(function, bad)
    for function, prepared in started.items():
        fault = _fault(function, prepared.at, await prepared.report())
        if fault is not None:
            faults[function] = fault
    return tuple(dict.fromkeys(faults[each] for each, _ in files if each in faults))


def _unpacked(function: Function, bad: BadArchive) -> Fault:
    text = f"the archive of `{function.name}` cannot be used: {bad.reason}"
    return Fault(_declared(function), "bad-archive", text, "pack the folder of the code again, with plain files only")


def _unreadable(function: Function, code: Code) -> Fault | None:
    if not isinstance(code, HandlerFile):
        return None
    path = code.path
    if path.suffix not in _SUFFIXES:
        text, remedy = f"`{path.name}` is no Python or JavaScript file", "name a `.py`, `.js`, `.mjs` or `.cjs` file"
        return Fault(_declared(function), "handler-language", text, remedy)
    problem = "does not exist" if not path.is_file() else "" if os.access(path, os.R_OK) else "cannot be read"
    if problem:
        text = f"the handler file `{path.name}` {problem}"
        return Fault(_declared(function), "handler-missing", text, "name a file that can be read")
    return None


def _declared(function: Function) -> Where:
    return function.origin.at("handler" if isinstance(function.code, HandlerFile) else "code").where()


def _fault(function: Function, at: Placed, report: Report) -> Fault | None:
    whole = _whole(function, at)
    if report.late:
        text = f"the import of `{at.file.name}` took more than {INIT_SECONDS:g} seconds"
        return Fault(whole, "handler-import", text, "Lambda ends an init phase at that time: import less, or later")
    if report.end is not None:
        text = f"the import of `{at.file.name}` ended its process"
        return Fault(
            whole, "handler-import", text, "let the module return from its import, and work in the handler only"
        )
    if report.fault is None:
        return None
    return _told(function, at, report.fault)


def _whole(function: Function, at: Placed) -> Where:
    """The place of what is wrong with a file and no line of it."""
    declared = _declared(function)
    return declared if declared.line else Where(_near(function, at, str(at.file)))


def _told(function: Function, at: Placed, told: Mapping[str, Json]) -> Fault:
    message, remedy = _MESSAGES[told["code"]]
    detail = _FOLDERS.sub("", told["detail"])
    language = "JavaScript" if at.runtime == "node" else "Python"
    shown = message.format(file=at.file.name, name=at.name, detail=detail, language=language)
    declared, where = _declared(function), _whole(function, at)
    if told["line"]:
        where = Where(_near(function, at, told["file"]), told["line"], told["column"])
        if declared.line:
            place = f"line {declared.line} of `{os.path.basename(declared.file)}`"  # noqa: PTH119 - a name, no path
            remedy = f"{remedy}; `{function.name}` is declared in {place}"
    return Fault(where, told["code"], " ".join(shown.split()), remedy)


def _near(function: Function, at: Placed, file: str) -> str:
    """A file of the function under the name by which the user gave its folder; one of an archive by its name in it."""
    folder = str(at.root) + os.sep
    if not file.startswith(folder):
        return file
    match function.code:
        case HandlerFile(path):
            return str(path.parent / file[len(folder) :])
        case Folder(path):
            return str(path / file[len(folder) :])
        case _:
            return f"<code of {function.name}>/{file[len(folder) :]}"
