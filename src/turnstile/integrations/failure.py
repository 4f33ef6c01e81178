"""Service errors as a workflow sees them: error name and cause.

Two families with different names and texts (reference/integrations.md section 3). Optimized integrations put a prefix
before the service's code and end the cause in the long form. AWS SDK integrations name the SDK's class and end it in
the short form, since 2025 with the count of attempts (recorded: error_handling.aws_sdk,
services.aws_sdk_task_service/test_sfn_send_task_outcome_with_no_such_token).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.asl.errors import StatesError
from turnstile.gate.errors import Unanswered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.gate.errors import ServiceError


_NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Family:
    """How one optimized integration names errors.

    A code that its client has an exception class for keeps its name; any other becomes `fallback`. `modelled` are
    these codes, where they are known without asking the service's model; `classes` are the names of classes that are
    not called like their code.
    """

    prefix: str
    service: str
    fallback: str
    modelled: frozenset[str] = frozenset()
    classes: Mapping[str, str] = field(default_factory=lambda: _NONE)

    def failure(self, error: ServiceError, modelled: frozenset[str] = frozenset()) -> StatesError:
        """The error and cause of a failed Task; `modelled` are the codes that the service's model has."""
        if isinstance(error, Unanswered):
            return StatesError(f"{self.prefix}.{error.code}", error.message)
        known = error.code in self.classes or error.code in (self.modelled or modelled)
        name = self.classes.get(error.code, error.code).removesuffix("Exception") + "Exception"
        cause = (
            f"{error.message} (Service: {self.service}; Status Code: {error.status}; "
            f"Error Code: {error.code}; Request ID: {error.request_id}; Proxy: null)"
        )
        return StatesError(f"{self.prefix}.{name if known else self.fallback}", cause)


DYNAMODB = Family("DynamoDB", "AmazonDynamoDBv2", "AmazonDynamoDBException")
EVENTBRIDGE = Family("EventBridge", "AmazonEventBridge", "AmazonEventBridgeException")
SNS = Family("SNS", "AmazonSNS", "AmazonSNSException", classes={"ParameterValueInvalid": "InvalidParameterValue"})
SQS = Family(
    "SQS",
    "AmazonSQS",
    "AmazonSQSException",
    classes={
        "AWS.SimpleQueueService.NonExistentQueue": "QueueDoesNotExist",
        "AWS.SimpleQueueService.UnsupportedOperation": "UnsupportedOperation",
    },
)
"""The service keeps the codes of its older protocol."""

LAMBDA = Family(
    "Lambda",
    "AWSLambda",
    "AWSLambdaException",
    frozenset(
        {
            "CodeStorageExceededException", "EC2AccessDeniedException", "EC2ThrottledException",
            "EC2UnexpectedException", "ENILimitReachedException", "InvalidParameterValueException",
            "InvalidRequestContentException", "InvalidRuntimeException", "InvalidSecurityGroupIDException",
            "InvalidSubnetIDException", "InvalidZipFileException", "KMSAccessDeniedException", "KMSDisabledException",
            "KMSInvalidStateException", "KMSNotFoundException", "RequestTooLargeException",
            "ResourceConflictException", "ResourceNotFoundException", "ResourceNotReadyException", "ServiceException",
            "SnapStartException", "SubnetIPAddressLimitReachedException", "TooManyRequestsException",
            "UnsupportedMediaTypeException",
        }
    ),
)  # fmt: skip
"""AccessDeniedException is not modelled: a denial is `Lambda.AWSLambdaException` (cross-account.md 4c)."""

STEP_FUNCTIONS = Family(
    "StepFunctions",
    "AWSStepFunctions",
    "AWSStepFunctionsException",
    frozenset(
        {
            "ExecutionAlreadyExists", "ExecutionDoesNotExist", "ExecutionLimitExceeded", "InvalidArn",
            "InvalidExecutionInput", "InvalidName", "StateMachineDeleting", "StateMachineDoesNotExist",
            "ValidationException",
        }
    ),
)  # fmt: skip


def sdk_failure(prefix: str, error: ServiceError, class_name: str | None) -> StatesError:
    """The error and cause of a failed Task of an SDK integration.

    `class_name` is the SDK's class for the error, None where the service does not model it.
    """
    if isinstance(error, Unanswered):
        return StatesError(f"{prefix}.{error.code}", error.message)
    extended = f", Extended Request ID: {_extended(error.request_id)}" if prefix in _EXTENDED else ""
    place = f"Service: {prefix}, Status Code: {error.status}, Request ID: {error.request_id}{extended}"
    cause = f"{error.message or 'null'} ({place}) (SDK Attempt Count: 1)"
    return StatesError(f"{prefix}.{class_name or f'{prefix}Exception'}", cause)


_EXTENDED = frozenset({"S3", "S3Control"})
"""Services whose answers have a second id."""
_OCTETS = 56


def _extended(request_id: str) -> str:
    """A second id of the length that S3's have; it follows from the first, so that runs repeat."""
    return base64.b64encode(hashlib.sha512(request_id.encode()).digest()[:_OCTETS]).decode()


def metadata(request_id: str) -> dict[str, object]:
    """The two members that results of optimized request-response tasks carry (integrations.md section 2)."""
    headers = {"x-amzn-RequestId": request_id, "Content-Type": "application/json"}
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": 200,
        },
        "SdkResponseMetadata": {"RequestId": request_id},
    }
