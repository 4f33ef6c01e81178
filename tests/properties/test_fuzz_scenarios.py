"""Broken scenario files: whatever stands in one, loading gives a scenario or faults with places, never a traceback.

Files that work are broken by chance: values are taken away, doubled, moved elsewhere in the file or replaced.
"""

import copy
import json
import random
from pathlib import Path

import pytest

from turnstile.faults import Rejected
from turnstile.scenario.load import load
from turnstile.yaml import read_yaml

ROOT = Path(__file__).parents[2]
PATHS = [
    *(ROOT / "tests" / "cases" / "scenario").glob("*.scenario.yaml"),
    ROOT / "scenarios" / "disturbed.scenario.yaml",
    ROOT / "scenarios" / "organization.scenario.yaml",
    ROOT / "scenarios" / "nightly-jobs.scenario.yaml",
]
STRANGE = [
    None, True, False, 0, -1, 1.5, 1e300, "", "a", "/", "..", "${x}", "${matrix.x}", "$${x}", "*", "<regex (>", "<any>",
    "nowhere.json", "arn:aws:iam::111122223333:role/Runner", "home", "\ud800", "a" * 300, [], [[]], {}, {"": None},
    [None], {"a": {"b": []}}, {"matrix": {"x": [1]}}, "2026-01-01T00:00:00Z", "\u0000",
]  # fmt: skip
KEYS = ["matrix", "exclude", "include", "extends", "inherit_cases", "defaults", "expect", "stubs", "history", "changes"]


def walked(document, here=()):
    yield here
    if isinstance(document, dict):
        for name in document:
            yield from walked(document[name], (*here, name))
    elif isinstance(document, list):
        for index in range(len(document)):
            yield from walked(document[index], (*here, index))


def at(document, place):
    for name in place:
        document = document[name]
    return document


DOCUMENTS = {path.name: read_yaml(str(path), path.read_text("utf-8"))[0] for path in sorted(PATHS)}


def broken(seed):
    """A document with some parts of it spoilt."""
    chance = random.Random(seed)
    document = copy.deepcopy(DOCUMENTS[chance.choice(sorted(DOCUMENTS))])
    for _ in range(chance.randint(1, 4)):
        places = [place for place in walked(document) if place]
        if not places:
            break
        place = chance.choice(places)
        parent = at(document, place[:-1])
        match chance.choice(["replace", "take", "move", "rename", "add"]):
            case "replace":
                parent[place[-1]] = chance.choice(STRANGE)
            case "take":
                del parent[place[-1]]
            case "move":
                parent[place[-1]] = copy.deepcopy(at(document, chance.choice(places)))
            case "rename" if isinstance(parent, dict):
                parent[chance.choice(["x", "", "${x}", f"{place[-1]}s"])] = parent.pop(place[-1])
            case "add" if isinstance(parent, dict):
                parent[chance.choice(KEYS)] = chance.choice(STRANGE)
    return document


def check(folder, seeds):
    path = folder / "fuzzed.scenario.json"
    for seed in seeds:
        path.write_text(json.dumps(broken(seed)), encoding="utf-8")
        try:
            load(path)
        except Rejected as rejected:
            for fault in rejected.faults:
                assert fault.where.line > 0, (seed, fault)
                assert fault.where.column > 0, (seed, fault)
                assert fault.message, (seed, fault)
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error


def test_a_broken_file_gives_faults_and_no_traceback(tmp_path):
    """Each with its line and column; the last one names a link by half of a surrogate pair."""
    check(tmp_path, (*range(60), 1484))


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_many_broken_files_give_faults_and_no_traceback(tmp_path):
    """The same, far more often."""
    check(tmp_path, range(100, 4000))
