"""The functions of the template language whose arguments are plain values.

Spec: CloudFormation Template Reference, "Intrinsic function reference". What needs the names of a template (`Ref`,
`Fn::GetAtt`, `Fn::If`, ...) is in `resolver`. Pure.
"""

from __future__ import annotations

from base64 import b64encode
from ipaddress import ip_network
from itertools import islice
from typing import TYPE_CHECKING

from turnstile.document import Json, compact

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MOST_SUBNETS = 256
_LARGEST = 4 * 1024 * 1024
_ZONES = "abc"


class MisusedError(ValueError):
    """A function that was given something it does not take; the text says what, `remedy` what to do."""

    def __init__(self, message: str, remedy: str = "") -> None:
        self.remedy = remedy
        super().__init__(message)


def text(value: Json, of: str = "text") -> str:
    """A scalar as templates put it into text: `true` for true, digits for numbers.

    Raises:
        MisusedError: it is a list, an object or null.
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
    raise MisusedError(f"{of} is wanted, not {called(value)}")


def called(value: Json) -> str:
    """What a value is, in words."""
    match value:
        case None:
            return "null"
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            return "text"
    return f"`{text(value)}`"


def whole(value: Json, low: int, high: int, of: str) -> int:
    """A whole number, which templates may write as text.

    Raises:
        MisusedError: it is none, or outside of the bounds.
    """
    word = text(value, of)
    if not word.isascii() or not word.isdecimal() or len(word) > len(str(high)) or not low <= int(word) <= high:
        raise MisusedError(f"{of} from {low} to {high} is wanted, not `{word}`")
    return int(word)


def join(arguments: Json) -> Json:
    """`Fn::Join`: [delimiter, list]."""
    delimiter, values = _arguments("Fn::Join", arguments, "a delimiter and a list", 2)
    if not isinstance(values, list):
        raise MisusedError(f"`Fn::Join` joins a list, not {called(values)}")
    if not isinstance(delimiter, str):
        raise MisusedError(f"the delimiter of `Fn::Join` is text, not {called(delimiter)}")
    return bounded(delimiter.join(text(value, "text in the list of `Fn::Join`") for value in values))


def split(arguments: Json) -> Json:
    """`Fn::Split`: [delimiter, text]."""
    delimiter, value = _arguments("Fn::Split", arguments, "a delimiter and text", 2)
    if not isinstance(delimiter, str) or not delimiter:
        raise MisusedError("the delimiter of `Fn::Split` is text that is not empty")
    return text(value, "text for `Fn::Split`").split(delimiter)


def select(arguments: Json) -> Json:
    """`Fn::Select`: [index, list]."""
    index, values = _arguments("Fn::Select", arguments, "an index and a list", 2)
    if not isinstance(values, list):
        raise MisusedError(f"`Fn::Select` takes from a list, not from {called(values)}")
    if not values:
        raise MisusedError("`Fn::Select` takes from an empty list")
    return values[whole(index, 0, len(values) - 1, "an index of `Fn::Select`")]


def base64(argument: Json) -> Json:
    """`Fn::Base64`: text."""
    return b64encode(text(argument, "text for `Fn::Base64`").encode(errors="replace")).decode()


def cidr(arguments: Json) -> Json:
    """`Fn::Cidr`: [block, count, bits of each subnet (32 for IPv4 where left out: a single address)]."""
    if not isinstance(arguments, list) or len(arguments) not in (2, 3):
        raise MisusedError("`Fn::Cidr` takes a block of addresses, a count and a number of bits")
    try:
        block = ip_network(text(arguments[0], "a block of addresses"), strict=False)
    except ValueError as error:
        if isinstance(error, MisusedError):
            raise
        raise MisusedError(f"`{arguments[0]}` is not a block of addresses", "write it as `10.0.0.0/16`") from None
    count = whole(arguments[1], 1, _MOST_SUBNETS, "a count of `Fn::Cidr`")
    bits = whole(arguments[2], 0, block.max_prefixlen, "a number of bits") if len(arguments) > 2 else 0  # noqa: PLR2004 - the third
    prefix = block.max_prefixlen - bits
    if prefix < block.prefixlen:
        raise MisusedError(f"`{block}` has no subnets of {bits} bits")
    found = [str(subnet) for subnet in islice(block.subnets(new_prefix=prefix), count)]
    if len(found) < count:
        raise MisusedError(f"`{block}` has only {len(found)} subnets of {bits} bits, not {count}")
    return found


def to_json(argument: Json) -> Json:
    """`Fn::ToJsonString`: an object or a list."""
    if not isinstance(argument, dict | list):
        raise MisusedError(f"`Fn::ToJsonString` takes an object or a list, not {called(argument)}")
    return bounded(compact(argument))


def length(argument: Json) -> Json:
    """`Fn::Length`: a list."""
    if not isinstance(argument, list):
        raise MisusedError(f"`Fn::Length` counts a list, not {called(argument)}")
    return len(argument)


def zones(region: str) -> list[str]:
    """`Fn::GetAZs`: three zones in each Region (*inferred*: accounts see between two and six)."""
    return [region + letter for letter in _ZONES]


def bounded(value: str) -> str:
    """The text, if templates can hold it: functions inside each other can make it grow without end.

    Raises:
        MisusedError: it is longer than 4 MiB.
    """
    if len(value) > _LARGEST:
        raise MisusedError("the text is longer than 4 MiB")
    return value


def _arguments(name: str, arguments: Json, wanted: str, count: int) -> list[Json]:
    if not isinstance(arguments, list) or len(arguments) != count:
        raise MisusedError(f"`{name}` takes {wanted}")
    return arguments


PLAIN: Mapping[str, Callable[[Json], Json]] = {
    "Fn::Base64": base64,
    "Fn::Cidr": cidr,
    "Fn::Join": join,
    "Fn::Length": length,
    "Fn::Select": select,
    "Fn::Split": split,
    "Fn::ToJsonString": to_json,
}
"""The functions by name."""

EXTENSIONS = frozenset({"Fn::Length", "Fn::ToJsonString"})
"""Those that need the transform `AWS::LanguageExtensions`."""
