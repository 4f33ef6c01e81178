"""Refusals read from the texts that AWS shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from turnstile.importers.denial import Shape, read_denial

MESSAGES = json.loads(
    (Path(__file__).parent.parent / "cases" / "importers" / "denials" / "messages.json").read_text("utf-8")
)


@pytest.mark.parametrize("row", MESSAGES, ids=[str(number) for number in range(len(MESSAGES))])
def test_reads_what_the_text_says(row):
    """Each part of the message that is there is read, and nothing is made up."""
    denial = read_denial(row["text"])
    assert denial is not None
    found = {name: getattr(denial, name) for name in row["denial"] if name != "shape"}
    assert {"shape": denial.shape.name, **found} == row["denial"]


@pytest.mark.parametrize(
    "text",
    ["", "all is well", "States.Timeout", "The function raised KeyError: 'x'", "Rate exceeded (Service: Sfn)"],
)
def test_other_texts_are_no_refusals(text):
    """A failure that is about something else is not taken for a refusal."""
    assert read_denial(text) is None


def test_every_shape_is_met():
    """The messages of the table have every shape that is told apart."""
    assert {row["denial"]["shape"] for row in MESSAGES} == {shape.name for shape in Shape}
