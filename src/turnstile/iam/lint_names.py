"""Lint rules about names: services and actions, resources and condition keys that do not exist or do not go together.

Everything is looked up in a `Catalog`; where it does not know a service, nothing is said of that service's resources.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.iam.catalog import GLOBAL_KEYS, key_pattern
from turnstile.iam.match import action_matches
from turnstile.iam.overlap import overlap
from turnstile.iam.policy import Effect
from turnstile.iam.reading import nearest
from turnstile.iam.remark import Remark, value_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from turnstile.iam.catalog import Action, Catalog
    from turnstile.iam.policy import Policy, Statement

_FEW = 4


@dataclass(frozen=True, slots=True)
class _Spoken:
    """The actions a statement's `Action` speaks of; `all_known`: each value names at least one action of a service."""

    actions: tuple[Action, ...]
    all_known: bool


def _spoken(statement: Statement, catalog: Catalog) -> _Spoken:
    found: dict[str, Action] = {}
    all_known = not statement.not_actions
    for pattern in statement.actions:
        service = _service(pattern)
        actions = [] if service == "*" else list(_matching(pattern, catalog))
        all_known = all_known and bool(actions)
        found.update((f"{service}:{action.name}", action) for action in actions)
    return _Spoken(tuple(found.values()), all_known)


def _service(pattern: str) -> str:
    return pattern.partition(":")[0].lower()


def _matching(pattern: str, catalog: Catalog) -> Iterator[Action]:
    service, _, name = pattern.partition(":")
    if "*" not in name and "?" not in name:
        exact = catalog.action(service, name)
        names = [exact.name] if exact else []
    else:
        names = [one for one in catalog.actions(service) if action_matches(pattern, f"{service}:{one}")]
    for one in names:
        if action := catalog.action(service, one):
            yield action


def _unknown_actions(policy: Policy, statement: Statement, catalog: Catalog) -> Iterator[Remark]:
    element = "NotAction" if statement.not_actions else "Action"
    for number, pattern in enumerate(statement.actions):
        service, _, name = pattern.partition(":")
        if service == "*" or next(_matching(pattern, catalog), None) is not None:
            continue
        place = value_place(policy, statement, element, number)
        known = catalog.actions(service)
        if not known:
            near = nearest(service, catalog.services())
            yield Remark(place, "unknown-service", f"no service has the prefix `{service}`", near)
            continue
        near = nearest(f"{service}:{name.strip('*?')}", [f"{service}:{one}" for one in known])
        yield Remark(place, "unknown-action", f"no action of `{service}` is called `{name}`", near)


def _unusable_resources(policy: Policy, statement: Statement, catalog: Catalog) -> Iterator[Remark]:
    """A Resource value that none of the actions works on."""
    spoken = _spoken(statement, catalog)
    if not spoken.all_known or statement.not_resources:
        return
    forms = {form for action in spoken.actions for form in action.resources}
    for number, text in enumerate(statement.resources):
        if text != "*" and text.startswith("arn:") and not any(overlap(text, form) for form in forms):
            place = value_place(policy, statement, "Resource", number)
            remedy = f"they work on {_listed(forms)}" if forms else "write `*`: they name no resource"
            yield Remark(place, "unusable-resource", f"none of the actions works on `{text}`", remedy)


def _unusable_actions(policy: Policy, statement: Statement, catalog: Catalog) -> Iterator[Remark]:
    """An action spelled out in an Allow that works on none of the resources: the Allow never applies to it."""
    texts = statement.resources
    if statement.not_actions or statement.not_resources or statement.effect is Effect.DENY or "*" in texts:
        return
    if not texts or not all(text.startswith("arn:") for text in texts):
        return
    for number, pattern in enumerate(statement.actions):
        service, _, name = pattern.partition(":")
        action = catalog.action(service, name)
        if action and not any(overlap(text, form) for text in texts for form in action.resources):
            message = f"`{pattern}` works on none of the resources, so that this statement never allows it"
            remedy = f"add {_listed(action.resources)}" if action.resources else "it needs `*` as its resource"
            yield Remark(value_place(policy, statement, "Action", number), "unusable-action", message, remedy)


def _listed(forms: Iterable[str]) -> str:
    names = [f"`{form}`" for form in sorted(forms)]
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return " or ".join(names[:_FEW]) + more


def _unknown_keys(_policy: Policy, statement: Statement, catalog: Catalog) -> Iterator[Remark]:
    spoken = _spoken(statement, catalog)
    services = frozenset(catalog.services())
    for condition in statement.conditions:
        prefix = condition.key.partition(":")[0].lower()
        if prefix == "aws":
            yield from _unknown_key(condition.key, condition.pointer, (*GLOBAL_KEYS, *_keys(spoken)))
        elif prefix in services:
            known = catalog.keys(prefix)
            stray = list(_unknown_key(condition.key, condition.pointer, known))
            yield from stray or (_unasked_key(condition.key, condition.pointer, spoken) if spoken.all_known else ())


def _keys(spoken: _Spoken) -> tuple[str, ...]:
    return tuple(key for action in spoken.actions for key in action.keys)


def _unknown_key(key: str, place: str, known: Iterable[str]) -> Iterator[Remark]:
    if not any(key_pattern(one).fullmatch(key) for one in known):
        yield Remark(place, "unknown-condition-key", f"no condition key is called `{key}`", nearest(key, known))


def _unasked_key(key: str, place: str, spoken: _Spoken) -> Iterator[Remark]:
    if not any(key_pattern(one).fullmatch(key) for one in _keys(spoken)):
        message = f"none of the actions has the condition key `{key}`, so that it is always absent"
        yield Remark(place, "unasked-condition-key", message, "remove it, or ask for it in a statement of its own")


RULES: tuple[Callable[[Policy, Statement, Catalog], Iterator[Remark]], ...] = (
    _unknown_actions,
    _unusable_resources,
    _unusable_actions,
    _unknown_keys,
)
