"""The decision: a request against every policy that applies to it.

Pure: no store, no clock, no network. An applicable Deny anywhere ends with deny; otherwise each layer that is
required must hold an allow (`requirement`). Only statements whose action and resource fit are looked at, the Allows
of a group until one applies; `plain` gives the same answer with every reason. reference/iam-evaluation.md section 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.iam.decision import Decision, Granting
from turnstile.iam.index import index
from turnstile.iam.judgement import facts
from turnstile.iam.layers import applicable, groups
from turnstile.iam.principal import Grant, grant
from turnstile.iam.requirement import in_order, is_cross, required
from turnstile.iam.trace import Layer, Reason

if TYPE_CHECKING:
    from turnstile.iam.index import Compiled
    from turnstile.iam.judgement import Facts
    from turnstile.iam.layers import Groups
    from turnstile.iam.request import Policies, Request

_SIDES = (Layer.RESOURCE, Layer.TRUST)


def evaluate(request: Request, policies: Policies) -> Decision:
    """Decide a request.

    Raises:
        ValueError: the principal or the resource begins with `arn:` and is not an ARN.
    """
    known = facts(request, policies)
    hearing = _Hearing(known)
    for layer in applicable(request, policies, known.caller):
        hearing.hear(layer, groups(layer, policies))
    needed = required(request, policies, known.caller, hearing.granted)
    unmet = [layer for layer in hearing.silent if layer in needed]
    if not hearing.denying and not unmet:
        return Decision(request, policies, Reason.ALLOWED, (), tuple(hearing.granting))
    denying = in_order(hearing.denying, cross=is_cross(request, known.caller))
    reason = Reason.EXPLICIT_DENY if denying else Reason.IMPLICIT_DENY
    refusing = dict.fromkeys([*denying, *(layer for layer in needed if layer in unmet)])
    return Decision(request, policies, reason, tuple(refusing))


class _Hearing:
    """The layers heard so far: which deny, which are silent, which statements grant and how directly."""

    __slots__ = ("_action", "_known", "denying", "granted", "granting", "silent")

    def __init__(self, known: Facts) -> None:
        self._known = known
        self._action = known.request.action.lower()
        self.denying: list[Layer] = []
        self.silent: list[Layer] = []
        self.granting: list[Granting] = []
        self.granted = Grant.NONE

    def hear(self, layer: Layer, grouped: Groups) -> None:
        """Hear one layer: it is silent where a group has no allow; RCPFullAWSAccess is everywhere and not written."""
        denied, allowed = False, bool(grouped)
        for group in grouped:
            denies, allows = index(group).candidates(self._action, self._known.request.resource)
            if denies and not denied:
                denied = any(one.applies(self._known) for one in denies)
            if not self._allowed(layer, allows):
                allowed = False
        if denied:
            self.denying.append(layer)
        if not allowed and layer is not Layer.RCP:
            self.silent.append(layer)

    def _allowed(self, layer: Layer, allows: tuple[Compiled, ...]) -> bool:
        """A group has an allow; of the resource's own policy the one that names the caller most directly counts."""
        found = False
        for one in allows:
            if one.applies(self._known):
                if not found:
                    self.granting.append(Granting(layer, one.policy, one.statement))
                if layer not in _SIDES or self._grant(one) is Grant.DIRECT:
                    return True
                found = True
        return found

    def _grant(self, one: Compiled) -> Grant:
        """How directly the resource's own policy lets the caller in, after one statement more."""
        if one.statement.principals:
            self.granted = max(self.granted, grant(one.statement.principals, self._known.caller))
        return self.granted
