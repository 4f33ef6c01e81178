"""Policies and statements written back as JSON, in the order in which people write the elements.

The inverse of `iam.parse`; a list of one value becomes the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.iam.policy import Kind

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.iam.policy import Condition, Principals, Statement


def policy(statements: tuple[Statement, ...], kind: Kind, *, variables: bool) -> dict[str, Json]:
    """A whole policy document; `variables` as `Policy.variables`, it decides the version."""
    version = "2012-10-17" if variables else "2008-10-17"
    return {"Version": version, "Statement": [document(statement, kind) for statement in statements]}


def document(statement: Statement, kind: Kind) -> dict[str, Json]:
    """The statement as a JSON object; a trust policy has no Resource, that of another resource need not have one."""
    written: dict[str, Json] = {"Sid": statement.sid} if statement.sid else {}
    written["Effect"] = statement.effect.value
    if statement.principals:
        written["NotPrincipal" if statement.principals.negated else "Principal"] = _principals(statement.principals)
    written["NotAction" if statement.not_actions else "Action"] = _values(statement.actions)
    if kind is not Kind.TRUST and statement.resources:
        written["NotResource" if statement.not_resources else "Resource"] = _values(statement.resources)
    if statement.conditions:
        written["Condition"] = _conditions(statement.conditions)
    return written


def _principals(principals: Principals) -> Json:
    if principals.entries == (("*", "*"),):
        return "*"
    kinds = dict.fromkeys(kind for kind, _ in principals.entries)
    return {kind: _values(tuple(value for of, value in principals.entries if of == kind)) for kind in kinds}


def _conditions(conditions: tuple[Condition, ...]) -> Json:
    written: dict[str, dict[str, Json]] = {}
    for condition in conditions:
        written.setdefault(condition.operator, {})[condition.key] = _values(condition.values)
    return written


def _values(values: tuple[str, ...]) -> Json:
    return values[0] if len(values) == 1 else list(values)
