"""Regular expressions in JSONPath filters, evaluated for a limited time.

A pattern may try for ever: `(a|aa)*b` doubles its steps with every letter. Neither a limit nor words of the service are
known: both are *inferred*.
"""

from __future__ import annotations

from turnstile.asl import errors

LONGEST = 1.0
"""Seconds that a text may take."""
_FLAGS = {"i": "IGNORECASE", "x": "VERBOSE", "m": "MULTILINE", "s": "DOTALL"}
"""Flags that change what is matched; Java's others (`d`, `u`, `U`) make no difference here."""


class Regular:
    """A compiled pattern, which a text must match as a whole."""

    __slots__ = ("_pattern",)

    def __init__(self, text: str, flags: str = "") -> None:
        """Compile it.

        Raises:
            ValueError: it is malformed.
        """
        import regex  # noqa: PLC0415 - few definitions have filters

        given = regex.V0
        for flag in flags:
            given |= getattr(regex, _FLAGS[flag]) if flag in _FLAGS else regex.V0
        try:
            self._pattern = regex.compile(text, given)
        except regex.error:
            raise ValueError(f"`{text}` is not a regular expression") from None

    def matches(self, text: str) -> bool:
        """Whether it matches the whole text.

        Raises:
            StatesError: it takes too long.
        """
        try:
            return self._pattern.fullmatch(text, timeout=LONGEST) is not None
        except TimeoutError:
            raise errors.runtime("The evaluation of a regular expression in a JSONPath filter took too long.") from None
