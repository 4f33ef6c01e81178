"""What expressions can see besides the document, what they compile to, and how they say that nothing is there.

A `Scope` is the context object and the variables. It must stay cheap, because one is made per line of execution. It
holds the execution's random source and clock as well: `States.UUID` and `$now` may depend on nothing else.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json

    Getter: TypeAlias = Callable[["Scope", Json], Json]
    """A compiled expression: finds a value in scope or document, or raises NoMatch."""


class Scope:
    """`context` answers `$$`, `variables` answer `$name`; neither is copied or changed here."""

    __slots__ = ("_random", "context", "input", "now", "variables")

    def __init__(
        self,
        context: dict[str, Json],
        variables: Mapping[str, Json],
        random: Random | None = None,
        now: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.context = context
        self.variables = variables
        self.input: Json = None
        """The raw input of the state, which JSONata sees besides a result."""
        self.now = now
        """The execution's clock: seconds since 1970."""
        self._random = random

    @property
    def random(self) -> Random:
        """The execution's random source; without one, a fixed sequence."""
        if self._random is None:
            self._random = Random(0)
        return self._random


class NoMatch(LookupError):  # noqa: N818 - named for what happened, as AWS names it
    """A definite path leads nowhere. `reason` is worded as Jayway words it: `No results for path: $['a']`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
