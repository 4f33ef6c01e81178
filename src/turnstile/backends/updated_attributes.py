"""Which attributes an update of DynamoDB names, for `ReturnValues` of `UPDATED_NEW` and `UPDATED_OLD`.

The service shows every attribute that the update names, whether its value changed or not (API reference, UpdateItem).
The store shows those that changed, so it is asked for all, and what the update does not name is left out. Updates of
parts of attributes are left to the store.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call, Output

_WHOLE = {"UPDATED_NEW": "ALL_NEW", "UPDATED_OLD": "ALL_OLD"}
_CLAUSE = re.compile(r"\b(SET|REMOVE|ADD|DELETE)\s", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_PLAIN = re.compile(r"#?\w+")


def asked(call: Call) -> Call:
    """The call that asks for all attributes."""
    whole = _WHOLE.get(str(call.parameters.get("ReturnValues")))
    if whole is None or named(call.parameters) is None:
        return call
    return replace(call, parameters={**call.parameters, "ReturnValues": whole})


def shown(call: Call, output: Output) -> Output:
    """The answer with the attributes that the update names."""
    if call.parameters.get("ReturnValues") not in _WHOLE or "Attributes" not in output:
        return output
    names = named(call.parameters)
    if names is None:
        return output
    found = {name: value for name, value in output["Attributes"].items() if name in names}
    rest = {name: value for name, value in output.items() if name != "Attributes"}
    return {"Attributes": found, **rest} if found else rest


def named(members: Mapping[str, Json]) -> frozenset[str] | None:
    """The attributes of an update by expression; None where it is none, or names parts of attributes."""
    expression = members.get("UpdateExpression")
    if not isinstance(expression, str):
        return None
    places = members.get("ExpressionAttributeNames") or {}
    paths = list(_paths(expression))
    if not paths or any(_PLAIN.fullmatch(path) is None for path in paths):
        return None
    return frozenset(places.get(path, path) for path in paths)


def _paths(expression: str) -> Iterator[str]:
    while _IN_BRACKETS.search(expression):
        expression = _IN_BRACKETS.sub("", expression)
    _, *clauses = _CLAUSE.split(expression)
    for keyword, actions in zip(clauses[::2], clauses[1::2], strict=True):
        for action in actions.split(","):
            path = action.partition("=")[0] if keyword.upper() == "SET" else (action.split() or [""])[0]
            yield path.strip()
