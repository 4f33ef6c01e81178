"""Refused calls as Markdown for a ticket."""

from __future__ import annotations

from dataclasses import replace

from turnstile.report import markdown
from turnstile.report.report import Report


def test_one_section_for_each_refusal(forms, everything):
    """Three attempts of one call are one section; a refusal that is expected stands last and says so."""
    text = markdown.render(everything)
    forms.markdown(text)
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert [head[:5] for head in heads] == ["## 1.", "## 2.", "## 3.", "## 4.", "## 5.", "## Wh"]
    assert "3 times, case `trust-policy`" in text
    assert text.index("this case expects it") > text.index("## 5.")


def test_the_same_refusal_in_two_cases_is_one_section(everything):
    """Both cases are told."""
    (file, _) = everything.files
    case = next(case for case in file.cases if case.name == "trust-policy")
    text = markdown.render(Report((replace(file, cases=(case, replace(case, name="again"))),)))
    assert text.startswith("# 1 refused call\n")
    assert "case `trust-policy`" in text
    assert "case `again`" in text


def test_evidence_is_a_case_in_which_the_call_passed(everything):
    """Without such a case there is none."""
    (file, _) = everything.files
    assert "### Evidence" in markdown.render(everything)
    alone = replace(file, cases=tuple(case for case in file.cases if not case.calls))
    assert "### Evidence" not in markdown.render(Report((alone,)))


def test_nothing_refused(everything):
    """The ticket says so."""
    (file, _) = everything.files
    text = markdown.render(Report((replace(file, cases=file.cases[:1]),)))
    assert text.startswith("# No refused call\n\nNo call of this report was refused.\n")
