"""What the API's model allows in parameters, checked before an operation looks at them.

Numbers: the API model, as reference/states-api.json has it. Texts: recorded in sfn_api_aliasing and
sfn_api/test_list_executions_pagination; that values the model calls sensitive are left out is *inferred*, and so are
the order of the values of enumerations other than the status of executions, the text of what is missing, and that
patterns are for the whole text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.document import Json, size
from turnstile.gate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.gate.call import Call


@dataclass(frozen=True, slots=True)
class Constraint:
    """Bounds of one parameter: length of texts and lists, size of numbers, a pattern, its values.

    Texts are as long as they have UTF-16 units (*inferred*), those that hold documents as they have bytes (documented).
    """

    shortest: int = 0
    longest: int | None = None
    least: int | None = None
    most: int | None = None
    pattern: str = ""
    values: tuple[str, ...] = ()
    sensitive: bool = False
    document: bool = False

    def broken(self, value: Json) -> Iterator[str]:
        """What a value must be and is not."""
        if isinstance(value, (str, list)):
            yield from self._length(self._units(value))
        else:
            yield from self._size(value)
        if self.pattern and re.fullmatch(self.pattern.replace(r"\p{ASCII}", r"[\x00-\x7f]"), value, re.DOTALL) is None:
            yield f"Member must satisfy regular expression pattern: {self.pattern}"
        if self.values and value not in self.values:
            yield f"Member must satisfy enum value set: [{', '.join(self.values)}]"

    def _units(self, value: str | list[Json]) -> int:
        if not isinstance(value, str):
            return len(value)
        return size(value) if self.document else len(value.encode("utf-16-le", "surrogatepass")) // 2

    def _size(self, value: Json) -> Iterator[str]:
        if self.least is not None and value < self.least:
            yield f"Member must have value greater than or equal to {self.least}"
        if self.most is not None and value > self.most:
            yield f"Member must have value less than or equal to {self.most}"

    def _length(self, length: int) -> Iterator[str]:
        if length < self.shortest:
            yield f"Member must have length greater than or equal to {self.shortest}"
        if self.longest is not None and length > self.longest:
            yield f"Member must have length less than or equal to {self.longest}"


_ARN = Constraint(1, 256)
_DOCUMENT = Constraint(longest=262_144, sensitive=True, document=True)
_ANYWHERE: Mapping[str, Constraint] = {
    "activityArn": _ARN,
    "cause": Constraint(longest=32_768, sensitive=True),
    "clientToken": Constraint(1, 64, pattern=r"[!-~]+"),
    "context": _DOCUMENT,
    "definition": Constraint(1, 1_048_576, sensitive=True),
    "description": Constraint(longest=256, sensitive=True),
    "error": Constraint(longest=256, sensitive=True),
    "encryptionConfiguration.kmsDataKeyReusePeriodSeconds": Constraint(least=60, most=900),
    "encryptionConfiguration.kmsKeyId": Constraint(1, 2048),
    "encryptionConfiguration.type": Constraint(values=("AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY")),
    "executionArn": _ARN,
    "includedData": Constraint(values=("ALL_DATA", "METADATA_ONLY")),
    "input": _DOCUMENT,
    "inspectionLevel": Constraint(values=("DEBUG", "INFO", "TRACE")),
    "loggingConfiguration.destinations.*.cloudWatchLogsLogGroup.logGroupArn": _ARN,
    "loggingConfiguration.level": Constraint(values=("ALL", "ERROR", "FATAL", "OFF")),
    "mapRunArn": Constraint(1, 2000),
    "maxConcurrency": Constraint(least=0),
    "maxResults": Constraint(least=0, most=1000),
    "mock.errorOutput.cause": Constraint(longest=32_768, sensitive=True),
    "mock.errorOutput.error": Constraint(longest=256, sensitive=True),
    "mock.fieldValidationMode": Constraint(values=("NONE", "PRESENT", "STRICT")),
    "mock.result": _DOCUMENT,
    "name": Constraint(1, 80),
    "nextToken": Constraint(1, 1024),
    "output": _DOCUMENT,
    "redriveFilter": Constraint(values=("REDRIVEN", "NOT_REDRIVEN")),
    "resourceArn": _ARN,
    "roleArn": _ARN,
    "routingConfiguration": Constraint(1, 2),
    "routingConfiguration.*.stateMachineVersionArn": _ARN,
    "routingConfiguration.*.weight": Constraint(least=0, most=100),
    "severity": Constraint(values=("ERROR", "WARNING")),
    "stateConfiguration.errorCausedByState": Constraint(1, 80, sensitive=True),
    "stateConfiguration.mapItemReaderData": _DOCUMENT,
    "stateConfiguration.mapIterationFailureCount": Constraint(least=0),
    "stateConfiguration.retrierRetryCount": Constraint(least=0),
    "stateMachineAliasArn": _ARN,
    "stateMachineArn": _ARN,
    "stateMachineVersionArn": Constraint(1, 2000),
    "stateName": Constraint(1, 80, sensitive=True),
    "statusFilter": Constraint(values=("SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING")),
    "tagKeys.*": Constraint(1, 128),
    "tags.*.key": Constraint(1, 128),
    "tags.*.value": Constraint(longest=256),
    "taskToken": Constraint(1, 2048, sensitive=True),
    "toleratedFailureCount": Constraint(least=0),
    "toleratedFailurePercentage": Constraint(least=0, most=100),
    "traceHeader": Constraint(longest=256, pattern=r"\p{ASCII}*"),
    "type": Constraint(values=("STANDARD", "EXPRESS")),
    "variables": _DOCUMENT,
    "versionDescription": Constraint(longest=256, sensitive=True),
    "workerName": Constraint(1, 80),
}
_OWN: Mapping[tuple[str, str], Constraint] = {
    ("CreateStateMachineAlias", "name"): Constraint(1, 80, pattern=r"^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$"),
    ("ListExecutions", "nextToken"): Constraint(1, 3096),
    ("ValidateStateMachineDefinition", "maxResults"): Constraint(least=0, most=100),
}
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "CreateActivity": ("name",),
    "CreateStateMachine": ("name", "definition", "roleArn"),
    "CreateStateMachineAlias": ("name", "routingConfiguration"),
    "DeleteActivity": ("activityArn",),
    "DeleteStateMachine": ("stateMachineArn",),
    "DeleteStateMachineAlias": ("stateMachineAliasArn",),
    "DeleteStateMachineVersion": ("stateMachineVersionArn",),
    "DescribeActivity": ("activityArn",),
    "DescribeExecution": ("executionArn",),
    "DescribeMapRun": ("mapRunArn",),
    "DescribeStateMachine": ("stateMachineArn",),
    "DescribeStateMachineAlias": ("stateMachineAliasArn",),
    "DescribeStateMachineForExecution": ("executionArn",),
    "GetActivityTask": ("activityArn",),
    "GetExecutionHistory": ("executionArn",),
    "ListMapRuns": ("executionArn",),
    "ListStateMachineAliases": ("stateMachineArn",),
    "ListStateMachineVersions": ("stateMachineArn",),
    "ListTagsForResource": ("resourceArn",),
    "PublishStateMachineVersion": ("stateMachineArn",),
    "RedriveExecution": ("executionArn",),
    "SendTaskFailure": ("taskToken",),
    "SendTaskHeartbeat": ("taskToken",),
    "SendTaskSuccess": ("taskToken", "output"),
    "StartExecution": ("stateMachineArn",),
    "StartSyncExecution": ("stateMachineArn",),
    "StopExecution": ("executionArn",),
    "TagResource": ("resourceArn", "tags"),
    "TestState": ("definition",),
    "UntagResource": ("resourceArn", "tagKeys"),
    "UpdateMapRun": ("mapRunArn",),
    "UpdateStateMachine": ("stateMachineArn",),
    "UpdateStateMachineAlias": ("stateMachineAliasArn",),
    "ValidateStateMachineDefinition": ("definition",),
}
"""Clients refuse a request without these by themselves; Tasks of SDK integrations send it."""
_SHAPES: Mapping[str, str] = {"routingConfiguration": "RoutingConfigurationListItem", "tags": "Tag"}
"""Names of the structures in lists, which AWS shows."""


def check(call: Call) -> None:
    """Refuse a call whose parameters the model does not allow, with all reasons.

    Raises:
        ServiceError: ValidationException.
    """
    found = [
        f"Value null at '{name}' failed to satisfy constraint: Member must not be null"
        for name in _REQUIRED.get(call.operation, ())
        if call.parameters.get(name) is None
    ]
    found += [
        problem
        for path, value in _members(call.parameters)
        if (constraint := _constraint(call.operation, path)) is not None
        for problem in _problems(constraint, path, value)
    ]
    if found:
        errors = "validation error" if len(found) == 1 else "validation errors"
        raise ServiceError("ValidationException", f"{len(found)} {errors} detected: {'; '.join(found)}")


def _constraint(operation: str, path: tuple[str | int, ...]) -> Constraint | None:
    name = ".".join("*" if isinstance(part, int) else part for part in path)
    return _OWN.get((operation, name)) or _ANYWHERE.get(name)


def _problems(constraint: Constraint, path: tuple[str | int, ...], value: Json) -> Iterator[str]:
    for problem in constraint.broken(value):
        place = ".".join(f"{part}.member" if isinstance(part, int) else part for part in path)
        shown = "Value" if constraint.sensitive else f"Value '{_shown(value, str(path[0]))}'"
        yield f"{shown} at '{place}' failed to satisfy constraint: {problem}"


def _members(value: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    """Every member with its path; positions count from 1, as AWS counts them."""
    if path and value is not None:
        yield path, value
    if isinstance(value, list):
        for index, item in enumerate(value, 1):
            yield from _members(item, (*path, index))
    elif not isinstance(value, (str, int, float, type(None))):
        for name, member in value.items():
            yield from _members(member, (*path, name))


def _shown(value: Json, name: str) -> str:
    match value:
        case list():
            return f"[{', '.join(_shown(item, name) for item in value)}]"
        case dict():
            members = ", ".join(f"{member}={_shown(item, name)}" for member, item in value.items())
            return f"{_SHAPES.get(name, '')}({members})"
        case _:
            return str(value)
