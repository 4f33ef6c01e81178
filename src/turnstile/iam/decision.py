"""The answer to a request: short where it is an allow, and able to say why at any time.

What was asked and the policies that answered are kept, so that every statement can be judged again, part by part, when
somebody asks; most allows are never asked. Request and policies are values that nobody changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from turnstile.iam.message import message, named
from turnstile.iam.plain import trace
from turnstile.iam.trace import Judged, Layer, Mismatch, Part, Reason, Verdict

if TYPE_CHECKING:
    from turnstile.iam.policy import Policy, Statement
    from turnstile.iam.request import Policies, Request
    from turnstile.iam.trace import Trace

__all__ = ["Decision", "Granting", "Judged", "Layer", "Mismatch", "Part", "Reason", "Verdict"]


class Granting(NamedTuple):
    """A statement that grants: the first one in a group of policies that needs an allow of its own."""

    layer: Layer
    policy: Policy
    statement: Statement


@dataclass(frozen=True, eq=False)
class Decision:
    """Allowed or not, and why.

    `refusing` names every layer without which the request would have passed (the first is the one AWS would
    name in its message); `granting` are the statements that let it through, empty for a refusal. `verdicts`, `judged`
    and `message` are worked out when they are first asked for.
    """

    request: Request
    policies: Policies
    reason: Reason
    refusing: tuple[Layer, ...]
    granting: tuple[Granting, ...] = ()

    @property
    def allowed(self) -> bool:
        """The call may go on."""
        return self.reason is Reason.ALLOWED

    @cached_property
    def trace(self) -> Trace:
        """The whole evaluation, done once more in full."""
        return trace(self.request, self.policies)

    @property
    def verdicts(self) -> tuple[tuple[Layer, Verdict], ...]:
        """What each layer that has a say says, in evaluation order."""
        return self.trace.verdicts

    @property
    def judged(self) -> tuple[Judged, ...]:
        """Every statement of these layers with the parts that do not match: what they want, what was found."""
        return self.trace.judged

    @cached_property
    def layer(self) -> Layer | None:
        """The layer that decided: of a refusal the one AWS names, None for an allow."""
        return None if self.allowed else named(self.trace)

    @cached_property
    def message(self) -> str:
        """AWS's sentence for a refusal, word for word; empty for an allow. Its variants: `iam.message.message`."""
        return "" if self.allowed else message(self.trace)
