"""Does a document have the shape of the format? Every fault of the shape, at its place, where it was written.

pydantic finds the faults; this file reads on past them, so that what else is wrong is found in the
same run: a misspelt key is read as the key it was meant to be, an unusable value is left out, a faulty
account id is replaced. It knows pydantic
models and no meaning of theirs.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from turnstile.document import Json, pointer, resolve
from turnstile.scenario.composition.overlay import Written
from turnstile.scenario.composition.wording import worded
from turnstile.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

    from turnstile.faults import Fault
    from turnstile.source import Origin

Entry = TypeVar("Entry", bound=BaseModel)
Names = tuple["str | int", ...]

_ROUNDS = 5
_EXAMPLE = "begin with `version: 1`, `name:`, `accounts:`, `state_machines:` and `cases:`"


@dataclass(slots=True)
class Shaped(Generic[Entry]):
    """What could be read: `entry` is None when nothing could, `whole` says that nothing was left out."""

    written: Written
    entry: Entry | None = None
    faults: list[Fault] = field(default_factory=list)
    whole: bool = True


def shape(model: type[Entry], written: Written) -> Shaped[Entry]:
    """Read a document as a model."""
    shaped: Shaped[Entry] = Shaped(written)
    if not isinstance(written.document, dict):
        shaped.faults.append(written.origin().fault("wrong-type", "a scenario is a mapping", _EXAMPLE))
        return shaped
    for _ in range(_ROUNDS):
        try:
            shaped.entry = model.model_validate(shaped.written.document)
        except ValidationError as error:
            _read_on(model, shaped, error.errors(include_url=False))
        else:
            break
    return shaped


def _read_on(model: type[BaseModel], shaped: Shaped[Entry], errors: list[ErrorDetails]) -> None:
    """Gather the faults and mend the document: rename misspelt keys, leave out what cannot be used."""
    document = shaped.written.document
    strange = [error["loc"] for error in errors if error["type"] == "extra_forbidden"]
    meant = {loc: name for loc in strange if (name := _meant(model, document, loc))}
    corrected = {(*loc[:-1], name) for loc, name in meant.items()}
    errors = [error for error in errors if error["loc"] not in corrected]
    shaped.faults += [
        worded(
            error,
            shaped.written.origin(*error["loc"]),
            list(_keys(model, error["loc"][:-1])),
            required=_is_required(model, error["loc"]),
        )
        for error in errors
    ]
    ids = [error["loc"] for error in errors if error["type"] == "account-id"]
    unusable = {_removable(model, error["loc"]) for error in errors if error["loc"] not in [*strange, *ids]}
    shaped.whole = shaped.whole and not any(_holds_names(model, loc) for loc in unusable)
    repair = _Repair(copy.deepcopy(document), shaped.written)
    for loc, name in meant.items():
        repair.rename(loc, name)
    for number, loc in enumerate(ids):
        repair.stand_in(loc, f"{number:012d}")
    for loc in sorted(unusable | (set(strange) - set(meant)), key=_last_first, reverse=True):
        repair.leave_out(model, loc)
    shaped.written = Written(repair.document, shaped.written.source, repair.moved)


def _last_first(loc: Names) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (-1, part) for part in loc]


@dataclass
class _Repair:
    """A copy of the document under repair, and where its parts come from."""

    document: Json
    written: Written
    moved: dict[str, Origin] = field(init=False)

    def __post_init__(self) -> None:
        self.moved = dict(self.written.moved)

    def rename(self, loc: Names, name: str) -> None:
        parent = resolve(self.document, pointer("", *loc[:-1]))
        parent[name] = parent.pop(loc[-1])
        self.moved[pointer("", *loc[:-1], name)] = self.written.origin(*loc)

    def stand_in(self, loc: Names, value: Json) -> None:
        """Put a sound value in the place of a faulty one, so that what hangs on it can be looked at."""
        resolve(self.document, pointer("", *loc[:-1]))[loc[-1]] = value

    def leave_out(self, model: type[BaseModel], loc: Names) -> None:
        """Take a value away; what the file cannot be without is left blank."""
        parent, last = resolve(self.document, pointer("", *loc[:-1])), loc[-1]
        if isinstance(parent, list):
            self._close_up(parent, loc[:-1], int(last))
        elif len(loc) == 1 and last in model.model_fields and model.model_fields[last].is_required():
            parent[last] = _blank(_type_at(model, loc))
        else:
            parent.pop(last, None)

    def _close_up(self, elements: list[Json], loc: Names, gap: int) -> None:
        here = Written(None, self.written.source, self.moved)
        places = [here.origin(*loc, index) for index in range(len(elements))]
        del elements[gap], places[gap]
        self.moved.update({pointer("", *loc, index): place for index, place in enumerate(places)})


def _blank(kind: Any) -> Json:
    if kind is str:
        return "?"
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    return [] if get_origin(kind) is list else {}


def _holds_names(model: type[BaseModel], loc: Names) -> bool:
    """Something declared may be missing without this part, so a name that is not found proves nothing."""
    kind = _type_at(model, loc)
    return loc[0] in ("accounts", "state_machines") and (_is_model(kind) or get_origin(kind) is dict)


def _removable(model: type[BaseModel], loc: Names) -> Names:
    """The smallest part around a fault that the format can do without, else the top key it stands under."""
    for length in range(len(loc), 0, -1):
        parent = _type_at(model, loc[: length - 1])
        if not _is_model(parent):
            return loc[:length]
        known = parent.model_fields.get(str(loc[length - 1]))
        if known is None or not known.is_required():
            return loc[:length]
    return loc[:1]


def _meant(model: type[BaseModel], document: Json, loc: Names) -> str | None:
    """The missing key of a misspelt one."""
    present = resolve(document, pointer("", *loc[:-1]))
    return nearest(str(loc[-1]), [name for name in _keys(model, loc[:-1]) if name not in present])


def _keys(model: type[BaseModel], loc: Names) -> Iterable[str]:
    found = _type_at(model, loc)
    return found.model_fields if _is_model(found) else ()


def _is_required(model: type[BaseModel], loc: Names) -> bool:
    """The value stands under a key that cannot be left out."""
    parent = _type_at(model, loc[:-1])
    known = parent.model_fields.get(str(loc[-1])) if _is_model(parent) else None
    return known is not None and known.is_required()


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _type_at(model: type[BaseModel], loc: Names) -> Any:
    kind: Any = model
    for part in loc:
        if _is_model(kind):
            known = kind.model_fields.get(str(part))
            kind = _present(known.annotation) if known else None
        else:
            kind = _present((get_args(kind) or (None,))[-1])
    return kind


def _present(annotation: Any) -> Any:
    """The type of a value that is there: without `| None`."""
    options = get_args(annotation)
    return options[0] if type(None) in options else annotation
