"""What a world lets one choose: where AWS documents nothing or has changed its ways, and how much is kept.

One frozen value per world; a scenario file's `settings:` gives it. `docs/fidelity.md` says which choices are inferred.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

RoleSlot: TypeAlias = Literal["per-execution", "per-task"]
ExternalId: TypeAlias = Literal["unqualified", "qualified"]
MapRunSource: TypeAlias = Literal["map-run and execution", "map-run", "machine"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices of one world; times in seconds.

    `events`: services send events when a job is done, as Step Functions Local does not know them.
    `poll_first` and `poll_longest`: a job is described again after the first interval, each next one is longer, up to
    the longest. `managed_rule_check`: creating a machine needs the rights for the rule that brings those events.

    `commercial_regions_only`: Tasks have `Credentials` in partition `aws` only, as AWS's page once said.
    `role_slot`: an execution has one assumed role at a time, or each of its Tasks its own.
    `external_id`: what target roles are assumed with is the ARN of the state machine, or that of the alias or version
    which was started, and in children of a Map Run the one with its label.
    `policy_arns_in_denials`: a message of a refusal names the managed policy that denied, as since January 2026.
    `map_run_source`: which ARNs are `aws:SourceArn` when the service takes the execution role for a child of a Map Run.
    `object_items`: a distributed Map runs over the members of a JSON object, as since September 2025.

    `event_quota` is the most events of one history, None for no quota. An Express execution has no quota; one that
    loops without ever waiting keeps virtual time standing, so after `express_events` its time counts as over.
    HTTP Tasks reach the hosts of `http_hosts` for real; others need a declared answer.
    Of the children of a Map Run, the first `child_histories` that succeed keep their histories, None for all.
    """

    events: bool = True
    poll_first: float = 5.0
    poll_longest: float = 60.0
    managed_rule_check: bool = True
    commercial_regions_only: bool = False
    role_slot: RoleSlot = "per-execution"
    external_id: ExternalId = "unqualified"
    policy_arns_in_denials: bool = True
    map_run_source: MapRunSource = "map-run and execution"
    object_items: bool = True
    event_quota: int | None = 25_000
    express_events: int | None = 250_000
    child_histories: int | None = 1_000
    http_hosts: tuple[str, ...] = ("127.0.0.1", "::1", "localhost")


DEFAULT_SETTINGS = Settings()
