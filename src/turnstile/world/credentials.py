"""Credentials: which secret belongs to an access key, and who calls with it.

Temporary ones are issued by STS; long-term ones of users and roots are made when somebody asks, from the world's seed
and the caller's ARN alone, so asking moves no other random value. Nothing here is ever valid at AWS.

Forms of keys: IAM User Guide, "Understanding unique ID prefixes" (AKIA long-term, ASIA temporary).
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from turnstile.world.caller import FederatedUser, Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.world.caller import Caller

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_SECRET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"  # noqa: S105 - the alphabet of secrets
_KEY_LENGTH, _SECRET_LENGTH, _TOKEN_LENGTH = 16, 40, 64


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key with its secret, its session token (empty for long-term keys) and the caller it stands for.

    `until` is when a user's temporary credentials end; sessions know by themselves. `made` is in seconds since 1970.
    A key that is not `active` is refused.
    """

    access_key: str
    secret_key: str
    token: str
    caller: Caller
    until: float | None = None
    made: float = 0.0
    active: bool = True

    @property
    def expires(self) -> float | None:
        """When they end, in seconds since 1970 on the world's clock; None for never."""
        return self.caller.expires if isinstance(self.caller, Session | FederatedUser) else self.until


class Keyring(Mapping[str, Credentials]):
    """All credentials of one world, by access key."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._kept: dict[str, Credentials] = {}
        self._sessions: dict[str, Session] = {}
        self._keys: dict[str, list[str]] = {}

    def __getitem__(self, access_key: str) -> Credentials:
        return self._kept[access_key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def sessions(self) -> Mapping[str, Session]:
        """Those that are sessions of roles."""
        return MappingProxyType(self._sessions)

    def add(self, credentials: Credentials) -> Credentials:
        """Keep credentials that were issued."""
        key, caller = credentials.access_key, credentials.caller
        self._kept[key] = credentials
        self._keys.setdefault(caller.arn, []).append(key)
        if isinstance(caller, Session):
            self._sessions[key] = caller
        return credentials

    def revoke(self, access_key: str) -> None:
        """Forget credentials; whoever still uses them is unknown. Nothing happens if there are none."""
        kept = self._kept.pop(access_key, None)
        self._sessions.pop(access_key, None)
        if kept is not None:
            self._keys[kept.caller.arn].remove(access_key)

    def of(self, caller: Caller) -> Credentials:
        """The credentials of a caller, the same each time; made now if it has none, temporary ones for sessions."""
        for key in self._keys.get(caller.arn, ()):
            if self._kept[key].caller == caller:
                return self._kept[key]
        made = (self._made(caller, count) for count in itertools.count())
        return self.add(next(each for each in made if each.access_key not in self._kept))

    def _made(self, caller: Caller, count: int) -> Credentials:
        temporary = isinstance(caller, Session | FederatedUser)
        issued = caller.issued if isinstance(caller, Session | FederatedUser) else ""
        chance = random.Random(f"{self._seed} {caller.arn} {issued} {count}")
        key = ("ASIA" if temporary else "AKIA") + "".join(chance.choices(_LETTERS, k=_KEY_LENGTH))
        secret = "".join(chance.choices(_SECRET, k=_SECRET_LENGTH))
        token = "".join(chance.choices(_SECRET, k=_TOKEN_LENGTH)) if temporary else ""
        return Credentials(key, secret, token, caller)
