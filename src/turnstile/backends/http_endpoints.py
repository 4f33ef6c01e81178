"""HTTP Tasks behind the gate: the connection and its secret, the request, the token it needs, the response.

The gate has judged `states:InvokeHTTPEndpoint`. The other rights of the execution role are judged here, by calls under
the same session: `events:RetrieveConnectionCredentials`, then describing and reading the connection's secret. Whatever
is refused is `Events.ConnectionResource.AccessDenied` (reported). A declared answer (`stubs:`, `http:invoke`) stands
for the endpoint and its token. Facts: reference/integrations.json (http); texts of trouble with connections are
*inferred*.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.backends.connections import Credentials, Extra, OAuth, credentials, overlaid, with_body
from turnstile.backends.handlers.turn import Turn
from turnstile.backends.http_exchange import exchange
from turnstile.backends.url_encoding import encoded
from turnstile.document import compact
from turnstile.gate.call import Call
from turnstile.gate.errors import AccessDenied, ServiceError
from turnstile.world.answers import Returned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.http_client import Received, Sent
    from turnstile.document import Json
    from turnstile.gate.call import Backend, Output
    from turnstile.gate.gate import Gate
    from turnstile.world.answers import Raised
    from turnstile.world.world import World

STUB = "http:invoke"
_TROUBLE = "Events.ConnectionResource"
_UNAUTHORIZED = 401
_UNREADABLE = ("image/", "video/", "audio/", "application/octet-stream")
_RANGE = "bytes=0-262144"


class HttpEndpoints:
    """The HTTP Tasks of one world; `behind` keeps connections and secrets."""

    def __init__(self, world: World, behind: Backend, gate: Gate) -> None:
        self._world = world
        self._behind = behind
        self._gate = gate
        self._tokens: dict[str, str] = {}
        self._turns: dict[Turn, None] = {}

    async def perform(self, call: Call, owner: str) -> Output:
        """Send the request that a Task asks for; `StatusCode`, `Headers` and `Body` of the response, and `Exchange`.

        Raises:
            ServiceError: named as the Task's error is.
            Unsupported: the host is none that the world allows.
        """
        arn = str(call.parameters["ConnectionArn"])
        secret = await self._secret(call, arn)
        account = self._world.accounts.get(owner)
        answers = account.stubs.get(STUB) if account else None
        outcome = answers.next(_asked(call.parameters)) if answers else None
        known = credentials(secret)
        if outcome is not None:
            return {**_declared(outcome), "Exchange": exchange(_request(call, known, {}), _bare(call))}
        sent, received = await self._exchange(call, arn, known)
        return {**_response(received), "Exchange": exchange(sent, _bare(call))}

    async def _secret(self, call: Call, arn: str) -> Mapping[str, Json]:
        """The secret of a connection, read under the session of the Task.

        Raises:
            ServiceError: `Events.ConnectionResource.*`.
        """
        try:
            where = arns.parse(arn)
            arns.partition_of(where.region)
        except ValueError:
            raise ServiceError("States.Runtime", f"'{arn}' is not the ARN of a connection") from None
        if where.account != call.caller.account:
            raise ServiceError(f"{_TROUBLE}.AccessDenied", f"The connection {arn} belongs to another account")
        try:
            asked = replace(call, service="events", operation="RetrieveConnectionCredentials", region=where.region)
            self._gate.admit(replace(asked, parameters={"ConnectionArn": arn}))
            secret = {"SecretId": str((await self._connection(where, arn)).get("SecretArn"))}
            for operation in ("DescribeSecret", "GetSecretValue"):
                read = replace(asked, service="secretsmanager", operation=operation, parameters=secret)
                answer = await self._gate.call(read)
        except AccessDenied as denied:
            raise ServiceError(f"{_TROUBLE}.AccessDenied", denied.message) from None
        return _parsed(answer.output, arn)

    async def _connection(self, where: arns.Arn, arn: str) -> Mapping[str, Json]:
        """What the service keeps of a connection that may be used."""
        name = where.resource.split("/")[1] if "/" in where.resource else ""
        account = self._world.accounts[where.account]
        describe = Call(account.root, "events", "DescribeConnection", {"Name": name}, where.region)
        try:
            found: Mapping[str, Json] = await self._behind.perform(describe, where.account)
        except ServiceError:
            raise ServiceError(f"{_TROUBLE}.ResourceNotFound", f"The connection {arn} does not exist") from None
        if found.get("ConnectionArn") != arn:
            raise ServiceError(f"{_TROUBLE}.ResourceNotFound", f"The connection {arn} does not exist")
        state = found.get("ConnectionState")
        if state == "AUTHORIZING":
            raise ServiceError(f"{_TROUBLE}.AuthInProgress", f"The connection {arn} is being authorized")
        if state != "AUTHORIZED":
            raise ServiceError(f"{_TROUBLE}.InvalidConnectionState", f"The connection {arn} is in state {state}")
        return found

    async def _exchange(self, call: Call, arn: str, known: Credentials) -> tuple[Sent, Received]:
        """Request and response, which come in the order of the requests where several are under way."""
        turn = Turn(self._world.clock.now(), self._turns)
        self._turns[turn] = None
        try:
            answered = await self._answered(call, arn, known)
            await turn.reached()
        finally:
            del self._turns[turn]
            turn.leave()
        return answered

    async def _answered(self, call: Call, arn: str, known: Credentials) -> tuple[Sent, Received]:
        """With OAuth a token is got when there is none, and once more when it is refused."""
        if known.oauth is None:
            sent = _request(call, known, {})
            return sent, await self._send(sent)
        fresh = arn not in self._tokens
        if fresh:
            self._tokens[arn] = await self._token(known.oauth)
        sent = _request(call, known, _bearer(self._tokens[arn]))
        received = await self._send(sent)
        if received.status == _UNAUTHORIZED and not fresh:
            self._tokens[arn] = await self._token(known.oauth)
            sent = _request(call, known, _bearer(self._tokens[arn]))
            received = await self._send(sent)
        return sent, received

    async def _token(self, oauth: OAuth) -> str:
        """An access token for the client's credentials.

        Raises:
            ServiceError: `Events.ConnectionResource.AccessDenied`, there is none.
        """
        received = await self._send(_token_request(oauth))
        try:
            token = json.loads(received.body)["access_token"]
        except (KeyError, TypeError, ValueError):
            text = f"No access token came from {oauth.endpoint}: status {received.status}"
            raise ServiceError(f"{_TROUBLE}.AccessDenied", text) from None
        return str(token)

    async def _send(self, request: Sent) -> Received:
        from turnstile.backends.http_client import send  # noqa: PLC0415 - loads aiohttp

        return await send(request, self._world.settings.http_hosts)


def _parsed(output: Output, arn: str) -> Mapping[str, Json]:
    """The document in a secret, which anybody may have overwritten."""
    try:
        found = json.loads(output["SecretString"])
    except (KeyError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise ServiceError(f"{_TROUBLE}.InvalidConnectionState", f"The secret of the connection {arn} is malformed")
    return found


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _request(call: Call, known: Credentials, token: Mapping[str, str]) -> Sent:
    """The request with all that the connection adds."""
    from turnstile.backends.http_client import Sent  # noqa: PLC0415 - loads aiohttp

    asked = call.parameters
    body, kind = _body(with_body(asked.get("RequestBody"), known.extra.body), asked.get("Transform") or {})
    ours = {"User-Agent": f"Amazon|StepFunctions|HttpInvoke|{call.region}", "Range": _RANGE}
    headers = overlaid(asked.get("Headers") or {}, known.extra.headers, folded=True)
    if body is not None and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = kind
    headers = overlaid(headers, {**known.headers, **token, **ours}, folded=True)
    query = overlaid(asked.get("QueryParameters") or {}, known.extra.query, folded=False)
    return Sent(str(asked["Method"]), str(asked["ApiEndpoint"]), headers, query, body)


def _bare(call: Call) -> Sent:
    """The request as it would be without anything of the connection."""
    return _request(call, Credentials({}, Extra()), {})


def _body(body: Json, transform: Mapping[str, Json]) -> tuple[str | None, str]:
    """The text of a body, and what it is."""
    if body is None:
        return None, ""
    if transform.get("RequestBodyEncoding") == "URL_ENCODED":
        arrays = (transform.get("RequestEncodingOptions") or {}).get("ArrayFormat", "INDICES")
        return encoded(body, arrays), "application/x-www-form-urlencoded"
    return body if isinstance(body, str) else compact(body), "application/json"


def _token_request(oauth: OAuth) -> Sent:
    """Client credentials as EventBridge sends them: in the form, or by `Authorization` where there is none."""
    from turnstile.backends.http_client import Sent  # noqa: PLC0415 - loads aiohttp

    form = {"client_id": oauth.client, "client_secret": oauth.secret, **oauth.extra.body}
    form.setdefault("grant_type", "client_credentials")
    headers: dict[str, Json] = {"Content-Type": "application/x-www-form-urlencoded", **oauth.extra.headers}
    if oauth.method == "GET":
        pair = base64.b64encode(f"{oauth.client}:{oauth.secret}".encode()).decode()
        headers["Authorization"] = f"Basic {pair}"
        return Sent("GET", oauth.endpoint, headers, oauth.extra.query)
    return Sent(oauth.method, oauth.endpoint, headers, oauth.extra.query, encoded(form, "INDICES"))


def _response(received: Received) -> Output:
    """The response as text.

    Raises:
        ServiceError: `States.Runtime`, it is none that a Task can show.
    """
    if received.kind.startswith(_UNREADABLE):
        text = f"The response has the content type {received.kind}, which is not supported"
        raise ServiceError("States.Runtime", text)
    try:
        body = received.body.decode(received.charset or "utf-8")
    except (LookupError, UnicodeDecodeError):
        raise ServiceError("States.Runtime", "The body of the response could not be read as text") from None
    return {"StatusCode": received.status, "Headers": received.headers, "Body": body}


def _asked(parameters: Mapping[str, Json]) -> Json:
    """What the `when` of a declared answer is held against: the Task's own parameters."""
    return {name: value for name, value in parameters.items() if name != "MachineArn"}


def _declared(outcome: Returned | Raised) -> Output:
    """A declared answer as a response; a document is its body."""
    if not isinstance(outcome, Returned):
        raise ServiceError(outcome.code, outcome.message, outcome.status or 400)
    told = outcome.document or {}
    body = told.get("ResponseBody", "")
    headers = {name: value if isinstance(value, list) else [value] for name, value in told.get("Headers", {}).items()}
    text = body if isinstance(body, str) else compact(body)
    return {"StatusCode": told.get("StatusCode", 200), "Headers": headers, "Body": text}
