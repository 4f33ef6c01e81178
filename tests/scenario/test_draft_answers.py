"""What drafts find out about the answers of functions: paths, documents that have them, ways past a Choice."""

from __future__ import annotations

import json

import pytest

from turnstile.scenario.drafts import choosing
from turnstile.scenario.drafts.drafting import Wishes, draft
from turnstile.scenario.drafts.provenance import UNKNOWN, Place, Traced, document, joined
from turnstile.scenario.drafts.reading import paths, queries

LOOK = "arn:aws:lambda:us-east-1:444455556666:function:Look"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$", [("", ())]),
        ("$.a.b", [("", ("a", "b"))]),
        ("$['a b'][2].c", [("", ("a b", 2, "c"))]),
        ("$.a[*].b", [("", ("a", 0, "b"))]),
        ("$name.x", [("name", ("x",))]),
        ("$$.Execution.Id", []),
        ("States.Format('{} $.no', $.a, $.b.c)", [("", ("a",)), ("", ("b", "c"))]),
    ],
)
def test_paths(text, found):
    """Each path begins with the data or a variable; quoted text and the context object are none."""
    assert [(read.name, read.steps) for read in paths(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$states.result.Payload.score", [("states", ("result", "Payload", "score"), None)]),
        ("$states.input.n >= 3", [("states", ("input", "n"), 3)]),
        ("$states.input.n < 3", [("states", ("input", "n"), 2)]),
        ("$x.kind != 'a'", [("x", ("kind",), "not a")]),
        ("$x.done = true", [("x", ("done",), True)]),
        ("$sum($x.prices) + $y.more", [("x", ("prices",), [1]), ("y", ("more",), 1)]),
        ("'$x.no' & $y", [("y", (), None)]),
    ],
)
def test_queries(text, found):
    """What stands beside a path, or the function around it, tells what it has to be."""
    assert [(read.name, read.steps, read.sample) for read in queries(text)] == found


@pytest.mark.parametrize(
    ("wanted", "made"),
    [
        ({}, {}),
        ({(): "text"}, "text"),
        ({("a",): 1, ("b", "c"): True}, {"a": 1, "b": {"c": True}}),
        ({("a",): [1], ("a", 1, "b"): 2}, {"a": [{}, {"b": 2}]}),
        ({("a", 0): 1, ("a", "b"): 2}, {"a": [1]}),
    ],
)
def test_the_least_document(wanted, made):
    """It has every place; of places that no document has together, the first."""
    assert document(wanted) == made


def test_members_that_are_put_go_before_those_that_were_there():
    """A result laid into the data hides what stood there; beside it the data is what it was."""
    before = Traced(frozenset((Place("A", ("x",)),)))
    after = before.put(("got",), Traced(frozenset((Place("B"),))))
    assert Place("B", ("y",)) in after.at(("got", "y")).places
    assert after.at(("other",)).places == {Place("A", ("x", "other"))}
    assert joined(UNKNOWN, before) == before


def test_a_rule_that_goes_round_or_fails_is_not_met():
    """The first rule that leads on is; values for the others are of their type."""
    states = {
        "Poll": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.state", "StringEquals": "RUNNING", "Next": "Wait"},
                {"Variable": "$.state", "StringEquals": "FAILED", "Next": "Bad"},
                {"Variable": "$.state", "StringMatches": "DONE*", "Next": "Good"},
            ],
        },
        "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Poll"},
        "Bad": {"Type": "Fail"},
        "Good": {"Type": "Succeed"},
    }
    assert next(choosing.reads("Poll", states, jsonata=False)).sample == "DONE"
    del states["Poll"]["Choices"][2]
    assert [read.sample for read in choosing.reads("Poll", states, jsonata=False)] == ["not RUNNING", "not FAILED"]


def test_what_cannot_be_drafted_is_named_by_function_and_member(tmp_path):
    """The message says whose `returns` needs what, and nothing of what an SDK gives besides."""
    body = {"Type": "Task", "Resource": LOOK, "Output": "{% $number($states.result.count) %}", "End": True}
    (tmp_path / "w.asl.json").write_text(
        json.dumps({"QueryLanguage": "JSONata", "StartAt": "Look", "States": {"Look": body}})
    )
    (left,) = draft(tmp_path / "w.asl.json", tmp_path, Wishes({}, "", "")).left
    assert left.endswith("; `returns` needs `count` of the function `Look`")
    assert "SdkHttpMetadata" not in left
