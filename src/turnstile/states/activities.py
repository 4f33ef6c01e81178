"""Activities in the API: create, describe, list, delete, and the polls of workers (what they send is `states.sending`).

Recorded: sfn_api_activities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.arn import Arn
from turnstile.document import compact
from turnstile.gate.errors import ServiceError
from turnstile.states import tags
from turnstile.states.creation import AWS_OWNED, check_encryption
from turnstile.states.naming import ACTIVITY, check_kind, check_name
from turnstile.states.pages import page
from turnstile.world.activity import Activity

if TYPE_CHECKING:
    from turnstile.document import Json
    from turnstile.gate.call import Call, Output
    from turnstile.states.activity_queue import ActivityQueues
    from turnstile.states.registry import Registry


_LONGEST_POLL = 60
"""Seconds that a poll waits for a task (API reference, GetActivityTask)."""


class Activities:
    """The operations on activities."""

    def __init__(self, registry: Registry, queues: ActivityQueues) -> None:
        self._registry = registry
        self._queues = queues
        self.operations = {
            "CreateActivity": self.create,
            "DeleteActivity": self.delete,
            "DescribeActivity": self.describe,
            "GetActivityTask": self.poll,
            "ListActivities": self.listing,
        }

    async def create(self, call: Call, owner: str) -> Output:
        """CreateActivity; one that exists stays as it is, whatever its tags."""
        name = str(call.parameters["name"])
        check_name(name)
        check_encryption(call)
        account = self._registry.world.accounts[owner]
        partition = arns.partition_of(call.region).name
        arn = str(Arn(partition, "states", call.region, owner, f"{ACTIVITY}:{name}"))
        given = tags.given(call.parameters.get("tags", ()))
        activity = account.activities.get(arn)
        if activity is None:
            activity = account.activities[arn] = Activity(arn, name, self._registry.world.clock.now())
            account.tags[arn] = given
        return {"activityArn": arn, "creationDate": activity.created}

    async def describe(self, call: Call, _owner: str) -> Output:
        """DescribeActivity."""
        return _shown(self._activity(call)) | {"encryptionConfiguration": AWS_OWNED}

    async def poll(self, call: Call, _owner: str) -> Output:
        """GetActivityTask: the next task, or nothing when none comes within a minute."""
        activity = self._activity(call)
        ticket = await self._queues.poll(activity.arn, call.parameters.get("workerName"), _LONGEST_POLL)
        return {"taskToken": ticket.pending.token, "input": compact(ticket.input)} if ticket else {}

    async def listing(self, call: Call, owner: str) -> Output:
        """ListActivities, in order of creation."""
        account = self._registry.world.accounts[owner]
        here = tuple(each for each in account.activities.values() if each.arn.split(":")[3] == call.region)
        shown, more = page(call, here, lambda activity: activity.arn)
        return {"activities": [_shown(activity) for activity in shown]} | more

    async def delete(self, call: Call, owner: str) -> Output:
        """DeleteActivity; one that does not exist is deleted already."""
        arn = str(call.parameters["activityArn"])
        check_kind(arn, ACTIVITY)
        account = self._registry.world.accounts[owner]
        account.activities.pop(arn, None)
        account.tags.pop(arn, None)
        return {}

    def _activity(self, call: Call) -> Activity:
        arn = str(call.parameters["activityArn"])
        check_kind(arn, ACTIVITY)
        account = self._registry.world.owner(arn)
        activity = account.activities.get(arn) if account else None
        if activity is None:
            raise ServiceError("ActivityDoesNotExist", f"Activity Does Not Exist: '{arn}'")
        return activity


def _shown(activity: Activity) -> dict[str, Json]:
    return {"activityArn": activity.arn, "name": activity.name, "creationDate": activity.created}
