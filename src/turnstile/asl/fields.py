"""Kinds of fields: what a value must be, and what AWS says when it is something else.

Each kind is a function from a value and its place to findings; `asl.schema` puts them in tables. Texts: recorded where
recorded-behaviour.md has them, else measured by users with ValidateStateMachineDefinition in September 2026
(https://github.com/badmintoncryer/cdk-preflight, https://github.com/floci-io/floci/issues/3733); the wording for wrong
types other than Integer is inferred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from turnstile.asl.finding import RESERVED_VARIABLE, SCHEMA, VARIABLE_NAME, Finding, Place
from turnstile.asl.intrinsic import parse_expression
from turnstile.asl.path import parse_path, parse_reference
from turnstile.asl.timestamp import parse_timestamp
from turnstile.document import Json
from turnstile.faults import Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind: TypeAlias = Callable[[Json, Place], Iterator[Finding]]

_LONGEST_VARIABLE = 80
_RESERVED = "states"


def broken(message: str, place: Place, remedy: str = "") -> Finding:
    """A finding of the schema."""
    return Finding(SCHEMA, message, place, remedy)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The remedy for a misspelt name, or nothing."""
    from difflib import get_close_matches  # noqa: PLC0415 - sound definitions need none

    near = get_close_matches(name, list(known), 1)
    return f"did you mean `{near[0]}`?" if near else ""


def anything(_value: Json, _place: Place) -> Iterator[Finding]:
    """No rule."""
    return iter(())


def text(value: Json, place: Place) -> Iterator[Finding]:
    """A string."""
    if not isinstance(value, str):
        yield broken("Expected value of type String", place)


def truth(value: Json, place: Place) -> Iterator[Finding]:
    """A boolean."""
    if not isinstance(value, bool):
        yield broken("Expected value of type Boolean", place)


def an_object(value: Json, place: Place) -> Iterator[Finding]:
    """An object, not looked into."""
    if not isinstance(value, dict):
        yield broken("Expected value of type Object", place)


def integer(least: int, most: int | None = None) -> Kind:
    """A whole number within bounds."""

    def check(value: Json, place: Place) -> Iterator[Finding]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield broken("Expected value of type Integer", place)
        else:
            yield from _bounded(value, least, most, place)

    return check


def number(least: float, most: float | None = None) -> Kind:
    """A number within bounds."""

    def check(value: Json, place: Place) -> Iterator[Finding]:
        if not isinstance(value, int | float) or isinstance(value, bool):
            yield broken("Expected value of type Float", place)
        else:
            yield from _bounded(value, least, most, place)

    return check


def _bounded(value: float, least: float, most: float | None, place: Place) -> Iterator[Finding]:
    if value < least:
        yield broken(f"Minimum value is {least}", place)
    if most is not None and value > most:
        yield broken(f"Maximum value is {most}", place)


def one_of(*allowed: str) -> Kind:
    """One of a few strings."""

    def check(value: Json, place: Place) -> Iterator[Finding]:
        if value not in allowed:
            yield broken(f"Value should be one of the following: [{', '.join(allowed)}]", place)

    return check


def timestamp(value: Json, place: Place) -> Iterator[Finding]:
    """A time with date, `T`, and `Z` or an offset."""
    if not isinstance(value, str) or parse_timestamp(value) is None:
        yield broken("String does not match RFC3339 timestamp", place, "write it like `2030-01-31T09:30:00Z`")


def path(value: Json, place: Place) -> Iterator[Finding]:
    """A path."""
    if not _reads(value, parse_path):
        yield broken("Value must be a valid JSONPath.", place, "a path begins with `$`, as in `$.order.id`")


def optional_path(value: Json, place: Place) -> Iterator[Finding]:
    """A path, or null."""
    return iter(()) if value is None else path(value, place)


def path_or_call(value: Json, place: Place) -> Iterator[Finding]:
    """A path, or a call of an intrinsic function."""
    if not _reads(value, parse_expression):
        yield broken(
            "Value must be a valid JSONPath.", place, "write a path or a call such as `States.Format('{}', $.a)`"
        )


def operand_path(value: Json, place: Place) -> Iterator[Finding]:
    """The path of a Choice rule."""
    if isinstance(value, str) and not value.startswith("$"):
        yield broken("Value is not a Reference Path: Reference path didn't start with '$'", place)
    else:
        yield from path(value, place)


def result_path(value: Json, place: Place) -> Iterator[Finding]:
    """A reference path into the document, or null."""
    if value is None:
        return
    faults = list(path(value, place))
    yield from faults
    if not faults and not _reads(value, parse_reference):
        yield broken("Value is not a Reference Path", place, "only names and indexes: `$.result`, `$.list[0]`")


def resource(value: Json, place: Place) -> Iterator[Finding]:
    """The ARN of a Task's resource; whether the service exists is for others to say."""
    if not isinstance(value, str) or not value.startswith("arn:"):
        yield broken("Value is not a valid resource ARN", place)


def filled(value: Json, place: Place) -> Iterator[Finding]:
    """An array with something in it; its elements are checked elsewhere."""
    if not isinstance(value, list):
        yield broken("Expected value of type Array", place)
    elif not value:
        yield broken("Value cannot be empty", place)


def template(value: Json, place: Place) -> Iterator[Finding]:
    """A payload template: computed members must be paths or calls. Elements of arrays count too."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from template(item, (*place, index))
    elif isinstance(value, dict):
        for name, member in value.items():
            if not name.endswith(".$"):
                yield from template(member, (*place, name))
            elif not _reads(member, parse_expression):
                yield _uncomputable(name, member, place)


def _uncomputable(name: str, member: Json, place: Place) -> Finding:
    message = f"The value for the field '{name}' must be a valid JSONPath or a valid intrinsic function call"
    return broken(message, place, _reason(member))


def _reason(member: Json) -> str:
    if not isinstance(member, str):
        return "the value of a computed member is text"
    try:
        parse_expression(member)
    except ValueError as error:
        return str(error)
    return ""


def object_template(value: Json, place: Place) -> Iterator[Finding]:
    """A payload template that must be an object (ResultSelector)."""
    return template(value, place) if isinstance(value, dict) else an_object(value, place)


def credentials(value: Json, place: Place) -> Iterator[Finding]:
    """An object with RoleArn, constant or computed."""
    if not isinstance(value, dict):
        yield from an_object(value, place)
    elif "RoleArn" not in value and "RoleArn.$" not in value:
        remedy = did_you_mean_role(value)
        yield broken("The field 'RoleArn' is required but was missing", place, remedy)
    else:
        yield from text(value.get("RoleArn", ""), (*place, "RoleArn"))
        yield from template(value, place)


def did_you_mean_role(value: dict[str, Json]) -> str:
    """The remedy for Credentials without RoleArn."""
    near = next((name for name in value if did_you_mean(name, ["RoleArn", "RoleArn.$"])), None)
    return f"rename `{near}` to `RoleArn`" if near else "name the role to assume: `RoleArn` or `RoleArn.$`"


def assign(value: Json, place: Place) -> Iterator[Finding]:
    """Variables and the templates of their values."""
    if not isinstance(value, dict):
        yield from an_object(value, place)
        return
    for name in value:
        yield from _variable(name.removesuffix(".$"), place)
    yield from template(value, place)


def assign_plainly(value: Json, place: Place) -> Iterator[Finding]:
    """Variables and their values, in JSONata."""
    if not isinstance(value, dict):
        yield from an_object(value, place)
        return
    for name in value:
        yield from _variable(name, place)


def credentials_plainly(value: Json, place: Place) -> Iterator[Finding]:
    """An object with RoleArn, in JSONata."""
    if not isinstance(value, dict):
        yield from an_object(value, place)
    elif "RoleArn" not in value:
        yield broken("The field 'RoleArn' is required but was missing", place, did_you_mean_role(value))
    else:
        yield from text(value["RoleArn"], (*place, "RoleArn"))


def _variable(name: str, place: Place) -> Iterator[Finding]:
    if name == _RESERVED:
        yield Finding(RESERVED_VARIABLE, f"Cannot assign to reserved variable '${name}'.", place)
    elif len(name) > _LONGEST_VARIABLE or not name.isidentifier():
        message = f"Invalid variable name '{name}': the variable name contains invalid characters."
        yield Finding(VARIABLE_NAME, message, place, "start with a letter; letters, digits and `_`; at most 80")


def _reads(value: Json, parse: Callable[[str], object]) -> bool:
    """Whether AWS could read the text; what only we cannot evaluate is refused later, by name."""
    if not isinstance(value, str):
        return False
    try:
        parse(value)
    except Unsupported:
        return True
    except ValueError:
        return False
    return True
