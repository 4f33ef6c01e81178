"""A rule of a Choice state in a few words: `$.status is "ok"`, `not $.n > 3`. Specification: "Choice State"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile.document import compact

if TYPE_CHECKING:
    from turnstile.document import Json

_RELATIONS = {
    "GreaterThanEquals": "≥",
    "LessThanEquals": "≤",
    "GreaterThan": ">",
    "LessThan": "<",
    "Equals": "is",
    "Matches": "like",
}
_COMPARISON = re.compile(rf"(?:Numeric|String|Boolean|Timestamp)({'|'.join(_RELATIONS)})(?:Path)?")
_TESTS = {
    "IsPresent": "present",
    "IsNull": "null",
    "IsString": "a text",
    "IsNumeric": "a number",
    "IsBoolean": "a boolean",
    "IsTimestamp": "a timestamp",
}


def summary(rule: Json) -> str:
    """The rule for reading; what is no rule gives an empty text."""
    if not isinstance(rule, dict):
        return ""
    if "Condition" in rule:
        return re.sub(r"^\{%\s*|\s*%\}$", "", str(rule["Condition"]))
    for field, word in (("And", " and "), ("Or", " or ")):
        if isinstance(rule.get(field), list):
            return word.join(summary(one) for one in rule[field])
    if "Not" in rule:
        return f"not ({summary(rule['Not'])})"
    return _comparison(rule)


def _comparison(rule: dict[str, Json]) -> str:
    subject = str(rule.get("Variable", ""))
    for operator, operand in rule.items():
        if operator in _TESTS:
            return f"{subject} is {'' if operand is not False else 'not '}{_TESTS[operator]}"
        if found := _COMPARISON.fullmatch(operator):
            shown = operand if operator.endswith("Path") else compact(operand)
            return f"{subject} {_RELATIONS[found[1]]} {shown}"
    return subject
