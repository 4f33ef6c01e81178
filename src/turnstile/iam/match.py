"""Matching of actions, resources and texts with wildcards.

`*` stands for any run of characters, `?` for one. In an ARN the first five fields are compared one by one and
a wildcard stays inside its field; the last field may contain colons. In a Resource value a star that ends a field
runs on over colons (IAM User Guide, "IAM JSON policy elements: Resource"). Patterns are compiled once. This file
knows neither statements nor requests. Rules: reference/iam-evaluation.md sections 2 and 3.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from turnstile.iam.variables import Filled, Literal, Template, plain, template

if TYPE_CHECKING:
    from collections.abc import Iterator

_STAR = ""
_FIELDS = 6
_GATEWAY = "execute-api:/"


@lru_cache(maxsize=16384)
def glob(pieces: Filled) -> re.Pattern[str]:
    """The pattern of a text whose wildcards run over everything."""
    return re.compile(_regex(_tokens(pieces, "."), "."), re.DOTALL)


@lru_cache(maxsize=16384)
def arn_glob(pieces: Filled) -> re.Pattern[str] | None:
    """The pattern of an ARN, None where the text has not six fields; a lone `*` stands for every text."""
    if pieces == ("*",):
        return glob(pieces)
    *heads, last = _fields(pieces)
    if len(heads) != _FIELDS - 1:
        return None
    fields = [_regex(_tokens(head, "[^:]"), "[^:]") for head in heads]
    return re.compile(":".join([*fields, _regex(_tokens(last, "."), ".")]), re.DOTALL)


@lru_cache(maxsize=16384)
def resource_glob(pieces: Filled) -> re.Pattern[str]:
    """The pattern of a Resource value: as that of an ARN, but a star that ends a field runs on over colons."""
    if pieces == ("*",):
        return glob(pieces)
    *heads, last = _fields(pieces)
    fields = [plain(head) for head in heads]
    if any("*" in field.rstrip("*") for field in fields):
        return re.compile(":".join([*map(_running, fields), _regex(_tokens(last, "."), ".")]), re.DOTALL)
    tokens = (token for field in fields for token in (*_tokens((field,), "[^:]"), ":"))
    return re.compile(_regex(chain(tokens, _tokens(last, ".")), "."), re.DOTALL)


@lru_cache(maxsize=8192)
def resource_templates(text: str, *, variables: bool) -> tuple[Template, ...]:
    """The readings of a Resource value, each in pieces; it covers what one of them covers.

    Variables count after the fifth colon only. An incomplete ARN is completed with `*` (*inferred*); where a star ends
    one of its fields, which may stand for several, it is read as it is as well. The short form
    `execute-api:/stage/...` of API Gateway stands for any API (*inferred*).
    """
    if text == "*":
        return ((text,),)
    if text.startswith(_GATEWAY):
        text = f"arn:*:execute-api:*:*:*/{text.removeprefix(_GATEWAY)}"
    fields = text.split(":", _FIELDS - 1)
    missing = _FIELDS - len(fields)
    fields += ["*"] * missing
    head = ":".join(fields[:-1]) + ":"
    whole = (head, *template(fields[-1])) if variables else (head, fields[-1])
    return (whole, (text,)) if missing and "*:" in text else (whole,)


@lru_cache(maxsize=65536)
def action_matches(pattern: str, action: str) -> bool:
    """An Action value covers an action; case has no meaning."""
    return pattern == "*" or glob((pattern.lower(),)).fullmatch(action.lower()) is not None


def _fields(pieces: Filled) -> list[Filled]:
    """The pieces cut at the first five colons that the policy itself wrote."""
    fields: list[list[str | Literal]] = [[]]
    for piece in pieces:
        if isinstance(piece, Literal):
            fields[-1].append(piece)
            continue
        first, *others = piece.split(":", _FIELDS - len(fields))
        fields[-1].append(first)
        fields += [[other] for other in others]
    return [tuple(field) for field in fields]


def _running(field: str) -> str:
    """The pattern of a field of which a star at the end runs on over colons."""
    kept = field.rstrip("*")
    return _regex(_tokens((kept,), "[^:]"), "[^:]") + ("" if kept == field else ".*")


def _tokens(pieces: Filled, one: str) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, Literal):
            if piece.text:
                yield re.escape(piece.text)
        else:
            for character in piece:
                yield _STAR if character == "*" else one if character == "?" else re.escape(character)


def _regex(tokens: Iterator[str], one: str) -> str:
    """A regular expression that never goes back over a star already passed, so no pattern can be slow."""
    runs = [""]
    for token in tokens:
        if token == _STAR:
            runs.append("")
        else:
            runs[-1] += token
    head, *rest = runs
    if not rest:
        return head
    between = "".join(f"(?>{one}*?{run})" for run in rest[:-1] if run)
    return f"{head}{between}{one}*{rest[-1]}"
