"""Runs recorded AWS behaviour through the emulator and says where they differ.

    python tests/conformance/recordings.py --cases DIR [--only GLOB] [--dump DIR] [--accept FILE]

Prints a line for each failing case with its first difference, how many cases wait for which open issue, and at the end
`P passed, F failed, S skipped`. A case passes only when everything recorded is equal; exit status 1 if any fails.
The format of the cases, and what is compared: recordings/README.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import compare
from open_work import reason
from recorded_run import Played, play

from turnstile.faults import Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
_LONGEST = 10.0
"""Wall seconds that one case may take."""
_SHOWN = 240


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one case: `text` is the first difference, or what it waits for."""

    id: str
    word: str
    text: str = ""
    actual: Any = None


def load(folder: Path, only: str = "*") -> list[dict[str, Any]]:
    """The cases of a folder, or of one file, whose id fits the pattern; `[` is a plain character in it."""
    pattern = only.replace("[", "[[]")
    files = sorted(folder.glob("*.json")) if folder.is_dir() else [folder]
    cases = (case for file in files for case in json.loads(file.read_text(encoding="utf-8"))["cases"])
    return [case for case in cases if fnmatchcase(case["id"], pattern)]


def run(cases: Iterable[dict[str, Any]]) -> list[Verdict]:
    """Judge every case, one after another."""

    async def judge_all() -> list[Verdict]:
        return [await judge(case) for case in cases]

    return asyncio.run(judge_all())


async def judge(case: dict[str, Any]) -> Verdict:
    """Play one case and compare; no error leaves this function."""
    try:
        async with asyncio.timeout(_LONGEST):
            played = await play(case)
    except Unsupported as error:
        waits_for = reason(error.feature)
        if waits_for is not None:
            return Verdict(case["id"], SKIPPED, waits_for)
        return Verdict(case["id"], FAILED, f"refused: no open issue is known to bring {error.feature}")
    except TimeoutError:
        return Verdict(case["id"], FAILED, f"no end within {_LONGEST:g} s")
    except Exception as error:  # noqa: BLE001 - one crash must not hide the other cases
        return Verdict(case["id"], FAILED, f"crashed: {type(error).__name__}: {error}".replace("\n", " "))
    return graded(case, played)


def graded(case: dict[str, Any], played: Played) -> Verdict:
    """Compare what happened with what was recorded; a case with nothing to compare never passes."""
    if hollow(case, played.actual):
        return Verdict(case["id"], FAILED, "nothing to compare: one side is empty", played.actual)
    result = compare.compare(case, played.actual, played.given)
    if result["grade"] == "equal":
        return Verdict(case["id"], PASSED, "", played.actual)
    return Verdict(case["id"], FAILED, f"{result['grade']} {_line(result['difference'])}", played.actual)


def hollow(case: dict[str, Any], actual: Any) -> bool:
    """Whether the recording or the run is empty, so that equality says nothing."""
    expected = case["expected"]
    if case["kind"] == "execution" and "response" not in expected:
        recorded = expected.get("events") or expected.get("status")
        return not recorded or not actual.get("events")
    return not expected or not actual


def _line(difference: tuple[tuple[str | int, ...], Any, Any, str]) -> str:
    path, expected, found, why = difference
    place = "$" + "".join(f"[{name}]" if isinstance(name, int) else f".{name}" for name in path)
    return f"at {place}: {why}; AWS: {_cut(expected)}; found: {_cut(found)}"


def _cut(value: Any) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def lines(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """The report: failures, what the skipped ones wait for, and the counts."""
    yield from (f"FAILED {verdict.id}: {verdict.text}" for verdict in verdicts if verdict.word == FAILED)
    waiting = Counter(verdict.text for verdict in verdicts if verdict.word == SKIPPED)
    yield from (f"SKIPPED {number}: {text}" for text, number in sorted(waiting.items()))
    counts = Counter(verdict.word for verdict in verdicts)
    yield ", ".join(f"{counts[word]} {word}" for word in (PASSED, FAILED, SKIPPED))


def dump(verdicts: Iterable[Verdict], folder: Path) -> None:
    """Write what happened in each case that ran; a file is named after its case."""
    folder.mkdir(parents=True, exist_ok=True)
    for verdict in verdicts:
        if verdict.actual is not None:
            name = re.sub(r"[^\w.#\[\]-]+", "_", verdict.id)
            text = json.dumps(verdict.actual, indent=1, ensure_ascii=False, default=str)
            (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def accept(verdicts: Iterable[Verdict], file: Path) -> None:
    """Add the cases that passed to the list of those that must pass; none is ever taken out."""
    listed = set(must_pass(file)) if file.exists() else set()
    listed |= {verdict.id for verdict in verdicts if verdict.word == PASSED}
    file.write_text("".join(f"{each}\n" for each in sorted(listed)), encoding="utf-8")


def must_pass(file: Path) -> list[str]:
    """The ids in a list of cases that must pass."""
    return file.read_text(encoding="utf-8").split("\n")[:-1]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, required=True, help="folder or file of cases")
    parser.add_argument("--only", default="*", metavar="GLOB", help="ids to run; `*` and `?` are wildcards")
    parser.add_argument("--dump", type=Path, metavar="DIR", help="write the events or answer of each case there")
    parser.add_argument("--accept", type=Path, metavar="FILE", help="add passing ids to this list")
    options = parser.parse_args(arguments)
    cases = load(options.cases, options.only)
    if not cases:
        parser.error(f"no case in `{options.cases}` fits `{options.only}`")
    verdicts = run(cases)
    sys.stdout.writelines(f"{line}\n" for line in lines(verdicts))
    if options.dump:
        dump(verdicts, options.dump)
    if options.accept:
        accept(verdicts, options.accept)
    return 1 if any(verdict.word == FAILED for verdict in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
