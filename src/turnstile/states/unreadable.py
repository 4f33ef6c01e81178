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
    """The same with the place, as in findings about a definition."""
    found = _first_fault(text)
    if found is None:
        return None
    message, consumed = found
    line = text.count("\n", 0, consumed) + 1
    column = consumed - (text.rfind("\n", 0, consumed) + 1) + 1
    shown = f'"{text[:_SOURCE_SHOWN]}"'
    if len(text) > _SOURCE_SHOWN:
        shown += f"[truncated {len(text) - _SOURCE_SHOWN} chars]"
    return f"{message}\n at [Source: (String){shown}; line: {line}, column: {column}]"


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
        return "Unexpected end-of-input: was expecting closing quote for a string value", len(text)
    if at >= len(text):
        return "Unexpected end-of-input", len(text)
    token = _TOKEN.match(text, at)
    if token and error.msg in ("Expecting value", "Extra data"):
        return f"Unrecognized token '{token[0]}': was expecting {_VALUES}", token.end()
    return f"Unexpected character ('{text[at]}' (code {ord(text[at])})): {_wanted(text, at, error.msg)}", at + 1


def _wanted(text: str, at: int, problem: str) -> str:
    match problem:
        case "Expecting ':' delimiter":
            return "was expecting a colon to separate field name and value"
        case "Expecting ',' delimiter":
            return f"was expecting comma to separate {_container(text, at)} entries"
        case "Expecting value" | "Extra data":
            return f"expected a valid value {_VALUES}"
        case _:
            return "was expecting double-quote to start field name"


def _container(text: str, at: int) -> str:
    """What is open at a place: strings aside, the last bracket that was not closed."""
    opened: list[str] = []
    for character in _STRING.sub("", text[:at]):
        if character in "[{":
            opened.append(character)
        elif character in "]}" and opened:
            opened.pop()
    return "Array" if opened and opened[-1] == "[" else "Object"
