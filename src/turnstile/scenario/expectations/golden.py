"""Golden histories: the events of an execution in a file, without what another seed or another day would change.

Times are seconds since the first event, ids that are drawn are numbered as they appear, texts that are JSON stand as
documents, and secrets are masked, since the file is kept beside the scenario for others to see. Reads and writes files
and knows no expectations but the one about it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from turnstile.faults import Rejected
from turnstile.report.masking import masked
from turnstile.report.report import Finding
from turnstile.scenario.comparing.difference import first_difference
from turnstile.scenario.comparing.likeness import read_text
from turnstile.source import note, open_source, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from turnstile.document import Json
    from turnstile.scenario.expectations.expectation import Expectation

_DRAWN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TEXTS = frozenset({"input", "output", "parameters", "taskInput"})
_UPDATE = "run with `--update` to write it"


def normalized(history: Sequence[Json]) -> list[Json]:
    """The events as a golden file has them."""
    if not history:
        return []
    numbers: dict[str, str] = {}
    began = history[0]["timestamp"]
    opened = (_opened({**event, "timestamp": round(event["timestamp"] - began, 3)}) for event in history)
    return [_renumbered(masked(event), numbers) for event in opened]


def _opened(value: Json, name: str = "") -> Json:
    match value:
        case dict():
            return {key: _opened(member, key) for key, member in value.items()}
        case list():
            return [_opened(element) for element in value]
        case str() if name in _TEXTS:
            return read_text(value)
    return value


def _renumbered(value: Json, numbers: dict[str, str]) -> Json:
    match value:
        case dict():
            return {key: _renumbered(member, numbers) for key, member in value.items()}
        case list():
            return [_renumbered(element, numbers) for element in value]
        case str():
            return _DRAWN.sub(lambda match: numbers.setdefault(match[0], f"<id {len(numbers) + 1}>"), value)
    return value


def finding(expectation: Expectation, history: Sequence[Json], *, update: bool) -> Finding | None:
    """What the history has that its golden file has not; with `update` the file is written instead.

    Raises:
        Rejected: the file cannot be written.
    """
    golden = expectation.golden
    if golden is None:
        return None
    found, where = normalized(history), expectation.at("history").where()
    if update:
        _write(golden, found, expectation)
        return None
    note(golden)
    if not golden.exists():
        return Finding("history", f"the golden file `{golden.name}` is not there: {_UPDATE}", None, found, where)
    try:
        wanted = masked(read(open_source(golden)))
    except Rejected as rejected:
        message = f"the golden file `{golden.name}` cannot be read: {rejected.faults[0].message}; {_UPDATE}"
        return Finding("history", message, None, found, where)
    difference = first_difference(wanted, found, partial=False)
    if difference is None:
        return None
    message = f"the history differs from `{golden.name}`: {difference.message}"
    return Finding("history", message, wanted, found, where)


def _write(golden: Path, found: Json, expectation: Expectation) -> None:
    try:
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        message = f"the golden file `{golden.name}` cannot be written: {(error.strerror or 'it is refused').lower()}"
        fault = expectation.at("history").fault("unwritable-file", message, "choose another place for it")
        raise Rejected([fault]) from None
