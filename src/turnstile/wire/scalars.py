"""Single values as text: in XML, in forms, in headers, in paths and queries. Shapes are botocore's."""

from __future__ import annotations

import base64
import json
import math
import re
from typing import TYPE_CHECKING, Any

from turnstile.wire.content import BASE64, content, encoded, from_base64, instant, on_the_wire, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from turnstile.document import Json

_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
_VALUES = re.compile(r'(?:^|(?<=,))\s*("(?:\\"|[^"])*"|[^,]*)\s*(?=,|$)')
"""Values between commas: quoted, with quotes in them behind a backslash, or plain."""

_SPECIAL = {"Infinity": math.inf, "-Infinity": -math.inf, "NaN": math.nan}


def read(given: str, shape: Any, name: str = "") -> Json:
    """The value that a text stands for.

    Raises:
        ValueError: it stands for none.
    """
    reader = _READERS.get(shape.type_name)
    return reader(given, name) if reader else given


def _boolean(given: str, _: str) -> bool:
    if given.lower() not in _BOOLEANS:
        raise ValueError(f"{given} is not true or false")
    return _BOOLEANS[given.lower()]


def _blob(given: str, name: str) -> str:
    return blob(from_base64(given), name)


def blob(given: bytes, name: str) -> str:
    """How the bytes of a member stand in parameters."""
    return encoded(given) if name in BASE64 else text(given)


def number(given: str | float) -> float:
    """A floating-point number, which may be one that JSON lacks.

    Raises:
        ValueError: it is none.
    """
    if isinstance(given, str):
        return _SPECIAL[given] if given in _SPECIAL else float(given)
    return given


_READERS: dict[str, Callable[[str, str], Json]] = {
    "boolean": _boolean,
    "integer": lambda given, _: int(given),
    "long": lambda given, _: int(given),
    "float": lambda given, _: number(given),
    "double": lambda given, _: number(given),
    "blob": _blob,
    "timestamp": lambda given, _: instant(given),
}


def write(value: Json, shape: Any, time_format: str) -> str:
    """The text for a value; `time_format` is that of times whose shape names none."""
    match shape.type_name:
        case "boolean":
            return "true" if value else "false"
        case "timestamp":
            return str(on_the_wire(value, shape.serialization.get("timestampFormat", time_format)))
        case "blob":
            return base64.b64encode(content(value)).decode()
        case "float" | "double":
            return special(value) or str(value)
    return str(value)


def special(value: Json) -> str:
    """The name of a number that JSON lacks; empty for every other value."""
    if not isinstance(value, float) or math.isfinite(value):
        return ""
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def is_json(shape: Any) -> bool:
    """Text that holds a JSON document, in Base64 where it stands in a header."""
    return bool(shape.serialization.get("jsonvalue"))


def read_header(given: str, shape: Any) -> Json:
    """The value of a header.

    Raises:
        ValueError: it has none of that type.
    """
    if shape.type_name == "list":
        parts = _split(given) if shape.member.type_name != "timestamp" else _moments(given)
        return [read_header(part, shape.member) for part in parts]
    if is_json(shape):
        return json.loads(from_base64(given))
    return read(given, shape)


def write_header(value: Json, shape: Any) -> str:
    """The text of a header."""
    if shape.type_name == "list":
        return ",".join(_quoted(write_header(each, shape.member), shape.member) for each in value)
    if is_json(shape):
        return base64.b64encode(json.dumps(value, separators=(",", ":")).encode()).decode()
    return " ".join(write(value, shape, "rfc822").splitlines())


def _quoted(text: str, shape: Any) -> str:
    return '"' + text.replace('"', '\\"') + '"' if shape.type_name == "string" and set(text) & set('",') else text


def _split(given: str) -> list[str]:
    """The values between commas, of which some may be quoted."""
    return [
        part[1:-1].replace('\\"', '"') if part.startswith('"') and part.endswith('"') else part.strip()
        for part in _VALUES.findall(given)
    ]


def _moments(given: str) -> list[str]:
    """Times between commas; those of RFC 822 have a comma each."""
    parts = [part.strip() for part in given.split(",")]
    if not given[:1].isalpha():
        return parts
    return [", ".join(parts[place : place + 2]) for place in range(0, len(parts), 2)]
