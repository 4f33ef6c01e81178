"""Which variables each state refers to: the `variableReferences` of DescribeStateMachine.

Reads the document, not the tree, because only the document has every field. A variable that an expression binds itself
is none. Order and what counts as recorded: sfn_api_variable_references (states of branches and items stand beside the
others; a constant that looks like a path is none).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile.asl.fields_jsonata import expressions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json

_VARIABLE = re.compile(r"(?<![$\w])\$([^\W\d]\w*)")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_TEMPLATES = frozenset(
    {"Parameters", "ResultSelector", "Assign", "ItemSelector", "Credentials", "BatchInput", "Arguments", "Result"}
)
_NESTED = frozenset({"Branches", "ItemProcessor", "Iterator"})


def variable_references(definition: dict[str, Json]) -> dict[str, list[str]]:
    """The variables by state name, sorted; a state without any is left out. The definition must be sound."""
    language = definition.get("QueryLanguage", "JSONPath")
    return dict(_references(definition, language))


def _references(scope: dict[str, Json], language: str) -> Iterator[tuple[str, list[str]]]:
    for name, body in scope["States"].items():
        found = referred(body, language)
        if found:
            yield name, found
        for inner in (
            *body.get("Branches", ()),
            *(body[field] for field in ("ItemProcessor", "Iterator") if field in body),
        ):
            yield from _references(inner, language)


def referred(body: dict[str, Json], language: Json) -> list[str]:
    """The variables of one state, sorted, without those of states inside it; `language` is the machine's."""
    jsonata = body.get("QueryLanguage", language) == "JSONata"
    return sorted(set(_queried(body) if jsonata else _pathed(body)))


def _queried(body: dict[str, Json]) -> Iterator[str]:
    from turnstile.asl.jsonata_names import names  # noqa: PLC0415 - JSONPath definitions need no grammar of JSONata

    for text, _, _ in expressions(body, ()):
        yield from names(text).variables


def _pathed(value: Json) -> Iterator[str]:
    """The variables in the paths of an object of a state."""
    if isinstance(value, list):
        for item in value:
            yield from _pathed(item)
    elif isinstance(value, dict):
        for name, member in value.items():
            if name in _TEMPLATES:
                yield from _computed(member)
            elif name == "Variable" or name.endswith("Path"):
                yield from _mentioned(member)
            elif name not in _NESTED:
                yield from _pathed(member)


def _computed(value: Json) -> Iterator[str]:
    """The variables in the computed members of a payload template."""
    if isinstance(value, list):
        for item in value:
            yield from _computed(item)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _mentioned(member) if name.endswith(".$") else _computed(member)


def _mentioned(text: Json) -> Iterator[str]:
    """The variables in a path or a call; what is quoted is none."""
    if isinstance(text, str):
        yield from _VARIABLE.findall(_QUOTED.sub("''", text))
