"""Service errors as a workflow sees them: error name and cause.

Two families with different names and texts (reference/integrations.md section 3). Optimized integrations put a prefix
before the service's code and end the cause in the long form; this file holds that family.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.asl.errors import StatesError

if TYPE_CHECKING:
    from turnstile.gate.errors import ServiceError


@dataclass(frozen=True, slots=True)
class Family:
    """How one optimized integration names errors.

    `modelled` are the codes that its client has an exception class for; any other code becomes `fallback`.
    """

    prefix: str
    service: str
    fallback: str
    modelled: frozenset[str]

    def failure(self, error: ServiceError) -> StatesError:
        """The error and cause of a failed Task."""
        known = error.code.removesuffix("Exception") in self.modelled
        name = error.code.removesuffix("Exception") + "Exception" if known else self.fallback
        cause = (
            f"{error.message} (Service: {self.service}; Status Code: {error.status}; "
            f"Error Code: {error.code}; Request ID: {error.request_id}; Proxy: null)"
        )
        return StatesError(f"{self.prefix}.{name}", cause)


LAMBDA = Family(
    "Lambda",
    "AWSLambda",
    "AWSLambdaException",
    frozenset(
        {
            "CodeStorageExceeded", "EC2AccessDenied", "EC2Throttled", "EC2Unexpected", "ENILimitReached",
            "InvalidParameterValue", "InvalidRequestContent", "InvalidRuntime", "InvalidSecurityGroupID",
            "InvalidSubnetID", "InvalidZipFile", "KMSAccessDenied", "KMSDisabled", "KMSInvalidState", "KMSNotFound",
            "RequestTooLarge", "ResourceConflict", "ResourceNotFound", "ResourceNotReady", "Service", "SnapStart",
            "SubnetIPAddressLimitReached", "TooManyRequests", "UnsupportedMediaType",
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
            "InvalidExecutionInput", "InvalidName", "StateMachineDeleting", "StateMachineDoesNotExist", "Validation",
        }
    ),
)  # fmt: skip


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
