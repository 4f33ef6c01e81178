"""`apigateway:invoke` from Task to function and back: routes, authorization, policies, parameters that do not do."""

from __future__ import annotations

import json

import pytest

from turnstile.faults import Unsupported
from turnstile.world.function import FunctionError

ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
LAMBDA = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{}/invocations"


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


async def rest_api(here, integration, path="orders", method="POST", auth="NONE", account=None, **facts):
    """A REST API with one method, deployed as `prod`; the parameters of a Task that calls it."""

    async def ask(operation, **parameters):
        return await here.ask("apigateway", operation, account, **parameters)

    api = await ask("CreateRestApi", name="Orders", **facts)
    made = await ask("CreateResource", restApiId=api["id"], parentId=api["rootResourceId"], pathPart=path)
    place = {"restApiId": api["id"], "resourceId": made["id"], "httpMethod": method}
    await ask("PutMethod", **place, authorizationType=auth)
    responses = integration.pop("responses", {"200": {}})
    await ask("PutIntegration", **place, **integration)
    for status, response in responses.items():
        await ask("PutMethodResponse", **place, statusCode=status)
        await ask("PutIntegrationResponse", **place, statusCode=status, **response)
    await ask("CreateDeployment", restApiId=api["id"], stageName="prod")
    host = f"{api['id']}.execute-api.us-east-1.amazonaws.com"
    return {"ApiEndpoint": host, "Method": "POST", "Stage": "prod", "Path": path}


async def permit(here, function, account=None):
    await here.ask(
        "lambda",
        "AddPermission",
        account,
        FunctionName=function,
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )


def proxy(function):
    return {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": LAMBDA.format(function)}


def mock(body='{"ok":true}', status="200"):
    return {
        "type": "MOCK",
        "requestTemplates": {"application/json": json.dumps({"statusCode": int(status)})},
        "responses": {status: {"responseTemplates": {"application/json": body}}},
    }


async def test_a_proxy_integration_hands_the_request_to_its_function(site, accounts):
    """The event is of version 1.0, and the function's answer is the response."""
    seen = []

    def answer(event):
        seen.append(event)
        return {"statusCode": 201, "headers": {"X-Kind": "order"}, "body": json.dumps({"made": 1})}

    function = accounts.function(accounts.source, "f", answer)
    async with site() as here:
        asked = await rest_api(here, proxy(function), path="{id}")
        await permit(here, function)
        asked |= {"Path": "7", "QueryParameters": {"q": ["1", "2"]}, "Headers": {"X-A": ["b"]}, "RequestBody": {"n": 1}}
        execution = await here.task("apigateway:invoke", asked)
    assert execution.output["StatusCode"] == 201
    assert execution.output["StatusText"] == "Created"
    assert execution.output["ResponseBody"] == {"made": 1}
    assert execution.output["Headers"]["X-Kind"] == ["order"]
    (event,) = seen
    assert event["pathParameters"] == {"id": "7"}
    assert event["multiValueQueryStringParameters"] == {"q": ["1", "2"]}
    assert event["headers"]["X-A"] == "b"
    assert json.loads(event["body"]) == {"n": 1}
    assert event["requestContext"]["stage"] == "prod"


async def test_a_function_that_does_not_admit_the_api_is_a_server_error(site, accounts):
    """Its policy is judged with API Gateway as caller, and the refusal stands in the trail."""
    function = accounts.function(accounts.source, "f", lambda _: {"statusCode": 200})
    async with site() as here:
        asked = await rest_api(here, proxy(function))
        execution = await here.task("apigateway:invoke", asked)
        assert ("lambda", "Invoke", False) in here.called()
    assert execution.error == "ApiGateway.500"
    assert execution.cause == '{"message":"Internal server error"}'


@pytest.mark.parametrize(
    ("answer", "error"), [("text", "ApiGateway.502"), ({"statusCode": 404, "body": "no"}, "ApiGateway.404")]
)
async def test_answers_of_functions_that_are_no_success_fail_the_task(site, accounts, answer, error):
    """A malformed answer of a proxied function is a bad gateway; any other status is its own."""
    function = accounts.function(accounts.source, "f", lambda _: answer)
    async with site() as here:
        asked = await rest_api(here, proxy(function))
        await permit(here, function)
        execution = await here.task("apigateway:invoke", asked)
    assert execution.error == error


@pytest.mark.parametrize(
    ("changed", "error", "cause"),
    [
        ({"Path": "other"}, "ApiGateway.403", '{"message":"Missing Authentication Token"}'),
        ({"Method": "GET"}, "ApiGateway.403", '{"message":"Missing Authentication Token"}'),
        ({"Stage": "dev"}, "ApiGateway.403", '{"message":"Forbidden"}'),
        (
            {"ApiEndpoint": "zzzzzzzzzz.execute-api.us-east-1.amazonaws.com"},
            "ApiGateway.403",
            '{"message":"Forbidden"}',
        ),
    ],
)
async def test_what_is_not_there_is_forbidden(site, changed, error, cause):
    """A path, method, stage or API that does not exist answers 403."""
    async with site() as here:
        asked = {**await rest_api(here, mock()), **changed}
        execution = await here.task("apigateway:invoke", asked)
    assert (execution.error, execution.cause) == (error, cause)


async def test_a_mock_answers_by_its_templates(site):
    """The request's template says the status, whose response has the body."""
    async with site() as here:
        execution = await here.task("apigateway:invoke", await rest_api(here, mock('{"from":"mock"}')))
        failed = await here.task("apigateway:invoke", await rest_api(here, mock('{"e":1}', "409")))
    assert execution.output["ResponseBody"] == {"from": "mock"}
    assert (failed.error, failed.cause) == ("ApiGateway.409", '{"e":1}')


@pytest.mark.parametrize(
    ("rights", "api_policy", "signed", "error"),
    [
        ([ALLOW], None, "IAM_ROLE", None),
        ([], None, "IAM_ROLE", "ApiGateway.403"),
        ([ALLOW], None, "NO_AUTH", "ApiGateway.403"),
        (
            [],
            {
                "Effect": "Allow",
                "Principal": {"Service": "states.amazonaws.com"},
                "Action": "execute-api:Invoke",
                "Resource": "execute-api:/prod/POST/orders",
                "Condition": {
                    "ArnLike": {"aws:SourceArn": "arn:aws:states:us-east-1:111122223333:stateMachine:Orders"}
                },
            },
            "RESOURCE_POLICY",
            None,
        ),
        (
            [ALLOW],
            {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"},
            "IAM_ROLE",
            "ApiGateway.403",
        ),
    ],
)
async def test_iam_authorization_is_judged(site, accounts, write_policy, rights, api_policy, signed, error):
    """By the role's rights and the API's policy, on the ARN of stage, method and path."""
    role = accounts.execution
    unrelated = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    accounts.role(accounts.source, "ExecutionRole", role.trust, write_policy(*(rights or [unrelated])))
    facts = {"policy": document(api_policy)} if api_policy else {}
    async with site() as here:
        asked = await rest_api(here, mock(), auth="AWS_IAM", **facts)
        execution = await here.task("apigateway:invoke", {**asked, "AuthType": signed})
        entries = [entry for entry in here.emulator.gate.trail if entry.call.operation == "Invoke"]
    assert execution.error == error
    if signed != "NO_AUTH":
        assert entries[-1].resource.endswith("/prod/POST/orders")
        assert entries[-1].ruling.allowed is (error is None)
    if error and signed == "IAM_ROLE":
        assert "is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:" in execution.cause
        assert "********3333" in execution.cause


async def test_an_open_method_of_an_api_with_a_policy_is_judged_for_nobody(site):
    """Who is not named by `*` does not get in."""
    named = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "execute-api:Invoke",
        "Resource": "*",
    }
    async with site() as here:
        closed = await rest_api(here, mock(), policy=document(named))
        opened = await rest_api(here, mock(), policy=document({**named, "Principal": "*"}))
        refused = await here.task("apigateway:invoke", closed)
        execution = await here.task("apigateway:invoke", opened)
    assert refused.error == "ApiGateway.403"
    assert "User: anonymous is not authorized" in refused.cause
    assert execution.status == "SUCCEEDED"


async def test_an_api_of_another_account_takes_no_signed_request(site, accounts):
    """IAM_ROLE works inside one account; with Credentials of the other account it does."""
    async with site() as here:
        asked = await rest_api(here, mock(), auth="AWS_IAM", account=accounts.target)
        asked["AuthType"] = "IAM_ROLE"
        credentials = {"RoleArn": accounts.invoke.arn}
        execution = await here.task("apigateway:invoke", asked, Credentials=credentials)
        refused = await here.task("apigateway:invoke", asked)
    assert execution.status == "SUCCEEDED"
    assert refused.error == "ApiGateway.403"


async def test_an_http_api_hands_over_version_two(site, accounts):
    """The event is of version 2.0, and any document is a body; a route that is not there is 404."""
    function = accounts.function(accounts.source, "f", lambda event: {"key": event["routeKey"], "p": event["rawPath"]})
    async with site() as here:
        api = await here.ask("apigatewayv2", "CreateApi", Name="h", ProtocolType="HTTP")
        made = await here.ask(
            "apigatewayv2",
            "CreateIntegration",
            ApiId=api["ApiId"],
            IntegrationType="AWS_PROXY",
            IntegrationUri=function,
            PayloadFormatVersion="2.0",
        )
        target = f"integrations/{made['IntegrationId']}"
        await here.ask("apigatewayv2", "CreateRoute", ApiId=api["ApiId"], RouteKey="GET /p/{id}", Target=target)
        await here.ask("apigatewayv2", "CreateStage", ApiId=api["ApiId"], StageName="$default")
        await permit(here, function)
        asked = {"ApiEndpoint": api["ApiEndpoint"].removeprefix("https://"), "Method": "GET", "Path": "p/3"}
        execution = await here.task("apigateway:invoke", asked)
        absent = await here.task("apigateway:invoke", {**asked, "Path": "q"})
    assert execution.output["ResponseBody"] == {"key": "GET /p/{id}", "p": "/p/3"}
    assert "Apigw-Requestid" in execution.output["Headers"]
    assert (absent.error, absent.cause) == ("ApiGateway.404", '{"message":"Not Found"}')


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"Headers": {"a": "text"}}, "The value of the field 'Headers' has an invalid format"),
        ({"QueryParameters": {"a": "text"}}, "The value of the field 'QueryParameters' has an invalid format"),
        ({"Headers": {"Host": ["h"]}}, "The 'Headers' field contains unsupported values: [host]"),
        ({"Headers": {"X-Amz-Date": ["h"]}}, "The 'Headers' field contains unsupported values: [x-amz-date]"),
        ({"AuthType": "NONE"}, "The value of the field 'AuthType' has an invalid format"),
        ({"Method": "GET", "RequestBody": {}}, "The value of the field 'RequestBody' has an invalid format"),
    ],
)
async def test_parameters_that_do_not_do_stop_the_execution_before_the_task(site, changed, reason):
    """The Task is not scheduled: `States.Runtime`, which nothing catches."""
    plain = {"ApiEndpoint": "a.execute-api.us-east-1.amazonaws.com", "Method": "POST"}
    async with site() as here:
        execution = await here.task("apigateway:invoke", {**plain, **changed})
    assert execution.error == "States.Runtime"
    assert execution.cause.endswith(f"could not be used to start the Task: [{reason}]")
    assert "TaskScheduled" not in [event["type"] for event in execution.history()]


async def test_nulls_are_left_out_unless_they_are_allowed(site, accounts):
    """Members that are null do not reach the API by default."""
    function = accounts.function(accounts.source, "f", lambda event: {"statusCode": 200, "body": event["body"]})
    body = {"RequestBody": {"a": None, "b": 1}}
    async with site() as here:
        asked = await rest_api(here, proxy(function))
        await permit(here, function)
        without = await here.task("apigateway:invoke", {**asked, **body})
        kept = await here.task("apigateway:invoke", {**asked, **body, "AllowNullValues": True})
    assert without.output["ResponseBody"] == {"b": 1}
    assert kept.output["ResponseBody"] == {"a": None, "b": 1}


async def test_what_is_not_emulated_is_refused_by_name(site):
    """Mapping templates are."""
    mapped = {"type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": $x}'}}
    with pytest.raises(Unsupported, match="mapping templates of API Gateway"):
        async with site() as here:
            await here.task("apigateway:invoke", await rest_api(here, mapped))


async def test_a_token_goes_along_in_a_header(site, accounts):
    """The callback pattern: what the API answers is shown, and the token sent back is the result."""
    tokens = []

    def answer(event):
        tokens.append(event["headers"]["TaskToken"])
        return {"statusCode": 200, "body": "{}"}

    function = accounts.function(accounts.source, "f", answer)
    async with site() as here:
        asked = await rest_api(here, proxy(function))
        await permit(here, function)
        headers = {"Headers": {"TaskToken.$": "States.Array($$.Task.Token)"}}
        resource = "apigateway:invoke.waitForTaskToken"
        execution = await here.task(resource, {**asked, **headers}, TimeoutSeconds=5)
    assert tokens
    assert execution.error == "States.Timeout"
    assert "TaskSubmitted" in [event["type"] for event in execution.history()]


@pytest.mark.parametrize(
    ("message", "status"), [("not found: 7", "404"), ("anything", "200")], ids=["fitting", "the usual one"]
)
async def test_an_integration_that_is_no_proxy_chooses_its_response_by_the_error(site, accounts, message, status):
    """By the pattern that the message of a failed function fits."""

    def fail(_event):
        raise FunctionError({"errorType": "E", "errorMessage": message})

    function = accounts.function(accounts.source, "f", fail)
    responses = {"200": {}, "404": {"selectionPattern": "not found.*"}}
    integration = {**proxy(function), "type": "AWS", "responses": responses}
    async with site() as here:
        asked = await rest_api(here, integration)
        await permit(here, function)
        execution = await here.task("apigateway:invoke", asked)
    assert execution.error == (None if status == "200" else "ApiGateway.404")


async def test_an_integration_may_have_a_role(site, accounts, write_trust, write_policy):
    """API Gateway takes it, and its rights are judged instead of the function's policy."""
    function = accounts.function(accounts.source, "f", lambda _: {"statusCode": 200, "body": "{}"})
    trusting = write_trust({"Principal": {"Service": "apigateway.amazonaws.com"}})
    role = accounts.role(accounts.source, "Gateway", trusting, write_policy(ALLOW))
    async with site() as here:
        execution = await here.task(
            "apigateway:invoke", await rest_api(here, {**proxy(function), "credentials": role.arn})
        )
        accounts.role(accounts.source, "Gateway", write_trust({"Principal": {"Service": "ec2.amazonaws.com"}}))
        refused = await here.task(
            "apigateway:invoke", await rest_api(here, {**proxy(function), "credentials": role.arn})
        )
    assert execution.status == "SUCCEEDED"
    assert refused.error == "ApiGateway.500"
