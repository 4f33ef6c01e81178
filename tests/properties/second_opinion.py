"""A second evaluator of policies, written from the User Guide alone; it shares no code with the engine.

It reads raw documents, knows no classes and compiles nothing. `verdict` takes a case as `turnstile simulate` does.
"""

from __future__ import annotations

import base64
import ipaddress
import itertools
import re
from datetime import UTC, datetime

CONTROLLED = {"s3", "sqs", "kms", "sts", "secretsmanager", "dynamodb", "events", "codebuild", "logs", "ecr", "xray"}


def listed(value):
    return value if isinstance(value, list) else [value]


def characters(text, context=None):
    """The text as characters and wildcards (marked), variables filled in; None where one has no value."""
    found, at = [], 0
    while at < len(text):
        variable = context is not None and re.match(r"\$\{([^}]*)\}", text[at:])
        if variable:
            at += variable.end()
            inner = variable[1]
            if inner in ("*", "?", "$"):
                found += inner
                continue
            key, comma, default = inner.partition(",")
            value = context.get(key.strip().lower())
            if isinstance(value, str):
                found += value
            elif comma:
                found += default.strip().strip("'")
            else:
                return None
            continue
        found.append(("wild", text[at]) if text[at] in "*?" else text[at])
        at += 1
    return found


def like(pattern, text):
    """Dynamic programming over the two texts; every wildcard runs over anything."""
    reached = {0}
    for one in pattern:
        if one == ("wild", "*"):
            reached = set(range(min(reached), len(text) + 1)) if reached else set()
        else:
            fits = (lambda letter: True) if one == ("wild", "?") else one.__eq__
            reached = {at + 1 for at in reached if at < len(text) and fits(text[at])}
    return len(text) in reached


def cut(pattern, most):
    """A list of characters cut at its first colons."""
    fields = [[]]
    for one in pattern:
        if one == ":" and len(fields) < most:
            fields.append([])
        else:
            fields[-1].append(one)
    return fields


def arn_like(pattern, text):
    if pattern == [("wild", "*")]:
        return True
    wanted, found = cut(pattern, 6), cut(list(text), 6)
    if len(wanted) != len(found):
        return False
    return all(like(one, "".join(other)) for one, other in zip(wanted, found, strict=True))


def covers(pattern, resource, context):
    """A Resource value: variables after the fifth colon, what is missing of an ARN is a star."""
    if pattern == "*":
        return True
    head, tail = pattern.split(":", 5)[:5], pattern.split(":", 5)[5:]
    if len(head) + len(tail) < 6 and any(field.endswith("*") for field in head[:-1]):
        *fields, last = head
        if runs_on(fields, characters(last), resource):
            return True
    head += ["*"] * (5 - len(head))
    last = characters(tail[0], context) if tail else [("wild", "*")]
    if last is None:
        return False
    return runs_on(head, last, resource)


def runs_on(head, last, resource):
    """Fields before the last one: a star at the end of one runs on over colons."""
    ways = [range(1, 9) if field.endswith("*") else [1] for field in head]
    parts = resource.split(":")
    for sizes in itertools.product(*ways):
        at, good = 0, True
        for field, size in zip(head, sizes, strict=True):
            good = good and at + size < len(parts) and like(characters(field), ":".join(parts[at : at + size]))
            at += size
        if good and like(last, ":".join(parts[at:])):
            return True
    return False


def moment(text):
    if re.fullmatch(r"-?\d{5,}(\.\d+)?", text):
        return datetime.fromtimestamp(float(text), UTC)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


ORDER = {
    "LessThan": lambda a, b: a < b,
    "LessThanEquals": lambda a, b: a <= b,
    "GreaterThan": lambda a, b: a > b,
    "GreaterThanEquals": lambda a, b: a >= b,
    "Equals": lambda a, b: a == b,
}


PLAIN = {
    "IpAddress": lambda value, found: ipaddress.ip_address(found) in ipaddress.ip_network(value, strict=False),
    "Bool": lambda value, found: value.lower() == found.lower(),
    "BinaryEquals": lambda value, found: base64.b64decode(value) == base64.b64decode(found),
}


def equals(operator, value, found, context):
    """One policy value against one value of the request, negation put aside."""
    if operator.startswith(("Numeric", "Date")):
        read = float if operator.startswith("Numeric") else moment
        return ORDER[operator.removeprefix("Numeric").removeprefix("Date")](read(found), read(value))
    if operator in PLAIN:
        return PLAIN[operator](value, found)
    pattern = characters(value, context)
    return pattern is not None and similar(operator, pattern, found)


def similar(operator, pattern, found):
    if operator in ("ArnLike", "ArnEquals"):
        return arn_like(pattern, found)
    if operator == "StringLike":
        return like(pattern, found)
    text = "".join(one if isinstance(one, str) else one[1] for one in pattern)
    return text == found if operator == "StringEquals" else text.lower() == found.lower()


def condition_holds(operator, key, values, context, *, variables):
    found = context.get(key.lower())
    values = [str(value) for value in listed(values)]
    if operator == "Null":
        return (found in (None, [])) == (values[0] == "true")
    quantifier, _, rest = operator.rpartition(":")
    if_exists, rest = rest.endswith("IfExists"), rest.removesuffix("IfExists")
    plain = rest.replace("Not", "")
    negated = plain != rest
    if found is None:
        return if_exists or {"ForAllValues": True, "ForAnyValue": False, "": negated}[quantifier]

    def fits(one):
        known = context if variables else None
        return any(equals(plain, value, one, known) for value in values) != negated

    many = [fits(one) for one in listed(found)]
    return {"ForAllValues": all, "ForAnyValue": any, "": all}[quantifier](many)


def named(kinds, who):
    """How the caller stands among the principals: any of account, role, session; `*` is the session itself."""
    if who["foreign"]:
        return set()
    if kinds == "*":
        return {"session"}
    found = set()
    for kind, values in kinds.items():
        for value in listed(values):
            if kind == "Service":
                found |= {"session"} if value == who["arn"] else set()
            elif kind == "AWS":
                if value == "*" or (value == who["arn"] and not who["any_session"]):
                    found.add("session")
                elif value == who["role"]:
                    found.add("role")
                elif who["account"] and value in (who["account"], who["account_root"]):
                    found.add("session" if who["arn"] == who["account_root"] else "account")
    return found


def statement_applies(statement, document, case, context, who):
    variables = document.get("Version") == "2012-10-17"
    known = context if variables else None
    if "Principal" in statement and not named(statement["Principal"], who):
        return False
    if "NotPrincipal" in statement:
        needed = {"role" if who["any_session"] else "session"}
        needed |= set() if who["service"] or who["root"] else {"account"}
        needed |= {"role"} if who["role"] != who["arn"] else set()
        listing = statement["NotPrincipal"]
        everyone = listing == "*" or "*" in listed(listing.get("AWS", []))
        bounded = case.get("permission_boundaries") and not who["service"]
        if not bounded and (everyone or needed <= named(listing, who)):
            return False
    for name in ("Action", "NotAction"):
        if name in statement:
            patterns = (characters(one.lower()) for one in listed(statement[name]))
            if any(like(one, case["action"].lower()) for one in patterns) != (name == "Action"):
                return False
    for name in ("Resource", "NotResource"):
        if name in statement:
            covered = any(covers(one, case["resource"], known) for one in listed(statement[name]))
            if covered != (name == "Resource"):
                return False
    return all(
        condition_holds(operator, key, values, context, variables=variables)
        for operator, block in statement.get("Condition", {}).items()
        for key, values in block.items()
    )


def verdict(case):
    """`allowed`, `explicit_deny` or `implicit_deny`."""
    context = {key.lower(): value for key, value in case["context"].items()}
    arn, service = case["principal"], not case["principal"].startswith("arn:")
    fields = (arn if not service else ":" * 6).split(":")
    who = {
        "arn": arn,
        "service": service,
        "root": arn.endswith(":root"),
        "any_session": ":role/" in arn,
        "role": arn if service else context["aws:principalarn"],
        "account": fields[4],
        "account_root": f"arn:{fields[1]}:iam::{fields[4]}:root",
        "foreign": not service and case["resource"] != "*" and case["resource"].split(":")[1] != fields[1],
    }
    linked = ":role/aws-service-role/" in who["role"]
    own = [case[name] for name in ("resource_policy", "trust_policy") if case.get(name)]
    limited = not (service or linked or case.get("principal_in_management_account"))
    controlled = not (linked or case.get("resource_in_management_account"))
    controlled = controlled and case["action"].split(":")[0] in CONTROLLED
    own_policies = case.get("identity_policies", [])
    session = case.get("session_policies") or ":federated-user/" in arn
    groups = {
        "scp": case.get("scps", []) if limited else [],
        "rcp": case.get("rcps", []) if controlled else [],
        "resource": [own] if own else [],
        "identity": [] if service or (who["root"] and not own_policies) else [own_policies],
        "boundary": [] if service else [[one] for one in case.get("permission_boundaries", [])],
        "session": [case.get("session_policies", [])] if session and not service else [],
    }

    def matching(group, effect):
        return [
            statement
            for document in group
            for statement in listed(document["Statement"])
            if statement["Effect"] == effect and statement_applies(statement, document, case, context, who)
        ]

    if any(matching(group, "Deny") for layer in groups.values() for group in layer):
        return "explicit_deny"
    allows = {name: all(matching(group, "Allow") for group in layer) for name, layer in groups.items()}
    if not allows["scp"]:
        return "implicit_deny"
    granted = set()
    for statement in matching(own, "Allow"):
        granted |= named(statement["Principal"], who) if "Principal" in statement else {"session"}
    return "allowed" if enough(case, who, allows, granted) else "implicit_deny"


def enough(case, who, allows, granted):
    """The tables of the User Guide: who has to say yes besides the control policies."""
    limits = allows["boundary"] and allows["session"]
    everything = allows["identity"] and limits
    if who["service"]:
        return bool(granted)
    if who["foreign"] or case["resource_account"] != who["account"]:
        return bool(granted) and everything
    if "session" in granted or ("role" in granted and limits):
        return True
    must_name = case["action"] == "sts:AssumeRole" or (
        case["action"].startswith("kms:") and case.get("resource_policy")
    )
    return everything and (not must_name or "account" in granted or "role" in granted)
