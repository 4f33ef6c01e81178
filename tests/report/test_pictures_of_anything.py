"""Pictures of definitions of any shape: no line crosses a box, nobody's text steers, and faults do no harm."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile.report.pictures import mermaid, svg
from turnstile.report.pictures.figure import figure
from turnstile.report.pictures.layered import lay_out
from turnstile.report.pictures.ranking import Edge
from turnstile.report.pictures.transitions import scope

WIDTH, HEIGHT = 132.0, 58.0
WHOLE = {
    "StartAt": "Pick",
    "States": {
        "Pick": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "Each"}], "Default": "Both"},
        "Each": {
            "Type": "Map",
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED"},
                "StartAt": "Ask",
                "States": {"Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}},
            },
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Both"}],
            "End": True,
        },
        "Both": {
            "Type": "Parallel",
            "Branches": [{"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}}],
            "End": True,
        },
    },
}
JUNK = st.sampled_from([None, 7, "x", [], {}, [1], {"a": 1}, True, [None], {"States": 3}])
GRAPHS = st.integers(2, 14).flatmap(
    lambda count: st.tuples(
        st.just(count), st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=30)
    )
)


def places(value, path=()):
    """Where something stands in a document."""
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield from places(member, (*path, name))


def put(document, path, value):
    """The document with another value at a place."""
    if not path:
        return value
    copied = json.loads(json.dumps(document))
    inner = copied
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return copied


def crosses(start, end, box):
    """A straight line comes into a box, looked at in a hundred places."""
    (x, y) = box
    for step in range(101):
        at = [start[axis] + (end[axis] - start[axis]) * step / 100 for axis in (0, 1)]
        if abs(at[0] - x) < WIDTH / 2 - 1 and abs(at[1] - y) < HEIGHT / 2 - 1:
            return True
    return False


@given(GRAPHS)
def test_no_line_crosses_a_box(graph):
    """But those that it comes from and leads to."""
    count, pairs = graph
    edges = [Edge(source, target, (40.0, 16.0)) for source, target in pairs]
    layout = lay_out([(WIDTH, HEIGHT)] * count, edges)
    for edge, route in zip(edges, layout.routes, strict=True):
        for index, box in enumerate(layout.nodes):
            if index not in (edge.source, edge.target) and edge.source != edge.target:
                lines = zip(route.points, route.points[1:], strict=False)
                assert not any(crosses(*line, box) for line in lines), (edge, index)


@given(st.sampled_from(list(places(WHOLE))), JUNK)
def test_a_definition_with_faults_has_a_picture(place, junk):
    """Whatever stands in a wrong place."""
    states = scope(put(WHOLE, place, junk))
    ET.fromstring(svg.document(figure(states), "any"))
    assert mermaid.document(states).startswith("stateDiagram-v2\n")


@pytest.mark.parametrize("name", ["\u202eevil", "a\u2066b", "zero\u200bwidth", "bell\x07"])
def test_what_steers_text_is_spelt_out(name):
    """In both notations, where a reader sees it."""
    states = scope({"StartAt": name, "States": {name: {"Type": "Pass", "End": True}}})
    shown = ["".join(one.itertext()) for one in ET.fromstring(svg.document(figure(states), "any")).iter()]
    steering = {one for one in name if not one.isalpha()}
    assert not [text for text in shown if steering & set(text)]
    assert not steering & set(mermaid.document(states))


@pytest.mark.parametrize("name", ["استلام", "订单处理", "🚀 launch", "größer", "👩‍👧"])
def test_names_of_all_languages_stay_readable(name):
    """In Mermaid's own text too."""
    assert f'state "{name}" as s1' in mermaid.document(scope({"StartAt": name, "States": {name: {"Type": "Pass"}}}))
