"""The order of the chain: in which order reports list broken links, and which one decides what AWS shows.

Assuming a role goes from the caller to the role: its own policies and what limits them, the border, the role, what
limits the role, its trust policy. Any other call meets the borders first. Facts: reference/cross-account.md section 3;
the order among links of one call is *inferred* where AWS shows the same sentence for all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.link import BORDERS, Link
from turnstile.world.caller import ServicePrincipal

if TYPE_CHECKING:
    from turnstile.gate.call import Call
    from turnstile.gate.link import Barrier, Broken
    from turnstile.gate.trail import Entry

_OF_THE_CALLER = (
    Link.CALLER_POLICY,
    Link.TARGET_POLICY,
    Link.BOUNDARY,
    Link.SESSION_POLICY,
    Link.SERVICE_CONTROL,
)
_ASSUMING = (
    Link.MALFORMED,
    Link.EXPIRED,
    *_OF_THE_CALLER,
    Link.PARTITION,
    Link.ROLE_EXISTS,
    Link.RESOURCE_CONTROL,
    Link.SERVICE_TRUST,
    Link.SOURCE_CONDITION,
    Link.TRUST_POLICY,
    Link.EXTERNAL_ID,
    Link.TRUST_CONDITION,
)
_CALLING = (
    Link.MALFORMED,
    Link.EXPIRED,
    Link.PARTITION,
    Link.REGION,
    Link.CALLBACK,
    *_OF_THE_CALLER,
    Link.RESOURCE_POLICY,
    Link.RESOURCE_CONTROL,
    Link.PASSING,
)


def place(call: Call, link: Link) -> int:
    """Where a link stands in the chain of a call."""
    first, then = (_ASSUMING, _CALLING) if _assumes(call) else (_CALLING, _ASSUMING)
    return first.index(link) if link in first else len(first) + then.index(link)


def deciding(entry: Entry) -> Barrier | Broken | None:
    """The link that what AWS shows comes from; None for a call that was let through.

    Step Functions shows one sentence for any refused assumption, so there the first link of the chain decides. Other
    refusals are the service's own words: those of a border, else of the policies, in the order of IAM's message, else
    of what is missing.
    """
    call, ruling = entry.call, entry.ruling
    found: tuple[Barrier | Broken, ...]
    if hidden(call):
        found = tuple(sorted((*ruling.barriers, *ruling.broken), key=lambda one: place(call, one.link)))
    else:
        found = (*(one for one in ruling.barriers if one.link in BORDERS), *ruling.broken, *ruling.barriers)
    return found[0] if found else None


def _assumes(call: Call) -> bool:
    return call.service == "sts" and call.operation.startswith("AssumeRole")


def hidden(call: Call) -> bool:
    """Whether nobody sees what the service says: an assumption by Step Functions itself, or by another service."""
    return _assumes(call) and (call.site is not None or isinstance(call.caller, ServicePrincipal))
