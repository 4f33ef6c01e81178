"""Optimized integrations that are one call each, as rows: what is sent, what comes back, how errors are named.

A row says which operation answers an API, which members take any JSON and send it as text, whether the result shows the
two members of metadata, and by which `Family` errors are named. Members stand in PascalCase at every level, whatever
the service uses; where the service's own model does, as in all rows with `cased` false, nothing is renamed. A member
that is `null` is not sent. Facts: reference/integrations.json (optimised); what one service does beyond a row is a
class below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.asl.errors import StatesError
from turnstile.document import Json, compact
from turnstile.gate.errors import ServiceError
from turnstile.integrations.failure import DYNAMODB, EVENTBRIDGE, SNS, SQS, metadata
from turnstile.integrations.offer import Offer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.gate.call import Answer
    from turnstile.integrations.failure import Family
    from turnstile.integrations.offer import Offers
    from turnstile.integrations.work import Work


def _same(members: dict[str, Json]) -> dict[str, Json]:
    return members


def _as_answered(_request: Mapping[str, Json], output: dict[str, Json]) -> dict[str, Json]:
    return output


@dataclass(frozen=True, slots=True)
class Api:
    """One API: botocore's service and operation, the errors' family, and the shaping of members.

    `texts` are members whose values are sent as text. `cased`: the service's model does not write its members in
    PascalCase, so names are looked up in it. `with_metadata`: the result has `SdkHttpMetadata` and
    `SdkResponseMetadata`. `renamed` turns the parameters of a Task into members of the call, still in PascalCase, and
    `told` adds to the answer what the Task shows besides.
    """

    client: str
    operation: str
    family: Family
    texts: tuple[str, ...] = ()
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
        members = self.renamed(members)
        return work.models.request(self.client, self.operation, members) if self.cased else members

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
    told = dict(entry)
    if "Detail" in told:
        told["Detail"] = as_text(told["Detail"])
    named = told.get("Resources")
    if named is None or isinstance(named, list):
        told["Resources"] = [*(named or ()), work.origin.machine_arn, work.origin.execution_arn]
    return told


def as_text(value: Json) -> str:
    """A value for a member that is text: text as it stands, anything else as its JSON."""
    return value if isinstance(value, str) else compact(value)


def _item(operation: str) -> Offer:
    return Offer(OneCall(Api("dynamodb", operation, DYNAMODB)))


OFFERS: Offers = {
    ("dynamodb", "deleteItem"): _item("DeleteItem"),
    ("dynamodb", "getItem"): _item("GetItem"),
    ("dynamodb", "putItem"): _item("PutItem"),
    ("dynamodb", "updateItem"): _item("UpdateItem"),
    ("events", "putEvents"): Offer(
        PutEvents(Api("events", "PutEvents", EVENTBRIDGE, with_metadata=False)), called_back=True
    ),
    ("sns", "publish"): Offer(OneCall(Api("sns", "Publish", SNS, ("Message",))), called_back=True),
    ("sqs", "sendMessage"): Offer(OneCall(Api("sqs", "SendMessage", SQS, ("MessageBody",))), called_back=True),
}
