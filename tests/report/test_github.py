"""Annotations and summaries for GitHub."""

from __future__ import annotations

from turnstile.faults import Fault, Where
from turnstile.report import github
from turnstile.report.alerts import WARNING, merged, of_faults


def test_annotations_are_read_back(forms, everything):
    """What a runner makes of each line is what was meant: level, place and text."""
    found = forms.github(github.render(everything))
    told = next(one for one in found if one[1].get("title") == "unknown-key")
    place = {"file": "broken.scenario.yaml", "line": "3", "col": "1", "endColumn": "41", "title": "unknown-key"}
    assert told == ("error", place, "`acounts` is not a key of a scenario\nhelp: did you mean `accounts`?")


def test_refusals_come_before_what_follows_from_them(forms, everything):
    """With ten annotations to show, the missing permission is among them."""
    titles = [one[1]["title"] for one in forms.github(github.render(everything))]
    assert titles.index("trust-policy") < titles.index("status")


def test_at_most_ten_of_a_level(forms):
    """The rest is counted in one notice."""
    errors = of_faults(Fault(Where("a.yaml", line), "wrong-type", "x") for line in range(1, 13))
    warned = of_faults((Fault(Where("a.yaml", line), "same-sid", "x") for line in range(1, 12)), WARNING)
    found = forms.github(github.commands(merged((*errors, *warned))))
    assert [one[0] for one in found] == ["error"] * 10 + ["warning"] * 10 + ["notice"]
    assert found[-1][2] == "2 more errors and 1 more warning, which the report has"


def test_escaping():
    """Percent signs and line breaks; colons and commas in properties as well."""
    fault = Fault(Where("a,b:c%.yaml", 1, 2), "wrong-type", "100% `::error::x`")
    (line,) = github.commands(merged(of_faults((fault,)))).splitlines()
    assert line == "::error file=a%2Cb%3Ac%25.yaml,line=1,col=2,title=wrong-type::100%25 `::error::x`"


def test_a_long_summary_is_cut(everything, monkeypatch):
    """GitHub drops a summary of more than 1 MiB whole, so ours ends before."""
    monkeypatch.setattr(github, "_LARGEST", 2000)
    text = github.summary(everything)
    assert len(text.encode()) < 2100
    assert text.endswith("\n\nThe report has more than a summary can hold.\n")


def test_a_summary_is_markdown(forms, everything):
    """Nothing of it is raw HTML."""
    plain = forms.markdown(github.summary(everything))
    assert plain[0] == "## Turnstile"
