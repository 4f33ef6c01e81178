"""What expressions can see besides the document: the context object and the variables.

One `Scope` is made per state entry, so it must stay cheap. It holds the execution's random source as well, because
`States.UUID` and `States.MathRandom` may depend on nothing else.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json


class Scope:
    """`context` answers `$$`, `variables` answer `$name`; neither is copied or changed here."""

    __slots__ = ("_random", "context", "variables")

    def __init__(self, context: dict[str, Json], variables: Mapping[str, Json], random: Random | None = None) -> None:
        self.context = context
        self.variables = variables
        self._random = random

    @property
    def random(self) -> Random:
        """The execution's random source; without one, a fixed sequence."""
        if self._random is None:
            self._random = Random(0)
        return self._random
