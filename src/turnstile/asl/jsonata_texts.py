"""What JSONata's error codes say, as AWS quotes them.

AWS puts the text of JSONata's reference implementation behind the code (recorded:
intrinsic_functions.math_operations_jsonata; reported with many more by users who measured the service,
https://github.com/floci-io/floci/issues/2737 and /pull/2783). The engines word some of them otherwise; this file gives
the code's own text wherever it needs nothing that only the engine knows.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.document import Json

_TOO_DEEP = "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive."

_TEXTS = {
    "S0101": "String literal must be terminated by a matching quote",
    "S0102": "Number out of range: {token}",
    "S0103": "Unsupported escape sequence: \\{token}",
    "S0104": "The escape sequence \\u must be followed by 4 hex digits",
    "S0105": "Quoted property name must be terminated with a backquote (`)",
    "S0106": "Comment has no closing tag",
    "S0201": "Syntax error: {token}",
    "S0202": "Expected {value}, got {token}",
    "S0203": "Expected {value} before end of expression",
    "S0204": "Unknown operator: {token}",
    "S0207": "Unexpected end of expression",
    "S0208": "Parameter {value} of function definition must be a variable name (start with $)",
    "S0209": "A predicate cannot follow a grouping expression in a step",
    "S0210": "Each step can only have one grouping expression",
    "S0211": "The symbol {token} cannot be used as a unary operator",
    "S0212": "The left side of := must be a variable name (start with $)",
    "S0213": "The literal value {value} cannot be used as a step within a path expression",
    "S0214": "The right side of {token} must be a variable name (start with $)",
    "S0301": "Empty regular expressions are not allowed",
    "S0302": "No terminating / in regular expression",
    "D1004": "Regular expression matches zero length string",
    "T1006": "Attempted to invoke a non-function",
    "T1008": "Attempted to partially apply a non-function",
    "T2001": "The left side of the {token} operator must evaluate to a number",
    "T2002": "The right side of the {token} operator must evaluate to a number",
    "T2003": "The left side of the range operator (..) must evaluate to an integer",
    "T2004": "The right side of the range operator (..) must evaluate to an integer",
    "T2006": "The right side of the function application operator ~> must be a function",
    "T2008": "The expressions within an order-by clause must evaluate to numeric or string values",
    "T2010": "The expressions either side of operator {token} must evaluate to numeric or string values",
    "D2014": (
        "The size of the sequence allocated by the range operator (..) must not exceed 1e6.  Attempted to allocate "
        "{value}."
    ),
    "D3001": "Attempting to invoke string function on Infinity or NaN",
    "D3010": "Second argument of replace function cannot be an empty string",
    "D3011": "Fourth argument of replace function must evaluate to a positive number",
    "D3012": "Attempted to replace a matched string with a non-string value",
    "D3020": "Third argument of split function must evaluate to a positive number",
    "D3030": "Unable to cast value to a number: {value}",
    "D3040": "Third argument of match function must evaluate to a positive number",
    "D3050": "The second argument of reduce function must be a function with at least two arguments",
    "D3060": "The sqrt function cannot be applied to a negative number: {value}",
    "D3086": (
        "The sub-picture must not contain a passive character that is preceded by an active character and that is "
        "followed by another active character"
    ),
    "D3110": "The argument of the toMillis function must be an ISO 8601 formatted timestamp. Given {value}",
    "D3138": "The $single() function expected exactly 1 matching result.  Instead it matched more.",
    "D3139": "The $single() function expected exactly 1 matching result.  Instead it matched 0.",
    "T0410": "Argument {index} of function {token} does not match function signature",
    "T0411": "Context value is not a compatible type with argument {index} of function {token}",
    "T0412": "Argument {index} of function {token} must be an array of {type}",
    "U1001": _TOO_DEEP,
}
BOUNDS = {
    "D1011": _TOO_DEEP,
    "U1001": _TOO_DEEP,
    "U1002": _TOO_DEEP,
    "D1012": "Expression evaluation timeout: Check for infinite loop",
    "D2015": "Expression evaluation memory limit exceeded: Check for excessive memory usage",
}
"""What stands behind a colon, without a code, when an expression needs too much (the timeout's text is inferred)."""

_CODE = re.compile(r"\b([DSTU]\d{4}): ?(.*)", re.DOTALL)
_OPERATOR = re.compile(r"(?:the |operator )([-+*/%&<>=!]+|and|or|in)\b|the (\S+) operator")
_INDEX = re.compile(r"[Aa]rgument (\d+)")
_VALUES = (re.compile(r"Cannot convert '(.*)' to number", re.DOTALL), re.compile(r"(?:^|: )(-?[\d.e+-]+)$"))
_TYPES = {"Number": "numbers", "String": "strings", "n": "numbers", "s": "strings"}
_ARRAY_OF = re.compile(r"array of \"?(\w+)")


def text_of(code: str, **parts: Json) -> str:
    """The text of a code; values in it are written as JSON, except in an escape sequence."""
    shown = {name: value if code == "S0103" else json.dumps(value, ensure_ascii=False) for name, value in parts.items()}
    return _TEXTS[code].format(**shown)


def split(message: str) -> tuple[str, str]:
    """The code in an engine's message, or nothing, and what follows it."""
    match = _CODE.search(message)
    return (match.group(1), match.group(2)) if match else ("", message)


def reworded(code: str, said: str, called: str | None) -> str:
    """AWS's text for a code, with what an engine `said`; `called` is the one function the expression calls, if one."""
    template = _TEXTS.get(code)
    if template is None:
        return said
    parts = _parts(template, said, called)
    return said if parts is None else text_of(code, **parts)


def _parts(template: str, said: str, called: str | None) -> dict[str, Json] | None:
    """The values for the places of a template, None if one cannot be known.

    Only first arguments are taken from the context.
    """
    finders: dict[str, tuple[str, Callable[[], Json]]] = {
        "{token}": ("token", lambda: called if "function {" in template else _operator(said)),
        "{index}": ("index", lambda: _first(_INDEX, said, int) or (1 if "Context" in template else None)),
        "{type}": ("type", lambda: _first(_ARRAY_OF, said, lambda word: _TYPES.get(word, word))),
        "{value}": ("value", lambda: _value(said)),
    }
    found = {name: find() for place, (name, find) in finders.items() if place in template}
    return None if None in found.values() else found


def _first(pattern: re.Pattern[str], said: str, read: Callable[[str], Json]) -> Json:
    match = pattern.search(said)
    return read(match.group(1)) if match else None


def _operator(said: str) -> str | None:
    match = _OPERATOR.search(said)
    return (match.group(1) or match.group(2)).strip('"') if match else None


def _value(said: str) -> Json:
    text = _first(_VALUES[0], said, str)
    return text if text is not None else _first(_VALUES[1], said, json.loads)
