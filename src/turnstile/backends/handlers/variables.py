"""The environment variables of a handler: those of Lambda, the function's own, and a wall around AWS.

Nothing is inherited but `PATH`, `LANG` and what Python needs to find its library. However a function is declared,
boto3 in it has no real credentials, no profile, no metadata service and no endpoint but the one given here. An
execution environment of a world with a gate gets that world's endpoint and a session of the function's role in their
place.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from turnstile.backends.handlers.place import Placed
    from turnstile.world.function import Function

NOWHERE = "http://127.0.0.1:1"
"""An endpoint that refuses every connection."""

_PYTHON = ("PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_FORBIDDEN = ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN", "AWS_CONTAINER", "AWS_WEB")
_WALL: Mapping[str, str] = {
    "AWS_ACCESS_KEY_ID": "ASIATURNSTILE0000000",
    "AWS_SECRET_ACCESS_KEY": "not-a-secret",
    "AWS_SESSION_TOKEN": "not-a-session",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_ENDPOINT_URL": NOWHERE,
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
}
_HASTE: Mapping[str, str] = {"AWS_MAX_ATTEMPTS": "1"}
"""Of an import that only looks for faults: its calls are refused, and need not be tried again."""


def of_python() -> dict[str, str]:
    """The environment of a process that runs no user's code yet; hashes are the same in every run."""
    inherited = _inherited(("HOME", *_PYTHON))
    return {**inherited, "PYTHONHASHSEED": "0", "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES"}


def of_function(function: Function, at: Placed, home: str) -> dict[str, str]:
    """The environment of a function's handler; names as in Lambda's guide, "Using Lambda environment variables"."""
    kind = "nodejs" if at.runtime == "node" else "python{}.{}".format(*sys.version_info)
    own = {name: value for name, value in function.environment.items() if not name.upper().startswith(_FORBIDDEN)}
    return {
        **_inherited(_PYTHON),
        **own,
        "TZ": "UTC",
        "HOME": home,
        "TMPDIR": home,
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{kind}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "",
        "LAMBDA_TASK_ROOT": str(at.root),
        "_HANDLER": at.handler,
        **_of_layers(at),
        **_WALL,
    }


def of_import(names: Mapping[str, str]) -> dict[str, str]:
    """The environment of an import that only looks for faults, before there is a world."""
    return {**_HASTE, **names}


def _of_layers(at: Placed) -> dict[str, str]:
    """Where programs, libraries and modules of layers are found."""
    found = {
        "LD_LIBRARY_PATH": at.inside("lib"),
        "PATH": at.inside("bin"),
        "NODE_PATH": at.inside("nodejs/node_modules"),
    }
    if at.runtime == "python":
        found["PYTHONPATH"] = at.python_path
    inherited = {name: os.environ.get(name, "") for name in found}
    inherited["PATH"] = inherited["PATH"] or os.defpath
    return {
        name: ":".join(filter(None, (*map(str, folders), inherited[name])))
        for name, folders in found.items()
        if folders
    }


def _inherited(names: Iterable[str]) -> dict[str, str]:
    found = {name: os.environ[name] for name in names if name in os.environ}
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": os.environ.get("LANG", "en_US.UTF-8"), **found}
