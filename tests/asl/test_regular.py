"""Regular expressions in JSONPath filters, limited in time."""

import time

import pytest

import turnstile
from turnstile.asl.path import parse_path
from turnstile.asl.scope import Scope

ENDLESS = "(a|aa)*[bc]?e?"


def _found(text, document):
    return parse_path(text).find(Scope({}, {}), document)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("@.x =~ /a+b?/", [{"x": "aab", "y": 1}, {"x": "a", "y": "q"}]),
        ("@.x =~ /A/i", [{"x": "a", "y": "q"}]),
        ("@.x =~ /a/ && @.y =~ /q/", [{"x": "a", "y": "q"}]),
        ("@.x =~ /aab/ || @.y =~ /q/", [{"x": "aab", "y": 1}, {"x": "a", "y": "q"}]),
        ("@.y =~ /1/", [{"x": "aab", "y": 1}]),
        ("@.x =~ /a/ && $.n == 1", [{"x": "a", "y": "q"}]),
    ],
)
def test_a_pattern_selects_texts_wherever_it_stands(condition, found):
    """Alone or joined with other conditions, a text or a number must match as a whole."""
    document = {"n": 1, "a": [{"x": "aab", "y": 1}, {"x": "a", "y": "q"}, {"z": 0}]}
    assert _found(f"$.a[?({condition})]", document) == found


@pytest.mark.parametrize("pattern", ["(a+)+b", ENDLESS])
def test_a_pattern_that_tries_for_ever_ends(pattern):
    """What takes exponential time elsewhere matches nothing or fails the state, soon."""
    parameters = {"x.$": f"$.a[?(@.x =~ /{pattern}/)]"}
    machine = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": parameters, "End": True}}}
    began = time.perf_counter()
    execution = turnstile.run(machine, {"a": [{"x": "a" * 60 + "d"}]})
    assert time.perf_counter() - began < 10
    if pattern == ENDLESS:
        place = "An error occurred while executing the state 'A' (entered at the event id #2). "
        text = "The evaluation of a regular expression in a JSONPath filter took too long."
        assert (execution.error, execution.cause) == ("States.Runtime", place + text)
    else:
        assert execution.output == {"x": []}
