"""Timestamps: RFC 3339 with an upper-case `T` and an upper-case `Z` or a numeric offset.

Specification: "Timestamps". Seconds since 1970 as an exact pair, so that equal instants in different zones are equal.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:(Z)|([-+])(\d\d):(\d\d))", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_timestamp(text: str) -> Fraction | None:
    """Seconds since 1970 in UTC, or None if the text is no timestamp.

    Seconds may be missing and the offset `Z` or `+hh:mm`, as Java's ISO offset date-time allows (inferred; that `T` and
    an offset are needed and fractions allowed is recorded in base.wait/test_wait_timestamppath).
    """
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    from fractions import Fraction  # noqa: PLC0415 - few definitions have timestamps

    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=_zone(match))
        return Fraction((moment - _EPOCH) // timedelta(seconds=1)) + Fraction(f"0.{match.group(7) or 0}")
    except (ValueError, OverflowError):
        return None


def _zone(match: re.Match[str]) -> timezone:
    if match.group(8):
        return UTC
    offset = timedelta(hours=int(match.group(10)), minutes=int(match.group(11)))
    return timezone(-offset if match.group(9) == "-" else offset)
