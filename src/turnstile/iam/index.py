"""Policies compiled once: the statements of a group, found by the action and the resource that are asked for.

A statement is filed under each exact action, under the service of a pattern, or as one that may speak of any action
(`*`, NotAction); among those that fit, `Whereabouts` files it by resource. What a question leads to is remembered,
since a workflow asks for few actions on few resources many times. Compiled groups are shared by all worlds of the
process, and forgotten when more than `_GROUPS` are in use.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from turnstile.iam.covering import covering
from turnstile.iam.match import action_matches
from turnstile.iam.matcher import tests
from turnstile.iam.policy import Effect
from turnstile.iam.whereabouts import Whereabouts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.iam.judgement import Facts
    from turnstile.iam.matcher import Test
    from turnstile.iam.policy import Policy, Statement

_GROUPS = 1024
_ACTIONS = 1024
_QUESTIONS = 1024


class Compiled(NamedTuple):
    """A statement with the tests that are left once its action and its fixed resources fit."""

    tests: tuple[Test, ...]
    policy: Policy
    statement: Statement

    def applies(self, known: Facts) -> bool:
        """Every other part of the statement fits as well."""
        for test in self.tests:  # noqa: SIM110 - a generator would double the time of an evaluation
            if not test(known):
                return False
        return True


class Candidates(NamedTuple):
    """The statements that are left to be tested, in the order they were written."""

    denies: tuple[Compiled, ...]
    allows: tuple[Compiled, ...]


class Index:
    """The statements of a group of policies by action and resource."""

    def __init__(self, group: tuple[Policy, ...]) -> None:
        self._statements = tuple((policy, statement) for policy in group for statement in policy.statements)
        self._exact: dict[str, set[int]] = defaultdict(set)
        self._patterns: dict[str, set[int]] = defaultdict(set)
        self._anywhere: set[int] = set()
        self._compiled: dict[int, Compiled] = {}
        self._by_action: dict[str, Whereabouts] = {}
        self._by_question: dict[tuple[str, str], Candidates] = {}
        for number, (_, statement) in enumerate(self._statements):
            self._file(number, statement)

    def candidates(self, action: str, resource: str) -> Candidates:
        """The statements that may speak of an action, given in lower case, on a resource."""
        found = self._by_question.get((action, resource))
        if found is None:
            if len(self._by_question) >= _QUESTIONS:
                self._by_question.clear()
            found = self._by_question[action, resource] = self._found(action, resource)
        return found

    def _found(self, action: str, resource: str) -> Candidates:
        if action not in self._by_action:
            if len(self._by_action) >= _ACTIONS:
                self._by_action.clear()
            self._by_action[action] = self._speaking_of(action)
        fitting = [self._compile(number) for number in sorted(self._by_action[action].of(resource))]
        return Candidates(_of(fitting, Effect.DENY), _of(fitting, Effect.ALLOW))

    def _file(self, number: int, statement: Statement) -> None:
        if statement.not_actions:
            self._anywhere.add(number)
            return
        for pattern in statement.actions:
            service, colon, name = pattern.lower().partition(":")
            if not colon or service == "*":
                self._anywhere.add(number)
            elif "*" in name or "?" in name:
                self._patterns[service].add(number)
            else:
                self._exact[pattern.lower()].add(number)

    def _speaking_of(self, action: str) -> Whereabouts:
        service = action.partition(":")[0]
        filed = self._exact.get(action, set()) | self._patterns.get(service, set()) | self._anywhere
        found = Whereabouts()
        for number in filed:
            policy, statement = self._statements[number]
            listed = any(action_matches(pattern, action) for pattern in statement.actions)
            if listed is not statement.not_actions:
                found.file(number, covering(policy, statement), negated=statement.not_resources)
        return found

    def _compile(self, number: int) -> Compiled:
        if number not in self._compiled:
            policy, statement = self._statements[number]
            self._compiled[number] = Compiled(tests(policy, statement), policy, statement)
        return self._compiled[number]


def _of(found: Iterable[Compiled], effect: Effect) -> tuple[Compiled, ...]:
    return tuple(one for one in found if one.statement.effect is effect)


@lru_cache(maxsize=_GROUPS)
def index(group: tuple[Policy, ...]) -> Index:
    """The index of a group; policies are the same only if they are one object."""
    return Index(group)
