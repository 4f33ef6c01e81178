"""Policy evaluations: one cross-account request against 5 or 100 identity policies and the policy of the resource.

Each identity policy has 10 statements with conditions, a third of them about the action that is asked for; the last one
grants. Requests differ in caller session, resource and context, so that nothing is answered from memory alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.job import seconds
from benchmarks.workload import Failed, Sample, Workload, scaled
from turnstile.iam.evaluate import evaluate
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.iam.request import Policies, Request
from turnstile.source import unwritten

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from benchmarks.workload import Measure
    from turnstile.iam.policy import Policy

_HOME, _OWNER = "111122223333", "444455556666"
_ROLE = f"arn:aws:iam::{_HOME}:role/Exec"
_STATEMENTS, _QUEUES = 10, 20
_ACTIONS = ("sqs:SendMessage", "sqs:*", "s3:GetObject", "dynamodb:PutItem", "lambda:InvokeFunction", "sns:Publish")
_CONDITIONS: tuple[dict[str, Any], ...] = (
    {"StringEquals": {"aws:PrincipalTag/team": ["blue", "green"]}},
    {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{_HOME}:role/*"}},
    {"Bool": {"aws:SecureTransport": "true"}, "StringLike": {"aws:RequestedRegion": "us-*"}},
    {"NumericLessThan": {"aws:EpochTime": "1900000000"}},
    {"StringNotEqualsIfExists": {"aws:PrincipalTag/stage": "${aws:PrincipalTag/team}"}},
)


def _policy(kind: Kind, name: str, statements: list[dict[str, Any]]) -> Policy:
    document = {"Version": "2012-10-17", "Statement": statements}
    return parse(document, kind=kind, name=name, origin=unwritten(f"<{name}>"))


def _identity(number: int) -> Policy:
    """Ten statements about other queues and other services; one in ten denies."""
    return _policy(
        Kind.IDENTITY,
        f"identity-{number}",
        [
            {
                "Effect": "Deny" if place == _STATEMENTS - 1 else "Allow",
                "Action": [_ACTIONS[(number + place) % len(_ACTIONS)], "logs:PutLogEvents"],
                "Resource": [
                    f"arn:aws:sqs:us-east-1:{_OWNER}:team-{number}-{place}",
                    f"arn:aws:sqs:us-east-1:{_OWNER}:team-{number}-{place}-*",
                ],
                "Condition": _CONDITIONS[place % len(_CONDITIONS)],
            }
            for place in range(_STATEMENTS)
        ],
    )


def _policies(count: int) -> Policies:
    own = f"arn:aws:sqs:us-east-1:{_OWNER}:jobs-*"
    granting = {"Effect": "Allow", "Action": "sqs:Send*", "Resource": own, "Condition": _CONDITIONS[0] | _CONDITIONS[1]}
    others = [{"Effect": "Allow", "Action": action, "Resource": own} for action in _ACTIONS[2:]] * 3
    last = _policy(Kind.IDENTITY, "granting", [*others[: _STATEMENTS - 1], granting])
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    resource = [
        {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": insecure},
        {"Effect": "Allow", "Principal": {"AWS": _ROLE}, "Action": "sqs:SendMessage", "Resource": own},
    ]
    others_of_group = tuple(_identity(number) for number in range(count - 1))
    return Policies(identity=(*others_of_group, last), resource=_policy(Kind.RESOURCE, "queue", resource))


def _request(number: int) -> Request:
    context = {
        "aws:CurrentTime": "2026-03-01T10:15:30Z",
        "aws:EpochTime": str(1_772_360_130 + number),
        "aws:PrincipalAccount": _HOME,
        "aws:PrincipalArn": _ROLE,
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalTag/team": "blue",
        "aws:PrincipalType": "AssumedRole",
        "aws:RequestedRegion": "us-east-1",
        "aws:ResourceAccount": _OWNER,
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        "aws:userid": f"AROAEXAMPLEID0000000:run-{number}",
    }
    session = f"arn:aws:sts::{_HOME}:assumed-role/Exec/run-{number}"
    queue = f"arn:aws:sqs:us-east-1:{_OWNER}:jobs-{number}"
    return Request(session, "sqs:SendMessage", queue, _OWNER, context)


def judged(count: int) -> Callable[[float], Measure]:
    """10,000 evaluations against so many policies, all of them allowed."""

    def prepare(scale: float) -> Measure:
        policies, requests = _policies(count), [_request(number) for number in range(_QUEUES)]
        times = scaled(10_000 // _QUEUES, scale)
        if not all(evaluate(request, policies).allowed for request in requests):
            raise Failed("a request is denied")

        def measure() -> Sample:
            cpu = seconds(lambda: [evaluate(request, policies) for _ in range(times) for request in requests])
            return Sample(times * _QUEUES / cpu, cpu)

        return measure

    return prepare


WORKLOADS = (
    Workload("I1", "judging by 5 policies of 10", "evaluations/s", 50_000, more=True, prepare=judged(5)),
    Workload("I2", "judging by 100 policies of 10", "evaluations/s", 20_000, more=True, prepare=judged(100)),
)
