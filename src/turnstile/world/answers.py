"""Declared answers: what something without code of its own says when it is asked, rule by rule.

Functions, operations of services and jobs share the notion. A `Script` is what the user wrote, parsed once and shared
by all cases; `Answers` is a script in one world, which counts what it has given. The first rule that matches the
request and is not used up answers, so a run depends on the order of its requests alone. This file knows neither
services nor functions; who asks decides what an outcome becomes there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.source import Origin


@dataclass(frozen=True, slots=True, eq=False)
class Returned:
    """The request succeeds with a document."""

    document: Json
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False)
class Raised:
    """The request fails: `code` is a service's error code or a function's error type, `status` 0 where none is said."""

    code: str
    message: str
    status: int
    origin: Origin


Outcome: TypeAlias = Returned | Raised


class _Anything:
    """What a rule without `when` matches."""


ANYTHING: Final = _Anything()


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """An outcome, for requests that match `when`, for the first `times` of them; None for ever."""

    outcome: Outcome
    when: Json | _Anything = ANYTHING
    times: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Script:
    """Rules in order. `origin` is where they are written."""

    rules: tuple[Rule, ...]
    origin: Origin


@dataclass(slots=True, eq=False)
class Answers:
    """A script in one world; `given` counts the answers of each rule, in order, and is all the state there is."""

    script: Script
    given: list[int] = field(default_factory=list)

    def next(self, document: Json) -> Outcome | None:
        """The answer to a request, which is counted; None where no rule is left that matches."""
        given = self.given = self.given or [0] * len(self.script.rules)
        for place, rule in enumerate(self.script.rules):
            if (rule.times is None or given[place] < rule.times) and _wanted(rule, document):
                given[place] += 1
                return rule.outcome
        return None

    def copy(self) -> Answers:
        """The same answers with the same state, for another world."""
        return Answers(self.script, list(self.given))


def _wanted(rule: Rule, document: Json) -> bool:
    return rule.when is ANYTHING or matches(rule.when, document)


def matches(wanted: Json, found: Json) -> bool:
    """Mappings may have more members than wanted, lists have the same elements, `*` in a text is any text.

    Otherwise equality is JSON's: `1` and `1.0` are one number, and `true` is none.
    """
    match wanted, found:
        case dict(), dict():
            return all(name in found and matches(value, found[name]) for name, value in wanted.items())
        case list(), list():
            return len(wanted) == len(found) and all(map(matches, wanted, found))
        case str(), str():
            return _alike(wanted, found)
        case _:
            return isinstance(wanted, bool) == isinstance(found, bool) and bool(wanted == found)


def _alike(pattern: str, text: str) -> bool:
    """The pieces between the stars stand in the text one after another; never goes back, so no pattern is slow."""
    head, *pieces = pattern.split("*")
    if not pieces:
        return pattern == text
    last = pieces.pop()
    if not text.startswith(head):
        return False
    place = len(head)
    for piece in pieces:
        found = text.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return len(text) - len(last) >= place and text.endswith(last)


def read_script(document: Json, origin: Origin, faults: list[Fault]) -> Script | None:
    """The script in a document: one answer or a list of them; None where it is none, and the faults grow.

    An answer has `returns` or `raises`, and perhaps `when` and `times`. A list in which no answer has either is a
    sequence: each is given once, the last one for ever.
    """
    entries = document if isinstance(document, list) else [document]
    places = [origin.at(index) for index in range(len(entries))] if isinstance(document, list) else [origin]
    before = len(faults)
    if not entries:
        faults.append(origin.fault("no-answers", "the list of answers is empty", "write an answer: `returns:`"))
    rules = [_rule(entry, place, faults) for entry, place in zip(entries, places, strict=True)]
    if len(faults) > before:
        return None
    found = [rule for rule in rules if rule is not None]
    if all(rule.when is ANYTHING and rule.times is None for rule in found):
        return Script(_sequence(found), origin)
    faults += _unreachable(found, places)
    return Script(tuple(found), origin) if len(faults) == before else None


def _sequence(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Each once, the last one for ever."""
    return (*(Rule(rule.outcome, times=1) for rule in rules[:-1]), rules[-1])


def _unreachable(rules: Sequence[Rule], places: Sequence[Origin]) -> Iterator[Fault]:
    """What stands behind an answer that answers everything for ever."""
    always = next((index for index, rule in enumerate(rules) if rule.when is ANYTHING and rule.times is None), None)
    if always is not None and always + 1 < len(rules):
        remedy = "put the answer without `when` and `times` last, or give it one of them"
        message = "this answer is never given: the one before it answers every request"
        yield places[always + 1].fault("unreachable-answer", message, remedy)


def _rule(entry: Json, origin: Origin, faults: list[Fault]) -> Rule | None:
    if not isinstance(entry, dict):
        remedy = "write `returns:` or `raises:` below it"
        faults.append(origin.fault("wrong-type", "an answer must be a mapping", remedy))
        return None
    faults += _unknown(entry, _KEYS, origin)
    times: Json = entry.get("times")
    if "times" in entry and not (_is_whole(times) and times >= 1):
        message = "`times` must be a whole number from 1"
        faults.append(origin.at("times").fault("wrong-value", message, "leave it out for any number of times"))
    outcome = _outcome(entry, origin, faults)
    return Rule(outcome, entry.get("when", ANYTHING), times) if outcome is not None else None


def _outcome(entry: Mapping[str, Json], origin: Origin, faults: list[Fault]) -> Outcome | None:
    if ("returns" in entry) is ("raises" in entry):
        message = "an answer has either `returns` or `raises`"
        message += ", and this one has both" if "returns" in entry else ", and this one has neither"
        faults.append(origin.fault("wrong-answer", message, "say what comes back, or how it fails"))
        return None
    if "returns" in entry:
        return Returned(entry["returns"], origin.at("returns"))
    return _raised(entry["raises"], origin.at("raises"), faults)


def _raised(value: Json, origin: Origin, faults: list[Fault]) -> Raised | None:
    if not isinstance(value, dict):
        remedy = "write `code:` and `message:` below it"
        faults.append(origin.fault("wrong-type", "`raises` must be a mapping", remedy))
        return None
    found = [*_unknown(value, _ERROR_KEYS, origin), *_misshapen(value, origin)]
    faults += found
    if found:
        return None
    code = value.get("code", value.get("error_type"))
    return Raised(str(code), value.get("message", ""), value.get("status", 0), origin)


def _misshapen(value: Mapping[str, Json], origin: Origin) -> Iterator[Fault]:
    """What is wrong with the members of an error."""
    names = [name for name in ("code", "error_type") if name in value]
    if len(names) != 1:
        message = "`raises` has one of `code`, for an error of a service, and `error_type`, for one of a function"
        yield origin.fault("wrong-answer", message, "write `code: ThrottlingException`, for example")
    for name in (*names, "message"):
        if not isinstance(value.get(name, ""), str) or (name != "message" and value[name] == ""):
            yield origin.at(name).fault("wrong-type", f"`{name}` must be text", "put it in quotes")
    status = value.get("status", _LEAST)
    if not (_is_whole(status) and _LEAST <= status <= _MOST):
        message = f"`status` must be a whole number from {_LEAST} to {_MOST}"
        yield origin.at("status").fault("wrong-value", message, "it is the HTTP status of the error")


def _unknown(value: Mapping[str, Json], known: Sequence[str], origin: Origin) -> Iterator[Fault]:
    shown = ", ".join(f"`{key}`" for key in known)
    for key in value:
        if key not in known:
            yield origin.at(key).fault("unknown-key", f"the key `{key}` is not known here", f"keys here: {shown}")


def _is_whole(value: Json) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


_KEYS = ("when", "times", "returns", "raises")
_ERROR_KEYS = ("code", "error_type", "message", "status")
_LEAST, _MOST = 400, 599
