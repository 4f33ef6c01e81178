"""Warnings about policies that IAM takes and that probably do not say what was meant.

The rules stand in `lint_names` (what does not exist, by a `Catalog`) and `lint_meaning` (what is wider or narrower than
it looks); what AWS would refuse is a fault of `parse`. Nothing here changes a decision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.iam import lint_meaning, lint_names
from turnstile.iam.catalog import published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.faults import Fault
    from turnstile.iam.catalog import Catalog
    from turnstile.iam.policy import Policy
    from turnstile.iam.remark import Remark


def warnings(policy: Policy, catalog: Catalog | None = None) -> tuple[Fault, ...]:
    """Everything worth a second look, in order of place: code, message and help, with file, line and column.

    `catalog` says which actions, resources and keys exist, by default AWS's published list.
    """
    remarks = dict.fromkeys(_remarks(policy, catalog or published()))
    found = (policy.origin.within(one.place).fault(one.code, one.message, one.help) for one in remarks)
    return tuple(sorted(found))


def _remarks(policy: Policy, catalog: Catalog) -> Iterator[Remark]:
    yield from lint_meaning.same_sids(policy)
    for statement in policy.statements:
        for meant in lint_meaning.RULES:
            yield from meant(policy, statement)
        for named in lint_names.RULES:
            yield from named(policy, statement, catalog)
