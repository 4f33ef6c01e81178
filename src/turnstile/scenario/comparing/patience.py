"""Patterns of expectations, none of which can keep a run waiting: regular expressions with a limit, and wildcards.

`(a+)+b` doubles its steps with every letter of a text, so an expression has a limited time; what takes longer has not
matched, and says so. Wildcards never go back and need no limit.
"""

from __future__ import annotations

import re

LONGEST = 1.0
"""Seconds that a text may take."""


class Impatience(Exception):  # noqa: N818 - named for what happened
    """A regular expression took too long; the message is one that users read."""


def matches_whole(expression: str, text: str) -> bool:
    """Whether the whole text matches; raises `Impatience`."""
    return _tried("fullmatch", expression, text)


def matches_anywhere(expression: str, text: str) -> bool:
    """Whether a part of the text matches; raises `Impatience`."""
    return _tried("search", expression, text)


def _tried(way: str, expression: str, text: str) -> bool:
    import regex  # noqa: PLC0415 - few expectations have expressions

    try:
        return getattr(regex, way)(expression, text, timeout=LONGEST) is not None
    except TimeoutError:
        message = f"the regular expression `{expression}` takes more than {LONGEST:g} s on this text"
        raise Impatience(message) from None


def bad_expression(expression: str) -> str:
    """What is wrong with a regular expression, empty if it is one."""
    import regex  # noqa: PLC0415 - as above

    try:
        re.compile(expression)
        regex.compile(expression)
    except (re.error, regex.error, OverflowError, RecursionError) as error:
        return str(error)
    return ""


def matches_wildcards(pattern: str, text: str) -> bool:
    """`*` is any text and `?` any character."""
    head, *pieces = pattern.split("*")
    if not pieces:
        return _stands(pattern, text, 0) and len(pattern) == len(text)
    last = pieces.pop()
    place = len(head)
    if not _stands(head, text, 0):
        return False
    for piece in pieces:
        found = next((at for at in range(place, len(text) - len(piece) + 1) if _stands(piece, text, at)), None)
        if found is None:
            return False
        place = found + len(piece)
    return len(text) - len(last) >= place and _stands(last, text, len(text) - len(last))


def _stands(piece: str, text: str, at: int) -> bool:
    """Whether a piece without stars stands in the text at a place."""
    if "?" not in piece:
        return text.startswith(piece, at)
    part = text[at : at + len(piece)]
    return len(part) == len(piece) and all(one in ("?", other) for one, other in zip(piece, part, strict=True))
