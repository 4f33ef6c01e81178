"""Names that are not known yet, taken as they would be if they were made plainly.

Only for the first readings of templates that name each other; what stays a guess to the end is a fault.
"""

from __future__ import annotations

from collections import UserDict
from typing import TYPE_CHECKING

from turnstile.arn import Arn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.scenario.models.file import WorldEntry

_GUESSES = {
    "role": ("iam", "role/{}"),
    "user": ("iam", "user/{}"),
    "group": ("iam", "group/{}"),
    "policy": ("iam", "policy/{}"),
    "function": ("lambda", "function:{}"),
    "state_machine": ("states", "stateMachine:{}"),
}


class Guesses(UserDict[str, str]):
    """The names that are known, and for any other the ARN it would have if it were made plainly."""

    def __init__(self, world: WorldEntry, texts: Mapping[str, str]) -> None:
        super().__init__(texts)
        self.world = world
        self.asked: dict[str, str] = {}
        self.unknown: set[str] = set()

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def _guess(self, name: str) -> str:
        self.unknown.add(name)
        account, _, rest = name.partition("/")
        kind, _, last = rest.partition("/")
        entry = self.world.accounts.get(account)
        service, form = _GUESSES.get(kind, ("cloudformation", f"{kind}/{{}}"))
        owner, region = (entry.id, entry.region) if entry else ("000000000000", "us-east-1")
        return str(Arn("aws", service, "" if service == "iam" else region, owner, form.format(last or name)))

    def __getitem__(self, name: str) -> str:
        value = self.asked[name] = self.data[name] if name in self.data else self._guess(name)
        return value

    def get(self, name: str, default: object = None) -> str:
        """As `[name]`: there always is a value, so the default is never taken."""
        del default
        return self[name]
