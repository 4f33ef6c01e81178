"""Pictures of definitions: what leads where, how it is laid out, and how it is written down."""

import time
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from turnstile.report.pictures import mermaid, svg
from turnstile.report.pictures.figure import figure
from turnstile.report.pictures.layered import lay_out
from turnstile.report.pictures.ranking import Edge
from turnstile.report.pictures.rule import summary
from turnstile.report.pictures.transitions import Way, scope

HOSTILE = "</text><script>alert(1)</script>\"&'\n\x00\ud800 --> [*] : {"
SVG = "{http://www.w3.org/2000/svg}"

ORDER = {
    "StartAt": "Check",
    "States": {
        "Check": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.total", "NumericGreaterThan": 100, "Next": "Approve"}],
            "Default": "Ship",
        },
        "Approve": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Check"}],
            "Next": "Ship",
        },
        "Ship": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "Pack", "States": {"Pack": {"Type": "Pass", "End": True}}},
                {"StartAt": "Bill", "States": {"Bill": {"Type": "Pass", "Next": "Sent"}, "Sent": {"Type": "Succeed"}}},
            ],
            "End": True,
        },
    },
}


def test_transitions_say_why_they_are_taken():
    """Each Next, rule, Default and Catch is one transition with its label."""
    found = scope(ORDER)
    assert [(one.source, one.target, one.way, one.label) for one in found.transitions] == [
        ("Check", "Approve", Way.CHOICE, "$.total > 100"),
        ("Check", "Ship", Way.DEFAULT, "default"),
        ("Approve", "Ship", Way.NEXT, ""),
        ("Approve", "Check", Way.CATCH, "catch States.Timeout"),
    ]
    assert [[node.name for node in branch.nodes] for branch in found.nodes[2].inside] == [["Pack"], ["Bill", "Sent"]]


@pytest.mark.parametrize(
    "broken", [None, [], "", {}, {"StartAt": 3, "States": []}, {"StartAt": "A", "States": {"A": 1, "B": {"Next": "C"}}}]
)
def test_what_is_no_definition_has_a_picture_too(broken):
    """A definition with faults is drawn as far as it goes."""
    found = scope(broken)
    ET.fromstring(svg.document(figure(found), "broken"))
    assert mermaid.document(found).startswith("stateDiagram-v2\n")


RULES = [
    ({"Variable": "$.n", "NumericLessThanEquals": 3, "Next": "A"}, "$.n ≤ 3"),
    ({"Variable": "$.s", "StringEqualsPath": "$.t", "Next": "A"}, "$.s is $.t"),
    ({"Variable": "$.s", "StringMatches": "a*", "Next": "A"}, '$.s like "a*"'),
    ({"Variable": "$.x", "IsPresent": False, "Next": "A"}, "$.x is not present"),
    ({"Not": {"Variable": "$.x", "IsNull": True}, "Next": "A"}, "not ($.x is null)"),
    (
        {"And": [{"Variable": "$.a", "BooleanEquals": True}, {"Variable": "$.b", "IsNumeric": True}], "Next": "A"},
        "$.a is true and $.b is a number",
    ),
    ({"Condition": "{% $states.input.n > 3 %}", "Next": "A"}, "$states.input.n > 3"),
    ("no rule", ""),
]


@pytest.mark.parametrize(("rule", "said"), RULES)
def test_rules_are_told_in_a_few_words(rule, said):
    """A rule of a Choice state is summed up for its line."""
    assert summary(rule) == said


def machine(count):
    """A definition with loops, jumps and catches, the same each time."""
    states = {}
    for index in range(count):
        name, after = f"State {index}", f"State {index + 1}"
        if index == count - 1:
            states[name] = {"Type": "Succeed"}
        elif index % 5 == 3:
            back, far = f"State {index * 7 % (index + 1)}", f"State {min(index + 4, count - 1)}"
            rules = [{"Variable": "$.a", "IsNull": True, "Next": target} for target in (back, far)]
            states[name] = {"Type": "Choice", "Choices": rules, "Default": after}
        elif index % 7 == 2:
            catch = [{"ErrorEquals": ["States.ALL"], "Next": f"State {min(index + 3, count - 1)}"}]
            states[name] = {"Type": "Task", "Resource": "arn:aws:states:::x:y", "Catch": catch, "Next": after}
        else:
            states[name] = {"Type": "Pass", "Next": after}
    return {"StartAt": "State 0", "States": states}


def _spans(placed):
    return [
        (one.x - one.width / 2, one.y - one.height / 2, one.x + one.width / 2, one.y + one.height / 2) for one in placed
    ]


def _apart(one, other):
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


@pytest.mark.parametrize("document", [ORDER, machine(40)], ids=["order", "forty"])
def test_boxes_and_labels_cover_nothing(document):
    """No state lies upon another, and no label upon a state; all of it is inside of the picture."""
    drawn = figure(scope(document))
    boxes = _spans(drawn.boxes)
    assert all(_apart(*pair) for pair in combinations(boxes, 2))
    labels = [(line.at[0] - 8, line.at[1] - 7, line.at[0] + 8, line.at[1] + 7) for line in drawn.lines if line.label]
    assert all(_apart(label, box) for label in labels for box in boxes)
    assert all(
        left > -0.01 and top > -0.01 and right < drawn.width + 0.01 and low < drawn.height + 0.01
        for left, top, right, low in boxes
    )


def test_states_stand_below_those_that_lead_to_them():
    """A transition goes down unless it closes a loop."""
    at = {box.name: box.y for box in figure(scope(ORDER)).boxes}
    assert at["Check"] < at["Approve"] < at["Ship"]


def test_loops_are_drawn():
    """A state that leads to itself, and two that lead to each other, have routes."""
    layout = lay_out([(50.0, 20.0), (50.0, 20.0)], [Edge(0, 0), Edge(0, 1), Edge(1, 0)])
    assert all(len(route.points) > 1 for route in layout.routes)
    assert layout.nodes[0][1] < layout.nodes[1][1]


def test_the_same_definition_gives_the_same_picture():
    """Nothing in a picture depends on the run."""
    assert svg.document(figure(scope(machine(30))), "x") == svg.document(figure(scope(machine(30))), "x")


def test_two_hundred_states_are_laid_out_at_once():
    """A large definition takes less than a third of a second of this process."""
    found = scope(machine(200))
    spent = []
    for _ in range(3):
        begun = time.process_time()
        figure(found)
        spent.append(time.process_time() - begun)
    assert min(spent) < 0.3


def test_names_cannot_leave_their_place_in_svg():
    """A name that looks like markup stays text, and what XML cannot hold is replaced."""
    definition = {"StartAt": HOSTILE, "States": {HOSTILE: {"Type": "Pass", "End": True}}}
    root = ET.fromstring(svg.document(figure(scope(definition)), HOSTILE).encode())
    assert not list(root.iter(f"{SVG}script"))
    state = next(one for one in root.iter(f"{SVG}g") if one.get("data-state"))
    assert "<script>" in state.get("data-state")


def test_outcomes_are_words_as_well_as_colours():
    """A state of a picture that ran has its outcome as text and as an attribute."""
    root = ET.fromstring(svg.document(figure(scope(ORDER)), "x", {"Check": "failed"}).encode())
    state = next(one for one in root.iter(f"{SVG}g") if one.get("data-state") == "Check")
    assert state.get("data-outcome") == "failed"
    assert "✕ failed" in [one.text for one in state.iter(f"{SVG}text")]


def test_mermaid_is_as_recorded():
    """The diagram of a definition with branches, word for word."""
    golden = Path(__file__).parent.parent / "golden" / "order.mermaid"
    assert mermaid.document(scope(ORDER), {"Check": "succeeded", "Ship": "timed out"}) == golden.read_text("utf-8")


def test_names_cannot_leave_their_place_in_mermaid():
    """Quotes, brackets, colons and line breaks are entity codes."""
    definition = {"StartAt": HOSTILE, "States": {HOSTILE: {"Type": "Pass", "End": True}}}
    first = mermaid.document(scope(definition)).splitlines()[1]
    assert first.count('"') == 2
    assert "<" not in first
    assert ":" not in first
    assert first.endswith('" as s1')
