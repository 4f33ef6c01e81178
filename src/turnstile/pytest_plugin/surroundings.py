"""The environment of a test whose code makes its own clients: all of it leads to a world, nothing of it elsewhere."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest import MonkeyPatch

_PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"})


def surround(monkeypatch: MonkeyPatch, variables: Mapping[str, str]) -> None:
    """Set these variables, take away every other one that SDKs of AWS read, and forget the session that boto3 keeps."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.upper() in _PROXIES:
            monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
