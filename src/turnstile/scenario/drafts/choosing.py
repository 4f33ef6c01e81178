"""What the rules of a Choice ask of the values they look at: values that lead past it rather than round in a circle.

Of several rules the first counts whose way neither fails nor comes back to the Choice, so that a draft goes on; values
of the others are of the right type and meet none of them. Reads a scope as written and runs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from turnstile.scenario.drafts.reading import MOMENT, NUMBER, TEXT, Read, expressions, meeting, paths, queries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json

States: TypeAlias = "Mapping[str, dict[str, Json]]"

_OPERATORS = {"GreaterThan": ">", "LessThan": "<"}
_OF_TYPE: Mapping[str, Json] = {"Numeric": NUMBER, "String": TEXT, "Boolean": True, "Timestamp": MOMENT}
_TESTS: Mapping[str, Json] = {
    "IsPresent": TEXT,
    "IsString": TEXT,
    "IsNumeric": NUMBER,
    "IsBoolean": True,
    "IsTimestamp": MOMENT,
}
_JOINTS = ("And", "Or", "Not")


def following(body: dict[str, Json]) -> Iterator[str]:
    """The states that may come after one in its scope."""
    for each in (body, *body.get("Choices", ()), *body.get("Catch", ())):
        yield from (each[name] for name in ("Next", "Default") if isinstance(each.get(name), str))


def reads(name: str, states: States, *, jsonata: bool) -> Iterator[Read]:
    """The paths of the rules of a Choice, those of the rule that leads on first."""
    rules = states[name].get("Choices", ())
    taken = next((rule for rule in rules if _leads_on(rule.get("Next", ""), name, states)), None)
    for rule in sorted(rules, key=lambda one: one is not taken):
        yield from _query(rule, meant=rule is taken) if jsonata else _rule(rule, meant=rule is taken)


def _leads_on(target: str, origin: str, states: States) -> bool:
    if states.get(target, {}).get("Type") in (None, "Fail"):
        return False
    seen, left = {target}, [target]
    while left:
        for after in following(states.get(left.pop(), {})):
            if after not in seen:
                seen.add(after)
                left.append(after)
    return origin not in seen


def _query(rule: dict[str, Json], *, meant: bool) -> Iterator[Read]:
    for text in expressions(rule.get("Condition")):
        for read in queries(text, TEXT):
            yield read if meant else Read(read.name, read.steps, _apart(read.sample))


def _rule(rule: dict[str, Json], *, meant: bool) -> Iterator[Read]:
    for joint in _JOINTS:
        inner = rule.get(joint, [])
        for place, one in enumerate(inner if isinstance(inner, list) else (inner,)):
            yield from _rule(one, meant=meant and joint != "Not" and not (joint == "Or" and place))
    if not isinstance(rule.get("Variable"), str):
        return
    for key, value in rule.items():
        if key not in ("Variable", "Next", "Comment", "Assign", "Output", *_JOINTS):
            yield from _comparison(rule["Variable"], key, value, meant=meant)


def _comparison(variable: str, key: str, value: Json, *, meant: bool) -> Iterator[Read]:
    if key in _TESTS or key == "IsNull":
        if value is (key != "IsNull") and meant:
            yield from paths(variable, _TESTS.get(key))
        elif key != "IsPresent":
            yield from paths(variable, TEXT)
        return
    kind = next((sample for start, sample in _OF_TYPE.items() if key.startswith(start)), TEXT)
    if key.endswith("Path"):
        yield from (read for text in (variable, str(value)) for read in paths(text, kind))
        return
    operator = next((sign for word, sign in _OPERATORS.items() if key.endswith(word)), "=")
    fits = value.replace("*", "") if key == "StringMatches" and isinstance(value, str) else meeting(operator, value)
    yield from paths(variable, fits if meant else _apart(value))


def _apart(value: Json) -> Json:
    """A value of the same type that is another."""
    return meeting("!=", value) if isinstance(value, str | int | float) else value
