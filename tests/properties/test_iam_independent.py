"""The engine decides as a second evaluator does that shares no code with it: mixes of every layer, drawn by seed."""

from __future__ import annotations

import random
import re

import pytest
from tests.properties.second_opinion import verdict

from turnstile.iam.case import read_case
from turnstile.iam.evaluate import evaluate
from turnstile.source import unwritten

HOME, ABROAD, THIRD = "111111111111", "222222222222", "333333333333"
TARGETS = [
    ("sqs:SendMessage", "arn:{p}:sqs:{r}:{a}:queue-11"),
    ("s3:GetObject", "arn:{p}:s3:::data-7/in/a:b.json"),
    ("dynamodb:GetItem", "arn:{p}:dynamodb:{r}:{a}:table/orders-71"),
    ("lambda:InvokeFunction", "arn:{p}:lambda:{r}:{a}:function:orders-92:prod"),
    ("kms:Decrypt", "arn:{p}:kms:{r}:{a}:key/1234abcd"),
    ("states:DescribeExecution", "arn:{p}:states:{r}:{a}:execution:child-3:run-blue"),
    ("sts:AssumeRole", "arn:{p}:iam::{a}:role/target-85"),
    ("sqs:ListQueues", "*"),
]
CONTEXT = {
    "aws:RequestedRegion": ["us-east-1", "eu-west-1"],
    "aws:PrincipalTag/team": ["blue", "11", "", "Blue/gr*en", "7"],
    "aws:SourceIp": ["10.1.2.3", "2001:db8::7"],
    "aws:CurrentTime": ["2026-03-01T10:15:30Z"],
    "aws:EpochTime": ["1772360130"],
    "aws:MultiFactorAuthAge": ["3600", "3599.5"],
    "aws:SecureTransport": ["true", "false"],
    "aws:SourceArn": ["arn:aws:states:us-east-1:111111111111:stateMachine:Orders:7"],
    "aws:TagKeys": [["team"], ["team", "cost"], [], ["Team"]],
    "aws:CalledVia": [["athena.amazonaws.com"]],
    "x:Hash": ["MTIz"],
}
VALUES = {
    "String": [
        *("blue", "BLUE", "us-east-1", "team", "te*", "athena.amazonaws.com", "*", "b*e", "b?ue", ""),
        *("${aws:PrincipalTag/team}", "${aws:principaltag/TEAM, 'blue'}", "${aws:gone}", "${aws:TagKeys}"),
        *("${*}", "gr${?}", "${$}"),
    ],
    "Arn": [
        *(
            "arn:aws:states:us-east-1:111111111111:stateMachine:Orders:7",
            "arn:aws:states:*:111111111111:*",
            "arn:aws:*",
        ),
        *("arn:aws:states:us-east-1:*:stateMachine:*", "arn:*:states:us-????-1:*:state*:7", "*"),
        *("arn:aws:*", "arn:aws:*:stateMachine:*", "arn:aws:states:*:*:stateMachine:${aws:PrincipalTag/team}"),
    ],
    "Numeric": ["3600", "3599.5", "0", "7200", "1772360130"],
    "Date": ["2026-03-01T10:15:30Z", "2026-03-01T12:15:30+02:00", "2025-01-01T00:00:00Z", "1772360131", "2026-03-02"],
    "Bool": ["true", "false", "True"],
    "Ip": ["10.1.2.3", "10.0.0.0/8", "0.0.0.0/0", "192.0.2.0/24", "2001:DB8::/32", "::/0"],
    "Binary": ["MTIz", "QQ=="],
    "Null": ["true", "false"],
}
KEYS = {
    "String": ["aws:RequestedRegion", "aws:PrincipalTag/team", "AWS:PRINCIPALTAG/Team", "aws:gone", "aws:SourceIp"],
    "Arn": ["aws:SourceArn", "aws:PrincipalArn", "aws:gone"],
    "Numeric": ["aws:MultiFactorAuthAge", "aws:EpochTime"],
    "Date": ["aws:CurrentTime", "aws:EpochTime"],
    "Bool": ["aws:SecureTransport", "aws:gone"],
    "Ip": ["aws:SourceIp"],
    "Binary": ["x:Hash"],
    "Null": ["aws:PrincipalTag/team", "aws:TagKeys", "aws:gone", "aws:SourceIp"],
}
ORDERINGS = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
OPERATORS = {
    "String": ["Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike"],
    "Arn": ["Equals", "NotEquals", "Like", "NotLike"],
    "Numeric": ORDERINGS,
    "Date": ORDERINGS,
    "Bool": [""],
    "Ip": ["Address"],
    "Binary": ["Equals"],
    "Null": [""],
}
SETS = ["aws:TagKeys", "aws:CalledVia", "aws:gone"]
MAKE_SESSION = {"sts:AssumeRole"}


class Draw:
    """One case, from its seed."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        pick = self.r.choice
        self.partition = pick(["aws"] * 8 + ["aws-cn"])
        self.action, form = pick(TARGETS)
        self.owner = pick([HOME, HOME, ABROAD])
        self.resource = form.format(p=self.partition, r="us-east-1", a=self.owner)
        iam, sts = f"arn:aws:iam::{HOME}:", f"arn:aws:sts::{HOME}:"
        role = pick([f"{iam}role/Exec", f"{iam}role/x/Exec", f"{iam}role/aws-service-role/s.amazonaws.com/Exec"])
        self.who, self.behind = pick(
            [(f"{sts}assumed-role/Exec/run-7", role)] * 5
            + [(f"{iam}user/alice",) * 2] * 2
            + [(f"{sts}federated-user/bob", f"{iam}user/alice"), (f"{sts}federated-user/bob",) * 2]
            + [("states.amazonaws.com", ""), (role, role), (f"{iam}root",) * 2]
        )

    def some(self, values, most=2):
        found = self.r.sample(values, self.r.randint(1, most))
        return found[0] if len(found) == 1 and self.r.random() < 0.5 else found

    def mostly(self, sure, near):
        """Often with one that fits for sure, or the case would never come to anything."""
        found = self.r.sample(near, self.r.randint(1, 2)) + ([sure] if self.r.random() < 0.6 else [])
        return found[-1] if self.r.random() < 0.5 else found

    def actions(self):
        service, name = self.action.split(":")
        near = ["*", f"{service}:*", f"{service}:{name[:4]}*", f"{service}:*{name[3:]}", f"{service}:?{name[1:]}"]
        return self.mostly(self.action, [self.action.upper(), *near, f"{service}:{name}X", "ec2:DescribeVpcs"])

    def resources(self):
        """The resource, and what is near to it in each part of its ARN."""
        if self.resource == "*":
            return self.some(["*", "arn:aws:sqs:*:*:*", "arn:aws:s3:::b"])
        *before, service, region, account, name = self.resource.split(":", 5)
        start, tagged = ":".join(before), re.sub("7|11|blue", "${aws:PrincipalTag/team}", name, count=1)
        names = ["*", name.upper(), name + "x", name[:-3] + "*", f"?{name[1:]}", f"{name[:4]}*{name[-1]}", tagged]
        near = [f"{start}:{service}:{region}:{account}:{text}" for text in names]
        near += [f"{start}:{service}:*:{owner}:{name}" for owner in ("*", THIRD)]
        near += [f"{start}:{service}:{region[:2]}*:{account}:{name}", f"arn:aws*:{service}:{region}:{account}:{name}"]
        near += [f"{start}:{service}:{region}:{account}:{name[:5]}${{aws:PrincipalTag/team, '-11'}}*"]
        near += [f"{start}:{service}:*:{name}", f"{start}:{service}", f"{start}:{service}:*{region[-2:]}:*:{name[-3:]}"]
        return self.mostly(self.resource, ["*", "arn:aws:s3:::b/*", *near])

    def condition(self):
        family = self.r.choice(list(OPERATORS))
        operator = {"Ip": self.r.choice(["Ip", "NotIp"])}.get(family, family) + self.r.choice(OPERATORS[family])
        values, keys = VALUES[family], KEYS[family]
        if family in ("String", "Arn") and self.r.random() < 0.3:
            operator, keys = self.r.choice(["ForAllValues:", "ForAnyValue:"]) + operator, SETS
        if family != "Null" and self.r.random() < 0.25:
            operator += "IfExists"
        return operator, {self.r.choice(keys): self.r.choice(values) if family == "Null" else self.some(values)}

    def principals(self):
        iam = f"arn:{self.partition}:iam::"
        if self.r.random() < 0.2:
            return "*"
        if self.behind == "" or self.r.random() < 0.1:
            return {"Service": self.some(["states.amazonaws.com", "events.amazonaws.com"])}
        near = [self.who, self.behind, HOME, f"{iam}{HOME}:root", f"{iam}{THIRD}:root", f"{iam}{HOME}:role/Other"]
        return {"AWS": self.r.choice([self.r.choice(near), self.some(near), near[:4], "*"])}

    def statement(self, kind):
        negated = self.r.random() < 0.12 and kind != "rcp"
        written = {"Effect": "Deny" if kind == "rcp" or self.r.random() < 0.12 else "Allow"}
        written["NotAction" if negated else "Action"] = self.actions()
        if kind != "trust":
            written["NotResource" if self.r.random() < 0.12 else "Resource"] = self.resources()
        if kind in ("trust", "resource"):
            without = kind == "resource" and written["Effect"] == "Deny" and self.r.random() < 0.5
            written["NotPrincipal" if without else "Principal"] = self.principals()
        if kind == "rcp":
            written["Principal"] = "*"
        for operator, block in (self.condition() for _ in range(self.r.choice([0, 0, 0, 1, 1, 2]) + (kind == "rcp"))):
            written.setdefault("Condition", {}).setdefault(operator, {}).update(block)
        return written

    def document(self, kind):
        statements = [self.statement(kind) for _ in range(self.r.choice([1, 1, 2, 3]))]
        version = {} if self.r.random() < 0.07 else {"Version": self.r.choice(["2012-10-17"] * 9 + ["2008-10-17"])}
        return {**version, "Statement": statements if len(statements) > 1 or self.r.random() < 0.5 else statements[0]}

    def documents(self, kind, likely, most=2):
        return [self.document(kind) for _ in range(self.r.randint(1, most))] if self.r.random() < likely else []

    def levels(self, kind, likely):
        if self.r.random() > likely:
            return []
        full = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        always = [full] if kind == "scp" and self.r.random() < 0.7 else []
        return [always + self.documents(kind, 0.6) for _ in range(self.r.randint(1, 3))]

    def context(self):
        found = {key: self.r.choice(values) for key, values in CONTEXT.items() if self.r.random() < 0.7}
        return found | ({"aws:PrincipalArn": self.behind} if self.behind else {})

    def case(self):
        side = "trust" if self.action in MAKE_SESSION else "resource"
        own = self.document(side) if self.r.random() < 0.7 else None
        return {
            "principal": self.who,
            "action": self.action,
            "resource": self.resource,
            "resource_account": self.owner,
            "context": self.context(),
            "identity_policies": [] if self.who.endswith(":root") else self.documents("identity", 0.7),
            "permission_boundaries": self.documents("boundary", 0.25, 1),
            "session_policies": self.documents("session", 0.25),
            "scps": self.levels("scp", 0.3),
            "rcps": self.levels("rcp", 0.2),
            "principal_in_management_account": self.r.random() < 0.05,
            "resource_in_management_account": self.r.random() < 0.05,
            **({f"{side}_policy": own} if own else {}),
        }


def differing(seeds):
    """The cases on which both do not agree, with both verdicts, and how many verdicts there were of each kind."""
    found, seen = [], dict.fromkeys(("allowed", "explicit_deny", "implicit_deny"), 0)
    for seed in seeds:
        case = Draw(seed).case()
        asked = read_case(case, unwritten("<case>"), seed)
        ours, theirs = evaluate(asked.request, asked.policies).reason.value, verdict(case)
        seen[ours] += 1
        if ours != theirs:
            found.append((seed, ours, theirs, case))
    return found, seen


def test_both_decide_alike():
    """Some hundred mixes of all layers, with every verdict among them."""
    found, seen = differing(range(600))
    assert found == []
    assert min(seen.values()) > 20


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_both_decide_alike_at_length():
    """Thousands of mixes of all layers."""
    assert differing(range(1_000, 21_000))[0] == []
