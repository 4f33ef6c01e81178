"""Instance profiles: how a role is handed to virtual machines."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, eq=False)
class InstanceProfile:
    """An instance profile; `role` is the ARN of the one role in it, empty for none. `made` in seconds since 1970."""

    arn: str
    name: str
    account: str
    role: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    made: float = 0.0

    @property
    def id(self) -> str:
        """The unique id behind the name, `AIPA` and 17 characters; the same for the same ARN."""
        return "AIPA" + b32encode(hashlib.sha256(self.arn.encode()).digest()).decode()[:17]
