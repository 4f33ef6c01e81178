"""Our paths against jsonpath-ng's, where the two mean the same: names, elements, slices, wildcards, comparisons.

Where Jayway differs from it (wildcards on objects, filters on objects, the order of descents), cases hold ours:
tests/cases/asl/paths.json.
"""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from jsonpath_ng.ext import parse

import turnstile

NAMES = ("a", "b", "c")
LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "x", "yz"])
DOCUMENTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner), max_leaves=12
)
OBJECTS = st.dictionaries(st.sampled_from(NAMES), DOCUMENTS, min_size=1)
NUMBERS = st.integers(-4, 4)
SLICES = st.tuples(st.none() | st.integers(0, 3), st.none() | NUMBERS).filter(any)
STEPS = (
    st.sampled_from([f".{name}" for name in NAMES])
    | st.sampled_from([f"['{name}']" for name in NAMES])
    | st.integers(0, 3).map(lambda index: f"[{index}]")
)
ITEMS = st.fixed_dictionaries(
    {"id": st.integers(0, 4)}, optional={"n": st.integers(0, 4), "s": st.sampled_from(["x", "y"])}
)
TESTS = st.tuples(
    st.sampled_from(["id", "n", "s"]), st.sampled_from(["==", "<", "<=", ">", ">="]), st.integers(0, 4) | st.just("'x'")
)


def selected(path, document):
    """The result of a Pass with this path: a list for paths that may lead to several values."""
    state = {"Type": "Pass", "Parameters": {"found.$": path}, "End": True}
    execution = turnstile.run({"StartAt": "A", "States": {"A": state}}, document)
    return execution.output["found"] if execution.status == "SUCCEEDED" else execution.error


def found(path, document):
    """What jsonpath-ng finds."""
    return [match.value for match in parse(path).find(document)]


@given(OBJECTS, st.lists(STEPS, min_size=1, max_size=3))
def test_plain_paths(document, steps):
    """One value, or an error where there is none."""
    path = "$" + "".join(steps)
    wanted = found(path, document)
    assert selected(path, document) == (wanted[0] if wanted else "States.Runtime")


@given(st.lists(DOCUMENTS, max_size=5), SLICES)
def test_slices(items, bounds):
    """Open at either end, from the end as well."""
    start, end = ("" if bound is None else str(bound) for bound in bounds)
    path = f"$.a[{start}:{end}]"
    assert selected(path, {"a": items}) == found(path, {"a": items})


@given(st.lists(ITEMS, max_size=5), st.sampled_from(["id", "n", "s"]))
def test_a_member_of_every_element(items, name):
    """Those that have it, in their order."""
    path = f"$.a[*].{name}"
    assert selected(path, {"a": items}) == found(path, {"a": items})


@given(st.lists(ITEMS, max_size=5), TESTS)
def test_comparisons_of_elements(items, test):
    """Numbers with numbers, text with text."""
    name, operator, value = test
    if (name == "s") is not isinstance(value, str):
        return
    path = f"$.a[?(@.{name} {operator} {value})]"
    assert json.dumps(selected(path, {"a": items})) == json.dumps(found(path, {"a": items}))
