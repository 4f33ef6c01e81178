"""AWS SDK integrations: `arn:aws:states:::aws-sdk:<service>:<action>`, any operation of any service.

One call; the result is its answer without metadata. Parameters that do not fit the operation fail the Task before
it is scheduled, whatever stands in the definition for them: the sentence is that of other parameters which could not be
used (reported), its parts are those of creation (`sdk_definition`), and that no event comes before is *inferred*.
That a required member is missing is left to the service. Facts: reference/integrations.json (sdk, casing).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.gate.errors import ServiceError
from turnstile.integrations.failure import SQS, sdk_failure
from turnstile.integrations.offer import Offer
from turnstile.integrations.parameters import refused
from turnstile.integrations.sdk_services import SdkService, sdk_service
from turnstile.integrations.sdk_work import sentence

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.integrations.resource import ServiceApi
    from turnstile.integrations.sdk_work import SdkModels
    from turnstile.integrations.work import Work

_NOT_FOUND = 404
_UNTOLD = {("s3", "HeadObject"): "NoSuchKey", ("s3", "HeadBucket"): "NoSuchBucket"}
"""Operations whose answers have no body that could say more than the status; the SDK knows what is not there.

That Tasks fail by that name, with `null` for the message, is *inferred*.
"""


@dataclass(frozen=True, slots=True)
class SdkTask:
    """One action of a service."""

    service: SdkService
    action: str

    async def start(self, work: Work) -> Json:
        """Make the call.

        Raises:
            StatesError: see `Integration.start`.
        """
        client, models = self.service.client, work.models.sdk
        operation = models.actions(client)[self.action]
        request = _completed(client, operation, models.request(client, operation, work.members))
        try:
            answer = await work.ask(client, operation, request)
        except ServiceError as error:
            raise self._failure(error, operation, models) from None
        return models.answer(client, operation, answer.output)

    def _failure(self, error: ServiceError, operation: str, models: SdkModels) -> Exception:
        client = self.service.client
        code = SQS.classes.get(error.code, error.code) if client == "sqs" else error.code
        missing = _UNTOLD.get((client, operation))
        if missing is not None:
            code = missing if error.status == _NOT_FOUND else code
            error = ServiceError(code, "", error.status, request_id=error.request_id)
        return sdk_failure(self.service.prefix, error, models.error(client, code))


def offer(resource: ServiceApi) -> Offer | None:
    """What is offered of an action; None where no service has the name."""
    service = sdk_service(resource.service)
    return None if service is None else Offer(SdkTask(service, resource.api), called_back=True)


def check_parameters(resource: ServiceApi, parameters: Json, models: SdkModels) -> None:
    """Refuse parameters that do not fit the operation.

    Raises:
        StatesError: `States.Runtime`.
    """
    service = sdk_service(resource.service)
    if service is None or not isinstance(parameters, dict):
        return
    operation = models.actions(service.client)[resource.api]
    wrong = [sentence(each) for each in models.misfits(service.client, operation, parameters, complete=False)]
    if wrong:
        raise refused(parameters, ", ".join(wrong))


def _completed(client: str, operation: str, request: dict[str, Json]) -> dict[str, Json]:
    """What the SDK's client adds: a checksum for what is put into `s3` (its answer is recorded)."""
    if client != "s3" or operation not in ("PutObject", "UploadPart"):
        return request
    if any(name.startswith("Checksum") or name == "ContentMD5" for name in request):
        return request
    return {**request, "ChecksumAlgorithm": "CRC32"}
