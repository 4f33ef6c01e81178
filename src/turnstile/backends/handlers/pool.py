"""The side of the emulator on which handlers are started, asked and ended: a pool of prepared worker processes.

A pool outlives worlds: `Handlers.start` begins to import a function's module at once and `Prepared.report` says how
that went, while each world takes execution environments of its own, forked from the prepared process, so what a
module keeps never passes from world to world. The processes themselves are `worker`'s. A pool may be started before
there is an event loop. This file knows no payload of Lambda.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from turnstile.backends.handlers import variables
from turnstile.backends.handlers.link import ORDER_SECONDS, Gone, Link
from turnstile.backends.handlers.place import placed
from turnstile.backends.handlers.prepared import INIT_SECONDS, Prepared
from turnstile.backends.handlers.process import Process
from turnstile.faults import Unsupported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.handlers.prepared import Report
    from turnstile.document import Json
    from turnstile.world.function import Code, Function

_HERE = Path(__file__).parent
_ROOT = f"""\
import sys
for name in "turnstile", "turnstile.backends", "turnstile.backends.handlers":
    sys.modules[name] = type(sys)(name)
    sys.modules[name].__path__ = [{str(_HERE)!r}]
from turnstile.backends.handlers.worker import root
for name in [name for name in sys.modules if name.startswith("turnstile")]:
    del sys.modules[name]
root(int(sys.argv[1]))
"""
"""What the first Python runs: the worker alone, without the packages around it, and no trace of it for handlers."""


class Handlers:
    """A pool of prepared processes. `close` ends them all; so does the end of this process, however it comes."""

    def __init__(self) -> None:
        self._root: Link | None = None
        self._python: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._names = map(str, itertools.count())
        self._prepared: dict[tuple[Json, ...], Prepared] = {}
        self._libraries: dict[tuple[str, ...], Process] = {}

    def start(self, function: Function, code: Code) -> Prepared:
        """Begin to import the function's module, unless that was done: returns at once, outside a loop as well.

        Raises:
            BadArchive: its code may not be unpacked.
            Unsupported: the system cannot fork, or the handler needs a Node.js that is not here.
        """
        root, folder = self._open()
        at = placed(function, code, Path(folder))
        names = variables.of_function(function, at, f"{folder}/init")
        key = (*map(str, (at.root, at.handler, *at.layers)), function.memory, *sorted(names.items()))
        if key not in self._prepared:
            order = {
                "root": str(at.root),
                "module": at.module,
                "name": at.name,
                "file": str(at.file),
                "paths": [str(path) for path in at.python_path],
                "memory": function.memory,
                "variables": names,
            }
            if at.runtime == "node":
                order |= {"node": _node(), "script": str(_HERE / "node.mjs")}
            self._prepared[key] = Prepared(Process(root, next(self._names)), order, at)
        return self._prepared[key]

    async def environment(self, prepared: Prepared, names: Mapping[str, str]) -> tuple[Process, Json]:
        """A new execution environment, ready for its first event, and the payload of the error if its import failed.

        `names` are variables of its own.

        Raises:
            Gone: it did not come up; `prepared.report` says why if that is the module's fault.
            TimeoutError: it did not come up in time.
        """
        try:
            return await self._environment(prepared, names)
        except Gone:  # a handler may have ended the process that it was forked from
            while self._libraries:
                self._libraries.popitem()[1].link.close()
            if not prepared.renew(Process(self._open()[0], next(self._names))):
                raise
            return await self._environment(prepared, names)

    async def _environment(self, prepared: Prepared, names: Mapping[str, str]) -> tuple[Process, Json]:
        root, folder = self._open()
        report = await prepared.report()
        name = next(self._names)
        home = f"{folder}/{name}"
        process = Process(self._parent(root, prepared, report), name, home=home)
        own = {**prepared.order["variables"], "HOME": home, "TMPDIR": home, **names}
        process.fork({**prepared.order, "variables": own, "role": "node" if prepared.at.runtime == "node" else "serve"})
        try:
            async with asyncio.timeout(INIT_SECONDS):
                told, _ = await process.link.receive()
        except BaseException:
            process.kill().close()
            raise
        process.pid = told["pid"]
        return process, told["error"]

    def _parent(self, root: Link, prepared: Prepared, report: Report) -> Link:
        """The process that an environment is forked from."""
        if not report.alone:
            return prepared.process.link
        if not report.libraries:
            return root
        if report.libraries not in self._libraries:
            process = self._libraries[report.libraries] = Process(root, next(self._names))
            order = {"role": "library", "libraries": list(report.libraries), "variables": {}}
            process.fork(order)
        return self._libraries[report.libraries].link

    async def close(self) -> None:
        """End every process and remove what they wrote; the pool may be started again."""
        root, python, folder = self._root, self._python, self._folder
        self._root = self._python = self._folder = None
        prepared, self._prepared = self._prepared, {}
        libraries, self._libraries = self._libraries, {}
        for process in (*(each.process for each in prepared.values()), *libraries.values()):
            process.link.close()
        if root is None or python is None or folder is None:
            return
        root.finish()
        try:
            async with asyncio.timeout(ORDER_SECONDS):
                await root.ended()
        except TimeoutError:
            python.kill()
        except BaseException:
            python.kill()
            raise
        finally:
            root.close()
            python.wait()
            folder.cleanup()

    def _open(self) -> tuple[Link, str]:
        if self._root is None or self._folder is None:
            if not sys.platform.startswith(("linux", "darwin")):
                raise Unsupported("Python handlers without os.fork")
            self._root = Link()
            self._folder = tempfile.TemporaryDirectory(prefix="turnstile-", ignore_cleanup_errors=True)
            with self._root.far as far:
                self._python = subprocess.Popen(  # noqa: S603 - this very Python
                    [sys.executable, "-P", "-X", "utf8", "-c", _ROOT, str(far.fileno())],
                    env=variables.of_python(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=(far.fileno(),),
                    start_new_session=True,
                )
        return self._root, self._folder.name


def _node() -> str:
    """Where Node.js is.

    Raises:
        Unsupported: nowhere.
    """
    found = shutil.which("node")
    if found is None:
        raise Unsupported("a JavaScript handler without Node.js: install `node`, or declare the function's answers")
    return found
