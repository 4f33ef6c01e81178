"""What the query language means for the fields of a state: which it may have, and what expressions may refer to.

Codes, texts and places were measured by users with ValidateStateMachineDefinition
(https://github.com/floci-io/floci/issues/2670, /issues/2745, /pull/2786). Compiles nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl import schema
from turnstile.asl.fields import broken
from turnstile.asl.finding import JSONATA, JSONATA_REFERENCE, Finding, Place
from turnstile.asl.sight import Sight, expression_in, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json

_FIXED = frozenset(
    {"Type", "Comment", "QueryLanguage", "Resource", "Next", "End", "Default", "Retry", "Label"}
    | {"Branches", "ItemProcessor", "Iterator"}
)
"""Fields of a state without expressions, and those with states of their own."""
_WORK = frozenset({"Task", "Parallel", "Map"})
_AFTER = frozenset({"Output", "Assign"})


def expressions(body: dict[str, Json], place: Place) -> Iterator[tuple[str, Sight, Place]]:
    """Every expression of a state, what it can see, and where it stands."""
    for name, value in body.items():
        if name == "Choices":
            yield from _rules(value, Sight.INPUT, (*place, name))
        elif name == "Catch":
            yield from _rules(value, Sight.ERROR, (*place, name))
        elif name not in _FIXED:
            after = name in _AFTER and body.get("Type") in _WORK
            yield from _inside(value, Sight.RESULT if after else Sight.INPUT, (*place, name))


def _rules(rules: Json, sight: Sight, place: Place) -> Iterator[tuple[str, Sight, Place]]:
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        for name in ("Condition", "Output", "Assign"):
            if isinstance(rule, dict) and name in rule:
                yield from _inside(rule[name], sight, (*place, index, name))


def _inside(value: Json, sight: Sight, place: Place) -> Iterator[tuple[str, Sight, Place]]:
    text = expression_in(value)
    if text is not None:
        yield text, sight, place
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _inside(member, sight, (*place, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inside(item, sight, (*place, index))


def findings(body: dict[str, Json], place: Place) -> Iterator[Finding]:
    """What is wrong with the expressions of a state."""
    from turnstile.asl.jsonata_names import refusals  # noqa: PLC0415 - JSONPath definitions need no grammar of JSONata
    from turnstile.asl.jsonata_tokens import BadSyntax  # noqa: PLC0415 - as above

    for text, sight, where in expressions(body, place):
        try:
            refused = refusals(text, members(sight))
        except BadSyntax as error:
            yield Finding(JSONATA, str(error), where)
        else:
            yield from (Finding(JSONATA_REFERENCE, message, where, _remedy(message)) for message in refused)


def _remedy(message: str) -> str:
    if message.startswith("Reference"):
        return "begin with `$states.input`, `$states.context` or a variable, as in `$states.input.order.id`"
    return "`Output` and `Assign` see `$states.result` in a Task, Parallel or Map, `$states.errorOutput` in its `Catch`"


def one_language(body: dict[str, Json], language: Json, place: Place) -> Iterator[Finding]:
    """Fields of the other query language."""
    own, foreign, other = (
        ("JSONata", schema.JSONPATH_ONLY, "JSONPath")
        if language == "JSONata"
        else ("JSONPath", schema.JSONATA_ONLY, "JSONata")
    )
    for name in body:
        if name in foreign:
            message = f"The QueryLanguage is set to '{own}', but field '{name}' is only supported for the '{other}'"
            yield broken(f"{message} QueryLanguage", place)
