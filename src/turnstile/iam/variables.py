"""Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and `${*}`, `${?}`, `${$}`.

A text is cut once into pieces; filling replaces the variables by values of one request. A filled value is
literal: wildcards inside it mean themselves (*inferred*). IAM User Guide, "IAM policy elements: Variables and
tags".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.iam.request import ContextValue


@dataclass(frozen=True, slots=True)
class Variable:
    """A key (in lower case) to look up in the request, and the text to take where it has no value."""

    key: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Literal:
    """Text in which `*` and `?` mean themselves."""

    text: str


Template: TypeAlias = "tuple[str | Literal | Variable, ...]"
"""A text of a policy, cut at its variables; in the plain pieces `*` and `?` may be wildcards."""

Filled: TypeAlias = "tuple[str | Literal, ...]"
"""A template without open variables."""

_VARIABLE = re.compile(
    r"""\$\{(?:
        (?P<character>[*?$])
        | \s*(?P<key>[^,'{}*?$]+?)\s*(?:,\s*'(?P<default>[^']*)'\s*)?
    )\}""",
    re.VERBOSE,
)


@lru_cache(maxsize=8192)
def template(text: str) -> Template:
    """The pieces of a text; what only looks like a variable stays text."""
    pieces: list[str | Literal | Variable] = []
    end = 0
    for found in _VARIABLE.finditer(text):
        pieces += [text[end : found.start()], _piece(found)]
        end = found.end()
    return tuple(piece for piece in (*pieces, text[end:]) if piece != "") or ("",)


def _piece(found: re.Match[str]) -> Literal | Variable:
    if found["character"]:
        return Literal(found["character"])
    return Variable(found["key"].lower(), found["default"])


def fill(pieces: Template, context: Mapping[str, ContextValue]) -> Filled | None:
    """The template with the values of a request, None where a variable has none.

    `context` has its keys in lower case. A multi-valued key cannot be a variable, it counts as having no
    value.
    """
    filled: list[str | Literal] = []
    for piece in pieces:
        if isinstance(piece, Variable):
            value = context.get(piece.key)
            text = value if isinstance(value, str) else piece.default
            if text is None:
                return None
            filled.append(Literal(text))
        else:
            filled.append(piece)
    return tuple(filled)


def has_variables(pieces: Template) -> bool:
    """A variable waits for the value of a request."""
    return any(isinstance(piece, Variable) for piece in pieces)


def plain(pieces: Filled) -> str:
    """The text of a filled template where nothing is a wildcard."""
    return "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)


def escape(text: str, *, wildcards: bool) -> str:
    """Text as version 2012-10-17 has to write it to mean itself; `wildcards`: so do `*` and `?`."""
    special = r"\$(?=\{)|[*?]" if wildcards else r"\$(?=\{)"
    return re.sub(special, lambda found: "${" + found[0] + "}", text)
