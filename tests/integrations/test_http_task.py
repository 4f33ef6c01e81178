"""HTTP Tasks against a server of this machine: connections, permissions, errors, bodies."""

from __future__ import annotations

import asyncio
import base64
import json
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from turnstile.faults import Unsupported

ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
API_KEY = {"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "s3cret"}}


class Server:
    """Remembers requests; `answers` are given in turn, the last one for ever."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []
        self.url = ""

    async def handle(self, request):
        body = await request.text()
        self.requests.append((request.method, request.path_qs, dict(request.headers), body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if asyncio.iscoroutinefunction(answer):
            return await answer(request)
        return answer() if callable(answer) else web.json_response(answer)


@asynccontextmanager
async def serving(*answers):
    """A server of these answers."""
    server = Server(*(answers or ({"ok": True},)))
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", server.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    place = web.TCPSite(runner, "127.0.0.1", 0)
    await place.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()


async def connect(here, kind="API_KEY", parameters=None, **facts):
    """A connection; its ARN."""
    given = {**(parameters or API_KEY), **facts}
    made = await here.ask("events", "CreateConnection", Name="c", AuthorizationType=kind, AuthParameters=given)
    return made["ConnectionArn"]


def asked(server, arn, **fields):
    return {"ApiEndpoint": f"{server.url}/orders", "Method": "GET", "Authentication": {"ConnectionArn": arn}, **fields}


async def test_a_response_is_the_result(site):
    """Headers are lists, a JSON body is parsed; the request carries what Step Functions sends along."""
    async with site() as here, serving({"id": 1}) as server:
        execution = await here.task("http:invoke", asked(server, await connect(here), QueryParameters={"a": [1, 2]}))
    assert execution.output["ResponseBody"] == {"id": 1}
    assert execution.output["StatusCode"] == 200
    assert execution.output["StatusText"] == "OK"
    assert execution.output["Headers"]["Content-Type"] == ["application/json; charset=utf-8"]
    ((method, path, headers, _),) = server.requests
    assert (method, path) == ("GET", "/orders?a=1&a=2")
    assert headers["x-key"] == "s3cret"
    assert headers["User-Agent"] == "Amazon|StepFunctions|HttpInvoke|us-east-1"
    assert headers["Range"] == "bytes=0-262144"


async def test_time_stands_still_for_a_request(site):
    """However long it takes, the world's clock shows the same."""
    async with site() as here, serving() as server:
        arn = await connect(here)
        began = here.emulator.world.clock.now()
        await here.task("http:invoke", asked(server, arn))
        assert here.emulator.world.clock.now() == began


async def test_basic_credentials_are_an_authorization_header(site):
    """User and password of the connection."""
    basic = {"BasicAuthParameters": {"Username": "u", "Password": "p"}}
    async with site() as here, serving() as server:
        await here.task("http:invoke", asked(server, await connect(here, "BASIC", basic)))
    assert server.requests[0][2]["Authorization"] == f"Basic {base64.b64encode(b'u:p').decode()}"


async def test_a_token_is_got_once_and_again_when_it_is_refused(site):
    """OAuth: the token request has the client's credentials; a 401 later asks for another token."""
    refused = lambda: web.json_response({}, status=401)  # noqa: E731 - an answer as a value
    answers = ({"access_token": "t1"}, {"n": 1}, {"n": 2}, refused, {"access_token": "t2"}, {"n": 3})
    async with site() as here, serving(*answers) as server:
        oauth = {
            "OAuthParameters": {
                "ClientParameters": {"ClientID": "id", "ClientSecret": "cs"},
                "AuthorizationEndpoint": f"{server.url}/token",
                "HttpMethod": "POST",
                "OAuthHttpParameters": {"BodyParameters": [{"Key": "scope", "Value": "s", "IsValueSecret": False}]},
            }
        }
        arn = await connect(here, "OAUTH_CLIENT_CREDENTIALS", oauth)
        outputs = [(await here.task("http:invoke", asked(server, arn))).output["ResponseBody"] for _ in range(3)]
    assert outputs == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert [path for _, path, _, _ in server.requests] == ["/token", *["/orders"] * 3, "/token", "/orders"]
    form = server.requests[0][3]
    assert form == "client_id=id&client_secret=cs&scope=s&grant_type=client_credentials"
    assert [headers.get("Authorization") for _, path, headers, _ in server.requests if path == "/orders"] == [
        "Bearer t1",
        "Bearer t1",
        "Bearer t1",
        "Bearer t2",
    ]


async def test_parameters_of_the_connection_go_before_those_of_the_task(site):
    """In headers, query and body."""
    extra = {
        "InvocationHttpParameters": {
            "HeaderParameters": [{"Key": "X-A", "Value": "connection", "IsValueSecret": False}],
            "QueryStringParameters": [{"Key": "q", "Value": "connection", "IsValueSecret": False}],
            "BodyParameters": [{"Key": "b", "Value": "connection", "IsValueSecret": True}],
        }
    }
    fields = {
        "Method": "POST",
        "Headers": {"x-a": "task", "x-b": "task"},
        "QueryParameters": {"q": "task"},
        "RequestBody": {"b": 1, "c": 2},
    }
    async with site() as here, serving() as server:
        arn = await connect(here, **extra)
        await here.task("http:invoke", asked(server, arn, **fields))
        text = await here.task("http:invoke", asked(server, arn, **{**fields, "RequestBody": "text"}))
    _, path, headers, body = server.requests[0]
    assert path == "/orders?q=connection"
    assert (headers["X-A"], headers["x-b"]) == ("connection", "task")
    assert json.loads(body) == {"b": "connection", "c": 2}
    assert headers["Content-Type"] == "application/json"
    assert text.error == "States.Runtime"


@pytest.mark.parametrize(
    ("arrays", "form"),
    [
        (None, "a%5B0%5D=1&a%5B1%5D=2&b%5Bc%5D=x+y"),
        ("REPEAT", "a=1&a=2&b%5Bc%5D=x+y"),
        ("COMMAS", "a=1%2C2&b%5Bc%5D=x+y"),
        ("BRACKETS", "a%5B%5D=1&a%5B%5D=2&b%5Bc%5D=x+y"),
    ],
)
async def test_a_body_goes_as_a_form_where_that_is_asked_for(site, arrays, form):
    """`Transform`, with lists in the format that it says."""
    transform = {"RequestBodyEncoding": "URL_ENCODED"}
    if arrays:
        transform["RequestEncodingOptions"] = {"ArrayFormat": arrays}
    fields = {"Method": "POST", "RequestBody": {"a": [1, 2], "b": {"c": "x y"}}, "Transform": transform}
    async with site() as here, serving() as server:
        await here.task("http:invoke", asked(server, await connect(here), **fields))
    assert server.requests[0][3] == form
    assert server.requests[0][2]["Content-Type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("answer", "error", "cause"),
    [
        (lambda: web.Response(status=404, text="gone"), "States.Http.StatusCode.404", "gone"),
        (lambda: web.Response(status=503, text=""), "States.Http.StatusCode.503", ""),
        (lambda: web.Response(status=302, headers={"Location": "/"}), "States.Http.StatusCode.302", None),
        (lambda: web.Response(body=b"\xff\xfe", content_type="text/plain"), "States.Runtime", "read as text"),
        (lambda: web.Response(body=b"x", content_type="image/png"), "States.Runtime", "image/png"),
        (lambda: web.Response(text="x" * 300_000), "States.DataLimitExceeded", None),
    ],
)
async def test_responses_that_fail_the_task(site, answer, error, cause):
    """A status that is no success, a redirection, what is no text, what is too large."""
    async with site() as here, serving(answer) as server:
        execution = await here.task("http:invoke", asked(server, await connect(here)))
    assert execution.error == error
    assert cause is None or cause in execution.cause


async def test_nobody_listening_is_a_socket_error(site):
    """`States.Http.Socket`."""
    async with site() as here, serving() as server:
        arn = await connect(here)
        parameters = asked(server, arn)
        parameters["ApiEndpoint"] = "http://127.0.0.1:9/orders"
        execution = await here.task("http:invoke", parameters)
    assert execution.error == "States.Http.Socket"


@pytest.mark.parametrize(
    ("denied", "error"),
    [
        ("states:InvokeHTTPEndpoint", "States.Permissions"),
        ("events:RetrieveConnectionCredentials", "Events.ConnectionResource.AccessDenied"),
        ("secretsmanager:DescribeSecret", "Events.ConnectionResource.AccessDenied"),
        ("secretsmanager:GetSecretValue", "Events.ConnectionResource.AccessDenied"),
    ],
)
async def test_each_right_is_needed(site, accounts, write_policy, denied, error):
    """Without it nothing is sent, and the trail shows which one was missing."""
    role = accounts.execution
    refusal = {"Effect": "Deny", "Action": denied, "Resource": "*"}
    accounts.role(accounts.source, "ExecutionRole", role.trust, write_policy(ALLOW, refusal))
    async with site() as here, serving() as server:
        execution = await here.task("http:invoke", asked(server, await connect(here)))
        refused = [entry for entry in here.emulator.gate.trail if not entry.ruling.allowed]
    assert execution.error == error
    assert server.requests == []
    assert [entry.ruling.decisions[0].request.action for entry in refused] == [denied]


@pytest.mark.parametrize(("pattern", "allowed"), [("http://127.0.0.1:*/orders", True), ("https://*", False)])
async def test_endpoints_and_methods_are_condition_keys(site, accounts, write_policy, pattern, allowed):
    """A policy may say which machine calls what, and how."""
    rights = [
        {"Effect": "Allow", "Action": ["events:*", "secretsmanager:*"], "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": "states:InvokeHTTPEndpoint",
            "Resource": "arn:aws:states:us-east-1:111122223333:stateMachine:Orders",
            "Condition": {
                "StringEquals": {"states:HTTPMethod": "GET"},
                "StringLike": {"states:HTTPEndpoint": pattern},
            },
        },
    ]
    accounts.role(accounts.source, "ExecutionRole", accounts.execution.trust, write_policy(*rights))
    async with site() as here, serving() as server:
        execution = await here.task("http:invoke", asked(server, await connect(here)))
    assert (execution.status == "SUCCEEDED") is allowed
    if not allowed:
        assert execution.cause.startswith(
            "AWS Step Functions is not authorized to perform states:InvokeHTTPEndpoint on API Endpoint http://127"
        )


async def test_a_connection_that_is_not_there(site, accounts):
    """Or one of another account."""
    arn = "arn:aws:events:us-east-1:{}:connection/c/0f1e2d3c-0000-4000-8000-000000000000"
    async with site() as here, serving() as server:
        missing = await here.task("http:invoke", asked(server, arn.format(accounts.source.id)))
        foreign = await here.task("http:invoke", asked(server, arn.format(accounts.target.id)))
    assert missing.error == "Events.ConnectionResource.ResourceNotFound"
    assert foreign.error == "Events.ConnectionResource.AccessDenied"


async def test_other_hosts_are_not_reached(site):
    """The refusal names both remedies."""

    async def call():
        async with site() as here, serving() as server:
            parameters = asked(server, await connect(here))
            await here.task("http:invoke", {**parameters, "ApiEndpoint": "https://api.example.com/orders"})

    with pytest.raises(Unsupported, match=r"`api\.example\.com` \(declare an answer .*`http_hosts`"):
        await call()


async def test_declared_answers_stand_for_endpoints(site):
    """By method and address; the rights and the connection are judged all the same."""
    stubs = [
        {
            "when": {"Method": "GET", "ApiEndpoint": "https://api.example.com/*"},
            "returns": {"StatusCode": 200, "Headers": {"X-A": "b"}, "ResponseBody": {"n": 1}},
        },
        {"returns": {"StatusCode": 429, "ResponseBody": "slow down"}},
    ]
    async with site(http__invoke=stubs) as here, serving() as server:
        parameters = asked(server, await connect(here))
        failed = await here.task("http:invoke", parameters)
        parameters["ApiEndpoint"] = "https://api.example.com/orders"
        execution = await here.task("http:invoke", parameters)
    assert execution.output["ResponseBody"] == {"n": 1}
    assert execution.output["Headers"] == {"X-A": ["b"]}
    assert (failed.error, failed.cause) == ("States.Http.StatusCode.429", "slow down")
    assert server.requests == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"Headers": {"Authorization": "x"}}, "The 'Headers' field contains unsupported values: [authorization]"),
        ({"Method": "TRACE"}, "The value of the field 'Method' has an invalid format"),
        ({"ApiEndpoint": "ftp://host"}, "The value of the field 'ApiEndpoint' has an invalid format"),
        ({"Transform": {"RequestBodyEncoding": "XML"}}, "The value of the field 'Transform' has an invalid format"),
        ({"Authentication": {}}, "The field 'Authentication.ConnectionArn' is required but was missing"),
    ],
)
async def test_parameters_that_do_not_do(site, changed, reason):
    """`States.Runtime` before the Task is scheduled."""
    plain = {"ApiEndpoint": "https://h", "Method": "GET", "Authentication": {"ConnectionArn": "arn:aws:events:::c"}}
    async with site() as here:
        execution = await here.task("http:invoke", {**plain, **changed})
    assert execution.error == "States.Runtime"
    assert execution.cause.endswith(f"[{reason}]")


@pytest.mark.parametrize("reveal", [False, True])
async def test_a_test_of_the_state_shows_request_and_response(site, accounts, reveal):
    """With TRACE; what the connection added only where secrets are to be shown."""
    async with site() as here, serving({"id": 1}) as server:
        state = {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "End": True}
        state["Parameters"] = asked(server, await connect(here), QueryParameters={"q": "a b"})
        answer = await here.ask(
            "stepfunctions",
            "TestState",
            definition=json.dumps(state),
            roleArn=accounts.execution.arn,
            inspectionLevel="TRACE",
            revealSecrets=reveal,
        )
    assert answer["status"] == "SUCCEEDED"
    request, response = answer["inspectionData"]["request"], answer["inspectionData"]["response"]
    assert ("x-key: s3cret" in request["headers"]) is reveal
    assert request["url"] == f"{server.url}/orders?q=a+b"
    assert (request["protocol"], request["method"]) == ("http", "GET")
    assert (response["statusCode"], response["statusMessage"], response["body"]) == ("200", "OK", '{"id": 1}')


async def test_responses_come_in_the_order_of_their_requests(site):
    """However fast an endpoint is: the second branch ends after the first."""
    fast = asyncio.Event()

    async def handle(request):
        if request.path == "/slow":
            await fast.wait()
        fast.set()
        return web.json_response({})

    async with site() as here, serving(handle) as server:
        arn = await connect(here)
        branches = []
        for name in ("slow", "fast"):
            parameters = {**asked(server, arn), "ApiEndpoint": f"{server.url}/{name}"}
            task = {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "Parameters": parameters, "End": True}
            branches.append({"StartAt": name, "States": {name: task}})
        both = {"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "Branches": branches, "End": True}}}
        execution = await here.run(both)
    left = [
        event["stateExitedEventDetails"]["name"] for event in execution.history() if event["type"] == "TaskStateExited"
    ]
    assert left == ["slow", "fast"]


@pytest.mark.parametrize(
    "changed",
    [
        {"ApiEndpoint": "http://[::1/orders"},
        {"Headers": {"X-A": "a\r\nX-B: b"}},
        {"ApiEndpoint": "http://127.0.0.1:99999/x"},
    ],
)
async def test_what_cannot_be_written_as_a_request(site, changed):
    """Is `States.Runtime`, and no word of Python's is in the cause."""
    async with site() as here, serving() as server:
        execution = await here.task("http:invoke", {**asked(server, await connect(here)), **changed})
    assert execution.error == "States.Runtime"
    assert "Error" not in execution.cause
    assert server.requests == []


async def test_a_secret_that_was_overwritten(site):
    """Leaves the connection of no use."""
    async with site() as here, serving() as server:
        arn = await connect(here)
        secret = (await here.ask("events", "DescribeConnection", Name="c"))["SecretArn"]
        await here.ask("secretsmanager", "PutSecretValue", SecretId=secret, SecretString="no json")
        execution = await here.task("http:invoke", asked(server, arn))
    assert execution.error == "Events.ConnectionResource.InvalidConnectionState"
