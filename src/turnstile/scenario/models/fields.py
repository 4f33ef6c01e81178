"""The types of values in a scenario file, and what is wrong with a value that is none of them.

Only pydantic types; the keys of the format are in `file`.
"""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from turnstile.document import Json, compact
from turnstile.gate.link import Link
from turnstile.report.tally import KINDS
from turnstile.spelling import hint

_ORGANIZATION_ID = re.compile(r"o-[a-z0-9]{10,32}")
_FIRST_YEAR, _LAST_YEAR = 1971, 2999
_ALIAS = re.compile(r"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*")
_ENDS, _DAY, _WHOLE = 2, 86_400, 100
COVERED = (*KINDS, "total")
"""The kinds of coverage."""
_ACCOUNT_ID = re.compile(r"[0-9]{12}")


def _shown(value: Json) -> str:
    """A value inside a message, as JSON writes it; what cannot be seen in a text, by its number."""
    text = value if isinstance(value, str) else compact(value)
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def _document(value: Json) -> Json:
    if isinstance(value, dict) or (isinstance(value, str) and value):
        return value
    context = {"help": "write the document here, or the path of its file"}
    raise PydanticCustomError("wrong-type", "must be a mapping or the path of a file", context)


def _is_statement(value: Json) -> bool:
    return isinstance(value, list) or (isinstance(value, dict) and "Effect" in value)


def _named_policies(value: Json) -> Json:
    if isinstance(value, dict) and _is_statement(value.get("Statement")):
        context = {"help": "write it below a name of your choice: `NAME: {Version: ..., Statement: ...}`"}
        raise PydanticCustomError("wrong-type", "holds policies by name, and this is one policy", context)
    return value


def _account_id(value: Json) -> str:
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if _ACCOUNT_ID.fullmatch(text):
        return text
    context = {"id": _shown(value), "help": "write twelve digits, in quotes"}
    raise PydanticCustomError("account-id", "`{id}` is not an account id: it has twelve digits", context)


def _name(value: Json) -> Json:
    """Text that can be seen and stands on one line; whether it is text is looked at elsewhere."""
    if not isinstance(value, str):
        return value
    if not value.strip():
        raise PydanticCustomError("wrong-value", "must not be empty", {"help": "write some text"})
    if any("\ud800" <= one <= "\udfff" for one in value):
        context = {"help": "write the whole character"}
        raise PydanticCustomError("wrong-value", "has half of a surrogate pair, which is no character", context)
    if any(one < " " or one == "\x7f" for one in value):
        context = {"help": "write it on one line, without characters that cannot be seen"}
        raise PydanticCustomError("wrong-value", "has a line break or another control character in it", context)
    return value


def _version(value: Json) -> Json:
    if value == 1 and isinstance(value, (bool, float)):
        context = {"found": compact(value), "help": "write 1"}
        raise PydanticCustomError("wrong-value", "must be 1, not {found}", context)
    return value


def _organization_id(value: Json) -> str:
    if isinstance(value, str) and _ORGANIZATION_ID.fullmatch(value):
        return value
    context = {"id": _shown(value), "help": "write one like `o-a1b2c3d4e5`"}
    raise PydanticCustomError("organization-id", "`{id}` is not the id of an organization", context)


def _links(value: Json) -> list[str]:
    if value is None or value == []:
        context = {"found": "null" if value is None else "empty", "help": "name a link, or leave the key out for any"}
        raise PydanticCustomError("wrong-value", "`link` must be a link or a list of links, not {found}", context)
    codes = value if isinstance(value, list) else [value]
    known = [link.value for link in Link]
    for code in codes:
        if code not in known:
            context = {"link": _shown(code), "help": hint(_shown(code), known, "links")}
            raise PydanticCustomError("unknown-link", "`{link}` is not a link of the permission chain", context)
    return codes


def _instant(value: Json) -> str:
    context = {"time": _shown(value), "help": "write it as `2026-01-31T08:00:00Z`"}
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise PydanticCustomError("wrong-value", "`{time}` is not a time with its offset from UTC", context)
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        context |= {"first": str(_FIRST_YEAR), "last": str(_LAST_YEAR), "help": "choose a time in these years"}
        raise PydanticCustomError("wrong-value", "`{time}` is not in the years {first} to {last}", context)
    return str(value)


def _part(value: Json) -> Json:
    if value == {}:
        context = {"help": "name a member that must be there, or write `output: {}`"}
        raise PydanticCustomError("wrong-value", "`output_partial` is empty, which every mapping matches", context)
    return value


def _like(value: Json) -> Json:
    if value == {}:
        context = {"help": "name a member that must be there, or write `output: {}`"}
        raise PydanticCustomError("wrong-value", "`output_like` is empty, which every mapping matches", context)
    return value


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else value


def _interval(value: Json) -> tuple[float, float]:
    ends = (
        [item for item in value if isinstance(item, (int, float)) and not isinstance(item, bool)]
        if isinstance(value, list)
        else []
    )
    if ends == value and len(ends) == _ENDS and 0 < ends[0] <= ends[1] <= _DAY:
        return float(ends[0]), float(ends[1])
    context = {"help": "write the first interval and the longest, such as `[5, 60]`; a day at most"}
    raise PydanticCustomError("wrong-value", "`poll_seconds` is not an interval that grows", context)


def _alias(value: Json) -> str:
    if isinstance(value, str) and _ALIAS.fullmatch(value) and not _ACCOUNT_ID.fullmatch(value):
        return value
    context = {"alias": _shown(value), "help": "write 3 to 63 small letters, digits and single hyphens between them"}
    raise PydanticCustomError("wrong-value", "`{alias}` is no alias of an account", context)


def _bounds(value: Json) -> tuple[float | None, float | None]:
    if _is_number(value):
        return float(value), float(value)
    if isinstance(value, dict) and value and value.keys() <= {"at_least", "at_most"}:
        ends = list(value.values())
        if all(map(_is_number, ends)):
            return _ends(value)
    context = {"help": "write a number of seconds, or `{at_least: 60, at_most: 90}` with one of the two or both"}
    raise PydanticCustomError("wrong-value", "`virtual_seconds` is not a time", context)


def _ends(value: dict[str, float]) -> tuple[float | None, float | None]:
    low, high = value.get("at_least"), value.get("at_most")
    if low is not None and high is not None and low > high:
        context = {"help": "write the shorter time under `at_least`"}
        raise PydanticCustomError("wrong-value", "`at_most` of `virtual_seconds` is less than `at_least`", context)
    if not low and high is None:
        context = {"help": "write more than 0, or leave the key out"}
        raise PydanticCustomError("wrong-value", "`at_least` is 0, which every time is", context)
    return low, high


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < math.inf


def _counts(value: Json) -> dict[str, int]:
    if isinstance(value, dict) and value and all(isinstance(one, int) and _is_number(one) for one in value.values()):
        return value
    context = {"help": "write how often by type: `{TaskFailed: 2}`"}
    raise PydanticCustomError("wrong-value", "`event_counts` is not a mapping of types to whole numbers", context)


def _percents(value: Json) -> dict[str, float]:
    context = {"help": f"write percent by kind, one of {', '.join(COVERED)}: `{{states: 100}}`"}
    if not isinstance(value, dict) or not value:
        raise PydanticCustomError("wrong-value", "`coverage` is not a mapping of kinds to percent", context)
    for kind, percent in value.items():
        if kind not in COVERED:
            told = {"kind": _shown(kind), "help": hint(_shown(kind), COVERED, "kinds")}
            raise PydanticCustomError("wrong-value", "`{kind}` is no kind of coverage", told)
        if not _is_number(percent) or not 0 < percent <= _WHOLE:
            raise PydanticCustomError("wrong-value", "`coverage` is in percent, more than 0 and at most 100", context)
    return value


def _mark(value: Json) -> Json:
    if isinstance(value, str) and _MARK.fullmatch(value):
        return value
    context = {"help": "such as `slow` or `nightly`: letters, digits and `_`, without arguments"}
    raise PydanticCustomError("wrong-value", "a mark must be one word", context)


def _expected(value: Json) -> Json:
    if isinstance(value, dict) and value:
        return value
    context = {"help": "write keys of `expect`, or leave it out"}
    raise PydanticCustomError("wrong-type", "`expect` must be a mapping that says something", context)


_MARK = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SOME: dict[str, Json] = {"type": "object", "minProperties": 1}
_PERCENT: dict[str, Json] = {"type": "number", "exclusiveMinimum": 0, "maximum": 100}
_SECONDS: dict[str, Json] = {"type": "number", "minimum": 0}
_ENDS_OF_TIME: dict[str, Json] = {"at_least": _SECONDS, "at_most": _SECONDS}
_LINK: dict[str, Json] = {"enum": [link.value for link in Link]}

Document = Annotated[
    Json,
    BeforeValidator(_document),
    WithJsonSchema({"anyOf": [{"type": "object"}, {"type": "string", "minLength": 1}]}),
]
Policies = Annotated[dict[str, Document], BeforeValidator(_named_policies)]
AccountId = Annotated[
    str,
    BeforeValidator(_account_id),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": "^[0-9]{12}$"}, {"type": "integer", "minimum": 10**11}]}),
]
Alias = Annotated[
    str,
    BeforeValidator(_alias),
    WithJsonSchema({"type": "string", "minLength": 3, "maxLength": 63, "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}),
]
Partition = Literal["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"]
Name = Annotated[
    str,
    BeforeValidator(_name),
    WithJsonSchema({"type": "string", "pattern": r"^(?=.*\S)[^\u0000-\u001f\u007f]+$"}),
]
Mark = Annotated[
    str,
    BeforeValidator(_mark),
    WithJsonSchema({"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}),
]
Version = Annotated[Literal[1], BeforeValidator(_version), WithJsonSchema({"const": 1, "type": "integer"})]
OrganizationId = Annotated[
    str,
    BeforeValidator(_organization_id),
    WithJsonSchema({"type": "string", "pattern": "^o-[a-z0-9]{10,32}$"}),
]
Links = Annotated[
    list[str],
    BeforeValidator(_links),
    WithJsonSchema({"anyOf": [_LINK, {"type": "array", "items": _LINK, "minItems": 1}]}),
]
Instant = Annotated[str, BeforeValidator(_instant), WithJsonSchema({"type": "string"})]
Part = Annotated[Json, BeforeValidator(_part), WithJsonSchema({"not": {"type": "object", "maxProperties": 0}})]
Like = Annotated[Json, BeforeValidator(_like), WithJsonSchema({"not": {"type": "object", "maxProperties": 0}})]
Substitute = Annotated[str, BeforeValidator(_text), WithJsonSchema({"type": ["string", "number", "boolean"]})]
Interval = Annotated[
    tuple[float, float],
    BeforeValidator(_interval),
    WithJsonSchema({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}),
]
Bounds = Annotated[
    tuple[float | None, float | None],
    BeforeValidator(_bounds),
    WithJsonSchema({"anyOf": [_SECONDS, {**_SOME, "properties": _ENDS_OF_TIME, "additionalProperties": False}]}),
]
Counts = Annotated[
    dict[str, int],
    BeforeValidator(_counts),
    WithJsonSchema({**_SOME, "additionalProperties": {"type": "integer", "minimum": 0}}),
]
Percents = Annotated[
    dict[str, float],
    BeforeValidator(_percents),
    WithJsonSchema({**_SOME, "properties": dict.fromkeys(COVERED, _PERCENT), "additionalProperties": False}),
]
Expected = Annotated[Json, BeforeValidator(_expected), WithJsonSchema(_SOME)]
Switch = Literal["on", "off"]
Status = Literal["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "NOT_CREATED", "STUCK"]
