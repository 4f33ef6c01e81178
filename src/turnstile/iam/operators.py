"""The condition operators as a table.

An operator tests one wanted value against one value of the request; how several values, absent keys, IfExists
and the set operators work together is in `conditions`. Source: IAM User Guide, "IAM JSON policy elements:
Condition operators"; reference/iam-evaluation.md section 3. A value that cannot be read as what the operator
compares is never equal, less or greater (*inferred*).
"""

from __future__ import annotations

import binascii
import ipaddress
import operator
import re
from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from turnstile.iam.match import arn_glob, glob
from turnstile.iam.variables import Filled, plain

if TYPE_CHECKING:
    from collections.abc import Callable

Test: TypeAlias = "Callable[[Filled, str], bool]"
"""Wanted value and value of the request: do they fit, before any negation?"""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The heart of an operator: its test, whether the answer is negated, whether it takes variables."""

    test: Test
    negated: bool = False
    variables: bool = False


class Quantifier(Enum):
    """How a set of request values is compared."""

    NONE = ""
    ALL = "ForAllValues:"
    ANY = "ForAnyValue:"


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator as written; `comparison` is None for `Null`."""

    quantifier: Quantifier
    comparison: Comparison | None
    if_exists: bool

    @property
    def absent(self) -> bool:
        """The answer where the request does not have the key.

        ForAnyValue with IfExists is true by the IfExists text, no example shows it (*inferred*).
        """
        match self.quantifier:
            case Quantifier.ALL:
                return True
            case Quantifier.ANY:
                return self.if_exists
            case Quantifier.NONE:
                return self.if_exists or (self.comparison is not None and self.comparison.negated)


def same(wanted: Filled, found: str) -> bool:
    """Equal texts."""
    return plain(wanted) == found


def same_letters(wanted: Filled, found: str) -> bool:
    """Equal texts but for the case of their letters."""
    return plain(wanted).lower() == found.lower()


def _like(wanted: Filled, found: str) -> bool:
    return glob(wanted).fullmatch(found) is not None


def _like_arn(wanted: Filled, found: str) -> bool:
    pattern = arn_glob(wanted)
    return pattern is not None and pattern.fullmatch(found) is not None


@lru_cache(maxsize=4096)
def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


_EPOCH = re.compile(r"-?\d+(\.\d+)?")
_YEAR_OR_MONTH = re.compile(r"(\d{4})(-\d{2})?")


@lru_cache(maxsize=4096)
def _date(text: str) -> datetime | None:
    """ISO 8601 or seconds since 1970; four digits are a year, no zone means UTC (*inferred*)."""
    try:
        if short := _YEAR_OR_MONTH.fullmatch(text):
            text = f"{short[1]}{short[2] or '-01'}-01"
        elif _EPOCH.fullmatch(text):
            return datetime.fromtimestamp(float(text), UTC)
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


@lru_cache(maxsize=4096)
def _bytes(text: str) -> bytes | None:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


@lru_cache(maxsize=4096)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _inside(wanted: Filled, found: str) -> bool:
    network, address = _network(plain(wanted)), _network(found)
    if network is None or address is None or "/" in found:
        return False
    return network.version == address.version and address.network_address in network


def _compared(read: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Test:
    """A test that reads both values and compares request value with wanted value."""

    def test(wanted: Filled, found: str) -> bool:
        left, right = read(found), read(plain(wanted))
        return left is not None and right is not None and compare(left, right)

    return test


_ORDERINGS: dict[str, tuple[Callable[[Any, Any], bool], bool]] = {
    "Equals": (operator.eq, False),
    "NotEquals": (operator.eq, True),
    "LessThan": (operator.lt, False),
    "LessThanEquals": (operator.le, False),
    "GreaterThan": (operator.gt, False),
    "GreaterThanEquals": (operator.ge, False),
}

COMPARISONS: dict[str, Comparison] = {
    "StringEquals": Comparison(same, variables=True),
    "StringNotEquals": Comparison(same, negated=True, variables=True),
    "StringEqualsIgnoreCase": Comparison(same_letters, variables=True),
    "StringNotEqualsIgnoreCase": Comparison(same_letters, negated=True, variables=True),
    "StringLike": Comparison(_like, variables=True),
    "StringNotLike": Comparison(_like, negated=True, variables=True),
    "ArnEquals": Comparison(_like_arn, variables=True),
    "ArnLike": Comparison(_like_arn, variables=True),
    "ArnNotEquals": Comparison(_like_arn, negated=True, variables=True),
    "ArnNotLike": Comparison(_like_arn, negated=True, variables=True),
    "Bool": Comparison(same_letters),
    "BinaryEquals": Comparison(_compared(_bytes, operator.eq)),
    "IpAddress": Comparison(_inside),
    "NotIpAddress": Comparison(_inside, negated=True),
    **{
        family + name: Comparison(_compared(read, compare), negated=negated)
        for family, read in (("Numeric", _number), ("Date", _date))
        for name, (compare, negated) in _ORDERINGS.items()
    },
}

OPERATORS: dict[str, Operator] = {
    "Null": Operator(Quantifier.NONE, None, if_exists=False),
    **{
        quantifier.value + name + suffix: Operator(quantifier, comparison, if_exists=bool(suffix))
        for quantifier in Quantifier
        for name, comparison in COMPARISONS.items()
        for suffix in ("", "IfExists")
    },
}
"""Every operator a policy may use, by the name it is written with."""
