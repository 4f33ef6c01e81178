"""From a document to a `Policy`, or to every fault in it.

Nothing is repaired or passed over: an unknown element, operator or version is a fault, with the nearest known
word as help. Grammar: `iam.grammar`. What a policy means is not known here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.document import Json, pointer
from turnstile.faults import Rejected
from turnstile.iam import grammar, quota
from turnstile.iam.operators import OPERATORS
from turnstile.iam.policy import Condition, Effect, Kind, Policy, Principals, Statement
from turnstile.iam.principal_grammar import principal_fault
from turnstile.iam.reading import Reading, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.source import Origin


def parse(
    document: Json, *, kind: Kind, name: str, origin: Origin, arn: str | None = None, submitted: bool = False
) -> Policy:
    """Read a policy document.

    `name` is what reports call the policy, `origin` the place of the document, `arn` the ARN of a managed
    policy. `submitted` looks at it as IAM does when it is given the policy, which refuses more than the grammar does.

    Raises:
        Rejected: with every fault, each at its line.
    """
    reading = _PolicyReading(kind, origin, submitted=submitted)
    statements = reading.policy(document)
    reading.length(document, quota.longest(kind, arn))
    if reading.faults:
        raise Rejected(reading.faults)
    return Policy(kind, name, statements, origin, document.get("Version") == "2012-10-17", arn, document)


class _PolicyReading(Reading):
    """One policy being read, element by element."""

    def __init__(self, kind: Kind, origin: Origin, *, submitted: bool) -> None:
        super().__init__(kind, origin)
        self.submitted = submitted

    def policy(self, document: Json) -> tuple[Statement, ...]:
        if not isinstance(document, dict):
            self.fault(
                "",
                "policy-not-object",
                "a policy is an object",
                "write an object with `Version` and `Statement`",
            )
            return ()
        self.known_elements(document, grammar.POLICY_ELEMENTS, "")
        version = document.get("Version", grammar.VERSIONS[0])
        if version not in grammar.VERSIONS:
            message = f"{shown(version)} is not a version of the policy language"
            self.fault("/Version", "unknown-version", message, "write `2012-10-17`")
        if not isinstance(document.get("Id", ""), str):
            self.fault("/Id", "not-text", "`Id` is text", "put it in quotes")
        return self.statements(document)

    def length(self, document: Json, most: int | None) -> None:
        if most is not None and (size := quota.size(document)) > most:
            message = f"{grammar.CALLED[self.kind]} has at most {most:,} characters without white space, not {size:,}"
            self.fault("", "policy-too-long", message, "shorten it, or divide it into several policies")

    def statements(self, document: dict[str, Json]) -> tuple[Statement, ...]:
        if "Statement" not in document:
            self.fault("", "missing-statement", "the policy has no `Statement`", "add a list of statements")
            return ()
        written = document["Statement"]
        if written == []:
            self.fault("/Statement", "empty-list", "`Statement` is an empty list", "write at least one statement")
        if isinstance(written, list):
            places = [(f"/Statement/{index}", value) for index, value in enumerate(written)]
        else:
            places = [("/Statement", written)]
        for place, value in places:
            if not isinstance(value, dict):
                remedy = "write an object with `Effect` and `Action`"
                self.fault(place, "statement-not-object", "a statement is an object", remedy)
        return tuple(
            self.statement(value, index, place)
            for index, (place, value) in enumerate(places)
            if isinstance(value, dict)
        )

    def statement(self, written: dict[str, Json], index: int, place: str) -> Statement:
        self.known_elements(written, grammar.STATEMENT_ELEMENTS, place)
        if not isinstance(sid := written.get("Sid", ""), str):
            self.fault(f"{place}/Sid", "not-text", "`Sid` is text", "put it in quotes")
        actions, not_actions = self.actions(written, place)
        resources, not_resources = self.resources(written, place)
        statement = Statement(
            index,
            str(sid),
            self.effect(written, place),
            actions,
            not_actions,
            resources,
            not_resources,
            self.principals(written, place),
            self.conditions(written, place),
            place,
        )
        if self.kind is Kind.RCP:
            self.resource_control(statement)
        return statement

    def effect(self, written: dict[str, Json], place: str) -> Effect:
        if "Effect" not in written:
            self.fault(place, "missing-effect", "the statement has no `Effect`", "write `Allow` or `Deny`")
        elif written["Effect"] not in ("Allow", "Deny"):
            message = f"{shown(written['Effect'])} is not an effect"
            self.fault(f"{place}/Effect", "bad-effect", message, "write `Allow` or `Deny`, spelled exactly so")
        else:
            return Effect(written["Effect"])
        return Effect.DENY

    def actions(self, written: dict[str, Json], place: str) -> tuple[tuple[str, ...], bool]:
        name = self.one_of(written, "Action", place)
        if name is None:
            remedy = "add `Action` with what the statement is about"
            self.fault(place, "missing-action", "the statement has neither `Action` nor `NotAction`", remedy)
            return (), False
        values = self.texts(written[name], pointer(place, name), name)
        for where, value in values:
            if not grammar.ACTION.fullmatch(value):
                message = f"`{value}` is not an action"
                self.fault(
                    where,
                    "bad-action",
                    message,
                    "write `service:Action` such as `lambda:InvokeFunction`, or `*`",
                )
        if self.submitted and self.kind is Kind.TRUST:
            self.trust_actions(name, values, pointer(place, name))
        return tuple(value for _, value in values), name == "NotAction"

    def trust_actions(self, name: str, values: Iterable[tuple[str, str]], place: str) -> None:
        """IAM takes the few actions that make a session, each in full."""
        remedy = "write `sts:AssumeRole`: what the role may do stands in its own policies"
        if name == "NotAction":
            self.fault(place, "trust-action", f"{grammar.CALLED[self.kind]} has no `NotAction`", remedy)
            return
        for where, value in values:
            if grammar.ACTION.fullmatch(value) and value.lower() not in grammar.TRUST_ACTIONS:
                message = (
                    f"`{value}` is no action of a trust policy: it names STS AssumeRole actions only, each in full"
                )
                self.fault(where, "trust-action", message, remedy)

    def resources(self, written: dict[str, Json], place: str) -> tuple[tuple[str, ...], bool]:
        name = self.one_of(written, "Resource", place)
        if self.kind is Kind.TRUST:
            if name is not None:
                message = f"{grammar.CALLED[self.kind]} has no `{name}`"
                self.fault(
                    pointer(place, name),
                    "unexpected-resource",
                    message,
                    "remove it: the resource is the role itself",
                )
            return (), False
        if name is None and self.kind is Kind.RESOURCE:
            return (), False  # what the policy is attached to: IAM User Guide, "Overview of JSON policies"
        if name is None:
            remedy = 'write `"Resource": "*"` or the ARNs the statement is about'
            self.fault(place, "missing-resource", "the statement has neither `Resource` nor `NotResource`", remedy)
            return (), False
        values = self.texts(written[name], pointer(place, name), name)
        for where, value in values:
            if not grammar.RESOURCE.fullmatch(value):
                self.fault(
                    where,
                    "bad-resource",
                    f"`{value}` is not an ARN",
                    "write an ARN, with wildcards if need be, or `*`",
                )
        return tuple(value for _, value in values), name == "NotResource"

    def principals(self, written: dict[str, Json], place: str) -> Principals | None:
        name = self.one_of(written, "Principal", place)
        if self.kind not in grammar.WITH_PRINCIPAL:
            if name is not None:
                message = f"{grammar.CALLED[self.kind]} has no `{name}`"
                remedy = "remove it: the principal is who the policy is attached to"
                self.fault(pointer(place, name), "unexpected-principal", message, remedy)
            return None
        if name is None:
            remedy = 'write for example `"Principal": {"Service": "states.amazonaws.com"}`'
            self.fault(place, "missing-principal", "the statement has no `Principal`", remedy)
            return None
        where = pointer(place, name)
        if name == "NotPrincipal" and self.kind in grammar.WITHOUT_NOT_PRINCIPAL:
            message = f"{grammar.CALLED[self.kind]} has no `NotPrincipal`"
            remedy = "name who is meant in `Principal`, and narrow it with a condition"
            self.fault(where, "unexpected-not-principal", message, remedy)
        return Principals(tuple(self.principal_entries(written[name], where)), name == "NotPrincipal", where)

    def principal_entries(self, written: Json, place: str) -> Iterable[tuple[str, str]]:
        if written == "*":
            return [("*", "*")]
        if not isinstance(written, dict) or not written:
            remedy = 'write `"*"`, or an object such as `{"AWS": "arn:aws:iam::111122223333:role/name"}`'
            self.fault(place, "bad-principal", f"{shown(written)} is not a principal", remedy)
            return []
        return [entry for kind in written for entry in self.principal_kind(kind, written[kind], place)]

    def principal_kind(self, kind: str, written: Json, place: str) -> Iterable[tuple[str, str]]:
        where = pointer(place, kind)
        if kind not in grammar.PRINCIPAL_KINDS:
            message = f"{shown(kind)} is not a kind of principal"
            self.fault(where, "unknown-principal-kind", message, nearest(kind, grammar.PRINCIPAL_KINDS))
            return []
        values = self.texts(written, where, kind)
        for at, value in values:
            if fault := principal_fault(kind, value):
                self.fault(at, *fault)
        return [(kind, value) for _, value in values]

    def conditions(self, written: dict[str, Json], place: str) -> tuple[Condition, ...]:
        block = written.get("Condition", {})
        where = f"{place}/Condition"
        if not isinstance(block, dict):
            remedy = 'write for example `{"StringEquals": {"sts:ExternalId": "x"}}`'
            self.fault(where, "condition-not-object", "`Condition` is an object of operators", remedy)
            return ()
        found = (self.operator(operator, keys, pointer(where, operator)) for operator, keys in block.items())
        return tuple(condition for conditions in found for condition in conditions)

    def operator(self, operator: str, keys: Json, place: str) -> list[Condition]:
        if operator not in OPERATORS:
            message = f"{shown(operator)} is not a condition operator"
            self.fault(place, "unknown-operator", message, nearest(operator, OPERATORS))
        if not isinstance(keys, dict):
            message = f"{shown(operator)} holds an object of condition keys"
            self.fault(place, "condition-not-object", message, "write each key with the values it is compared to")
            return []
        return [self.condition(operator, key, values, pointer(place, key)) for key, values in keys.items()]

    def condition(self, operator: str, key: str, written: Json, place: str) -> Condition:
        if not grammar.CONDITION_KEY.fullmatch(key):
            remedy = "a key has a prefix, such as `sts:ExternalId` or `aws:SourceArn`"
            self.fault(place, "bad-condition-key", f"{shown(key)} is not a condition key", remedy)
        if written == []:
            self.fault(place, "empty-list", f"{shown(key)} has an empty list of values", "name at least one value")
        values = written if isinstance(written, list) else [written]
        for value in values:
            if not isinstance(value, str | int | float):
                remedy = "write text, a number, `true` or `false`, or a list of them"
                self.fault(place, "bad-condition-value", f"{shown(value)} is not a condition value", remedy)
        return Condition(operator, key, tuple(map(_as_text, values)), place)

    def resource_control(self, statement: Statement) -> None:
        """Customer RCPs hold Deny statements for `*` only; `RCPFullAWSAccess` may be written down as well."""
        place = statement.pointer
        everyone = statement.principals and statement.principals.entries in ((("*", "*"),), (("AWS", "*"),))
        if statement.principals and not everyone:
            remedy = 'write `"Principal": "*"` and narrow it with a condition'
            self.fault(
                statement.principals.pointer,
                "rcp-principal",
                "a resource control policy is for `*` only",
                remedy,
            )
        if statement.not_actions:
            message = "a resource control policy has no `NotAction`"
            self.fault(f"{place}/NotAction", "rcp-not-action", message, "name the actions in `Action`")
        full = (statement.actions, statement.resources, statement.conditions) == (("*",), ("*",), ())
        if statement.effect is Effect.ALLOW and not full:
            self.fault(place, "rcp-allow", "a resource control policy cannot allow", 'write `"Effect": "Deny"`')


def _as_text(value: Json) -> str:
    """A condition value as text: JSON's own spelling of numbers and booleans."""
    return value if isinstance(value, str) else json.dumps(value, default=str)
