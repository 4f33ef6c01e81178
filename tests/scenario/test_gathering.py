from __future__ import annotations

import itertools
from pathlib import Path
from types import SimpleNamespace

import pytest

from turnstile.report.report import File
from turnstile.scenario.processes.gathering import Gathering, Part


def part(first, went=""):
    """A part of a file with a case for each letter: as expected (`.`), or not."""
    cases = tuple(SimpleNamespace(name=first + place, passed=letter == ".") for place, letter in enumerate(went))
    return Part(first, first + len(went), File("a", "a", cases))


def gathered(gathering):
    """The names of the cases, by file."""
    return [[case.name for case in file.cases] for file, _ in gathering.files()]


PARTS = ((0, part(0, ".."), 3), (0, part(2, "F"), 3), (1, part(0, ".F.F"), 4))


@pytest.mark.parametrize("order", list(itertools.permutations(PARTS)))
@pytest.mark.parametrize(
    ("most", "found"), [(0, [[0, 1, 2], [0, 1, 2, 3]]), (1, [[0, 1, 2]]), (2, [[0, 1, 2], [0, 1]]), (9, None)]
)
def test_parts_in_any_order_are_one_report(order, most, found):
    """Up to the case with which there are too many failures, in the order of files and cases."""
    gathering = Gathering(2, most)
    for index, ran, count in order:
        if not gathering.ended:
            gathering.add(index, ran, 0, count)
    assert gathering.ended
    assert gathered(gathering) == (found or [[0, 1, 2], [0, 1, 2, 3]])


def test_a_file_without_cases_is_in_the_report():
    """One that has faults, or of which nothing is chosen."""
    gathering = Gathering(2)
    gathering.add(1, part(0), None, 0)
    assert not gathering.ended
    gathering.add(0, part(0), None, 0)
    assert (gathering.ended, gathering.done, gathered(gathering)) == (True, 2, [[], []])


def test_the_seed_of_a_file_goes_with_it():
    """As the first process told it."""
    gathering = Gathering(1)
    gathering.add(0, part(0, "."), 7, 1)
    assert [(Path(file.path), seed) for file, seed in gathering.files()] == [(Path("a"), 7)]
