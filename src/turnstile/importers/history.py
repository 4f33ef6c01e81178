"""Failures with their places, read from what people have at hand: histories of executions, logs, events, plain text.

A history is the output of GetExecutionHistory as the AWS CLI, the console or CloudWatch Logs write it: one document or
several pages, oldest or newest event first. Anything else is looked through for the texts of refusals: CloudTrail
events, payloads of failed functions, DescribeExecution and StartSyncExecution, log lines. Knows no policies.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.faults import Fault, Rejected, Where
from turnstile.importers.cloud_trail import told
from turnstile.importers.denial import read_denial

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from turnstile.document import Json
    from turnstile.importers.denial import Denial

_HELP = "give the output of `aws stepfunctions get-execution-history`, or the text of the refusal"
_MOST = 1000
"""Events that are looked back through to find a state; AWS's chains are shorter."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a Task was about, as TaskScheduled tells it; `role` is that of its Credentials, empty for none."""

    resource: str = ""
    role: str = ""
    region: str = ""
    parameters: Json = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal and its place: the state, the attempts that met it (from 1), the ids of their events.

    `error` is the name that Retry and Catch see. All of these are empty where the text alone is known.
    """

    denial: Denial
    error: str = ""
    state: str = ""
    attempts: tuple[int, ...] = ()
    events: tuple[int, ...] = ()
    task: Task = Task()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that was found. `role` is the execution role, `machine` the ARN of a machine or execution, if told.

    `partial` says that events are missing: a page of a history, or its end. `input` is None where it is not told.
    """

    refused: tuple[Refused, ...]
    role: str = ""
    machine: str = ""
    input: Json = None
    events: int = 0
    partial: bool = False
    failure: str = ""


def read_evidence(name: str, text: str) -> Evidence:
    """What a file or a pasted text tells.

    Raises:
        Rejected: it is empty, is JSON that is cut off, or tells of no refusal.
    """
    if not text.strip():
        raise Rejected([Fault(Where(name), "empty-file", f"`{name}` is empty", _HELP)])
    documents = _documents(name, text)
    events = [_event(each) for document in documents for each in _listed(document)]
    found = _of_history(events, documents) if events else _of_text(text, documents)
    if found.refused:
        return found
    nothing = "nothing in it failed" if events else "it is no history, and no text of a refusal"
    what = f"its failure is `{found.failure}`" if found.failure else nothing
    message = f"`{name}` tells of no refused call: {what}"
    raise Rejected([Fault(Where(name), "no-refusal", message, _HELP)])


def _documents(name: str, text: str) -> list[Json]:
    """All JSON documents in a text, one after the other; none where it is no JSON at all."""
    found: list[Json] = []
    decoder, at = json.JSONDecoder(), 0
    text = text.strip().removeprefix("\ufeff")
    if text[0] not in "[{":
        return []
    while at < len(text):
        try:
            document, at = decoder.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError) as error:
            if not found and read_denial(text) is not None and '"events"' not in text:
                return []  # a log line that begins as JSON does
            line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
            column = error.colno if isinstance(error, json.JSONDecodeError) else 0
            message = f"`{name}` is not whole: its JSON ends or breaks here"
            raise Rejected([Fault(Where(name, line, column), "json-syntax", message, "save it again")]) from None
        found.append(document)
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
    return found


def _listed(document: Json) -> Iterator[Json]:
    """The events in a page, a list of pages, a list of events, or an event of a log."""
    if isinstance(document, list):
        for each in document:
            yield from _listed(each)
    elif isinstance(document, dict):
        pages = document.get("events", document.get("Events"))
        if isinstance(pages, list):
            yield from (each for each in pages if _is_event(each))
        elif _is_event(document):
            yield document


def _is_event(value: Json) -> bool:
    if not isinstance(value, dict):
        return False
    names = {name.lower().replace("_", ""): each for name, each in value.items()}
    return "id" in names and isinstance(names.get("type"), str) and bool(names.keys() & _BESIDE)


_BESIDE = {"previouseventid", "timestamp", "executionarn"}


def _event(value: Json) -> dict[str, Json]:
    """An event with the API's member names, whoever wrote it."""
    event = {_member(name): each for name, each in value.items()}
    for name in ("id", "previousEventId"):
        event[name] = _number(event.get(name))
    details = next((each for name, each in event.items() if name.endswith("EventDetails")), event.get("details"))
    event["details"] = {_member(name): each for name, each in details.items()} if isinstance(details, dict) else {}
    return event


def _member(name: str) -> str:
    head, *rest = name.split("_")
    name = head + "".join(word[:1].upper() + word[1:] for word in rest)
    return name[:1].lower() + name[1:]


def _number(value: Json) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0


class _History:
    """Events by id, and the way back from each."""

    def __init__(self, events: Sequence[dict[str, Json]]) -> None:
        self.events = {event["id"]: event for event in sorted(events, key=lambda event: event["id"])}

    def before(self, event: dict[str, Json]) -> Iterator[dict[str, Json]]:
        """The event and those before it, up to the entry of its state."""
        for _ in range(_MOST):
            yield event
            following = self.events.get(event["previousEventId"])
            if following is None or event["type"].endswith("StateEntered") or following is event:
                return
            event = following

    @property
    def partial(self) -> bool:
        """The first event, the last or one between is missing."""
        ids = list(self.events)
        ended = self.events[ids[-1]]["type"] in _ENDS
        return ids != list(range(1, len(ids) + 1)) or not ended


_ENDS = frozenset({"ExecutionFailed", "ExecutionSucceeded", "ExecutionAborted", "ExecutionTimedOut"})


def _of_history(events: Sequence[dict[str, Json]], documents: Sequence[Json]) -> Evidence:
    history = _History(events)
    found: dict[tuple[str, ...], Refused] = {}
    last = ""
    for event in history.events.values():
        details = event["details"]
        if "error" not in details and "cause" not in details:
            continue
        last = str(details.get("error") or details.get("cause") or "")
        denial = read_denial(f"{details.get('error') or ''}: {details.get('cause') or ''}")
        if denial is not None:
            _add(found, denial, event, history)
    role, given = _started(history.events)
    arn = _named(documents, "executionArn") or _named(events, "executionArn")
    whole = tuple(found.values())
    return Evidence(whole, role, arn, given, len(history.events), history.partial, last)


def _add(
    found: dict[tuple[str, ...], Refused],
    denial: Denial,
    event: dict[str, Json],
    history: _History,
) -> None:
    """One refusal met again, by a retry or as the end of the execution, is another occasion of it."""
    chain = list(history.before(event))
    entered = next((each for each in chain if each["type"].endswith("StateEntered")), None)
    key = (denial.shape.name, denial.role, denial.action, denial.resource)
    if event["type"] in _ENDS and any(known[:4] == key for known in found):
        return
    state = str(entered["details"].get("name", "")) if entered else ""
    attempt = sum(1 for each in chain if each["type"].endswith("Scheduled"))
    before = found.get((*key, state))
    attempts = (attempt,) if attempt else ()
    found[(*key, state)] = Refused(
        denial,
        str(event["details"].get("error") or ""),
        state,
        (*(before.attempts if before else ()), *attempts),
        (*(before.events if before else ()), event["id"]),
        before.task if before else _task(chain),
    )


def _task(chain: Sequence[dict[str, Json]]) -> Task:
    details: dict[str, Json] = next((each["details"] for each in chain if each["type"].endswith("Scheduled")), {})
    service, api = details.get("resourceType", ""), details.get("resource", "")
    resource = f"arn:aws:states:::{service}:{api}" if service and not str(api).startswith("arn:") else str(api)
    credentials = details.get("taskCredentials") or {}
    role = credentials.get("roleArn", credentials.get("RoleArn", "")) if isinstance(credentials, dict) else ""
    return Task(resource, str(role), str(details.get("region", "")), _document(details.get("parameters")))


def _document(text: Json) -> Json:
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return None


def _started(events: Mapping[int, dict[str, Json]]) -> tuple[str, Json]:
    """The execution role and the input, which the first event tells."""
    details: dict[str, Json] = next(
        (each["details"] for each in events.values() if each["type"] == "ExecutionStarted"), {}
    )
    return str(details.get("roleArn", "")), _document(details.get("input"))


def _of_text(text: str, documents: Sequence[Json]) -> Evidence:
    """The first refusal in the texts of documents, else in the text as it is."""
    arn = _named(documents, "executionArn") or _named(documents, "stateMachineArn")
    error = _named(documents, "error") or _named(documents, "errorCode") or _named(documents, "errorType")
    whole = [each for document in documents for each in told(document)]
    for candidate in (*whole, *_texts(documents), text):
        denial = read_denial(candidate)
        if denial is not None:
            return Evidence((Refused(denial, error),), machine=arn, input=_document(_named(documents, "input") or None))
    return Evidence((), machine=arn, failure=error)


def _texts(value: Json) -> Iterator[str]:
    """Every text in a document, those inside of JSON texts as well."""
    if isinstance(value, str):
        inner = _document(value) if value.lstrip()[:1] in ("{", "[") else None
        yield from _texts(inner) if isinstance(inner, dict | list) else (value,)
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _named(documents: Sequence[Json], name: str) -> str:
    return next((str(each[name]) for each in documents if isinstance(each, dict) and each.get(name)), "")
