"""Bedrock: `bedrock:invokeModel` and `bedrockagentcore:invokeHarness`.

A body is JSON, of the Task or in an object of S3, and the model's answer is JSON again, or goes to an object of S3, of
which the Task shows the address. The stream of events of an agent is folded into one answer: its last message, text
only, with the tokens of all turns. Facts: reference/integrations.json (bedrock, bedrockagentcore), recent-changes.md.
*Inferred*: the address stands in `Body.S3Uri`; the names of errors; that S3's refusals keep S3's names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile.document import Json, compact
from turnstile.gate.errors import ServiceError
from turnstile.integrations.apigateway import parsed
from turnstile.integrations.failure import Family
from turnstile.integrations.offer import Offer
from turnstile.integrations.parameters import missing, refused, unusable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.integrations.offer import Offers
    from turnstile.integrations.work import Work

_BEDROCK = Family("Bedrock", "AmazonBedrock", "BedrockException")
_AGENTCORE = Family("BedrockAgentCore", "AmazonBedrockAgentCore", "BedrockAgentCoreException")
_S3 = Family("S3", "AmazonS3", "AmazonS3Exception")
_OBJECT = re.compile(r"s3://(?P<bucket>[^/]+)/(?P<key>.+)")
_SHORTEST_SESSION = 33


def check_model(parameters: Json) -> None:
    """Refuse parameters that Step Functions does not start with.

    Raises:
        StatesError: `States.Runtime`.
    """
    if not isinstance(parameters, dict):
        return
    if parameters.get("ModelId") is None:
        raise missing(parameters, "ModelId")
    if (parameters.get("Body") is None) is (parameters.get("Input") is None):
        raise refused(parameters, "Exactly one of the fields 'Body' and 'Input' is required")
    for name in ("Input", "Output"):
        if parameters.get(name) is not None and _place(parameters[name]) is None:
            raise unusable(parameters, name)


def _place(value: Json) -> dict[str, str] | None:
    uri = value.get("S3Uri") if isinstance(value, dict) else None
    found = _OBJECT.fullmatch(uri) if isinstance(uri, str) else None
    return {"Bucket": found["bucket"], "Key": found["key"]} if found else None


class InvokeModel:
    """One answer of a model."""

    async def start(self, work: Work) -> Json:
        """Ask the model.

        Raises:
            StatesError: see `Integration.start`; S3 refused what is asked of it.
        """
        members = {name: value for name, value in work.members.items() if value is not None}
        source, target = members.pop("Input", None), members.pop("Output", None)
        if source is not None:
            read = await _ask(work, "s3", "GetObject", _place(source) or {}, _S3)
            members["Body"] = read.get("Body", "")
        members["Body"] = members["Body"] if isinstance(members["Body"], str) else compact(members["Body"])
        request = work.models.request("bedrock-runtime", "InvokeModel", members)
        output = await _ask(work, "bedrock-runtime", "InvokeModel", request, _BEDROCK)
        body, kind = str(output.get("body", "")), output.get("contentType", "application/json")
        if target is None:
            return {"Body": parsed(body), "ContentType": kind}
        await _ask(work, "s3", "PutObject", {**(_place(target) or {}), "Body": body, "ContentType": kind}, _S3)
        return {"Body": {"S3Uri": target["S3Uri"]}, "ContentType": kind}


def check_harness(parameters: Json) -> None:
    """Refuse parameters that Step Functions does not start with.

    Raises:
        StatesError: `States.Runtime`.
    """
    if not isinstance(parameters, dict):
        return
    for name in ("HarnessArn", "RuntimeSessionId", "Messages"):
        if parameters.get(name) is None:
            raise missing(parameters, name)


class InvokeHarness:
    """One run of an agent."""

    async def start(self, work: Work) -> Json:
        """Run the agent.

        Raises:
            StatesError: see `Integration.start`; the stream told of an error.
        """
        session = work.members.get("RuntimeSessionId")
        if isinstance(session, str) and len(session) < _SHORTEST_SESSION:
            text = f"Invalid length for parameter runtimeSessionId, value: {len(session)}, valid min length: 33"
            raise _AGENTCORE.failure(ServiceError("ValidationException", text), _modelled(work))
        request = work.models.request("bedrock-agentcore", "InvokeHarness", work.members)
        output = await _ask(work, "bedrock-agentcore", "InvokeHarness", request, _AGENTCORE)
        events = output.get("stream", ())
        for event in events:
            _raise_if_failed(event, work)
        return folded(events)


def _modelled(work: Work) -> frozenset[str]:
    return work.models.error_codes("bedrock-agentcore")


def _raise_if_failed(event: Mapping[str, Json], work: Work) -> None:
    for name, told in event.items():
        code = name[:1].upper() + name[1:]
        if code in _modelled(work):
            raise _AGENTCORE.failure(ServiceError(code, str(told.get("message", ""))), _modelled(work))


def folded(events: Json) -> dict[str, Json]:
    """The answer that a stream of events tells of, in the shape of Converse."""
    messages = list(_messages(events))
    role, texts = messages[-1] if messages else ("assistant", [])
    stops = [event["messageStop"]["stopReason"] for event in events if "messageStop" in event]
    told = [event["metadata"] for event in events if "metadata" in event]
    tokens = {
        name[:1].upper() + name[1:]: sum(each.get("usage", {}).get(name, 0) for each in told)
        for name in ("inputTokens", "outputTokens", "totalTokens")
    }
    return {
        "Output": {"Message": {"Role": role, "Content": [{"Text": text} for text in texts]}},
        "StopReason": stops[-1] if stops else "end_turn",
        "Usage": tokens,
        "Metrics": {"LatencyMs": sum(each.get("metrics", {}).get("latencyMs", 0) for each in told)},
    }


def _messages(events: Json) -> Iterator[tuple[str, list[str]]]:
    """Role and texts of each message of the assistant; blocks without text are dropped."""
    role, blocks = "", dict[int, str]()
    for event in events:
        if "messageStart" in event:
            role, blocks = event["messageStart"]["role"], {}
        elif "contentBlockDelta" in event:
            delta = event["contentBlockDelta"]
            text = delta.get("delta", {}).get("text")
            if text is not None:
                place = delta.get("contentBlockIndex", 0)
                blocks[place] = blocks.get(place, "") + text
        elif "messageStop" in event and role == "assistant":
            yield role, [blocks[place] for place in sorted(blocks)]


async def _ask(
    work: Work, service: str, operation: str, members: Mapping[str, Json], family: Family
) -> Mapping[str, Json]:
    try:
        answer = await work.ask(service, operation, members)
    except ServiceError as error:
        raise family.failure(error, work.models.error_codes(service)) from None
    output: Mapping[str, Json] = answer.output
    return output


OFFERS: Offers = {
    ("bedrock", "invokeModel"): Offer(InvokeModel(), called_back=True, check=check_model),
    ("bedrockagentcore", "invokeHarness"): Offer(InvokeHarness(), check=check_harness),
}
