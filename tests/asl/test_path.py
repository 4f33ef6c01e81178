"""Paths: what they find, what they refuse, and reference paths that put."""

import json
import subprocess
import sys
from pathlib import Path as FilePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile.asl.path import NoMatch, parse_path, parse_reference
from turnstile.asl.scope import Scope
from turnstile.faults import Unsupported

_CASES = FilePath(__file__).parents[1] / "cases" / "asl"


def _found():
    for group in json.loads((_CASES / "paths.json").read_text(encoding="utf-8")):
        scope = Scope(group.get("context", {}), group.get("variables", {}))
        for case in group["cases"]:
            yield pytest.param(scope, group["given"], case, id=case["expression"])


@pytest.mark.parametrize(("scope", "document", "case"), list(_found()))
def test_a_path_finds_what_aws_finds(scope, document, case):
    """Every case file entry gives its result, or its reason for finding nothing."""
    path = parse_path(case["expression"])
    before = json.dumps(document)
    if "error" in case:
        with pytest.raises(NoMatch) as caught:
            path.find(scope, document)
        assert caught.value.reason == case["error"]
    else:
        assert json.dumps(path.find(scope, document)) == json.dumps(case["result"])
    assert json.dumps(document) == before


@pytest.mark.parametrize(
    "case", json.loads((_CASES / "malformed_paths.json").read_text()), ids=lambda case: case["path"]
)
def test_a_malformed_path_is_refused_with_its_reason(case):
    """What is no path raises ValueError and says what is wrong."""
    with pytest.raises(ValueError, match="`") as caught:
        parse_path(case["path"])
    assert str(caught.value) == case["message"]


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("$[?(@.a type 'x')]", "JSONPath filter operator `type`"),
        ("$.a.concat()", "JSONPath function `concat()`"),
    ],
)
def test_what_is_not_emulated_is_refused_by_name(text, feature):
    """A construct of Jayway that we do not evaluate is never mistaken for a malformed path."""
    with pytest.raises(Unsupported) as caught:
        parse_path(text)
    assert caught.value.feature == feature


def test_a_word_in_quotes_is_no_operator():
    """Text that spells an unsupported operator is only text."""
    found = parse_path("$[?(@.a == ' contains \\'x')]").find(Scope({}, {}), [{"a": " contains 'x"}])
    assert found == [{"a": " contains 'x"}]


def test_only_indefinite_paths_give_lists():
    """`definite` says which paths lead to at most one value."""
    assert parse_path("$.a[0]").definite
    assert parse_path("$.a['b','c']").definite
    assert parse_path("$.a[*].sum()").definite
    assert not parse_path("$.a[*]").definite
    assert not parse_path("$..a").definite


def test_plain_paths_load_no_filters():
    """Definitions whose paths have no filter import neither filters nor regular expressions."""
    program = (
        "import sys; from turnstile.asl.path import parse_path; parse_path('$.a.b[0]'); parse_path('$..a[*].length()');"
        "sys.exit('turnstile.asl.filter' in sys.modules or 'regex' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# Properties --------------------------------------------------------------------------------------------------------

_NAMES = st.text(alphabet="abcé-_", min_size=1, max_size=4)
_STEPS = st.lists(_NAMES | st.integers(0, 3), max_size=5)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=20,
)


def _written(steps):
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def _naive(document, steps):
    for step in steps:
        index = isinstance(step, int)
        if not isinstance(document, list if index else dict) or step not in (
            range(len(document)) if index else document
        ):
            return "nothing", None
        document = document[step]
    return "found", document


@given(document=_JSON, steps=_STEPS)
def test_compiled_plain_paths_find_what_a_walk_finds(document, steps):
    """The closures agree with a step-by-step walk."""
    kind, expected = _naive(document, steps)
    path = parse_path(_written(steps))
    if kind == "nothing":
        with pytest.raises(NoMatch):
            path.find(Scope({}, {}), document)
    else:
        assert path.find(Scope({}, {}), document) is expected


@given(document=_JSON, steps=_STEPS, value=_JSON)
def test_what_was_put_is_found_again(document, steps, value):
    """After a put the path finds the value, and the old document is as it was."""
    before = json.dumps(document)
    text = _written(steps)
    try:
        changed = parse_reference(text).put(document, value)
    except NoMatch:
        assert steps
    else:
        assert parse_path(text).find(Scope({}, {}), changed) is value
    assert json.dumps(document) == before


@given(document=st.dictionaries(_NAMES, _JSON, max_size=4), name=_NAMES, value=_JSON)
def test_a_put_shares_the_rest(document, name, value):
    """Members beside the changed one are the same objects."""
    changed = parse_reference(f"$.{name}").put(document, value)
    assert all(changed[other] is member for other, member in document.items() if other != name)


def test_missing_objects_on_the_way_are_made():
    """ResultPath creates what is not there."""
    assert parse_reference("$.a.b").put({"c": 1}, 2) == {"c": 1, "a": {"b": 2}}


@pytest.mark.parametrize(
    ("text", "document", "step"),
    [
        ("$.a", [], "a"),
        ("$.a", "text", "a"),
        ("$.a.b", {"a": 1}, "b"),
        ("$.a[1]", {"a": [0]}, "1"),
        ("$.a[0]", {}, "0"),
    ],
)
def test_a_put_names_the_step_it_failed_at(text, document, step):
    """Only objects take names and only arrays that are long enough take indexes."""
    with pytest.raises(NoMatch) as caught:
        parse_reference(text).put(document, 1)
    assert caught.value.reason == step


@pytest.mark.parametrize("text", ["$..a", "$.a[*]", "$$.a", "$variable", "$.a[-1]", "$.a[0:1]", "$.a.length()", "a"])
def test_other_paths_are_no_reference_paths(text):
    """A reference path leads to exactly one place in the document."""
    with pytest.raises(ValueError, match="`"):
        parse_reference(text)
