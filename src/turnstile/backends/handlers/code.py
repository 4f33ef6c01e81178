"""A user's handler module inside a worker process: loaded once, called with events, its failures as Lambda words them.

Runs in the process of the handler, so it imports only a little of the standard library, and no `dataclasses`,
`typing` or `asyncio`: what stands here is paid for at each start and is seen by the user's code.

Payloads of errors: reference/recorded-behaviour.md for what handlers raise; names and texts of failures of the
runtime itself (`Runtime.*`, `Function.ResponseSizeTooLarge`) as the Lambda service shows them, no recording here holds
one (*inferred*).
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import traceback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Any

LARGEST_RESPONSE = 6_291_556
"""Bytes of a synchronous response that Lambda accepts: 6 MB and 100 bytes."""

TASK_ROOT = "/var/task"


class Identity:
    """The Cognito identity of the caller: none here."""

    cognito_identity_id = None
    cognito_identity_pool_id = None


class Client:
    """The mobile application that a client context tells of."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.installation_id = facts.get("installation_id")
        self.app_title = facts.get("app_title")
        self.app_version_name = facts.get("app_version_name")
        self.app_version_code = facts.get("app_version_code")
        self.app_package_name = facts.get("app_package_name")


class ClientContext:
    """What the caller sent as `ClientContext`."""

    def __init__(self, sent: Mapping[str, Any]) -> None:
        self.custom = sent.get("custom")
        self.env = sent.get("env")
        self.client = Client(sent["client"]) if isinstance(sent.get("client"), dict) else None


class Context:
    """The context object of one invocation (Lambda Developer Guide, "Python context object")."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self.aws_request_id: str = request["request_id"]
        self.invoked_function_arn: str = request["arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = Identity()
        sent = request.get("client_context")
        self.client_context = ClientContext(sent) if isinstance(sent, dict) else None
        self._deadline = time.monotonic() + request["seconds"]

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds of real time until the function times out."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))

    def log(self, message: object) -> None:
        """Write to the function's log."""
        sys.stdout.write(str(message))


class Code:
    """A handler module: `handler` is what it offers, `error` the payload of a failed load, `fault` the user's view.

    `error["requestId"]` is None where the id of an invocation belongs. `called` says that the load failed in a call to
    AWS, which is for the world to answer. `fault` has `code`, `detail`, `file`, `line`
    and `column`.
    """

    def __init__(self, order: Mapping[str, Any]) -> None:
        self.folder: str = order["root"]
        self.module: str = order["module"]
        self.name: str = order["name"]
        self.path: str = order["file"]
        self.paths: list[str] = order["paths"]
        self.handler: Callable[[Any, Context], Any] | None = None
        self.error: dict[str, Any] | None = None
        self.fault: dict[str, Any] | None = None
        self.called = False

    def load(self) -> None:
        """Import the module as Lambda does: by its name, from its folder, which is the working directory."""
        os.chdir(self.folder)
        sys.path[:0] = [self.folder, *self.paths]
        sys.dont_write_bytecode = True
        if not self.module:
            text = f"Bad handler '{self.name}': not enough values to unpack (expected 2, got 1)"
            self._fail("handler-name", "Runtime.MalformedHandlerName", text, None)
            return
        if self.module in sys.builtin_module_names:
            text = f"Cannot use built-in module {self.module} as a handler module"
            self._fail("handler-import", "Runtime.BuiltInModuleConflict", text, None)
            return
        name = self.module.replace("/", ".")
        sys.modules.pop(name, None)
        try:
            module = importlib.import_module(name)
        except ImportError as error:
            text = f"Unable to import module '{self.module}': {error}"
            self._fail("handler-import", "Runtime.ImportModuleError", text, error)
        except SyntaxError as error:
            self._fail_syntax(error)
        except ValueError as error:
            if "null bytes" in str(error) and error.__traceback__ and self._deepest(error.__traceback__)[1] == 0:
                self._fail_syntax(SyntaxError(str(error)))  # how Python before 3.11.4 says it
            else:
                self._fail_raised(error)
        except Exception as error:  # noqa: BLE001 - a user's module may raise anything
            self._fail_raised(error)
        else:
            self._find(module)

    def answer(self, request: Mapping[str, Any], body: bytes) -> tuple[str, bytes]:
        """Call the handler: `ok` and the payload, `error` and the payload of the error, or `request` for no event."""
        try:
            event = json.loads(body)
        except ValueError as error:
            return "request", str(error).encode()
        request_id = request["request_id"]
        try:
            result = self.handler(event, Context(request))  # type: ignore[misc] # only loaded code is asked
        except Exception as error:  # noqa: BLE001 - a user's handler may raise anything
            stack = self.stack(error.__traceback__)
            return "error", encoded(failure(type(error).__name__, words(error), request_id, stack))
        try:
            payload = json.dumps(result, ensure_ascii=False, allow_nan=False).encode()
        except Exception as error:  # noqa: BLE001 - a value of any class may stand in the result
            text = f"Unable to marshal response: {error}"
            return "error", encoded(failure("Runtime.MarshalError", text, request_id, []))
        if len(payload) > LARGEST_RESPONSE:
            return "error", encoded(too_large(len(payload)))
        return "ok", payload

    def stack(self, trace: TracebackType | None) -> list[str]:
        """The lines of a traceback from the first frame that is not ours, with the file names of Lambda."""
        frames = traceback.extract_tb(trace)
        while frames and frames[0].filename == __file__:
            del frames[0]
        places = [(self.shown(at.filename), at.lineno or 0, at.name, at.line) for at in frames]
        return traceback.format_list(places)

    def shown(self, file: str) -> str:
        """The name that a file has in Lambda, so that payloads are the same on every machine."""
        library = os.__file__.rpartition("/")[0]
        there = dict.fromkeys((entry.rstrip("/") for entry in sys.path if entry), TASK_ROOT)
        there[library] = "/var/lang/lib/python{}.{}".format(*sys.version_info)
        for root in sorted(there, key=len, reverse=True):
            if file.startswith(root + "/"):
                return there[root] + file[len(root) :]
        return file

    def _find(self, module: object) -> None:
        try:
            self.handler = getattr(module, self.name)
        except AttributeError:
            text = f"Handler '{self.name}' missing on module '{self.module}'"
            self._fail("handler-not-found", "Runtime.HandlerNotFound", text, None)
            return
        if not callable(self.handler):
            self.fault = self._fault("handler-not-callable", "", self.path, 0, 0)

    def _fail(self, code: str, kind: str, text: str, error: Exception | None) -> None:
        self.error = failure(kind, text, None, [])
        file, line = self._deepest(error.__traceback__ if error else None)
        detail = f"{type(error).__name__}: {words(error)}" if error else text
        self.called = _called(error)
        self.fault = self._fault(code, detail, file, line, 1 if line else 0)

    def _fail_raised(self, error: Exception) -> None:
        self._fail("handler-import", type(error).__name__, words(error), error)
        self.error = failure(type(error).__name__, words(error), "", self.stack(error.__traceback__))

    def _fail_syntax(self, error: SyntaxError) -> None:
        text = f"Syntax error in module '{self.module}': {error}"
        file, line = error.filename or self.path, error.lineno or 0
        trace = [f'  File "{self.shown(file)}" Line {line}\n    {error.text}']
        self.error = failure("Runtime.UserCodeSyntaxError", text, None, trace)
        self.fault = self._fault("handler-syntax", error.msg, file, line, error.offset or 1)

    def _deepest(self, trace: TracebackType | None) -> tuple[str, int]:
        for at in reversed(traceback.extract_tb(trace)):
            if at.filename.startswith(self.folder + "/") and "/site-packages/" not in at.filename:
                return at.filename, at.lineno or 0
        return self.path, 0

    def _fault(self, code: str, detail: str, file: str, line: int, column: int) -> dict[str, Any]:
        return {"code": code, "detail": detail, "file": file, "line": line, "column": column}


def _called(error: BaseException | None) -> bool:
    """Whether an error is one of botocore's, or came of one."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if any(kind.__module__.startswith("botocore.") for kind in type(error).__mro__):
            return True
        error = error.__cause__ or error.__context__
    return False


def words(error: Exception) -> str:
    """The text of a user's exception, whose own `__str__` may fail."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - the user's code again
        return ""


def failure(kind: str, text: str, request_id: str | None, stack: list[str]) -> dict[str, Any]:
    """The payload of an error, in Lambda's order."""
    return {"errorMessage": text, "errorType": kind, "requestId": request_id, "stackTrace": stack}


def too_large(size: int) -> dict[str, Any]:
    """The payload in place of a response over the limit."""
    limit = f"maximum allowed payload size ({LARGEST_RESPONSE} bytes)"
    text = f"Response payload size ({size} bytes) exceeded {limit}."
    return {"errorType": "Function.ResponseSizeTooLarge", "errorMessage": text}


def encoded(payload: dict[str, Any]) -> bytes:
    """The JSON text of an error payload; whatever a user's message holds, it is UTF-8."""
    return json.dumps(payload, ensure_ascii=False).encode("utf-8", "backslashreplace")
