"""Placeholders of a recorded case: the values a runner chooses, and those it learns from answers.

Classes of placeholders: recordings/README.md, "Comparing". A value is chosen when its token first has to be filled in.
In API cases some tokens stand for what the service makes up (the name of an execution); `learn` takes those from the
answer before anything asks for them.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import compare

from turnstile.clock import DAWN

if TYPE_CHECKING:
    from collections.abc import Callable

REGION = "us-east-1"
PARTITION = "aws"
MAIN_ACCOUNT = "111111111111"
"""The account that recordings write out."""

_CHOSEN = ("given", "given-loose")
_SOON = timedelta(seconds=10)


class Tokens:
    """The placeholders of one case with the values they have so far."""

    def __init__(self, case: dict[str, Any]) -> None:
        self._classes: dict[str, str] = case["placeholders"]
        self._notes: dict[str, str] = case.get("given_notes", {})
        self._made = {each["operation"]: each["params"] for each in case["environment"].get("resources") or ()}
        self._account_id = case.get("account", MAIN_ACCOUNT)
        self._owners = {role["arn"]: role["account"] for role in case["environment"].get("roles", ())}
        chosen = [token for token, kind in self._classes.items() if kind in _CHOSEN]
        longest_first = sorted(chosen, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if chosen else None
        self.values: dict[str, str] = {}

    @property
    def given(self) -> dict[str, str]:
        """What the comparer is told: the chosen and learned values."""
        return {token: text for token, text in self.values.items() if self._classes[token] == "given"}

    def chosen(self, text: object) -> bool:
        """Whether a text is one token whose value is for the runner to choose."""
        return isinstance(text, str) and self._classes.get(text) in _CHOSEN

    def fill(self, value: Any) -> Any:
        """A document with every chosen token replaced, in names and texts."""
        if isinstance(value, dict):
            return {self.fill(name): self.fill(member) for name, member in value.items()}
        if isinstance(value, list):
            return [self.fill(member) for member in value]
        if isinstance(value, str) and self._pattern:
            return self._pattern.sub(lambda match: self._value(match[0]), value)
        return value

    def learn(self, expected: Any, answer: Any) -> None:
        """Take the values of tokens that were not filled in yet from an answer."""
        matcher = compare.Matcher(self._classes, self.given, ("$..ResponseMetadata",))
        matcher.diff(expected, compare.normal(answer))
        for token, text in matcher.bound.items():
            if self._classes.get(token) == "given":
                self.values.setdefault(token, text)

    def _value(self, token: str) -> str:
        if token not in self.values:
            choose = next(choose for pattern, choose in _VALUES if pattern.search(token))
            self.values[token] = choose(self, token)
        return self.values[token]

    def _name(self, token: str) -> str:
        """A plain name, another for each token, that every service takes: lower case, digits, hyphens."""
        plain = re.sub(r"[^a-z0-9]+", "-", token.lower()).strip("-")
        topic = self._made.get("create_topic", {})
        ordered = topic.get("Name") == token and topic.get("Attributes", {}).get("FifoTopic") == "true"
        return f"{plain}-{sorted(self._classes).index(token):02d}{'.fifo' if ordered else ''}"

    def _account(self, token: str) -> str:
        others = sorted(other for other in self._classes if "account_id" in other)
        return str(222233334444 + 111111111111 * others.index(token))

    def _role_arn(self, token: str) -> str:
        owner = self.fill(self._owners.get(token, self._account_id))
        return f"arn:{PARTITION}:iam::{owner}:role/{self._name(token)}"

    def _time(self, token: str) -> str:
        note = self._notes.get(token, "")
        days = re.search(r"now \+ (\d+) days( and a minute)?", note)
        later = timedelta(days=int(days[1]), minutes=1 if days[2] else 0) if days else _SOON
        shape = re.search(r"0{4}-00-00T00:00:00(?:\.(0+))?(Z?)", note) or re.search(r"(\.)?(Z?)$", "Z")
        assert shape is not None
        moment = datetime.fromtimestamp(DAWN, UTC) + later
        fraction = "." + f"{moment.microsecond:06d}"[: len(shape[1])] if shape[1] else ""
        return moment.strftime("%Y-%m-%dT%H:%M:%S") + fraction + shape[2]

    def _queue_url(self, token: str) -> str:
        """The address moto and AWS give a queue, with the value of the token of its name."""
        named = token.replace("url", "name")
        made = self._made.get("create_queue", {}).get("QueueName", named)
        known = named != token and named in self._classes
        name = self._value(named) if known else self._name(token) if made == named else self.fill(made)
        return f"https://sqs.{REGION}.amazonaws.com/{MAIN_ACCOUNT}/{name}"

    def _topic_arn(self, token: str) -> str:
        """The address of the topic that the case makes."""
        name = self.fill(self._made.get("create_topic", {}).get("Name", self._name(token)))
        return f"arn:{PARTITION}:sns:{REGION}:{MAIN_ACCOUNT}:{name}"


def _long(_tokens: Tokens, token: str) -> str:
    counted = re.search(r"\d+", token)
    assert counted is not None
    return "x" * int(counted[0])


def _arn(service: str, kind: str) -> Callable[[Tokens, str], str]:
    def value(tokens: Tokens, token: str) -> str:
        return f"arn:{PARTITION}:{service}:{REGION}:{MAIN_ACCOUNT}:{kind}{tokens._name(token)}"

    return value


_VALUES: tuple[tuple[re.Pattern[str], Callable[[Tokens, str], str]], ...] = tuple(
    (re.compile(pattern), choose)
    for pattern, choose in (
        (r"^<region>$", lambda _tokens, _token: REGION),
        (r"^<partition>$", lambda _tokens, _token: PARTITION),
        (r"account_id", Tokens._account),
        (r"role_arn", Tokens._role_arn),
        (r"_\d+_chars", _long),
        (r"alias_name", lambda _tokens, token: token.strip("<>")),
        (r"timestamp", Tokens._time),
        (r"queue[_-]url|^<cfn\.queue", Tokens._queue_url),
        (r"activity_arn", _arn("states", "activity:")),
        (r"topic[_-]arn", Tokens._topic_arn),
        (r"cluster_arn", _arn("ecs", "cluster/")),
        (r"[_-]arn>$", _arn("states", "stateMachine:")),
        (r"", Tokens._name),
    )
)
