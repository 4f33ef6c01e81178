"""Models and agents: declared answers, bodies in S3, streams folded into one answer."""

from __future__ import annotations

import json

import pytest

from turnstile.faults import Unsupported

MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
HARNESS = "arn:aws:bedrock-agentcore:us-east-1:111122223333:harness/h-1"
SESSION = "s" * 33
ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
STREAM = [
    {"messageStart": {"role": "assistant"}},
    {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "first"}}},
    {"messageStop": {"stopReason": "tool_use"}},
    {"metadata": {"usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}, "metrics": {"latencyMs": 10}}},
    {"messageStart": {"role": "assistant"}},
    {"contentBlockDelta": {"contentBlockIndex": 1, "delta": {"text": "b"}}},
    {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "a"}}},
    {"contentBlockDelta": {"contentBlockIndex": 1, "delta": {"text": "c"}}},
    {"messageStop": {"stopReason": "end_turn"}},
    {"metadata": {"usage": {"inputTokens": 4, "outputTokens": 5, "totalTokens": 9}, "metrics": {"latencyMs": 20}}},
]


def ask(**fields):
    messages = [{"Role": "user", "Content": [{"Text": "hello"}]}]
    return {"HarnessArn": HARNESS, "RuntimeSessionId": SESSION, "Messages": messages, **fields}


async def test_a_model_is_asked_in_json_and_answers_in_json(site):
    """The body goes as text, the declared answer comes as a document."""
    stub = {
        "when": {"modelId": MODEL, "body": '{"prompt":"hi"}'},
        "returns": {"body": '{"completion":"ho"}', "contentType": "application/json"},
    }
    async with site(bedrock_runtime__InvokeModel=stub) as here:
        execution = await here.task("bedrock:invokeModel", {"ModelId": MODEL, "Body": {"prompt": "hi"}})
    assert execution.output == {"Body": {"completion": "ho"}, "ContentType": "application/json"}


async def test_bodies_may_lie_in_s3(site):
    """The request is read from there and the answer written there, both as the role; the Task shows the address."""
    stub = {
        "when": {"body": '{"prompt":"s3"}'},
        "returns": {"body": '{"completion":"ho"}', "contentType": "application/json"},
    }
    place = "s3://prompts/{}"
    async with site(bedrock_runtime__InvokeModel=stub) as here:
        await here.ask("s3", "CreateBucket", Bucket="prompts")
        await here.ask("s3", "PutObject", Bucket="prompts", Key="in.json", Body='{"prompt":"s3"}')
        parameters = {
            "ModelId": MODEL,
            "Input": {"S3Uri": place.format("in.json")},
            "Output": {"S3Uri": place.format("out.json")},
        }
        execution = await here.task("bedrock:invokeModel", parameters)
        written = await here.ask("s3", "GetObject", Bucket="prompts", Key="out.json")
        called = [operation for service, operation, _ in here.called() if service in ("s3", "bedrock-runtime")]
        missing = await here.task("bedrock:invokeModel", {**parameters, "Input": {"S3Uri": place.format("no")}})
    assert execution.output["Body"] == {"S3Uri": "s3://prompts/out.json"}
    assert json.loads(written["Body"]) == {"completion": "ho"}
    assert called == ["GetObject", "InvokeModel", "PutObject"]
    assert missing.error == "S3.NoSuchKeyException"


@pytest.mark.parametrize(
    ("resource", "parameters", "action", "error"),
    [
        ("bedrock:invokeModel", {"ModelId": MODEL, "Body": {}}, "bedrock:InvokeModel", "Bedrock.AccessDenied"),
        ("bedrockagentcore:invokeHarness", ask(), "bedrock-agentcore:InvokeHarness", "BedrockAgentCore.AccessDenied"),
    ],
)
async def test_without_the_right_nothing_is_asked(site, accounts, write_policy, resource, parameters, action, error):
    """A denial is the error that the service models."""
    refusal = {"Effect": "Deny", "Action": action, "Resource": "*"}
    accounts.role(accounts.source, "ExecutionRole", accounts.execution.trust, write_policy(ALLOW, refusal))
    async with site() as here:
        execution = await here.task(resource, parameters)
    assert execution.error == f"{error}Exception"


async def test_credentials_ask_in_the_other_account(site, accounts):
    """The right of the target role is judged."""
    stub = {"returns": {"body": "{}", "contentType": "application/json"}}
    async with site(bedrock_runtime__InvokeModel=stub) as here:
        credentials = {"RoleArn": accounts.invoke.arn}
        accounts.target.stubs["bedrock-runtime:InvokeModel"] = accounts.source.stubs["bedrock-runtime:InvokeModel"]
        execution = await here.task("bedrock:invokeModel", {"ModelId": MODEL, "Body": {}}, Credentials=credentials)
        asked = [entry.call for entry in here.emulator.gate.trail if entry.call.operation == "InvokeModel"]
    assert execution.status == "SUCCEEDED"
    assert asked[0].caller.account == accounts.target.id


@pytest.mark.parametrize("raised", ["ThrottlingException", "ModelTimeoutException"])
async def test_declared_errors_of_a_model(site, raised):
    """Keep their names, since the service models them."""
    stub = {"raises": {"code": raised, "message": "no"}}
    async with site(bedrock_runtime__InvokeModel=stub) as here:
        execution = await here.task("bedrock:invokeModel", {"ModelId": MODEL, "Body": {}})
    assert execution.error == f"Bedrock.{raised}"


@pytest.mark.parametrize(
    ("resource", "parameters"),
    [("bedrock:invokeModel", {"ModelId": MODEL, "Body": {}}), ("bedrockagentcore:invokeHarness", ask())],
)
async def test_nobody_makes_up_what_a_model_says(site, resource, parameters):
    """Without a declared answer the remedy is named."""
    with pytest.raises(Unsupported, match="declare an answer under `stubs:` of account `source`"):
        async with site() as here:
            await here.task(resource, parameters)


@pytest.mark.parametrize(
    "parameters",
    [{"ModelId": MODEL}, {"ModelId": MODEL, "Body": {}, "Input": {"S3Uri": "s3://b/k"}},
     {"ModelId": MODEL, "Input": {"S3Uri": "https://b/k"}}],
)  # fmt: skip
async def test_a_model_and_one_body_are_needed(site, parameters):
    """`States.Runtime` otherwise, before the Task is scheduled."""
    async with site() as here:
        execution = await here.task("bedrock:invokeModel", parameters)
    assert execution.error == "States.Runtime"


async def test_the_stream_of_an_agent_is_one_answer(site):
    """The last message with its text in order of the blocks, tokens of all turns summed."""
    async with site(bedrock_agentcore__InvokeHarness={"returns": {"stream": STREAM}}) as here:
        execution = await here.task("bedrockagentcore:invokeHarness", ask())
    assert execution.output == {
        "Output": {"Message": {"Role": "assistant", "Content": [{"Text": "a"}, {"Text": "bc"}]}},
        "StopReason": "end_turn",
        "Usage": {"InputTokens": 5, "OutputTokens": 7, "TotalTokens": 12},
        "Metrics": {"LatencyMs": 30},
    }


@pytest.mark.parametrize(
    ("stub", "fields", "error"),
    [
        ({"returns": {"stream": [{"runtimeClientError": {"message": "no"}}]}}, {}, "RuntimeClientErrorException"),
        ({"raises": {"code": "ThrottlingException", "message": "no"}}, {}, "ThrottlingException"),
        ({"returns": {"stream": []}}, {"RuntimeSessionId": "short"}, "ValidationException"),
    ],
)
async def test_agents_fail_by_the_names_of_their_service(site, stub, fields, error):
    """Refused at once, in the middle of the stream, or for a session id that is too short."""
    async with site(bedrock_agentcore__InvokeHarness=stub) as here:
        execution = await here.task("bedrockagentcore:invokeHarness", ask(**fields))
    assert execution.error == f"BedrockAgentCore.{error}"
