"""What the service says about JSON text that it cannot read: the words of its parser.

Recorded: sfn_api/test_invalid_start_execution_input, sfn_api_validation (NOT_A_DEF). The service reads JSON with
Jackson; texts beyond the recorded ones are *inferred* from that parser's messages.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NoReturn

from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from turnstile.document import Json

_VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_TOKEN = re.compile(r"[^\W\d][\w$]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?')
_PARTS = re.compile(r'("(?:[^"\\]|\\.)*")(?=\s*:)|"(?:[^"\\]|\\.)*"|[{}]')
"""Names, in a group, other texts, and the brackets of objects."""
_ZERO = re.compile(r"(?:^|[^\d.eE])-?0$")
_COMMENT = (
    "maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)"
)
_BETWEEN = "only regular white space (\\r, \\n, \\t) is allowed between tokens"
_LARGE = 255
_IN_NAME = " in field name"
_IN_STRING = ": was expecting closing quote for a string value"
_SOURCE_SHOWN = 500


def read_input(text: str) -> Json:
    """The document in the text of an execution's input.

    Raises:
        ServiceError: InvalidExecutionInput.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        problem = complaint(text) if text.strip() else "Invalid execution input."
    raise ServiceError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{problem}'")


def complaint(text: str) -> str | None:
    """Why the text is not JSON, None if it is."""
    found = _first_fault(text)
    return found[0] if found else None


def located_complaint(text: str) -> str | None:
    """The same of a definition, with the place; no name may stand twice in an object of it (*inferred*)."""
    found = _first_fault(text) or _first_twice(text)
    if found is None:
        return None
    message, consumed = found
    return f"{message}\n at {_source(text, consumed)}"


def _source(text: str, at: int) -> str:
    """A place in the text, as the parser writes places."""
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    shown = f'"{text[:_SOURCE_SHOWN]}"'
    if len(text) > _SOURCE_SHOWN:
        shown += f"[truncated {len(text) - _SOURCE_SHOWN} chars]"
    return f"[Source: (String){shown}; line: {line}, column: {column}]"


def _first_twice(text: str) -> tuple[str, int] | None:
    """The first name that stands twice in an object of sound JSON, and where it ends the second time."""
    opened: list[set[str]] = []
    for part in _PARTS.finditer(text):
        if part[0] in ("{", "}"):
            opened = [*opened, set()] if part[0] == "{" else opened[:-1]
        elif part[1] is not None:
            name = json.loads(part[1], strict=False)
            if name in opened[-1]:
                return f"Duplicate field '{name}'", part.end(1)
            opened[-1].add(name)
    return None


def _first_fault(text: str) -> tuple[str, int] | None:
    """The message, and how many characters the parser had taken."""
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return _fault(text, error)
    except ValueError as error:
        token = str(error)
        remedy = "enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow"
        return f"Non-standard token '{token}': {remedy}", text.index(token) + len(token)
    except RecursionError:
        return "The document is nested too deeply", len(text)
    return None


def _refuse_constant(token: str) -> NoReturn:
    raise ValueError(token)


def _fault(text: str, error: json.JSONDecodeError) -> tuple[str, int]:
    at = error.pos
    if error.msg.startswith("Illegal trailing comma"):
        at = next((i for i in range(at + 1, len(text)) if not text[i].isspace()), len(text))
    if error.msg.startswith("Unterminated string"):
        named = _container(text, at)[0] == "Object" and text[:at].rstrip()[-1:] in ("{", ",")
        return f"Unexpected end-of-input{_IN_NAME if named else _IN_STRING}", len(text)
    if at >= len(text):
        return f"Unexpected end-of-input{_left_open(text, error.msg)}", len(text)
    special = _special(text, at, error.msg)
    if special:
        return special, at + 1
    token = _TOKEN.match(text, at)
    if token and error.msg in ("Expecting value", "Extra data"):
        return f"Unrecognized token '{token[0]}': was expecting {_VALUES}", token.end()
    return f"Unexpected character ({_shown(text[at])}): {_wanted(text, at, error.msg)}", at + 1


def _wanted(text: str, at: int, problem: str) -> str:
    match problem:
        case "Expecting ':' delimiter":
            return "was expecting a colon to separate field name and value"
        case "Expecting ',' delimiter":
            return f"was expecting comma to separate {_container(text, at)[0]} entries"
        case _ if text[at] == "/":
            return _COMMENT
        case "Expecting value" | "Extra data" | "Unexpected UTF-8 BOM (decode using utf-8-sig)":
            return f"expected a valid value {_VALUES}"
        case _:
            return "was expecting double-quote to start field name"


def _left_open(text: str, problem: str) -> str:
    """What the end of the text leaves open, empty for a text of nothing."""
    container, start = _container(text, len(text))
    if start is None:
        return ""
    if problem == "Expecting ':' delimiter" or text.rstrip()[-1:] in (":", ","):
        return f" within/between {container} entries"
    return f": expected close marker for {container} (start marker at {_source(text, start)})"


def _special(text: str, at: int, problem: str) -> str:
    """Faults for which the parser has words of its own, empty for others."""
    if problem.startswith("Invalid control character"):
        remedy = "has to be escaped using backslash to be included in string value"
        return f"Illegal unquoted character ({_shown(text[at])}): {remedy}"
    if ord(text[at]) < ord(" "):
        return f"Illegal character ({_shown(text[at])}): {_BETWEEN}"
    if problem.startswith("Invalid \\escape") and text[at + 1 : at + 2] not in ("", "u"):
        return f"Unrecognized character escape {_shown(text[at + 1])}"
    if text[at].isdecimal() and _ZERO.search(text[:at]):
        return "Invalid numeric value: Leading zeroes not allowed"
    container, start = _container(text, at)
    if start is not None and text[at] in "]}" and problem == "Expecting ',' delimiter":
        wanted = "]" if container == "Array" else "}"
        opened = f"(for {container} starting at {_source(text, start)})"
        return f"Unexpected close marker '{text[at]}': expected '{wanted}' {opened}"
    return ""


def _shown(character: str) -> str:
    """A character as the parser shows it."""
    code = ord(character)
    if code < ord(" "):
        return f"(CTRL-CHAR, code {code})"
    return f"'{character}' (code {code}{f' / 0x{code:x}' if code > _LARGE else ''})"


def _container(text: str, at: int) -> tuple[str, int | None]:
    """What is open at a place, and where it begins: strings aside, the last bracket that was not closed."""
    opened: list[int] = []
    for index, character in enumerate(_STRING.sub(_blank, text[:at])):
        if character in "[{":
            opened.append(index)
        elif character in "]}" and opened:
            opened.pop()
    if not opened:
        return "Object", None
    return ("Array" if text[opened[-1]] == "[" else "Object"), opened[-1]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
