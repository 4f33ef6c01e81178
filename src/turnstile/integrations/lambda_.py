"""Lambda in both forms: a function ARN as Resource, and `arn:aws:states:::lambda:invoke`.

Facts: reference/recorded-behaviour.md ("Error names and texts of service tasks"), integrations.md section 2.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.asl.errors import StatesError
from turnstile.document import Json, compact
from turnstile.gate.errors import ServiceError
from turnstile.integrations.failure import LAMBDA, metadata
from turnstile.integrations.offer import Offer
from turnstile.integrations.parameters import texts

if TYPE_CHECKING:
    from turnstile.gate.call import Answer
    from turnstile.integrations.offer import Offers
    from turnstile.integrations.work import Work


class FunctionTask:
    """A function ARN as Resource: the input is the event, the payload is the result."""

    async def start(self, work: Work) -> Json:
        """Invoke the function.

        Raises:
            StatesError: see `Integration.start`.
        """
        answer = await _invoke(work, {"FunctionName": work.resource, "Payload": compact(work.parameters)})
        return _payload(answer)


class InvokeTask:
    """`lambda:invoke`: the parameters are those of the API, the result its answer with the payload parsed.

    A payload that is JSON text already is sent as it stands, so `"0.0"` arrives as a number (recorded:
    services.lambda_task_service/test_invoke_json_values); any other value is sent as its JSON text, other text with
    quotation marks (integrations.json, lambda). `null` sends nothing, and the function sees `{}` (recorded:
    test_state.test_state_scenarios/test_base_lambda_service_task_state). An event has no answer: its payload is `{}`,
    and no version of the function was executed (integrations.json; the version *inferred* from Lambda's headers).
    """

    async def start(self, work: Work) -> Json:
        """Invoke the function.

        Raises:
            StatesError: see `Integration.start`.
        """
        parameters = {name: value for name, value in work.members.items() if value is not None}
        payload = parameters.pop("Payload", None)
        if payload is not None:
            parameters["Payload"] = payload if _is_json(payload) else compact(payload)
        answer = await _invoke(work, parameters)
        result: dict[str, Json] = {
            **{name: answer.output[name] for name in ("ExecutedVersion", "LogResult") if name in answer.output},
            "Payload": _payload(answer) if answer.output.get("Payload") else {},
            **metadata(answer.request_id),
            "StatusCode": answer.output["StatusCode"],
        }
        return result


async def _invoke(work: Work, parameters: dict[str, Json]) -> Answer:
    try:
        return await work.ask("lambda", "Invoke", parameters)
    except ServiceError as error:
        raise LAMBDA.failure(error) from None


def _is_json(payload: Json) -> bool:
    """Whether a payload is text that is JSON."""
    if not isinstance(payload, str):
        return False
    try:
        json.loads(payload)
    except (ValueError, RecursionError):
        return False
    return True


def _payload(answer: Answer) -> Json:
    text = answer.output.get("Payload", "")
    payload = json.loads(text) if text else None
    if "FunctionError" not in answer.output:
        return payload
    error_type = payload.get("errorType") if isinstance(payload, dict) else None
    raise StatesError(error_type or "Lambda.Unknown", text)


_CHECK = texts("FunctionName", "ClientContext", "InvocationType", "LogType", "Qualifier", free=("Payload",))
OFFERS: Offers = {("lambda", "invoke"): Offer(InvokeTask(), called_back=True, check=_CHECK)}
