"""The Resource element of a statement, sorted once: what is fixed, and what waits for the values of a request.

Texts without wildcards are a set, those with wildcards patterns with the letters they begin with, those with variables
stay templates. This file knows neither actions nor requests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from turnstile.iam.match import resource_glob, resource_templates
from turnstile.iam.variables import fill, has_variables, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.iam.policy import Policy, Statement
    from turnstile.iam.variables import Filled, Template


class Pattern(NamedTuple):
    """A resource with wildcards; whatever fits begins with `prefix`."""

    prefix: str
    filled: Filled


@dataclass(frozen=True, slots=True)
class Covering:
    """The values of a Resource or NotResource element; `everything`: a `*` is among them, or there is no element."""

    everything: bool
    exact: frozenset[str]
    patterns: tuple[Pattern, ...]
    unfilled: tuple[Template, ...]

    def covers(self, resource: str) -> bool:
        """A value without variables names the resource."""
        if self.everything or resource in self.exact:
            return True
        return any(resource.startswith(prefix) and fits(filled, resource) for prefix, filled in self.patterns)


def covering(policy: Policy, statement: Statement) -> Covering:
    """The values of the element; a statement without one, as in a trust policy, covers everything."""
    if not statement.resources or "*" in statement.resources:
        return Covering(everything=True, exact=frozenset(), patterns=(), unfilled=())
    readings = (resource_templates(text, variables=policy.variables) for text in statement.resources)
    templates = [pieces for reading in readings for pieces in reading]
    filled = [one for pieces in templates if not has_variables(pieces) and (one := fill(pieces, {})) is not None]
    return Covering(
        everything=False,
        exact=frozenset(plain(one) for one in filled if not _has_wildcards(one)),
        patterns=tuple(Pattern("".join(_beginning(one)), one) for one in filled if _has_wildcards(one)),
        unfilled=tuple(pieces for pieces in templates if has_variables(pieces)),
    )


def fits(filled: Filled | None, resource: str) -> bool:
    """A Resource value fits the resource; one whose variable has no value fits nothing."""
    return filled is not None and resource_glob(filled).fullmatch(resource) is not None


def _has_wildcards(pieces: Filled) -> bool:
    return any(isinstance(piece, str) and ("*" in piece or "?" in piece) for piece in pieces)


def _beginning(pieces: Filled) -> Iterator[str]:
    """The letters before the first wildcard."""
    for piece in pieces:
        text = piece if isinstance(piece, str) else ""
        cut = min((place for place in (text.find("*"), text.find("?")) if place >= 0), default=-1)
        yield text[:cut] if cut >= 0 else plain((piece,))
        if cut >= 0:
            return
