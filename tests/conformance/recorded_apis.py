"""What recordings with API Gateway leave to whoever plays them: ids that the service makes up, and a Region.

The recorder wrote `None` for the Region in the host of an API, `res2` for the resource it had made, and named a role
that only its own account had.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from recorded_world import admit_role
from tokens import REGION

if TYPE_CHECKING:
    from recorded_run import Stage

    from turnstile.document import Json

_NO_REGION, _MADE = ".execute-api.None.", "res2"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class ApiMaker:
    """Replays the calls that make an API, with the ids of this world."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._resource = ""

    async def replay(self, call: dict[str, Any]) -> None:
        """Make one call, and learn what it made up."""
        params = call["params"]
        if params.get("resourceId") == _MADE:
            params = {**params, "resourceId": self._resource}
        if "credentials" in params:
            arn = self._stage.tokens.fill(params["credentials"])
            admit_role(self._stage.account, arn, _TRUST, _EVERYTHING)
        answer: Json = await self._stage.replay({**call, "params": params})
        if call["operation"] == "create_rest_api":
            self._stage.tokens.values |= {"<api-id>": answer["id"], "<root-resource-id>": answer["rootResourceId"]}
        elif call["operation"] == "create_resource":
            self._resource = answer["id"]


def located(document: Json) -> Json:
    """An input with the Region in the host."""
    return json.loads(json.dumps(document).replace(_NO_REGION, f".execute-api.{REGION}."))
