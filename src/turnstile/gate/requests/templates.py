"""ARN templates of the Service Authorization Reference, filled from the parameters of a call.

`arn:${Partition}:batch:${Region}:${Account}:job-queue/${JobQueueName}` and `{"jobQueue": "fast"}` give the queue's
ARN; a parameter that is such an ARN already is taken as it is. The variables are named by AWS's documentation and the
parameters by its models, so which parameter fills which variable is told by likeness (`_names`) and, where that does
not do, by the tables below. Which of several templates an operation uses shows in which of them can be filled.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from turnstile.gate.requests.place import partition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_ACCOUNT = re.compile(r"\d{12}")
_PLACES = ("Partition", "Region", "Account")
_ENDING = re.compile(r"(?:Resource)?(?:Name|Identifier|Id|ID|Arn|WithoutLeadingSlash)$")
_CREATES = re.compile(r"Create|Run|Start|Register|Import|Put|Request|Allocate|Issue|Submit|Open|Generate")

_ALIASES: Mapping[str, tuple[str, ...]] = {
    "athena/WorkGroupName": ("WorkGroup",),
    "athena/DataCatalogName": ("CatalogName", "Catalog"),
    "bedrock/ResourceId": ("jobIdentifier",),
    "codebuild/ProjectName": ("projectName", "project"),
    "emr/ClusterId": ("JobFlowId", "JobFlowIds"),
    "kms/KeyId": ("TargetKeyId", "DestinationKeyId"),
    "kms/Alias": ("AliasName",),
    "logs/LogGroupName": ("logGroupIdentifier", "resourceIdentifier"),
    "mwaa/EnvironmentName": ("Name",),
    "rds/ClusterSnapshotName": ("DBClusterSnapshotIdentifier",),
    "rds/DbClusterInstanceName": ("DBClusterIdentifier",),
    "rds/DbInstanceName": ("DBInstanceIdentifier",),
    "rds/SnapshotName": ("DBSnapshotIdentifier",),
    "scheduler/GroupName": ("GroupName", "ScheduleGroupName"),
    "ses/IdentityName": ("Source",),
    "sesv2/IdentityName": ("FromEmailAddress", "EmailIdentity"),
    "ssm/ParameterNameWithoutLeadingSlash": ("Name", "Names", "Path"),
    "ssm/DocumentName": ("DocumentName", "Name"),
}
"""Parameters by service and variable where the names are not alike."""

_DEFAULTS: Mapping[str, str] = {
    "athena/WorkGroupName": "primary",
    "athena/WorkGroup": "primary",
    "athena/DataCatalogName": "AwsDataCatalog",
    "ecs/ClusterName": "default",
    "ecs/cluster": "default",
    "events/EventBusName": "default",
    "mediaconvert/Queue": "Default",
    "mediaconvert/QueueName": "Default",
    "eks/UUID": "*",
    "scheduler/GroupName": "default",
}
"""What a service takes where a parameter is left out (their API References); no caller knows the last part of EKS's."""

_BY_NAME = frozenset({"GetQueryExecution", "GetQueryResults", "StopQueryExecution"})
"""Operations of Athena that name a query; its workgroup is not the default one."""


def fill(template: str, call: Call) -> tuple[str, ...]:
    """Every ARN that the template stands for in this call; none if a variable stays open."""
    given = tuple(value for value in _texts(call.parameters) if value.startswith("arn:") and matches(template, value))
    if given:
        return given
    names = [name for name in _VARIABLE.findall(template) if name not in _PLACES]
    values = [tuple(_values(name, template, call)) for name in names]
    return tuple(_filled(template, dict(zip(names, chosen, strict=True)), call) for chosen in product(*values))


def fill_open(template: str, call: Call) -> str | None:
    """The ARN with `*` in place of what the service will choose, for operations that make something."""
    if not _CREATES.match(call.operation) or not template.startswith("arn:"):
        return None
    names = [name for name in _VARIABLE.findall(template) if name not in _PLACES]
    return _filled(template, {name: next(_values(name, template, call), "*") for name in names}, call)


def matches(template: str, arn: str) -> bool:
    """The ARN has the form of the template."""
    return _pattern(template).fullmatch(arn) is not None


@lru_cache(maxsize=1024)
def _pattern(template: str) -> re.Pattern[str]:
    parts = _VARIABLE.split(template)
    shown = (re.escape(part) if place % 2 == 0 else _any(part) for place, part in enumerate(parts))
    return re.compile("".join(shown))


def _any(name: str) -> str:
    return "[^:]*" if name in _PLACES else "[^:]+" if name.endswith(("Label", "Version", "Revision")) else ".+"


def _filled(template: str, values: Mapping[str, str], call: Call) -> str:
    places = {"Partition": partition(call), "Region": call.region, "Account": _account(call)}
    return _VARIABLE.sub(lambda found: {**places, **values}[found[1]], template)


def _account(call: Call) -> str:
    """The caller's account, unless a parameter names the owner: of a Glue catalog, of a registry of images."""
    named = (str(call.parameters.get(name, "")) for name in ("CatalogId", "registryId"))
    return next((text for text in named if _ACCOUNT.fullmatch(text)), call.caller.account)


def _texts(parameters: Mapping[str, Json]) -> Iterator[str]:
    """Texts and lists of texts among the parameters."""
    for value in parameters.values():
        yield from (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str))


def _values(variable: str, template: str, call: Call) -> Iterator[str]:
    """The values of the first parameter that a variable can stand for, else the service's default."""
    parameters = {name.lower(): value for name, value in call.parameters.items()}
    for name in _names(variable, template, call):
        found = parameters.get(name.lower())
        texts = [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, str) and each]
        if texts:
            yield from (_short(text, variable) for text in texts)
            return
    default = _DEFAULTS.get(f"{call.service}/{variable}")
    if default is not None and call.operation not in _BY_NAME:
        yield default


def _names(variable: str, template: str, call: Call) -> Iterator[str]:
    """Parameters that may hold a variable, likeliest first.

    A bare `Name` or `Id` is that of the noun in the operation's name: in `DeleteWorkGroup` it is the workgroup's.
    """
    yield from _ALIASES.get(f"{call.service}/{variable}", ())
    yield variable
    before = template.partition("${" + variable + "}")[0].rstrip("/:").rpartition(":")[2].rpartition("/")[2]
    nouns = list(dict.fromkeys([_ENDING.sub("", variable), before.replace("-", "")]))
    endings = ("", "Name", "Id", "Identifier", "Arn", "s", "Names", "Ids", "Identifiers", "Arns")
    yield from (noun + ending for noun in nouns if noun and "$" not in noun for ending in endings)
    if any(noun and noun.lower() in call.operation.lower() for noun in nouns):
        yield from (ending for ending in endings if ending not in ("", "s"))


def _short(text: str, variable: str) -> str:
    """The name in an ARN that is not the resource itself; SSM's names begin with a slash that the ARN has already."""
    if text.startswith("arn:"):
        text = text.split(":", 5)[-1].rpartition("/")[2]
    return text.removeprefix("/") if variable in ("ParameterNameWithoutLeadingSlash", "Name", "Names", "Path") else text
