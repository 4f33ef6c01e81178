"""What a lint rule has to say, and of which part of a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from turnstile.document import pointer, resolve

if TYPE_CHECKING:
    from turnstile.iam.policy import Policy, Statement


class Remark(NamedTuple):
    """A warning with the JSON pointer, inside the policy document, of what it is about."""

    place: str
    code: str
    message: str
    help: str = ""


def value_place(policy: Policy, statement: Statement, element: str, number: int) -> str:
    """The place of one value of `Action`, `Resource` or their negations, which may be a list or the value alone."""
    place = pointer(statement.pointer, element)
    try:
        listed = isinstance(resolve(policy.document, place), list)
    except (LookupError, TypeError):  # a policy that was never text
        listed = False
    return pointer(place, number) if listed else place
