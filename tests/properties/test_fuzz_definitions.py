"""Whatever stands in a definition, it is refused with faults or runs to an end; nothing breaks, and nothing hangs."""

from __future__ import annotations

import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import turnstile
from turnstile.states.execution import Status

SLOW = settings(deadline=None, max_examples=2_500, suppress_health_check=list(HealthCheck))
ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"
WILD_WORDS = """
    $ $.a $.b[*] $..a $$ $$.State.Name $x $.b[?(@.c==1)] $[ null States.Nope() {% {%%} {%$error('x')%} 5 A States.ALL
""".split()  # noqa: SIM905 - words are easier to read than quoted ones
SCALARS = st.none() | st.booleans() | st.integers(-3, 100) | st.sampled_from(WILD_WORDS) | st.text(max_size=4)


def nested(leaves, keys):
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(keys), inner, max_size=3),
        max_leaves=5,
    )


WILD = nested(SCALARS, ["a", "b.$", "Type", "Next", "ErrorEquals", "States"])
INPUTS = nested(st.none() | st.booleans() | st.integers(-3, 9) | st.text(max_size=3), "abc")
PATHS = st.sampled_from(["$", "$.a", "$.b[0]", "$.b[*]", "$..a", "$.a.c", "$$", "$$.Execution.Name", "$.b[1:]"])
CALLS = st.sampled_from(
    [
        "States.Format('{}-{}', $.a, 1)",
        "States.Array($.a)",
        "States.UUID()",
        "States.MathAdd(1, $.b)",
        "States.Hash($, 'X')",
    ]
)
EXPRESSIONS = st.sampled_from(
    ["{% $states.input %}", "{% $states.input.a + 1 %}", "{% $sum($states.input.b) %}", "{% $error('x') %}", "{% $x %}"]
)
PATH_TEMPLATES = st.fixed_dictionaries({}, optional={"a": INPUTS, "b.$": PATHS | CALLS, "c": st.just({"d.$": "$"})})
JSONATA_TEMPLATES = nested(EXPRESSIONS | INPUTS, "abc")
ERRORS = st.lists(st.sampled_from(["States.TaskFailed", "States.Timeout", "E"]), min_size=1, max_size=2) | st.just(
    ["States.ALL"]
)
RETRY = st.fixed_dictionaries(
    {"ErrorEquals": ERRORS},
    optional={
        "MaxAttempts": st.integers(0, 3),
        "IntervalSeconds": st.integers(1, 9),
        "JitterStrategy": st.just("FULL"),
    },
)
SOUND = {
    "JSONPath": {
        **dict.fromkeys(("InputPath", "OutputPath", "ItemsPath"), PATHS),
        **dict.fromkeys(("Parameters", "ResultSelector", "ItemSelector", "Assign"), PATH_TEMPLATES),
        "ResultPath": st.sampled_from(["$", "$.a", "$.b.c", None]),
        "Result": INPUTS,
    },
    "JSONata": {
        **dict.fromkeys(("Output", "Arguments", "ItemSelector"), JSONATA_TEMPLATES),
        "Assign": st.fixed_dictionaries({"x": EXPRESSIONS | INPUTS}),
        "Items": st.sampled_from(["{% [1, 2] %}", "{% $states.input.b %}", [1, {"a": 2}]]),
    },
}
USED = {
    "Pass": "InputPath Parameters Result ResultPath OutputPath Output Assign",
    "Task": "InputPath Parameters ResultSelector ResultPath OutputPath Arguments Output Assign",
    "Choice": "InputPath OutputPath Output Assign",
    "Wait": "InputPath OutputPath Output Assign",
    "Succeed": "InputPath OutputPath Output",
    "Fail": "",
    "Map": "InputPath ItemsPath ItemSelector ResultSelector ResultPath Items Output Assign",
    "Parallel": "InputPath Parameters ResultSelector ResultPath Arguments Output Assign",
}
TESTS = {
    "JSONPath": st.sampled_from(
        [
            {"Variable": "$.a", "IsPresent": True},
            {"Variable": "$.a", "NumericGreaterThan": 1},
            {"Not": {"Variable": "$.b", "IsNull": False}},
            {"And": [{"Variable": "$", "StringMatches": "*"}, {"Variable": "$.c", "StringEqualsPath": "$.a"}]},
        ]
    ),
    "JSONata": st.sampled_from(
        [{"Condition": "{% $states.input.a = 1 %}"}, {"Condition": "{% 1 %}"}, {"Condition": True}]
    ),
}


@st.composite
def states(draw, language, names, place, inner):
    """A sound state; where it goes on is one of `names`, its own included."""
    last = place == len(names) - 1
    ending = ("Fail", "Succeed")
    kind = draw(st.sampled_from([name for name in (*USED, "Pass", "Task") if last or name not in ending]))
    usual = [name for name in USED[kind].split() if name in SOUND[language]]
    chosen = sorted(draw(st.sets(st.sampled_from(usual), max_size=3))) if usual else []
    state = {"Type": kind, **{name: draw(SOUND[language][name]) for name in chosen}}
    following = None if last else names[place + 1]
    if kind not in ("Choice", *ending):
        state |= {"Next": following} if following else {"End": True}
    if kind in ("Task", "Map", "Parallel"):
        state["Retry"] = draw(st.lists(RETRY.filter(lambda one: one["ErrorEquals"] != ["States.ALL"]), max_size=1))
        catcher = {"ErrorEquals": draw(ERRORS), "Next": draw(st.sampled_from(names))}
        state["Catch"] = draw(st.sampled_from([[], [catcher]]))
    match kind:
        case "Task":
            state["Resource"] = draw(st.sampled_from([ARN, "arn:aws:states:::lambda:invoke"]))
        case "Choice":
            rule = st.builds(lambda test, goal: {**test, "Next": goal}, TESTS[language], st.sampled_from(names))
            state["Choices"] = draw(st.lists(rule, min_size=1, max_size=2))
            state["Default"] = following or draw(st.sampled_from(names))
        case "Wait":
            state["Seconds"] = draw(st.integers(0, 100_000))
        case "Fail":
            state |= {"Error": "E", "Cause": "because"}
        case "Map":
            state["ItemProcessor"] = draw(inner)
        case "Parallel":
            state["Branches"] = draw(st.lists(inner, min_size=1, max_size=1))
    return state


@st.composite
def graphs(draw, language, letters, depth):
    """A chain of up to three states whose names begin so; inside, other letters."""
    names = [f"{letters}{number}" for number in range(draw(st.integers(1, 3)))]
    shallow = st.just({"StartAt": f"{letters}x", "States": {f"{letters}x": {"Type": "Pass", "End": True}}})
    inner = graphs(language, f"{letters}i", depth - 1) if depth else shallow
    found = {name: draw(states(language, names, place, inner)) for place, name in enumerate(names)}
    return {"StartAt": names[0], "States": found}


def places(value, here=()):
    """Every member of a document."""
    yield from ((*here, name) for name in value)
    for name, member in value.items():
        if isinstance(member, dict):
            yield from places(member, (*here, name))


@st.composite
def definitions(draw):
    """A definition that is sound or nearly so, or one in which a member is missing or something else."""
    language = draw(st.sampled_from(list(SOUND)))
    drawn = {"QueryLanguage": language, **draw(graphs(language, "S", 1)), "TimeoutSeconds": 1_000_000}
    definition = copy.deepcopy(drawn)  # parts of it are samples, which must not change
    if draw(st.integers(0, 2)):
        return definition
    *way, last = draw(st.sampled_from(list(places(definition))))
    parent = definition
    for name in way:
        parent = parent[name]
    if draw(st.booleans()):
        parent[last] = draw(WILD)
    else:
        del parent[last]
    return definition


DEFINITIONS = definitions()


def survive(definition, document):
    """The definition is refused by name, or its execution comes to an end."""
    turnstile.validate(definition)
    try:
        machine = turnstile.parse(definition)
        execution = turnstile.run(machine, document)
    except (turnstile.Rejected, turnstile.Unsupported):
        return
    assert execution.status in {Status.SUCCEEDED, Status.FAILED, Status.TIMED_OUT}
    assert execution.history()


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(DEFINITIONS, INPUTS)
def test_no_definition_breaks_anything(definition, document):
    """A few dozen."""
    survive(definition, document)


@pytest.mark.slow
@pytest.mark.timeout(900)
@SLOW
@given(DEFINITIONS, INPUTS)
def test_no_definition_breaks_anything_at_length(definition, document):
    """Thousands."""
    survive(definition, document)
