"""Optimized integrations that are one call each, as rows: what is sent, what comes back, how errors are named.

A row says which operation answers an API, which members take any JSON and send it as text, whether the result shows the
two members of metadata, and by which `Family` errors are named. Members stand in PascalCase at every level, whatever
the service uses. A member that is `null` is not sent, and what is none of the operation's fails the Task before it is
scheduled (reported; that no event comes before is *inferred*). Facts: reference/integrations.json (optimised); what one
service does beyond a row is a class below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.asl.errors import StatesError
from turnstile.document import Json, compact
from turnstile.gate.errors import ServiceError
from turnstile.integrations.failure import DYNAMODB, EVENTBRIDGE, SNS, SQS, metadata
from turnstile.integrations.offer import Offer
from turnstile.integrations.parameters import refused
from turnstile.integrations.sdk_work import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.gate.call import Answer
    from turnstile.integrations.failure import Family
    from turnstile.integrations.offer import Offers
    from turnstile.integrations.work import Models, Work


def _same(members: dict[str, Json]) -> dict[str, Json]:
    return members


def _as_answered(_request: Mapping[str, Json], output: dict[str, Json]) -> dict[str, Json]:
    return output


@dataclass(frozen=True, slots=True)
class Api:
    """One API: botocore's service and operation, the errors' family, and the shaping of members.

    `texts` are members whose values are sent as text, `free` are those that may be any JSON, at any depth. `cased`: the
    service's model does not write its members in PascalCase, so answers are renamed. `with_metadata`: the result has
    `SdkHttpMetadata` and `SdkResponseMetadata`. `renamed` turns the parameters of a Task into members of the call,
    still in PascalCase, and `told` adds to the answer what the Task shows besides.
    """

    client: str
    operation: str
    family: Family
    texts: tuple[str, ...] = ()
    free: frozenset[str] = frozenset()
    cased: bool = False
    with_metadata: bool = True
    renamed: Callable[[dict[str, Json]], dict[str, Json]] = _same
    told: Callable[[Mapping[str, Json], dict[str, Json]], dict[str, Json]] = _as_answered

    def request(self, work: Work) -> dict[str, Json]:
        """The members of the call.

        Raises:
            StatesError: the parameters are no object.
        """
        members = {name: value for name, value in work.members.items() if value is not None}
        for name in self.texts:
            if name in members:
                members[name] = as_text(members[name])
        return work.models.request(self.client, self.operation, self.renamed(members))

    def fit(self, parameters: Json, models: Models) -> None:
        """Refuse parameters that are none of the operation; those that are renamed are left to the service.

        Raises:
            StatesError: `States.Runtime`.
        """
        if self.renamed is not _same:
            return
        wrong = [sentence(each) for each in models.misfits(self.client, self.operation, parameters, self.free)]
        if wrong:
            raise refused(parameters, ", ".join(wrong))

    async def ask(self, work: Work, request: Mapping[str, Json]) -> Answer:
        """Make the call.

        Raises:
            StatesError: refused, by the names of the family.
        """
        try:
            return await work.ask(self.client, self.operation, request)
        except ServiceError as error:
            raise self.family.failure(error, work.models.error_codes(self.client)) from None

    def shown(self, work: Work, request: Mapping[str, Json], answer: Answer) -> dict[str, Json]:
        """The answer as a Task shows it, its members in order of their names (recorded)."""
        output: dict[str, Json] = answer.output
        if self.cased:
            output = work.models.timed(self.client, self.operation, output)
        output = self.told(request, output)
        whole = output | metadata(answer.request_id) if self.with_metadata else output
        return dict(sorted(whole.items()))


@dataclass(frozen=True, slots=True)
class OneCall:
    """An API that one call answers."""

    api: Api

    async def start(self, work: Work) -> Json:
        """Make the call.

        Raises:
            StatesError: see `Integration.start`.
        """
        request = self.api.request(work)
        return self.api.shown(work, request, await self.api.ask(work, request))


@dataclass(frozen=True, slots=True)
class PutEvents:
    """`events:putEvents`: each entry tells of the execution, and one that is not taken fails the Task."""

    api: Api

    async def start(self, work: Work) -> Json:
        """Send the events.

        Raises:
            StatesError: see `Integration.start`; `EventBridge.FailedEntry` with the answer as cause.
        """
        request = self.api.request(work)
        entries = request.get("Entries")
        if isinstance(entries, list):
            request["Entries"] = [_told(entry, work) if isinstance(entry, dict) else entry for entry in entries]
        shown = self.api.shown(work, request, await self.api.ask(work, request))
        if shown.get("FailedEntryCount"):
            raise StatesError("EventBridge.FailedEntry", compact(shown))
        return shown


def _told(entry: dict[str, Json], work: Work) -> dict[str, Json]:
    """An entry with its detail as text and the ARNs of machine and execution among its resources."""
    told = {name: value for name, value in entry.items() if value is not None}
    if "Detail" in told:
        told["Detail"] = as_text(told["Detail"])
    named = told.get("Resources")
    if named is None or isinstance(named, list):
        told["Resources"] = [*(named or ()), work.origin.machine_arn, work.origin.execution_arn]
    return told


def as_text(value: Json) -> str:
    """A value for a member that is text: text as it stands, anything else as its JSON."""
    return value if isinstance(value, str) else compact(value)


def _offer(api: Api, *, called_back: bool = False) -> Offer:
    return Offer(OneCall(api), called_back=called_back, fit=api.fit)


def _item(operation: str) -> Offer:
    return _offer(Api("dynamodb", operation, DYNAMODB))


def _message(client: str, operation: str, family: Family, body: str) -> Api:
    return Api(client, operation, family, (body,), frozenset({body}))


_EVENTS = Api("events", "PutEvents", EVENTBRIDGE, free=frozenset({"Detail"}), with_metadata=False)
OFFERS: Offers = {
    ("dynamodb", "deleteItem"): _item("DeleteItem"),
    ("dynamodb", "getItem"): _item("GetItem"),
    ("dynamodb", "putItem"): _item("PutItem"),
    ("dynamodb", "updateItem"): _item("UpdateItem"),
    ("events", "putEvents"): Offer(PutEvents(_EVENTS), called_back=True, fit=_EVENTS.fit),
    ("sns", "publish"): _offer(_message("sns", "Publish", SNS, "Message"), called_back=True),
    ("sqs", "sendMessage"): _offer(_message("sqs", "SendMessage", SQS, "MessageBody"), called_back=True),
}
