"""AWS::MWAA::Environment: its names, and answers of the service that tell of it.

moto has no MWAA. What a handler asks of an environment (its facts, tokens) is answered by declared answers that follow
from the template; what the user declares under `stubs` goes before. Status, addresses and tokens are *inferred*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.importers.resources.called import Told
from turnstile.importers.resources.fitting import Fitting
from turnstile.importers.resources.names import Name, uuid_of
from turnstile.importers.resources.policies import needed
from turnstile.world.answers import Returned, Rule, Script

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.importers.kinds import Draft, Item, Kind

_NAME = Name("Name", 80)
_ARN = "arn:{partition}:airflow:{region}:{account}:environment/{name}"


def _host(item: Item) -> str:
    return f"{uuid_of(item)}-vpce.c{item.random(2, 'host').lower()}.{item.stack.region}.airflow.{item.stack.url_suffix}"


@dataclass(frozen=True, slots=True, eq=False)
class _Environment(Told):
    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        if not needed(item, into, "Name"):
            return
        before = len(into.faults)
        wanted = Fitting(item, into).parameters("mwaa", "CreateEnvironment", item.properties, whole=False)
        if len(into.faults) > before:
            return
        name, host = self.name.of(item), _host(item)
        facts = {"Arn": self.attribute(item, "Arn"), "Status": "AVAILABLE", "WebserverUrl": host}
        named: Json = {"Name": name}
        answers: dict[str, Json] = {
            "GetEnvironment": {"Environment": {**_shown(wanted), **facts}},
            "CreateCliToken": {"CliToken": item.random(40, "cli"), "WebServerHostname": host},
            "CreateWebLoginToken": {"WebToken": item.random(40, "web"), "WebServerHostname": host},
        }
        for operation, output in answers.items():
            into.answer(f"mwaa:{operation}", Script((Rule(Returned(output, item.origin), named),), item.origin))


def _shown(wanted: Mapping[str, Json]) -> dict[str, Json]:
    """The properties that a description repeats as they are."""
    return {name: wanted[name] for name in _REPEATED if name in wanted}


_REPEATED = (
    "AirflowConfigurationOptions", "AirflowVersion", "DagS3Path", "EnvironmentClass", "ExecutionRoleArn", "KmsKey",
    "MaxWorkers", "MinWorkers", "Name", "NetworkConfiguration", "Schedulers", "SourceBucketArn", "Tags",
    "WebserverAccessMode", "WeeklyMaintenanceWindowStart",
)  # fmt: skip

KINDS: Mapping[str, Kind] = {
    "AWS::MWAA::Environment": _Environment("{name}", {"Arn": _ARN, "WebserverUrl": _host}, _NAME),
}
