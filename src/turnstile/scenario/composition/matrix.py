"""Cases with a `matrix`, as the cases they stand for: one for each combination of values, less those under `exclude`.

`${matrix.client}` is the value wherever it stands in the case; alone in a text it keeps its type. Each case that comes
of it is written where the one with the matrix is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

from turnstile.document import Json, compact, pointer
from turnstile.scenario.comparing.difference import first_difference
from turnstile.scenario.composition.overlay import Written
from turnstile.spelling import hint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.faults import Fault
    from turnstile.source import Origin

_USE = re.compile(r"(\$?)\$\{matrix\.([^{}]*)\}")
_MOST = 10_000
_LONGEST = 40
_KEYS = ("matrix", "exclude")


def unfold(written: Written) -> tuple[Written, list[Fault]]:
    """The document with every case of every matrix, and what is wrong with them.

    A matrix of the wrong shape is left to whoever looks at shapes; its case stays in a form that has no other fault.
    """
    cases = written.document.get("cases") if isinstance(written.document, dict) else None
    if not isinstance(cases, list) or not any(map(_is_concerned, cases)):
        return written, []
    unfolded: list[Json] = []
    faults: list[Fault] = []
    moved, inside = apart(written.moved)
    for index, case in enumerate(cases):
        place = written.origin("cases", index)
        for one, moves in _cases(case, place, faults):
            here = pointer("/cases", len(unfolded))
            moved[here] = place
            moved |= {here + target: origin for target, origin in (inside.get(index, {}) | moves).items()}
            unfolded.append(one)
    return Written({**written.document, "cases": unfolded}, written.source, moved), faults


def _is_concerned(case: Json) -> bool:
    """The case has a matrix, or speaks of one."""
    return isinstance(case, dict) and (not case.keys().isdisjoint(_KEYS) or "${matrix." in compact(case))


def apart(moved: Mapping[str, Origin]) -> tuple[dict[str, Origin], dict[int, dict[str, Origin]]]:
    """What is written elsewhere: outside of cases, and in each case by the pointer inside of it."""
    outside: dict[str, Origin] = {}
    inside: dict[int, dict[str, Origin]] = {}
    for place, origin in moved.items():
        if place.startswith("/cases/"):
            index, _, rest = place.removeprefix("/cases/").partition("/")
            if rest:
                inside.setdefault(int(index), {})["/" + rest] = origin
        else:
            outside[place] = origin
    return outside, inside


def _cases(case: Json, origin: Origin, faults: list[Fault]) -> Iterator[tuple[Json, dict[str, Origin]]]:
    if not isinstance(case, dict) or "matrix" not in case:
        if isinstance(case, dict) and "exclude" in case:
            fault = origin.at("exclude").fault("matrix", "there is no `matrix` to exclude from", "write `matrix:` too")
            faults.append(fault)
        if _is_concerned(case):
            _Putting({}, origin, faults, set()).into(case, ())
        yield case, {}
        return
    if not _is_shaped(case):
        yield {key: case[key] for key in ("name", *_KEYS) if key in case} | {"expect": {"status": "SUCCEEDED"}}, {}
        return
    matrix, before = case["matrix"], len(faults)
    chosen = list(_chosen(case, origin, faults))
    body = {key: value for key, value in case.items() if key not in _KEYS}
    used: set[str] = set()
    found = []
    told = _titles(chosen)
    for number, values in enumerate(chosen):
        putting = _Putting(values, origin, faults, used)
        one = putting.into(body, ())
        if "name" in case and one["name"] == case["name"]:
            one = {**one, "name": f"{case['name']} [{told[number]}]"}
        found.append((one, putting.moved))
    if chosen:
        _unused(matrix, used, origin, faults)
    if len(faults) == before:
        yield from found


def _is_shaped(case: Mapping[str, Json]) -> bool:
    matrix, excluded = case["matrix"], case.get("exclude", [])
    return (
        isinstance(matrix, dict)
        and all(isinstance(values, list) for values in matrix.values())
        and isinstance(excluded, list)
        and all(isinstance(one, dict) for one in excluded)
        and isinstance(case.get("name", ""), str)
    )


def _chosen(case: Mapping[str, Json], origin: Origin, faults: list[Fault]) -> Iterator[dict[str, Json]]:
    """The combinations that are left, in the order of the file: the last key changes fastest."""
    matrix, excluded = case["matrix"], case.get("exclude", [])
    here = origin.at("matrix")
    empty = [name for name, values in matrix.items() if not values]
    faults += [here.at(name).fault("matrix", f"`{name}` has no values", "write at least one value") for name in empty]
    if not matrix:
        faults.append(here.fault("matrix", "the matrix is empty", "name a value: `client: [acme, globex]`"))
    for name, values in matrix.items():
        _check_distinct(values, here.at(name), faults)
    count = 1
    for values in matrix.values():
        count *= len(values)
    if count > _MOST:
        faults.append(
            here.fault("matrix", f"the matrix makes {count:,} cases, more than {_MOST:,}", "take values away")
        )
    if empty or not matrix or count > _MOST:
        return
    every = [dict(zip(matrix, values, strict=True)) for values in product(*matrix.values())]
    _check_excluded(excluded, every, origin.at("exclude"), faults)
    left = [values for values in every if not any(_is(one, values) for one in excluded)]
    if not left:
        faults.append(origin.at("exclude").fault("matrix", "every combination is excluded", "leave one in"))
    yield from left


def _check_distinct(values: list[Json], origin: Origin, faults: list[Fault]) -> None:
    """The same value twice would be the same case twice; beyond the most cases another fault says more."""
    texts: set[str] = set()
    for index, value in enumerate(values[:_MOST]):
        text = compact(value)
        if text in texts:
            message = f"the value `{text}` stands here twice"
            faults.append(origin.at(index).fault("matrix", message, "remove one of the two"))
        texts.add(text)


def _titles(chosen: list[dict[str, Json]]) -> list[str]:
    """What tells the cases apart: their values, short where that is enough."""
    short = list(map(_told, chosen))
    return short if len(set(short)) == len(short) else list(map(_spelled, chosen))


def _check_excluded(
    excluded: list[dict[str, Json]], every: list[dict[str, Json]], origin: Origin, faults: list[Fault]
) -> None:
    for index, one in enumerate(excluded):
        strange = [name for name in one if name not in every[0]]
        for name in strange:
            message = f"the matrix has no `{name}`"
            faults.append(origin.at(index, name).fault("matrix", message, hint(name, every[0], "names")))
        if not strange and not any(_is(one, values) for values in every):
            message = f"no combination is excluded by this: {_spelled(one)}"
            faults.append(origin.at(index).fault("matrix", message, "write values that the matrix has"))
        if not one:
            faults.append(origin.at(index).fault("matrix", "this excludes every combination", "name a value"))


def _is(wanted: Mapping[str, Json], values: Mapping[str, Json]) -> bool:
    return all(first_difference(value, values.get(name), partial=False) is None for name, value in wanted.items())


def _unused(matrix: Mapping[str, Json], used: set[str], origin: Origin, faults: list[Fault]) -> None:
    """A name that no value of the case holds would run the same case again and again."""
    for name in matrix:
        if name not in used:
            message = f"`${{matrix.{name}}}` stands nowhere in the case"
            faults.append(origin.at("matrix", name).fault("matrix", message, "use it, or take it away"))


@dataclass(slots=True)
class _Putting:
    """Puts one combination of values into a case; `moved` are members whose keys have changed."""

    values: Mapping[str, Json]
    origin: Origin
    faults: list[Fault]
    used: set[str]
    moved: dict[str, Origin] = field(default_factory=dict)

    def into(self, value: Json, names: tuple[str | int, ...], there: tuple[str | int, ...] | None = None) -> Json:
        there = names if there is None else there
        match value:
            case str():
                return self._text(value, there) if "${matrix." in value else value
            case list():
                return [self.into(each, (*names, index), (*there, index)) for index, each in enumerate(value)]
            case dict():
                return self._members(value, names, there)
        return value

    def _members(
        self, members: dict[str, Json], names: tuple[str | int, ...], there: tuple[str | int, ...]
    ) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for name, value in members.items():
            key = _shown(self._text(name, (*there, name))) if "${matrix." in name else name
            if key in found:
                message = f"`{key}` stands here twice once the matrix is put in"
                self.faults.append(
                    self.origin.at(*there, name).fault("duplicate-key", message, "remove one of the two")
                )
            if key != name:
                self.moved[pointer("", *names, key)] = self.origin.at(*there, name)
            found[key] = self.into(value, (*names, key), (*there, name))
        return found

    def _text(self, text: str, there: tuple[str | int, ...]) -> Json:
        whole = _USE.fullmatch(text)
        if whole and not whole[1] and whole[2] in self.values:
            self.used.add(whole[2])
            return self.values[whole[2]]
        return _USE.sub(lambda match: self._part(match, there), text)

    def _part(self, match: re.Match[str], there: tuple[str | int, ...]) -> str:
        escaped, name = match.groups()
        if escaped:
            return match[0]  # whoever resolves references takes the sign away
        self.used.add(name)
        if name not in self.values:
            message = f"the matrix has no `{name}`" if self.values else "the case has no `matrix`"
            remedy = hint(name, self.values, "names") if self.values else f"write `matrix: {{{name}: [...]}}`"
            self.faults.append(self.origin.at(*there).fault("matrix", message, remedy))
        return _shown(self.values.get(name))


def _shown(value: Json) -> str:
    return value if isinstance(value, str) else compact(value)


def _spelled(values: Mapping[str, Json]) -> str:
    return ", ".join(f"{name}={compact(value)}" for name, value in values.items())


def _told(values: Mapping[str, Json]) -> str:
    return ", ".join(f"{name}={_shown(value)[:_LONGEST]}" for name, value in values.items())
