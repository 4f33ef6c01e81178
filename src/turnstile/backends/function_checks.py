"""What Lambda checks of the settings and the code in a request, before a function is made or changed of them.

Texts beyond those seen in public reports are *inferred*. Knows requests, and no functions.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from turnstile.backends.handlers.archive import LARGEST, BadArchive, entries
from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.world.function import Archive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json

INVALID = "InvalidParameterValueException"
_RUNTIME = re.compile(r"python3\.\d+|nodejs\d+\.x")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+")
_VARIABLES = 4096
_RESERVED = frozenset(
    {
        "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "_HANDLER",
    }
)  # fmt: skip
_NOT_EMULATED = ("CapacityProviderConfig", "DurableConfig", "FileSystemConfigs", "ImageConfig", "Layers", "VpcConfig")
_LIMITS = (("Timeout", "timeout", 1, 900), ("MemorySize", "memorySize", 128, 10_240))


def check(given: Mapping[str, Json]) -> None:
    """What Lambda checks of settings that are there.

    Raises:
        ServiceError: a setting is none.
        Unsupported: a setting that is not emulated.
    """
    if given.get("PackageType") == "Image":
        raise Unsupported("Lambda functions from container images")
    for member in _NOT_EMULATED:
        if given.get(member):
            raise Unsupported(f"`{member}` of a Lambda function")
    runtime = given.get("Runtime")
    if runtime and not _RUNTIME.fullmatch(str(runtime)):
        raise Unsupported(f"the Lambda runtime `{runtime}`")
    if given.get("Role") and not _ROLE.fullmatch(str(given["Role"])):
        text = f"1 validation error detected: Value '{given['Role']}' at 'role' failed to satisfy constraint: "
        pattern = r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"
        raise ServiceError("ValidationException", f"{text}Member must satisfy regular expression pattern: {pattern}")
    for member, shown, least, most in _LIMITS:
        value = given.get(member)
        if value is not None and not least <= int(value) <= most:
            bound = f"less than or equal to {most}" if int(value) > most else f"greater than or equal to {least}"
            text = f"1 validation error detected: Value '{value}' at '{shown}' failed to satisfy constraint: "
            raise ServiceError("ValidationException", f"{text}Member must have value {bound}")


def environment(given: Mapping[str, Json]) -> dict[str, str]:
    """The variables of a request.

    Raises:
        ServiceError: one is reserved, or they are too large together.
    """
    variables = (given.get("Environment") or {}).get("Variables") or {}
    if reserved := sorted(_RESERVED & set(variables)):
        text = (
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. Reserved keys used in "
            f"this request: {', '.join(reserved)}"
        )
        raise ServiceError(INVALID, text)
    size = sum(len(f"{name}{value}".encode()) for name, value in variables.items())
    if size > _VARIABLES:
        text = (
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided exceeded the {_VARIABLES // 1024}KB limit."
        )
        raise ServiceError(INVALID, text)
    return {str(name): str(value) for name, value in variables.items()}


def dead_letter(given: Mapping[str, Json]) -> str:
    """The ARN of the queue or topic for what failed, empty for none."""
    return str((given.get("DeadLetterConfig") or {}).get("TargetArn") or "")


def archive_of(given: Mapping[str, Json], text: str) -> Archive:
    """The archive in a request.

    Raises:
        ServiceError: it is none, or may not be unpacked.
        Unsupported: the code is elsewhere.
    """
    for member in ("S3Bucket", "ImageUri", "SourceKMSKeyArn"):
        if given.get(member):
            raise Unsupported(f"code of a Lambda function by `{member}`: send it as `ZipFile`")
    data = given.get("ZipFile")
    if not data:
        raise ServiceError(INVALID, "Please provide a source for function code.")
    archive = data if isinstance(data, bytes) else _decoded(str(data))
    try:
        entries(archive)
    except BadArchive as bad:
        if bad.too_large:
            raise ServiceError(INVALID, f"Unzipped size must be smaller than {LARGEST} bytes") from None
        words = "Could not unzip uploaded file. Please check your file, then try to upload again."
        raise ServiceError(INVALID, words) from None
    return Archive(archive, text)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        words = "Could not unzip uploaded file. Please check your file, then try to upload again."
        raise ServiceError(INVALID, words) from None
