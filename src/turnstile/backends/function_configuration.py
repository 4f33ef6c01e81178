"""How the Lambda API shows a function: its configuration, with size and hash of its code.

Shape: Lambda API Reference, `FunctionConfiguration`. Functions that answer in this process have no code of their own
and show an empty archive's size.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from turnstile.world.function import LATEST, Archive, Folder, HandlerFile

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.world.function import Function

_TEMPORARY = 512
"""MiB of temporary files."""
RUNTIME = "python3.13"
"""Shown for functions that were declared without one."""


def configuration(function: Function, *, qualified: bool = False) -> dict[str, Json]:
    """The configuration of a function or version; `qualified` shows `$LATEST` in its ARN as well."""
    size, digest = _code(function)
    shown = function.version != LATEST or qualified
    output: dict[str, Json] = {
        "FunctionName": function.name,
        "FunctionArn": f"{function.arn}:{function.version}" if shown else function.arn,
        "Runtime": function.runtime or _runtime(function),
        "Role": function.role,
        "Handler": handler(function),
        "CodeSize": size,
        "Description": function.description,
        "Timeout": int(function.timeout) if function.timeout == int(function.timeout) else function.timeout,
        "MemorySize": function.memory,
        "LastModified": modified(function.modified),
        "CodeSha256": digest,
        "Version": function.version,
        "TracingConfig": {"Mode": "PassThrough"},
        "RevisionId": function.revision,
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": _TEMPORARY},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function.name}"},
    }
    if function.environment:
        output["Environment"] = {"Variables": dict(function.environment)}
    if function.dead_letter:
        output["DeadLetterConfig"] = {"TargetArn": function.dead_letter}
    return output


def handler(function: Function) -> str:
    """The handler as Lambda writes it, empty where nothing of the kind answers."""
    match function.code:
        case HandlerFile(path, name):
            return f"{path.stem}.{name}"
        case Folder(handler=text) | Archive(handler=text):
            return text
        case _:
            return ""


def modified(seconds: float) -> str:
    """A time as Lambda writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def code_hash(data: bytes) -> str:
    """SHA-256 of an archive, in base64."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def _runtime(function: Function) -> str:
    code = function.code
    return "nodejs22.x" if isinstance(code, HandlerFile) and code.path.suffix != ".py" else RUNTIME


def _code(function: Function) -> tuple[int, str]:
    match function.code:
        case Archive(data):
            return len(data), code_hash(data)
        case HandlerFile(path) if path.is_file():
            data = path.read_bytes()
            return len(data), code_hash(data)
        case Folder(path):
            return 0, code_hash(str(path).encode())
        case _:
            return 0, code_hash(b"")
