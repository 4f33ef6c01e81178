"""How each service says that there are too many calls: an error that its model has, else the usual one of its protocol.

Texts and statuses where no model says them: AWS guides, "Common errors" (some *inferred*).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from turnstile.backends.answer_shapes import ErrorModel
from turnstile.backends.moto_codec import service as spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

MESSAGE = "Rate exceeded"


@cache
def throttled(service: str, operation: str) -> ErrorModel:
    """The error of an operation that is called too often.

    Raises:
        Unsupported: botocore has no such operation.
    """
    model = spoken(service).operation(operation)
    if service in _OWN:
        return _OWN[service]
    for name in _MODELLED:
        for shape in model.error_shapes:
            if shape.name == name:
                traits = shape.metadata.get("error", {})
                return ErrorModel(str(traits.get("code", name)), int(traits.get("httpStatusCode", 400)))
    query = model.service_model.metadata.get("protocol") == "query"
    return ErrorModel("Throttling" if query else "ThrottlingException", 400)


_MODELLED = (
    "ThrottlingException", "ThrottledException", "TooManyRequestsException", "ProvisionedThroughputExceededException",
    "RequestThrottled", "TooManyRequestsFault",
)  # fmt: skip
_OWN: Mapping[str, ErrorModel] = {
    "ec2": ErrorModel("RequestLimitExceeded", 503),
    "s3": ErrorModel("SlowDown", 503),
}
"""Services whose models list no errors (EC2 and S3 guides, "Error codes")."""
