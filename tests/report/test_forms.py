"""One report with everything in it, in each form, against the files in tests/golden.

A change of a form is looked at before it is taken over:

    GOLDEN=write python -m pytest tests/report/test_forms.py && git diff tests/golden
"""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

import pytest

from turnstile.report import github
from turnstile.report.renderers import RENDERERS, render

GOLDEN = Path(__file__).parent.parent / "golden"
FORMS = {"json": "json", "junit": "xml", "sarif": "sarif", "github": "txt", "markdown": "md", "text": "txt"}


def agree(name, rendered):
    """The rendering is the one in the file; GOLDEN=write makes it so."""
    rendered = rendered.replace(f'"semanticVersion": "{version("asl-turnstile")}"', '"semanticVersion": "0.0.0"')
    file = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        file.write_text(rendered, "utf-8")
    assert rendered == file.read_text("utf-8")


@pytest.mark.parametrize("form", FORMS)
def test_everything_in_each_form(everything, form):
    """Cases as expected and not, refusals by several links, faults, what is stuck, left, waited for and on order."""
    agree(f"everything-{form}.{FORMS[form]}", render(form, everything))


def test_the_summary_of_a_step(everything):
    """Each case of each file, and below it what to look at."""
    agree("everything-summary.md", github.summary(everything))


def test_every_form_has_a_golden_file():
    """A new form needs one; the page has tests of its own."""
    assert set(FORMS) | {"html"} == set(RENDERERS)


@pytest.mark.parametrize("form", RENDERERS)
def test_a_form_is_the_same_twice(everything, form):
    """The same report gives the same text."""
    assert render(form, everything) == render(form, everything)
