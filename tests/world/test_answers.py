"""Declared answers: which one is given, and what is no answer."""

import pytest

from turnstile.source import Origin, Source, read
from turnstile.world.answers import Answers, Returned, matches, read_script


def script(text):
    """The script in a YAML text, and the faults."""
    source, faults = Source("answers.yaml", text), []
    return read_script(read(source), Origin(source), faults), faults


def given(text, *requests):
    """What comes of requests one after another: a document, an error code, or nothing."""
    found, faults = script(text)
    assert not faults
    answers = Answers(found)
    return [shown(answers.next(request)) for request in requests]


def shown(outcome):
    if outcome is None:
        return "nothing"
    return outcome.document if isinstance(outcome, Returned) else outcome.code


RULES = """
- when: {name: a*, size: 1}
  times: 1
  returns: first
- when: {name: a*}
  raises: {code: Throttling, message: slow down, status: 429}
- when: {deep: {list: ['*', 2]}}
  returns: null
"""


@pytest.mark.parametrize(
    ("text", "requests", "wanted"),
    [
        ("returns: {a: 1}", [{}, None, 3], [{"a": 1}] * 3),
        ("[{returns: 1}, {raises: {error_type: Oops}}, {returns: 3}]", [0] * 4, [1, "Oops", 3, 3]),
        ("[{returns: 1, times: 2}, {returns: 2}]", [0] * 4, [1, 1, 2, 2]),
        ("{returns: 1, times: 1}", [0] * 2, [1, "nothing"]),
        (RULES, [{"name": "abc", "size": 1.0, "more": 0}] * 2, ["first", "Throttling"]),
        (RULES, [{"name": "abc", "size": True}, {"name": "b"}, {}, "abc"], ["Throttling", *["nothing"] * 3]),
        (RULES, [{"deep": {"list": ["x", 2]}}, {"deep": {"list": ["x", 2, 3]}}], [None, "nothing"]),
        ("{when: null, returns: 1}", [None, 0], [1, "nothing"]),
    ],
)
def test_the_first_rule_left_that_matches_answers(text, requests, wanted):
    """Whatever its place; a plain list is a sequence whose last answer repeats."""
    assert given(text, *requests) == wanted


@pytest.mark.parametrize(
    ("pattern", "text", "wanted"),
    [
        ("abc", "abc", True),
        ("abc", "abcd", False),
        ("*", "", True),
        ("a*c", "abbc", True),
        ("a*a", "a", False),
        ("*b*b*", "abab", True),
        ("*b*b*", "ab", False),
        ("a?c", "abc", False),
        ("x*", "abc", False),
        ("*a" * 40, "a" * 39, False),
    ],
)
def test_a_star_is_any_text(pattern, text, wanted):
    """And nothing else is a wildcard."""
    assert matches(pattern, text) is wanted


def test_answers_go_on_from_a_copy_of_their_state():
    """A copy counts by itself."""
    found, _ = script("[{returns: 1}, {returns: 2}, {returns: 3}]")
    answers = Answers(found)
    answers.next({})
    other = answers.copy()
    assert [shown(answers.next({})), shown(answers.next({})), shown(other.next({}))] == [2, 3, 2]


def test_an_outcome_knows_what_was_written_and_where():
    """For the words of whoever performs it."""
    found, _ = script("times: 1\nraises:\n  code: E\n  message: m\n  status: 503\n")
    outcome = Answers(found).next({})
    assert (outcome.code, outcome.message, outcome.status) == ("E", "m", 503)
    assert outcome.origin.where().line == 2


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("[]", "no-answers", "empty"),
        ("3", "wrong-type", "must be a mapping"),
        ("{}", "wrong-answer", "neither"),
        ("{returns: 1, raises: {code: E}}", "wrong-answer", "both"),
        ("{returns: 1, time: 2}", "unknown-key", "`time`"),
        ("{returns: 1, times: 0}", "wrong-value", "`times`"),
        ("{returns: 1, times: true}", "wrong-value", "`times`"),
        ("raises: E", "wrong-type", "`raises`"),
        ("raises: {message: E}", "wrong-answer", "`error_type`"),
        ("raises: {code: E, error_type: E}", "wrong-answer", "`error_type`"),
        ("raises: {code: 3}", "wrong-type", "`code`"),
        ("raises: {code: E, message: 3}", "wrong-type", "`message`"),
        ("raises: {code: E, status: 200}", "wrong-value", "`status`"),
        ("raises: {code: E, statu: 400}", "unknown-key", "`statu`"),
        ("[{returns: 1}, {returns: 2, when: {}}]", "unreachable-answer", "never given"),
    ],
)
def test_what_is_no_answer_is_one_fault(text, code, words):
    """At its place in the file."""
    found, (fault,) = script(text)
    assert found is None
    assert fault.code == code
    assert words in fault.message
    assert fault.where.line == 1
