"""The shipped scenarios: each case ends as its file says, on any seed, and files teach by success and by refusal."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from turnstile.report.explanation import explain
from turnstile.scenario.run import run_files, run_files_async
from turnstile.yaml import read_yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "scenarios").glob("*.scenario.yaml"))
NAMES = [path.name.removesuffix(".scenario.yaml") for path in FILES]

TAUGHT = {
    "batch-sync": {"caller-policy", "target-policy"},
    "callback": {"caller-policy", "resource-policy", "task-token"},
    "confused-deputy": {"pass-role", "service-trust", "source-condition"},
    "cross-account-lambda": {"caller-policy", "external-id", "role-exists", "target-policy", "trust-policy"},
    "cross-region": {"region"},
    "data-onboarding": {"caller-policy", "external-id", "source-condition", "target-policy", "trust-policy"},
    "disturbed": {"target-policy", "trust-policy"},
    "guardrails": {
        "permissions-boundary", "resource-control-policy", "service-control-policy", "trust-condition",
    },
    "hub-and-spoke": {"caller-policy", "malformed-request", "role-exists", "target-policy", "trust-policy"},
    "long-job": {"caller-policy", "target-policy", "trust-policy"},
    "nested-sync": {"caller-policy", "target-policy", "trust-policy"},
    "nightly-jobs": {"caller-policy"},
    "organization": {
        "caller-policy", "permissions-boundary", "resource-policy", "service-control-policy",
    },
    "partitions": {"partition"},
    "resource-policies": {"caller-policy", "resource-policy"},
    "testing-account": {"external-id", "resource-policy", "target-policy"},
    "two-target-roles": {"resource-policy", "trust-policy"},
    "two-templates": {"caller-policy"},
}  # fmt: skip
"""By file, the links whose refusals its cases show; the second template's function is refused by its own role."""


_HEADED = r"^\*\*\[([a-z-]+)\]\(\.\./scenarios/\1\.scenario\.yaml\)\*\*"


@pytest.fixture(scope="module")
def ran():
    """Every file once, by its name."""
    report = run_files(FILES)
    return dict(zip(NAMES, report.files, strict=True))


def written(name):
    """The document of a file."""
    path = ROOT / "scenarios" / f"{name}.scenario.yaml"
    return read_yaml(path.name, path.read_text("utf-8"))[0]


@pytest.mark.parametrize("name", NAMES)
def test_every_case_ends_as_its_file_says(ran, name):
    """No fault, no finding, nothing that is not emulated, and nothing that rests on the order of real work."""
    file = ran[name]
    assert file.faults == ()
    assert {case.name: case.findings for case in file.cases if case.findings} == {}
    assert not any(case.undetermined for case in file.cases)
    assert len(file.cases) == len(written(name)["cases"]) >= 4


@pytest.mark.parametrize("name", NAMES)
def test_a_file_teaches_by_what_works_and_by_what_is_refused(ran, name):
    """The first case works without a refusal; others are refused, by the links that the file is about."""
    first, *others = ran[name].cases
    assert (first.status, explain(first)) == ("SUCCEEDED", ())
    links = {refusal.link for case in others for told in explain(case) for refusal in told.refusals}
    assert links == TAUGHT[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_case_with_refused_calls_lists_them(ran, name):
    """What AWS hides is written down in each of them, so that a call refused by somebody else is noticed."""
    cases = written(name)["cases"]
    silent = [case["name"] for case, told in zip(cases, ran[name].cases, strict=True) if told.refused]
    assert [case["name"] for case in cases if case["name"] in silent and "denied" not in case["expect"]] == []


def test_an_object_is_opened_by_the_policy_of_its_bucket(ran):
    """The help names what has a policy, not what was asked for."""
    (case,) = (case for case in ran["resource-policies"].cases if case.name == "the bucket admits nobody")
    (told,) = explain(case)
    ((advice,),) = (refusal.advice for refusal in told.refusals)
    assert (told.resource, advice.place) == ("arn:aws:s3:::labels-444/7.txt", "`arn:aws:s3:::labels-444`")


@pytest.mark.slow
def test_expectations_do_not_rest_on_the_seed():
    """Session names and ids are others, verdicts are the same, also where a loop runs already."""
    report = asyncio.run(run_files_async(FILES, seed=7))
    assert [case.name for file in report.files for case in file.cases if case.findings] == []


@pytest.mark.parametrize("page", ["README.md", "docs/scenarios.md"])
def test_every_scenario_is_listed(page):
    """The list of the README and the page that tells what each one teaches know all files, and no others."""
    text = (ROOT / page).read_text("utf-8")
    table = re.search(r"\| about \| scenarios \|\n(?:\|.*\n)+", text)
    listed = re.findall(r"`([a-z-]+)`", table[0]) if table else re.findall(_HEADED, text, re.MULTILINE)
    assert sorted(listed) == NAMES


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_a_file_begins_with_what_it_shows(path):
    """Comments are the lesson: some lines before the first key, and some between."""
    lines = path.read_text("utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert sum(line.lstrip().startswith("#") for line in lines) >= 5
    assert max(map(len, lines)) <= 145
