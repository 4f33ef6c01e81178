from __future__ import annotations

import pytest

from turnstile.report.place import duration, instant, short, shown_file


def test_files_are_shown_relative_to_the_working_directory(tmp_path, monkeypatch):
    """Absolute paths do not get into reports, whether the file is inside or outside."""
    monkeypatch.chdir(tmp_path)
    shown = [shown_file(name) for name in (str(tmp_path / "a" / "b.yaml"), "/etc/b.yaml", "a/b.yaml", "<definition>")]
    assert shown == ["a/b.yaml", "b.yaml", "a/b.yaml", "<definition>"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (0.25, "0.25 s"), (59.9999, "1 min"), (60, "1 min"), (3725.5, "1 h 2 min 5.5 s"), (864_000, "10 d")],
)  # fmt: skip
def test_durations_in_words(seconds, words):
    """Units that are zero are left out."""
    assert duration(seconds) == words


@pytest.mark.parametrize(("seconds", "words"), [(0.0004, "0 ms"), (0.25, "250 ms"), (1.239, "1.24 s")])
def test_measured_times_in_words(seconds, words):
    """Below a second in milliseconds."""
    assert short(seconds) == words


def test_instants_have_milliseconds():
    """As AWS writes the times of events."""
    assert instant(1_767_225_601.5) == "2026-01-01T00:00:01.500Z"
