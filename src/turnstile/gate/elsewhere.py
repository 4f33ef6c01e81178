"""What each service says of a resource in another Region, which it does not see.

Reported by users: Lambda, SQS, KMS, DynamoDB (of another operation than those on items), EventBridge (of rules), S3
(documented as PermanentRedirect). *Inferred* for all others: the answer to something that is not there
(reference/cross-account.md section 6). Knows no world and no policies.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile import arn as arns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.arn import Arn
    from turnstile.gate.link import Refusal

_REDIRECT = (
    "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future "
    "requests to this endpoint."
)
_ANSWERS: Mapping[str, Refusal] = {
    "batch:job-definition": ("ClientException", 400, "JobDefinition {arn} not found."),
    "batch:job-queue": ("ClientException", 400, "JobQueue {arn} not found."),
    "dynamodb": ("ValidationException", 400, "1 validation error detected: Invalid AWS region in '{arn}'"),
    "ecs:cluster": ("ClusterNotFoundException", 400, "Cluster not found."),
    "events": ("ValidationException", 400, "Cross-region API call is not allowed."),
    "kinesis": ("ResourceNotFoundException", 400, "Stream {name} under account {account} not found."),
    "kms": ("NotFoundException", 400, "Invalid arn {there}"),
    "lambda": (
        "ResourceNotFoundException",
        404,
        "Functions from '{there}' are not reachable in this region ('{here}')",
    ),
    "logs": ("ResourceNotFoundException", 400, "The specified log group does not exist."),
    "s3": ("PermanentRedirect", 301, _REDIRECT),
    "secretsmanager": ("ResourceNotFoundException", 400, "Secrets Manager can't find the specified secret."),
    "sns": ("InvalidParameter", 400, "Invalid parameter: TopicArn"),
    "sqs": ("InvalidAddress", 404, "The address https://sqs.{there}.{suffix}/ is not valid for this endpoint."),
    "states:activity": ("ActivityDoesNotExist", 400, "Activity Does Not Exist: '{arn}'"),
    "states:execution": ("ExecutionDoesNotExist", 400, "Execution Does Not Exist: '{arn}'"),
    "states:express": ("ExecutionDoesNotExist", 400, "Execution Does Not Exist: '{arn}'"),
    "states:stateMachine": ("StateMachineDoesNotExist", 400, "State Machine Does Not Exist: '{arn}'"),
}
_ANYTHING: Refusal = ("ResourceNotFoundException", 400, "Resource not found: '{arn}'")


def answer(target: Arn, there: str, here: str) -> Refusal:
    """What the service of `target`, a resource in the Region `there`, says in the Region `here`."""
    kind = re.split("[:/]", target.resource)[0]
    code, status, text = _ANSWERS.get(f"{target.service}:{kind}") or _ANSWERS.get(target.service, _ANYTHING)
    name = target.resource.rpartition("/")[2]
    words = {"arn": str(target), "name": name, "account": target.account, "there": there, "here": here}
    return code, status, text.format(**words, suffix=_suffix(there))


def _suffix(region: str) -> str:
    """The domain of a Region; that of the commercial partition where no partition has it."""
    partitions = (each for each in arns.PARTITIONS if each.regions.fullmatch(region))
    return next(partitions, arns.PARTITIONS[0]).dns_suffix
