"""Hostile text in every place that users can write: each form stays well-formed and tells no secrets."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from turnstile.faults import Fault, Where
from turnstile.report import github
from turnstile.report.renderers import RENDERERS, Options, render
from turnstile.report.report import Finding, Report

NASTY = (
    "]]></failure><script>alert(1)</script>",
    "\x00\x1b[31m\x07\ufffe\uffff\ud800",
    "``` \n# head\n| a | b |\n<img src=x onerror=alert(1)>",
    "::error file=x::y\n##[error]z%0A::stop-commands::t",
    "![x](http://a) [y](javascript:alert(1)) `` ` ``",
    "{0} {x} ${{ secrets.TOKEN }} \\",
    "\u202eabc\u2066 \u2028\u2029 &amp;lt; &#x0; '\"",
    "</script><!-- --> %s %n @everyone #1 www.a.b",
    "`",
    "a` @everyone #1 https://evil.example www.evil.example `b",
    f"{'x' * 60} ::error::a {'y' * 60} ::stop-commands::b ##[error]c ##vso[task.setvariable x]d ##teamcity[e",
    "::error::a\n::warning::b\r\n::set-output name=a::b",
    "\x9b31m\u061c\u200b\ufeff\U000e0041",
    "key: value\n- [x](y) !!python/object:os.system",
    " ",
)
TEXT = st.one_of(st.sampled_from(NASTY), st.text(st.characters(), max_size=30))


def hostile(report, text):
    """The report with the text in names of files, cases and states, in messages, values, causes and histories."""
    (file, broken) = report.files
    cases = tuple(_spoiled(case, f"{text}{number}", text) for number, case in enumerate(file.cases))
    faults = (Fault(Where(f"a{text}.yaml".replace("\0", ""), 3, 7, text), "wrong-type", text, text), *broken.faults)
    return Report((replace(file, name=text, cases=cases), replace(broken, faults=faults)), seed=7)


def _spoiled(case, name, text):
    entries = tuple(_entry(one, text) for one in case.refused)
    found = tuple(Finding(one.code, text, {text: text}, [text], one.where) for one in case.findings)
    stuck = tuple(replace(one, site=replace(one.site, state=text), what=text) for one in case.stuck)
    error, cause = (text, text) if case.error else (None, None)
    return replace(
        case, name=name, refused=entries, findings=found, stuck=stuck, output={text: text}, error=error, cause=cause
    )


def _entry(entry, text):
    site = entry.call.site
    return replace(entry, call=replace(entry.call, site=replace(site, state=text) if site else None))


def test_any_text_in_any_place(everything, forms):
    """JSON is JSON, XML is XML with true counts, each annotation is one line, Markdown has no markup of users."""

    @settings(max_examples=20, deadline=None)
    @given(TEXT)
    def holds(text):
        report = hostile(everything, text)
        made = {form: render(form, report) for form in RENDERERS if form != "html"}
        json.loads(forms.log(made.pop("json")))
        forms.log(made["sarif"])
        for width in (40, 100):
            forms.log(render("text", report, Options(width=width, verbose=2)))
        for one in made.values():
            one.encode()
        forms.sarif(made["sarif"])
        forms.junit(made["junit"])
        forms.github(made["github"])
        forms.markdown(made["markdown"])
        forms.markdown(github.summary(report))

    for text in NASTY:
        holds = example(text)(holds)
    holds()


@pytest.mark.parametrize("text", NASTY)
def test_hostile_names_in_policies(everything, forms, text):
    """Names of roles, actions, resources, Sids and policies stand in explanations, and are no markup there either."""
    (file, broken) = everything.files
    cases = tuple(replace(case, refused=tuple(_renamed(one, text) for one in case.refused)) for case in file.cases)
    report = Report((replace(file, cases=cases), broken), seed=7)
    forms.log(render("text", report))
    forms.log(render("sarif", report))
    forms.junit(render("junit", report))
    forms.github(render("github", report))
    forms.markdown(render("markdown", report))
    json.loads(forms.log(render("json", report)))


def _renamed(entry, text):
    caller = replace(entry.call.caller, arn=f"{entry.call.caller.arn}{text}")
    decisions = tuple(
        replace(
            one, request=replace(one.request, action=f"a:{text}", resource=f"arn:aws:sqs:us-east-1:111122223333:{text}")
        )
        for one in entry.ruling.decisions
    )
    broken = tuple(
        replace(one, decision=_told(one.decision, text), nearest=_near(one.nearest, text))
        for one in entry.ruling.broken
    )
    return replace(
        entry, call=replace(entry.call, caller=caller), ruling=replace(entry.ruling, decisions=decisions, broken=broken)
    )


def _told(decision, text):
    return replace(
        decision,
        request=replace(decision.request, action=f"a:{text}", resource=f"arn:aws:sqs:us-east-1:111122223333:{text}"),
    )


def _near(judged, text):
    if judged is None:
        return None
    wrong = tuple(replace(one, wanted=(text,), found=(text,)) for one in judged.mismatches)
    return replace(
        judged,
        policy=replace(judged.policy, name=text),
        statement=replace(judged.statement, sid=text),
        mismatches=wrong,
    )


@pytest.mark.parametrize("form", RENDERERS)
def test_no_form_tells_secrets(everything, form):
    """Values under secret keys, web tokens, and values that the file says are secret."""
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"
    (file, broken) = everything.files
    cases = tuple(
        replace(
            _spoiled(case, f"{case.name} {token} hush-hush", f"state {token} hush-hush"), output={"apiKey": "s3cr3t"}
        )
        for case in file.cases
    )
    report = Report((replace(file, cases=cases, secrets=frozenset({"hush-hush"})), broken), seed=7)
    rendered = render(form, report)
    for secret in (token, "hush-hush", "s3cr3t", "hunter2"):
        assert secret not in rendered
