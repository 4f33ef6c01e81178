"""Regular expressions in JSONPath filters, evaluated for a limited time.

Filters come from jsonpath-ng, whose `=~` may try for ever: `(a+)+b` doubles its steps with every letter. Here every
`=~` of a filter is exchanged for one that gives up. Neither a limit nor words of the service are known: both are
*inferred*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from turnstile.asl import errors

if TYPE_CHECKING:
    from regex import Pattern

LONGEST = 1.0
"""Seconds that a text may take."""


class Match:
    """`target =~ pattern`, in the place of jsonpath-ng's own expression."""

    def __init__(self, target: Any, pattern: Pattern[str]) -> None:
        self.left = target  # where jsonpath-ng looks for references to the root
        self._pattern = pattern

    def find(self, datum: Any) -> list[Any]:
        """The texts that match.

        Raises:
            StatesError: it takes too long.
        """
        from jsonpath_ng import DatumInContext  # noqa: PLC0415 - only filters need the library

        return [found for found in self.left.find(DatumInContext.wrap(datum)) if self._matches(found.value)]

    def _matches(self, value: Any) -> bool:
        if not isinstance(value, str):
            return False
        try:
            return self._pattern.search(value, timeout=LONGEST) is not None
        except TimeoutError:
            raise errors.runtime("The evaluation of a regular expression in a JSONPath filter took too long.") from None


def limited(query: Any) -> Any:
    """A parsed filter with every `=~` in it limited.

    Raises:
        ValueError: a pattern is malformed.
    """
    import regex  # noqa: PLC0415 - few definitions have filters

    if getattr(query, "op", None) == "=~":
        try:
            return Match(limited(query.target), regex.compile(query.value))
        except regex.error:
            raise ValueError(f"`{query.value}` is not a regular expression") from None
    for name in ("expressions", "operands"):
        if hasattr(query, name):
            setattr(query, name, [limited(part) for part in getattr(query, name)])
    for name in ("target", "left", "right"):
        if getattr(query, name, None) is not None:
            setattr(query, name, limited(getattr(query, name)))
    return query
