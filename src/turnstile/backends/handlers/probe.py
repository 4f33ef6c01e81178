"""What is wrong with handlers, found before any case runs: each function's module is imported once and reported on.

Faults stand in the handler's own file where a line of it can be told, and name the declaration in their help; else they
stand where the function is declared.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from turnstile.backends.handlers.process import INIT_SECONDS
from turnstile.faults import Fault, Where
from turnstile.world.function import HandlerFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from turnstile.backends.handlers.process import Handlers, Report
    from turnstile.document import Json
    from turnstile.world.function import Function

_MESSAGES: Mapping[str, tuple[str, str]] = {
    "handler-syntax": ("`{file}` is not valid Python: {detail}", "correct the line"),
    "handler-import": (
        "the handler module `{file}` cannot be imported: {detail}",
        "install what it needs next to Turnstile, or put it into the handler's folder",
    ),
    "handler-not-found": ("`{file}` has no function `{name}`", "give the function's name as `handler`"),
    "handler-not-callable": ("`{name}` in `{file}` is not a function", "give a function's name as `handler`"),
}
"""Message and help by the code of a worker's report."""


_FOLDERS = re.compile(r"(?<![\w/])/(?:[^/\s'\"()]+/)+(?=[^/\s]+\.\w+)")
"""The folders before the name of a file: Python's words about imports name files in full."""


async def probe(handlers: Handlers, functions: Iterable[Function]) -> tuple[Fault, ...]:
    """The faults of the functions' handler files, in the order of the functions; all are imported at the same time.

    Raises:
        Unsupported: the system cannot fork.
    """
    files = [(each, each.code) for each in functions if isinstance(each.code, HandlerFile)]
    unreadable = {each: fault for each, code in files if (fault := _unreadable(each, code.path)) is not None}
    started = {each: handlers.start(each, code) for each, code in files if each not in unreadable}
    faults: dict[Fault, None] = {}
    for function, code in files:
        if function in unreadable:
            faults[unreadable[function]] = None
        elif (fault := _fault(function, code, await started[function].report())) is not None:
            faults[fault] = None
    return tuple(faults)


def _unreadable(function: Function, path: Path) -> Fault | None:
    if path.suffix != ".py":
        text, remedy = f"`{path.name}` is not a Python file", "only Python handlers run; name a `.py` file"
        return Fault(_declared(function), "handler-not-python", text, remedy)
    problem = "does not exist" if not path.is_file() else "" if os.access(path, os.R_OK) else "cannot be read"
    if problem:
        text = f"the handler file `{path.name}` {problem}"
        return Fault(_declared(function), "handler-missing", text, "name a Python file that can be read")
    return None


def _declared(function: Function) -> Where:
    return function.origin.at("handler").where()


def _fault(function: Function, code: HandlerFile, report: Report) -> Fault | None:
    whole = _whole(function, code)
    if report.late:
        text = f"the import of `{code.path.name}` took more than {INIT_SECONDS:g} seconds"
        return Fault(whole, "handler-import", text, "Lambda ends an init phase at that time: import less, or later")
    if report.end is not None:
        text = f"the import of `{code.path.name}` ended its process"
        return Fault(
            whole, "handler-import", text, "let the module return from its import, and work in the handler only"
        )
    if report.fault is None:
        return None
    return _told(function, code, report.fault)


def _whole(function: Function, code: HandlerFile) -> Where:
    """The place of what is wrong with a file and no line of it."""
    declared = _declared(function)
    return declared if declared.line else Where(str(code.path))


def _told(function: Function, code: HandlerFile, told: Mapping[str, Json]) -> Fault:
    message, remedy = _MESSAGES[told["code"]]
    detail = _FOLDERS.sub("", told["detail"])
    shown = message.format(file=code.path.name, name=code.handler, detail=detail)
    declared, where = _declared(function), _whole(function, code)
    if told["line"]:
        where = Where(_near(code.path, told["file"]), told["line"], told["column"])
        if declared.line:
            place = f"line {declared.line} of `{os.path.basename(declared.file)}`"  # noqa: PTH119 - a name, no path
            remedy = f"{remedy}; `{function.name}` is declared in {place}"
    return Fault(where, told["code"], " ".join(shown.split()), remedy)


def _near(path: Path, file: str) -> str:
    """A file of the handler's folder under the name by which the user gave that folder."""
    folder = str(path.parent.absolute())
    return str(path.parent / file[len(folder) + 1 :]) if file.startswith(folder + os.sep) else file
