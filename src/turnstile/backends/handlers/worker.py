"""The processes that run handlers: a tree in which each process forks its children, keeps their output and ends them.

    root ── one Python start for a whole pool
    ├── prepared ── one per function: has imported the handler's module
    │   └── environment ── one per execution environment: answers invocations
    ├── library ── has imported the AWS SDK, and no user's code
    │   └── environment ── of a module that makes clients of the SDK: imports by itself, with its own credentials
    ├── environment ── of a module that started threads, which no fork survives: imports by itself
    └── environment ── of Node.js: becomes `node`

The process above speaks to each over a Unix socket that came with the order to fork it. Only the direct parent ends a
process, so no process id is ever used after it was given to another. What a handler leaves behind (forks, daemons)
dies with its environment: a new session takes the process group, and on Linux orphans fall to the environment or its
parent instead of init.

Stdlib only and cheap to import, see `code`. Nothing here knows AWS.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
import time
import traceback

from turnstile.backends.handlers.code import Code
from turnstile.backends.handlers.descent import gone, limit, orphans, reap, take_orphans, threads_of_this
from turnstile.backends.handlers.frame import frame, receive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

TAIL = 65_536
"""Bytes of a process's output that are kept."""

_GRACE = 1.0
_SDK = ("botocore", "boto3", "aiobotocore")
_LINK = 3


class Child:
    """A forked process and the tail of what it wrote."""

    def __init__(self, pid: int, output: int) -> None:
        self.pid = pid
        self.output = output
        self.tail = b""

    def waiting(self) -> bytes:
        """Take up all that was written until now; the tail."""
        self.drain(TAIL)
        return self.tail

    def drain(self, reads: int) -> bool:
        """Take up waiting output; False when no more can come."""
        for _ in range(reads):
            try:
                chunk = os.read(self.output, TAIL)
            except BlockingIOError:
                return True
            if not chunk:
                return False
            self.tail = (self.tail + chunk)[-TAIL:]
        return True

    def kill(self) -> None:
        """End the process and its group."""
        for end in (os.killpg, os.kill):
            try:
                end(self.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):  # macOS refuses a group of zombies
                continue


class Parent:
    """A process that obeys orders to fork and to end children until its link closes; then it ends them all.

    `code` is what children find loaded; None in the root.
    """

    def __init__(self, link: socket.socket, code: Code | None = None) -> None:
        self._link = link
        self._code = code
        self._children: dict[str, Child] = {}
        self._poll = select.poll()
        self._poll.register(link, select.POLLIN)
        self._own = orphans()

    def run(self) -> None:
        """Serve until the link closes."""
        while self._turn():
            pass
        late = time.monotonic() + _GRACE
        for name in tuple(self._children):
            self._end(name, late)
        for pid in self._own:
            reap(pid, signal.SIGKILL)

    def _turn(self) -> bool:
        ready = {descriptor for descriptor, _ in self._poll.poll()}
        for child in self._children.values():
            if child.output in ready and not child.drain(1):
                self._poll.unregister(child.output)
        if self._link.fileno() not in ready:
            return True
        received = receive(self._link)
        if received is None:
            return False
        order, _, (descriptor,) = received
        if order["order"] == "fork":
            self._fork(order, descriptor)
            return True
        with socket.socket(fileno=descriptor) as reply:
            if order["order"] == "read":
                asked = self._children.get(order["child"])
                reply.sendall(frame({}, asked.waiting() if asked is not None else b""))
            else:
                status, tail = self._end(order["child"], 0.0)
                reply.sendall(frame({"status": status}, tail))
        return True

    def _fork(self, order: dict[str, Any], link: int) -> None:
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        try:
            pid = os.fork()
        except OSError:
            os.close(reading)
        else:
            if pid == 0:
                self._become(order, link, writing)
            self._children[order["child"]] = Child(pid, reading)
            self._poll.register(reading, select.POLLIN)
        os.close(writing)
        os.close(link)

    def _become(self, order: dict[str, Any], link: int, output: int) -> NoReturn:
        """Go on as the child: nothing of the parent's stays open, and nothing ever returns to its loop."""
        status = 1
        try:
            self._link.close()
            for child in self._children.values():
                os.close(child.output)
            os.setsid()
            take_orphans()
            for stream in (1, 2):
                os.dup2(output, stream)
            _ROLES[order["role"]](order, socket.socket(fileno=link), self._code)
            status = 0
        except SystemExit as error:
            status = _status(error)
        except BaseException:  # noqa: BLE001 - the last thing the process says
            traceback.print_exc()
        finally:
            _flush()
            os._exit(status)

    def _end(self, name: str, late: float) -> tuple[int | None, bytes]:
        """End a child, waiting until `late` for it to go by itself; its exit status (negative: signal) and output."""
        child = self._children.pop(name, None)
        if child is None:
            return None, b""
        while not gone(child.pid) and time.monotonic() < late:
            time.sleep(0.001)
        child.kill()
        status = reap(child.pid)
        self._sweep()
        if child.drain(16):
            self._poll.unregister(child.output)
        os.close(child.output)
        return status, child.tail

    def _sweep(self) -> None:
        """Kill what fell to this process when a child died, down to the last generation."""
        known = self._own | {child.pid for child in self._children.values()}
        while left := orphans() - known:
            for pid in left:
                reap(pid, signal.SIGKILL)


def prepare(order: dict[str, Any], link: socket.socket, _: Code | None) -> None:
    """Import the module, say how that went, and fork environments of it; without that if each needs its own import."""
    code = _load(order)
    threads = threads_of_this() > 1
    sdk = [name for name in _SDK if name in sys.modules]
    alone = threads or code.called or bool(sdk)
    report = {
        "error": None if code.called else code.error,
        "fault": None if code.called else code.fault,
        "alone": alone,
        "libraries": [] if threads else _shared(sdk, code),
    }
    link.sendall(frame(report))
    if code.error is None and not alone:
        gc.freeze()
        Parent(link, code).run()


def library(order: dict[str, Any], link: socket.socket, _: Code | None) -> None:
    """Import what modules need that make clients of the SDK, and fork environments that find it loaded."""
    for name in order["libraries"]:
        __import__(name)
    gc.freeze()
    Parent(link).run()


def serve(order: dict[str, Any], link: socket.socket, code: Code | None) -> None:
    """Answer invocations until the link closes."""
    me = os.getpid()
    limit(order["memory"])
    code = code or _load(order)
    _dwell(order["variables"])
    os.register_at_fork(after_in_child=link.close)
    link.sendall(frame({"pid": me, "error": code.error}))
    while (received := receive(link)) is not None:
        request, body, _ = received
        os.write(1, f"START RequestId: {request['request_id']} Version: {request['version']}\n".encode())
        outcome, payload = code.answer(request, body)
        _flush()
        if os.getpid() != me:
            return
        link.sendall(frame({"outcome": outcome}, payload))


def node(order: dict[str, Any], link: socket.socket, _: Code | None) -> None:
    """Become Node.js with the worker script, which finds the link as its descriptor 3."""
    _dwell(order["variables"])
    os.chdir(order["root"])
    if link.fileno() == _LINK:
        os.set_inheritable(_LINK, True)  # noqa: FBT003 - its only form
    else:
        os.dup2(link.fileno(), _LINK)
    heap = f"--max-old-space-size={max(64, order['memory'] * 9 // 10)}"
    arguments = [order["node"], heap, order["script"], order["root"], order["module"], order["name"]]
    os.execv(order["node"], arguments)  # noqa: S606 - the Node.js of this machine


_ROLES = {"library": library, "node": node, "prepare": prepare, "serve": serve}


def _shared(names: list[str], code: Code) -> list[str]:
    """Those of the modules that are this Python's, and not brought along by the function."""
    own = tuple(f"{folder}/" for folder in (code.folder, *code.paths))
    return [name for name in names if not str(sys.modules[name].__file__).startswith(own)]


def _load(order: dict[str, Any]) -> Code:
    _dwell(order["variables"])
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # what is killed has said it
    code = Code(order)
    code.load()
    return code


def _dwell(variables: dict[str, str]) -> None:
    """Make these the environment variables, and a home of the process's own."""
    os.environ.clear()
    os.environ.update(variables)
    time.tzset()
    os.makedirs(variables["HOME"], exist_ok=True)  # noqa: PTH103 - pathlib is a dear import; modules share one
    if "tempfile" in sys.modules:
        setattr(sys.modules["tempfile"], "tempdir", None)  # noqa: B010 - looked up anew in the new home


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):  # the user's code closed or replaced it
            continue


def _status(error: SystemExit) -> int:
    if error.code is None or isinstance(error.code, int):
        return (error.code or 0) & 0xFF
    sys.stderr.write(f"{error.code}\n")
    return 1


def root(descriptor: int) -> None:
    """Be the root of a pool: all a handler needs of the standard library beyond this is its own import."""
    if sys.platform == "linux":
        import ctypes  # noqa: F401, PLC0415 - once here for every child
    Parent(socket.socket(fileno=descriptor)).run()
