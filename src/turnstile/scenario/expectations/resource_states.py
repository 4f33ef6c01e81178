"""What must be in resources when a case is over, as values: the entries under `resources` of an expectation.

`resource_reading` looks at the resources; nothing here does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.scenario.comparing.likeness import bad_expressions
from turnstile.scenario.declarations.reference import substitute
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from turnstile.document import Json
    from turnstile.faults import Fault
    from turnstile.scenario.declarations.reference import Names
    from turnstile.scenario.models.expect_entries import ResourceStateEntry
    from turnstile.source import Origin

KINDS = ("item", "object", "message", "secret", "parameter", "execution")
WAYS = ("text", "document", "like", "absent")


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """One thing: its `kind` (`item`, `object` ...), the entry as written, and the account that has it.

    `way` says how it is compared, empty for executions. `account` and `region` are empty for those of the case's state
    machine.
    """

    kind: str
    entry: Mapping[str, Json]
    way: str
    account: str
    region: str
    origin: Origin

    @property
    def times(self) -> int | None:
        """How many there are, exactly; None for any number from one."""
        return self.entry.get("times")


def read_states(
    entries: Sequence[ResourceStateEntry], names: Names, origin: Origin, faults: list[Fault]
) -> tuple[State, ...]:
    """The entries, and what is wrong with them."""
    found = (_state(entry, names, origin.at(index), faults) for index, entry in enumerate(entries))
    return tuple(state for state in found if state is not None)


def _state(entry: ResourceStateEntry, names: Names, origin: Origin, faults: list[Fault]) -> State | None:
    given = [kind for kind in KINDS if getattr(entry, kind) is not None]
    if len(given) != 1:
        named = " and ".join(f"`{kind}`" for kind in given) or "none"
        message = f"an entry of `resources` is about one thing, and this one has {named}"
        faults.append(origin.fault("resource-state", message, f"write one of {', '.join(KINDS)}"))
        return None
    kind, place = given[0], origin.at(given[0])
    told = getattr(entry, kind)
    way = "" if kind == "execution" else _way(kind, told.model_fields_set, place, faults)
    if way is None:
        return None
    written = substitute(told.model_dump(exclude_unset=True), names.texts, place, faults)
    if way == "like":
        for target, problem in bad_expressions(told.like):
            message = f"this is no regular expression: {problem}"
            where = place.at("like").within(target)
            faults.append(where.fault("regular-expression", message, "write it as Python's `re` has it"))
    if way == "absent" and not told.absent:
        faults.append(place.at("absent").fault("wrong-value", "`absent` can only be true", "say what it holds"))
    if kind == "execution":
        written = _of_machine(written, names, place, faults)
    account, region = _account(entry.account, names, origin, faults)
    return State(kind, written, way, account, region, place)


def _way(kind: str, given: set[str], place: Origin, faults: list[Fault]) -> str | None:
    ways = [way for way in WAYS if way in given]
    if len(ways) != 1:
        named = " and ".join(f"`{way}`" for way in ways) or "none"
        message = f"what it holds is said by one of `text`, `document`, `like` and `absent`, and this has {named}"
        faults.append(place.fault("resource-state", message, "write for example `document: {status: paid}`"))
        return None
    if kind == "item" and ways == ["text"]:
        remedy = "write `document:` or `like:`"
        faults.append(place.at("text").fault("resource-state", "an item of a table is no text", remedy))
        return None
    return ways[0]


def _of_machine(written: dict[str, Json], names: Names, place: Origin, faults: list[Fault]) -> dict[str, Json]:
    name = written["state_machine"]
    arn = name if name in names.machines.values() else names.machines.get(name)
    if arn is None:
        message = f"the state machine `{name}` is not declared"
        where = place.at("state_machine")
        faults.append(where.fault("unknown-state-machine", message, hint(name, names.machines, "state machines")))
    return {**written, "state_machine": arn}


def _account(name: str, names: Names, origin: Origin, faults: list[Fault]) -> tuple[str, str]:
    if not name:
        return "", ""
    if name not in names.accounts:
        message = f"the account `{name}` is not declared"
        where = origin.at("account")
        faults.append(where.fault("unknown-account", message, hint(name, names.accounts, "accounts")))
        return "", ""
    return names.accounts[name], names.texts[f"{name}/region"]
