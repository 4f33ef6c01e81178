"""JSONata: both engines give the same values and fail in AWS's words, and nothing makes them hang or crash."""

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from turnstile.asl import jsonata_engine
from turnstile.asl.errors import QueryFailure
from turnstile.asl.jsonata import UNDEFINED, EvaluationError
from turnstile.asl.jsonata_functions import during, java_random
from turnstile.asl.jsonata_names import FUNCTIONS, names
from turnstile.asl.jsonata_python import PythonEngine
from turnstile.asl.jsonata_texts import reworded
from turnstile.asl.jsonata_tokens import BadSyntax
from turnstile.asl.query import compile_field
from turnstile.asl.scope import Scope
from turnstile.faults import Unsupported

_CASES = Path(__file__).parents[1] / "cases" / "asl"
_MOMENT = 1770091506.789


def _rust():
    pytest.importorskip("jsonatapy")
    from turnstile.asl.jsonata_rust import RustEngine  # noqa: PLC0415 - where there is a wheel

    return RustEngine()


@pytest.fixture(params=[_rust, PythonEngine], ids=["rust", "python"])
def engine(request, monkeypatch):
    """Each engine in turn, as the one of the platform."""
    chosen = request.param()
    monkeypatch.setattr(jsonata_engine, "engine", lambda: chosen)
    jsonata_engine.compiled.cache_clear()
    yield chosen
    jsonata_engine.compiled.cache_clear()


def _scope(variables=None):
    return Scope({}, variables or {}, Random(7), lambda: _MOMENT)


def _cases(file):
    cases = json.loads((_CASES / file).read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["expression"]) for case in cases]


@pytest.mark.parametrize("case", _cases("jsonata.json"))
def test_an_expression_gives_its_value(engine, case):
    """Every case file entry gives its value in both engines; undefined is not null."""
    if type(engine).__name__.lower().startswith(case.get("lacking", "-")):
        pytest.skip("a gap of this engine, named in docs/fidelity.md")
    value = during(_scope(), engine.compile(case["expression"]).evaluate, case.get("bindings", {}))
    if case.get("undefined"):
        assert value is UNDEFINED
    else:
        assert json.dumps(value) == json.dumps(case["value"])


@pytest.mark.parametrize("case", _cases("jsonata_failures.json"))
def test_an_expression_fails_as_on_aws(engine, case):
    """Every case file entry fails with AWS's sentence, whichever engine evaluates it."""
    text = case["expression"]
    with pytest.raises(QueryFailure) as caught:
        compile_field({"r": f"{{% {text} %}}"}, "Output").fill(_scope(), {})
    assert caught.value.cause == f"The JSONata expression '{text}' specified for the field 'Output/r'{case['says']}"
    assert caught.value.location == "Output/r"


def test_an_endless_expression_ends(engine, monkeypatch):
    """A tail call without end meets the time limit."""
    for module in ("jsonata_rust", "jsonata_python"):
        monkeypatch.setattr(f"turnstile.asl.{module}.LONGEST_MILLISECONDS", 50)
    expression = engine.compile("($f := function($n) { $f($n + 1) }; $f(1))")
    with pytest.raises(EvaluationError) as caught:
        expression.evaluate({})
    assert str(caught.value) == "Expression evaluation timeout: Check for infinite loop"


def test_documents_are_left_alone(engine):
    """Evaluating changes no variable, nulls included."""
    given_ = {"states": {"input": {"a": [None, {"b": None}], "n": 1.5}}}
    before = json.dumps(given_)
    engine.compile("$states.input ~> |$|{'c': null}|").evaluate(given_)
    engine.compile("$append($states.input.a, null)").evaluate(given_)
    assert json.dumps(given_) == before


def test_integers_of_any_size_can_be_handed_over(engine):
    """What does not fit the engine's integers is rounded."""
    assert engine.compile("$n > 1").evaluate({"n": 2**70}) is True


def test_only_a_first_argument_comes_from_the_context():
    """A text that does not say which argument the context was taken for means the first."""
    said = "Context value does not match function signature (expected String)"
    shown = 'Context value is not a compatible type with argument 1 of function "length"'
    assert reworded("T0411", said, "length") == shown


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$contains('foobar', /foo(?=bar)/)", True),
        ("$contains('foobar', /foo(?!bar)/)", False),
        ("$replace('a1 b1', /(?<=b)1/, '2')", "a1 b2"),
        ("$match('abab', /(ab)\\1/).match", "abab"),
        ("'(?=' & '\\\\1'", "(?=\\1"),
    ],
)
def test_regular_expressions_look_around_and_refer_back(expression, value):
    """Whichever engine the platform has."""
    assert compile_field(f"{{% {expression} %}}", "Output").fill(_scope(), {}) == value


def test_looking_around_needs_jsonata_python(monkeypatch):
    """Without it such an expression is refused by name, and only such."""
    jsonata_engine.engine()  # chosen once, by what is really there
    monkeypatch.setattr(jsonata_engine, "find_spec", lambda _: None)
    jsonata_engine.compiled.cache_clear()
    jsonata_engine._thorough.cache_clear()
    with pytest.raises(Unsupported, match="look around or refer back without `jsonata-python`"):
        compile_field("{% $contains('a', /a(?=b)/) %}", "Output").fill(_scope(), {})
    assert compile_field("{% $contains('a', /a(?:b)?/) %}", "Output").fill(_scope(), {}) is True


def test_numbers_that_json_lacks_become_texts():
    """As AWS shows them (https://github.com/floci-io/floci/pull/2783)."""
    assert compile_field("{% [1 / 0, -1 / 0] %}", "Output").fill(_scope(), {}) == ["Infinity", "-Infinity"]
    assert compile_field("{% [5 % 0, $round(1e308, 3)] %}", "Output").fill(_scope(), {}) == ["NaN", "Infinity"]
    assert compile_field("{% $sum([1e308, 1e308]) %}", "Output").fill(_scope(), {}) == "Infinity"


def test_the_random_source_is_the_executions(engine):
    """The same seed gives the same numbers and names."""
    expression = engine.compile("[$random(), $uuid(), $shuffle([1..9])]")
    first, second = (during(_scope(), expression.evaluate, {}) for _ in range(2))
    assert first == second


@given(st.integers(-(2**63), 2**63 - 1))
def test_a_seeded_number_is_a_fraction(seed):
    """Java's generator never leaves [0, 1)."""
    assert 0 <= java_random(seed) < 1


_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(document=_PLAIN, steps=st.lists(st.sampled_from("abc"), max_size=3))
def test_a_plain_path_gives_what_the_engine_gives(document, steps):
    """The walk without an engine and the engine agree on every document."""
    text = ".".join(["$states.input", *steps])
    expected = jsonata_engine.compiled(text).evaluate({"states": {"input": document}})
    try:
        found = compile_field(f"{{% {text} %}}", "Output").fill(_scope(), document)
    except QueryFailure:
        found = UNDEFINED
    assert found is expected or json.dumps(found) == json.dumps(expected)


_WORDS = st.sampled_from(
    [
        *("$states.input.a", "$v", "$x", "1", "-2.5", "'t'", '"q"', "null", "true", "a", "`b c`", "$", "%", "*", "**"),
        *("(", ")", "[", "]", "{", "}", ",", ";", ":", ":=", ".", "..", "?", "~>", "^(", "@$i", "#$i", "|", "&", "+"),
        *("-", "/", "=", "!=", "<", ">=", " and ", " or ", " in ", "function($x){", "/a+/", "/*", "*/", "\\", "\u00e9"),
        *(f"${name}(" for name in sorted(FUNCTIONS)),
    ]
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(_WORDS, max_size=12).map("".join) | st.text(max_size=30))
def test_any_text_is_refused_or_evaluated(engine, text):
    """Whatever stands between the signs, a definition is refused or a state fails or goes on; nothing else happens."""
    try:
        names(text)
        value = during(_scope(), engine.compile(text).evaluate, {"v": [1, None], "states": {"input": {"a": {"b": 2}}}})
    except (BadSyntax, EvaluationError) as failed:
        value = str(failed)
    assert value is UNDEFINED or json.dumps(value, allow_nan=False)
