"""What becomes of the results of a distributed Map: the output of the state, or files in S3.

Documented: developer guide, "ResultWriter (Map)". *Inferred*: results as JSON lines without S3 are one text; records of
children that never started hold their input; one file for each status whatever its size.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.asl.dataset import WRITER_FAILED, ResultWriter, Transformation
from turnstile.asl.errors import StatesError
from turnstile.document import Json, compact, size
from turnstile.states.context import instant
from turnstile.states.execution import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.states.execution import Execution
    from turnstile.states.inputs import Inputs
    from turnstile.states.map_run import MapRun
    from turnstile.states.objects import Objects

_ELSEWHERE = "The bucket of the ResultWriter must be in the account and Region of the state machine."


def output(writer: ResultWriter | None, run: MapRun) -> Json:
    """The output of a state whose results stay with it."""
    succeeded = [child for child in run.children if child.status is Status.SUCCEEDED]
    results = _results(writer.transformation if writer else Transformation.COMPACT, succeeded)
    return _lines(results) if writer and writer.lines else results


async def export(
    writer: ResultWriter, place: dict[str, Json], run: MapRun, pending: Iterable[Json], objects: Objects
) -> Json:
    """Write the results to S3 and say where they are.

    Raises:
        StatesError: the bucket is of another account, or S3 refuses.
    """
    bucket = str(place.get("Bucket", ""))
    if objects.owner(bucket) != run.machine.account:
        raise StatesError(WRITER_FAILED, _ELSEWHERE)
    prefix = str(place.get("Prefix") or "").strip("/")
    folder = f"{prefix}/{run.id}" if prefix else run.id
    files: dict[str, list[Json]] = {}
    for name, results in _files(writer, run, pending):
        text = _lines(results) if writer.lines else json.dumps(results, ensure_ascii=False)
        key = f"{folder}/{name}_0.json"
        files[name] = [{"Key": key, "Size": size(text)}] if results else []
        if results:
            await objects.write(bucket, key, text)
    manifest = {"DestinationBucket": bucket, "MapRunArn": run.arn, "ResultFiles": files}
    key = f"{folder}/manifest.json"
    await objects.write(bucket, key, json.dumps(manifest))
    run.items.written = run.items.succeeded + run.items.failed + run.items.timed_out + run.items.aborted
    run.executions.written = len(run.children)
    return {"MapRunArn": run.arn, "ResultWriterDetails": {"Bucket": bucket, "Key": key}}


def waiting(run: MapRun, inputs: Inputs) -> Iterable[Json]:
    """A record for each child that was not started.

    Raises:
        StatesError: its input cannot be made.
    """
    for index in range(len(run.children), len(inputs)):
        shown = {"Input": compact(inputs.make(index)), "InputDetails": {"Included": True}}
        yield {**shown, "StateMachineArn": run.machine.arn, "Status": "PENDING"}


def _files(writer: ResultWriter, run: MapRun, pending: Iterable[Json]) -> Iterable[tuple[str, list[Json]]]:
    """The results by the name of their file; only those that succeeded are transformed."""
    failed = [child for child in run.children if child.status is not Status.SUCCEEDED]
    succeeded = [child for child in run.children if child.status is Status.SUCCEEDED]
    yield "FAILED", [_record(child) for child in failed]
    yield "PENDING", list(pending)
    yield "SUCCEEDED", _results(writer.transformation, succeeded)


def _results(transformation: Transformation, children: list[Execution]) -> list[Json]:
    if transformation is Transformation.NONE:
        return [_record(child) for child in children]
    if transformation is Transformation.COMPACT:
        return [child.output for child in children]
    outputs = (child.output if isinstance(child.output, list) else [child.output] for child in children)
    return [element for output in outputs for element in output]


def _record(child: Execution) -> dict[str, Json]:
    """All that is known of a child, as DescribeExecution has it, with AWS's capitals and times as text."""
    ended = child.status is Status.SUCCEEDED
    record: dict[str, Json] = {
        "ExecutionArn": child.arn,
        "Input": compact(child.input),
        "InputDetails": {"Included": True},
        "Name": child.name,
        "StartDate": instant(child.started),
        "StateMachineArn": child.machine.arn,
        "Status": child.status.value,
        "StopDate": instant(child.stopped or child.started),
    }
    if child.machine.type == "STANDARD":
        record |= {
            "RedriveCount": child.redrives,
            "RedriveStatus": "NOT_REDRIVABLE" if ended else "REDRIVABLE_BY_MAP_RUN",
        }
        if ended:
            record["RedriveStatusReason"] = "Execution is SUCCEEDED and cannot be redriven"
    if ended:
        return record | {"Output": compact(child.output), "OutputDetails": {"Included": True}}
    return record | {name: text for name, text in (("Error", child.error), ("Cause", child.cause)) if text is not None}


def _lines(results: list[Json]) -> str:
    return "\n".join(compact(result) for result in results)
