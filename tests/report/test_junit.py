"""Reports as JUnit XML."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from turnstile.report import junit
from turnstile.report.report import Report


def test_the_structure(forms, everything):
    """Elements and attributes that the schema knows, and counts that are those of the elements."""
    root = forms.junit(junit.render(everything))
    assert [root.get(name) for name in ("tests", "failures", "errors")] == ["9", "5", "2"]
    assert [suite.get("name") for suite in root] == ["data onboarding", "broken.scenario.yaml"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<testsuite name="', '<testsuite nam="'),
        (' tests="9" failures="5"', ' tests="9" failures="4"'),
        ("<properties>", "<properties>text"),
        ("<system-out>", "<output>"),
        (' value="7"', ""),
        ('<testcase name="happy path"', '<testcase name="happy path" line="1"'),
        ('time="1.234"', 'time="1e3"'),
        ("<system-out>", "\x01<system-out>"),
    ],
)
def test_the_facts_refuse_what_the_schema_refuses(forms, everything, old, new):
    """The table of facts has the rules of the published schema for every element of a report."""
    text = junit.render(everything)
    changed = text.replace(old, new).replace("</system-out>", "</output>" if new == "<output>" else "</system-out>")
    assert changed != text
    with pytest.raises((AssertionError, KeyError, ET.ParseError)):
        forms.junit(changed)


def test_a_failure_has_our_explanation(forms, everything):
    """Finding, refusal, statement and remedy are its text."""
    root = forms.junit(junit.render(everything))
    text = root.find(".//testcase[@name='trust-policy']/failure").text
    for part in ("status: the execution ended", "refused by", "scenarios/dev.json:9:11", "add this statement to"):
        assert part in text


def test_a_file_with_faults_is_an_error(forms, everything):
    """All faults are told, and how many there are."""
    error = forms.junit(junit.render(everything))[1].find("testcase/error")
    assert error.get("type") == "unknown-key, no-cases"
    assert error.get("message") == "`acounts` is not a key of a scenario (and 1 more)"
    assert "did you mean `accounts`?" in error.text


def test_what_is_not_supported_is_an_error(forms, everything):
    """It is not a failure of the case."""
    error = forms.junit(junit.render(everything)).find(".//testcase[@name='not supported']/error")
    assert error.get("message") == "the resource `arn:aws:states:::glue:startJobRun`"


def test_the_way_there_is_in_system_out(forms, everything):
    """Refused calls of passing cases, faults on order, turns of the role slot, what is left."""
    root = forms.junit(junit.render(everything))
    (expected,) = (case for case in root[0] if case.get("name") == "a refusal that is expected")
    assert "external-id" in expected.find("system-out").text
    told = root.find(".//testcase[@name='nothing moves']/system-out").text
    for part in (
        "on order: lambda:Invoke",
        "role slot: state `Run | the <job>` waited 1 min 30 s",
        "stuck:",
        "orphan:",
    ):
        assert part in told


def test_seed_and_virtual_time_are_properties(forms, everything):
    """Of the suite, since test cases have none in the schema."""
    suite = forms.junit(junit.render(everything))[0]
    told = {one.get("name"): one.get("value") for one in suite.find("properties")}
    assert (told["seed"], told["virtual_seconds: happy path"]) == ("7", "3725.000")


def test_secrets_are_masked(forms, everything):
    """By the key they stand under, and those the file says are secret."""
    (file, _) = everything.files
    told = junit.render(Report((replace(file, secrets=frozenset({"happy path"})),)))
    assert "hunter2" not in told
    assert "happy path" not in told
    forms.junit(told)
