"""Statements by resource: by the whole text, by the letters a pattern begins with, or not at all.

A pattern is tried only on resources that begin as it does, so that a hundred policies about other queues cost nothing.
This file knows numbers for statements and no actions.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from turnstile.iam.covering import fits

if TYPE_CHECKING:
    from turnstile.iam.covering import Covering
    from turnstile.iam.variables import Filled


class Whereabouts:
    """Numbers of statements, filed by the resources they cover."""

    def __init__(self) -> None:
        self._always: set[int] = set()
        self._exact: dict[str, set[int]] = defaultdict(set)
        self._patterns: dict[int, dict[str, list[tuple[Filled, int]]]] = {}
        self._except: list[tuple[Covering, int]] = []

    def file(self, number: int, cover: Covering, *, negated: bool) -> None:
        """File a statement; `negated`: it covers what its values do not."""
        if cover.unfilled or (cover.everything and not negated):
            self._always.add(number)
        elif negated:
            self._except.append((cover, number))
        else:
            self._file(number, cover)

    def _file(self, number: int, cover: Covering) -> None:
        for text in cover.exact:
            self._exact[text].add(number)
        for prefix, filled in cover.patterns:
            by_prefix = self._patterns.setdefault(len(prefix), {})
            by_prefix.setdefault(prefix, []).append((filled, number))

    def of(self, resource: str) -> set[int]:
        """The statements that cover a resource, and those of which only a request can tell."""
        found = self._always | self._exact.get(resource, set())
        for length, by_prefix in self._patterns.items():
            filed = by_prefix.get(resource[:length], ())
            found.update(number for filled, number in filed if fits(filled, resource))
        found.update(number for cover, number in self._except if not cover.covers(resource))
        return found
