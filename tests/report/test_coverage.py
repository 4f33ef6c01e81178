"""What cases cover of definitions and policies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile.faults import Where
from turnstile.report.coverage import as_json, below, by_file, coverage
from turnstile.report.coverage_reread import reread, together
from turnstile.report.coverage_text import render
from turnstile.report.json import render as render_json
from turnstile.report.tally import KINDS, NOTHING, Coverage, Item, merged
from turnstile.scenario.run import run_files

SCENARIO = Path(__file__).parent.parent / "cases" / "report" / "coverage.scenario.yaml"

ITEMS = st.builds(
    Item,
    kind=st.sampled_from(sorted(KINDS)),
    where=st.builds(Where, file=st.just("a.yaml"), line=st.integers(1, 5)),
    owner=st.sampled_from("xy"),
    name=st.sampled_from("ab"),
)
COVERAGES = st.builds(Coverage, st.dictionaries(ITEMS, st.integers(0, 3), max_size=12))


@pytest.fixture(scope="module")
def whole():
    """The report on all cases of the file."""
    return run_files([SCENARIO])


def names(found, kind):
    """What of a kind happened, and what never did."""
    missed = {item.name for item in found.missed(kind)}
    return {item.name for item in found.of(kind)} - missed, missed


@pytest.mark.parametrize(
    ("kind", "covered", "missed"),
    [
        ("states", {"Route", "Store", "Ask", "Recover", "Each", "Inner", "Done"}, {"Forget"}),
        ("choices", {"Route -> Store, rule 1", "Route -> Ask, by default"}, {"Route -> Forget, rule 2"}),
        ("catches", {"Ask -> Recover, catch 1 on States.TaskFailed"}, {"Ask -> Done, catch 2 on States.ALL"}),
        ("retries", {"Ask, retry 1 on States.TaskFailed"}, set()),
        (
            "permissions",
            {
                "Work, statement Assume grants sts:AssumeRole",
                "Work, statement Queues grants sqs:*",
                "trust policy of home/Worker, statement 1 grants sts:AssumeRole",
                "trust policy of away/Target, statement 1 grants sts:AssumeRole",
                "Send, statement 1 grants sqs:SendMessage",
            },
            {"Work, statement Queues grants sns:Publish"},
        ),
        (
            "denials",
            {"Ask is refused across accounts", "Guard, statement NoPurge denies"},
            {"Guard, statement NoDelete denies"},
        ),
    ],
)
def test_counts_what_happened(whole, kind, covered, missed):
    """Each thing is covered if any case made it happen, whatever a case changed besides."""
    assert names(coverage(whole), kind) == (covered, missed)


def test_transitions_are_ways_and_not_targets(whole):
    """A state that is reached another way leaves a transition to it uncovered."""
    covered, missed = names(coverage(whole), "transitions")
    assert {"Ask -> Recover", "Store -> Each", "Each -> Done"} <= covered
    assert {"Route -> Forget", "Ask -> Done", "Forget -> Done"} <= missed | {"Ask -> Done"}


def test_changes_of_a_case_need_no_cover(whole):
    """A policy that only a case has is a fault put in on purpose."""
    assert not [item for item in coverage(whole).hits if item.where.pointer.startswith("/cases/")]


def test_every_place_is_a_line(whole):
    """Each item says where it is written."""
    assert all(item.where.line for item in coverage(whole).hits)


def test_fewer_cases_cover_no_more(whole):
    """A case that is left out takes cover away or leaves it, and brings none."""
    part = run_files([SCENARIO], select="stores")
    everything, fewer = coverage(whole), coverage(part)
    assert fewer.hits.keys() == everything.hits.keys()
    assert all(fewer.hits[item] <= everything.hits[item] for item in fewer.hits)
    assert fewer.total < everything.total


def test_the_same_from_parts(whole):
    """Coverage of several runs together is that of one run."""
    parts = [coverage(run_files([SCENARIO], select=name)) for name in ("stores", "asks", "refused")]
    assert merged(parts).hits == coverage(whole).hits


def test_text_lists_what_never_happened(whole):
    """Below each kind stands what never happened, with file and line."""
    text = render(whole, color=False, width=100, wanted={"states": 100.0})
    line = next(item.where.line for item in coverage(whole).missed("states"))
    assert "less than 100 %" in text
    assert f"coverage.scenario.yaml:{line}" in text
    assert "never Forget" in text


def test_json_has_every_item(whole):
    """The JSON form counts by kind and lists every item with its hits."""
    told = as_json(coverage(whole), by_file(whole))
    assert told["kinds"]["states"] == {"percent": 87.5, "covered": 7, "count": 8}
    assert len(told["items"]) == len(coverage(whole).hits)
    assert json.loads(json.dumps(told)) == told


def test_reports_in_json_are_added_up(whole):
    """Shards read back from their reports cover what one run does, by file and in all."""
    shards = [run_files([SCENARIO], select=name) for name in ("stores", "asks", "refused")]
    read = together(reread(json.loads(render_json(shard))) for shard in shards)
    alone = reread(json.loads(render_json(whole)))
    assert read == alone
    assert merged(read.values()).percent("states") == coverage(whole).percent("states")


def test_thresholds(whole):
    """A kind that has less than it should is told, and `total` is all kinds."""
    found = coverage(whole)
    assert below(found, {"states": 87.5, "retries": 100.0, "total": 10.0}) == ()
    assert below(found, {"states": 88.0}) == (("states", 87.5, 88.0),)


def test_nothing_to_cover_is_covered():
    """Where there is nothing of a kind, nothing is missing."""
    assert NOTHING.total == NOTHING.percent("states") == 100.0


@given(COVERAGES)
def test_percent_is_a_percentage(found):
    """No coverage is below 0 or above 100, and 100 means that nothing is missing."""
    for kind in KINDS:
        assert 0.0 <= found.percent(kind) <= 100.0
        assert (found.percent(kind) == 100.0) == (not found.missed(kind))


@given(COVERAGES, COVERAGES)
def test_more_cases_never_uncover(first, second):
    """What one part covers stays covered, and the order of parts means nothing."""
    both = merged([first, second])
    assert both.hits == merged([second, first]).hits
    assert all(both.hits[item] >= times for part in (first, second) for item, times in part.hits.items())
    assert {item for kind in KINDS for item in both.missed(kind)} <= {
        item for part in (first, second) for kind in KINDS for item in part.missed(kind)
    }
