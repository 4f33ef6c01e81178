"""Documents as JSON text for people and programs: nothing in it moves a cursor or turns the reading direction.

JSON escapes C0 alone (RFC 8259, section 7); what else a terminal or the keeper of a log could obey is escaped here,
inside of strings, where alone it can stand.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.report.layout import COMMAND, UNSAFE

if TYPE_CHECKING:
    import re

    from turnstile.document import Json


def json_text(document: Json) -> str:
    """Indented JSON that ends with a line break."""
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    text = UNSAFE.sub(_escape, text)
    return COMMAND.sub(r"\1\\u005b", text) + "\n" if "##" in text else f"{text}\n"


def _escape(found: re.Match[str]) -> str:
    """A line break is that of the indentation."""
    return found[0] if found[0] == "\n" else json.dumps(found[0])[1:-1]
