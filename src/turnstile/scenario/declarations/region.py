"""Is a text the name of a Region? Judged by its form, so that a Region that opens next year is one too.

Forms: botocore's partition data (as in `turnstile.arn`) and the words AWS makes the middle of a name from.
"""

from __future__ import annotations

from turnstile.spelling import nearest

_AREAS = (
    "us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx", "cn", "us-gov", "eusc-de",
    "us-iso", "us-isob", "eu-isoe", "us-isof",
)  # fmt: skip
_DIRECTIONS = (
    "north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest",
)  # fmt: skip
_FIELDS = 3
_EXAMPLE = "a Region is written like `us-east-1`"


def region_remedy(region: str) -> str | None:
    """A help line for what is no Region; None for a Region."""
    fields = region.rsplit("-", _FIELDS - 1)
    if len(fields) != _FIELDS or not fields[2].isdecimal():
        return _EXAMPLE
    area = fields[0] if fields[0] in _AREAS else nearest(fields[0], _AREAS)
    direction = fields[1] if fields[1] in _DIRECTIONS else nearest(fields[1], _DIRECTIONS)
    if area is None or direction is None:
        return _EXAMPLE
    meant = f"{area}-{direction}-{fields[2]}"
    return None if meant == region else f"did you mean `{meant}`?"
