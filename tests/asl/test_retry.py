"""Retry and Catch: who answers an error, and after how long."""

from random import Random

import pytest

from turnstile.asl.definition import Catcher, Retrier
from turnstile.asl.path import ROOT_REFERENCE
from turnstile.asl.retry import Retrying, catcher, delay, matches


@pytest.mark.parametrize(
    ("names", "error", "expected"),
    [
        (["Boom"], "Boom", True),
        (["Boom"], "boom", False),
        (["Other", "Boom"], "Boom", True),
        (["Boom"], None, False),
        (["States.ALL"], "Boom", True),
        (["States.ALL"], None, True),
        (["States.ALL"], "States.Timeout", True),
        (["States.ALL"], "States.Permissions", True),
        (["States.ALL"], "States.DataLimitExceeded", True),
        (["States.ALL"], "States.Runtime", False),
        (["States.Runtime"], "States.Runtime", True),
        (["States.TaskFailed"], "Boom", True),
        (["States.TaskFailed"], "States.TaskFailed", True),
        (["States.TaskFailed"], "States.HeartbeatTimeout", True),
        (["States.TaskFailed"], "States.Timeout", False),
        (["States.TaskFailed"], "States.Runtime", False),
        (["States.Timeout"], "States.Timeout", True),
    ],
)
def test_which_names_answer_an_error(names, error, expected):
    """Names match as written; States.ALL and States.TaskFailed match more, but never everything."""
    assert matches(names, error) is expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["States.HeartbeatTimeout"], True),
        (["States.Timeout"], True),
        (["States.TaskFailed"], False),
        (["Boom"], False),
    ],
)
def test_an_error_answers_to_its_narrower_name_too(names, expected):
    """A lost heartbeat is a timeout by another name; as a timeout it is beyond `States.TaskFailed`."""
    assert matches(names, "States.Timeout", "States.HeartbeatTimeout") is expected


def test_the_first_catcher_that_answers_is_taken():
    """Catchers are tried in order."""
    first = Catcher(("A",), "First", ROOT_REFERENCE)
    second = Catcher(("States.ALL",), "Second", None)
    assert catcher((first, second), "A") is first
    assert catcher((first, second), "B") is second
    assert catcher((first,), "B") is None


def test_each_retrier_counts_its_own_attempts():
    """Attempts of one retrier do not use up another's; the sum is what the context shows."""
    retriers = (Retrier(("A",), max_attempts=1), Retrier(("States.ALL",), interval_seconds=5, max_attempts=2))
    retrying = Retrying(Random(0))
    assert retrying.choose(retriers, "A") == (0, 1.0)
    assert retrying.choose(retriers, "B") == (1, 5.0)
    assert retrying.choose(retriers, "B") == (1, 10.0)
    assert retrying.count == 3
    assert retrying.choose(retriers, "B") is None
    assert retrying.choose(retriers, "A") is None
    assert retrying.count == 3


def test_zero_attempts_never_retry():
    """MaxAttempts 0 answers the error by giving up."""
    assert Retrying(Random(0)).choose((Retrier(("A",), max_attempts=0), Retrier(("States.ALL",))), "A") is None


@pytest.mark.parametrize(
    ("retrier", "used", "seconds"),
    [
        (Retrier(("A",)), 0, 1.0),
        (Retrier(("A",)), 2, 4.0),
        (Retrier(("A",), interval_seconds=3, backoff_rate=1.5), 2, 6.75),
        (Retrier(("A",), interval_seconds=3, max_delay_seconds=5), 0, 3.0),
        (Retrier(("A",), interval_seconds=3, max_delay_seconds=5), 1, 5.0),
        (Retrier(("A",), interval_seconds=0), 5, 0.0),
        (Retrier(("A",), backoff_rate=10.0, max_delay_seconds=7), 9999, 7.0),
    ],
)
def test_delays_grow_up_to_the_limit(retrier, used, seconds):
    """Interval times rate to the power of earlier attempts, capped."""
    assert delay(retrier, used) == seconds


def test_jitter_is_between_nothing_and_the_delay():
    """FULL jitter draws from the given source, so a seed repeats it."""
    retrier = Retrier(("A",), interval_seconds=8, max_attempts=99, backoff_rate=1.0, jitter=True)
    first, second = (Retrying(Random(5)) for _ in range(2))
    drawn = [first.choose((retrier,), "A") for _ in range(20)]
    assert drawn == [second.choose((retrier,), "A") for _ in range(20)]
    assert all(0 <= seconds <= 8 for _, seconds in drawn)
    assert len(set(drawn)) > 1
