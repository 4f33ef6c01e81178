"""The choices of a world in a scenario file; see `file` for the rest of the format."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from turnstile.scenario.models.entry import Entry
from turnstile.scenario.models.fields import Interval, Switch
from turnstile.world.settings import ExternalId, MapRunSource, RoleSlot, Settings


class SettingsEntry(Entry):
    """The choices of a world, where AWS documents nothing or has changed its ways (`world.settings`)."""

    nullable: ClassVar = frozenset({"child_histories", "event_quota", "express_events"})
    events: Switch = "on"
    """Services send events when a job is done; `off` as in Step Functions Local."""
    poll_seconds: Interval = (5.0, 60.0)
    """How long until a job is described again: at first, and at the longest."""
    managed_rule_check: Switch = "on"
    """Creating a machine needs the rights for the rule that brings those events."""
    commercial_regions_only: bool = False
    """Tasks have `Credentials` in partition `aws` only."""
    role_slot: RoleSlot = "per-execution"
    """An execution has one assumed role at a time, or each of its Tasks its own."""
    external_id: ExternalId = "unqualified"
    """Target roles are assumed with the ARN of the state machine, or with that of the alias or version started."""
    policy_arns_in_denials: bool = True
    """A message of a refusal names the managed policy that denied, as since January 2026."""
    map_run_source: MapRunSource = "map-run and execution"
    """Which ARNs are `aws:SourceArn` when the service takes the execution role for a child of a Map Run."""
    object_items: bool = True
    """A distributed Map runs over the members of a JSON object, as since September 2025."""
    event_quota: int | None = Field(default=25_000, ge=1)
    """The most events of one history; null for no quota."""
    express_events: int | None = Field(default=250_000, ge=1)
    """After so many events the time of an Express execution counts as over; null for never."""
    child_histories: int | None = Field(default=1_000, ge=0)
    """So many of the children of a Map Run that succeed keep their histories; null for all."""
    http_hosts: list[str] = Field(default=["127.0.0.1", "::1", "localhost"])
    """Hosts that HTTP Tasks reach for real; others need a declared answer."""

    def settings(self) -> Settings:
        """The world's own value."""
        given = self.model_dump(exclude={"poll_seconds"})
        given |= {"events": self.events == "on", "managed_rule_check": self.managed_rule_check == "on"}
        given["http_hosts"] = tuple(self.http_hosts)
        first, longest = self.poll_seconds
        return Settings(**given, poll_first=first, poll_longest=longest)
