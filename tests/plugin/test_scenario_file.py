"""Scenario files as pytest sees them: items, selection, marks, failures in our own words, faults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import turnstile
import turnstile.pytest_plugin.scenario_file

pytest_plugins = ("pytester",)

ORDERS = (Path(__file__).parents[1] / "cases" / "plugin" / "orders.scenario.yaml").read_text()
GOLDEN = Path(__file__).parents[1] / "golden" / "pytest_failure.txt"
SETTINGS = "[pytest]\nasyncio_default_fixture_loop_scope = function\n"
QUICK = "addopts = --strict-markers -p no:hypothesispytest"
"""Hypothesis would be loaded again for the summary of each run."""
PASSING, FAILING = "an order is sent", "nobody may send, and it is a surprise"


@pytest.fixture(scope="module", autouse=True)
def _loaded():
    """Everything that cases need is loaded: pytester unloads after each run what was not there before it."""
    turnstile.run_scenario(Path(__file__).parents[1] / "cases" / "plugin" / "orders.scenario.yaml")


@pytest.fixture
def folder(pytester):
    """A folder with the scenario of orders and strict settings of pytest."""
    pytester.makeini(SETTINGS + f"filterwarnings = error\n{QUICK} -p no:cacheprovider\n")
    place = pytester.path / "scenarios"
    place.mkdir()
    (place / "orders.scenario.yaml").write_text(ORDERS)
    return pytester


def small(*names, **expected):
    """A scenario file with one Pass state and cases of these names."""
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    exec_role = {"trust": {"Version": "2012-10-17", "Statement": [trust]}}
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    expect = expected or {"status": "SUCCEEDED"}
    return {
        "version": 1,
        "name": "small",
        "accounts": {"dev": {"id": "111122223333", "region": "us-east-1", "roles": {"Exec": exec_role}}},
        "state_machines": {"M": {"account": "dev", "role": "Exec", "definition": definition}},
        "cases": [{"name": name, "expect": expect} for name in names],
    }


def test_each_case_is_an_item(folder):
    """Cases that end as expected pass, the other one fails."""
    folder.inline_run("scenarios").assertoutcome(passed=2, failed=1)


def test_collection_shows_the_names(folder):
    """A node id is the file and the name of the case."""
    result = folder.runpytest_inprocess("--co", "-q")
    result.stdout.fnmatch_lines(
        [f"scenarios/orders.scenario.yaml::{name}" for name in (PASSING, "nobody may send", FAILING)]
    )


@pytest.mark.parametrize(
    ("arguments", "outcome"),
    [
        (["-k", "order and not nobody"], {"passed": 1}),
        ([f"scenarios/orders.scenario.yaml::{PASSING}"], {"passed": 1}),
        (["-m", "turnstile"], {"passed": 2, "failed": 1}),
        (["-m", "not turnstile"], {}),
        (["-x", "--deselect", f"scenarios/orders.scenario.yaml::{PASSING}"], {"passed": 1, "failed": 1}),
        (["--no-turnstile"], {}),
        (["-o", "turnstile_scenarios="], {}),
        (["-o", "turnstile_scenarios=scenarios/*.scenario.yaml"], {"passed": 2, "failed": 1}),
        (["-o", "turnstile_scenarios=other/*.scenario.yaml"], {}),
        (["-o", "turnstile_scenarios=*.yaml"], {"passed": 2, "failed": 1}),
    ],
    ids=" ".join,
)
def test_selection(folder, arguments, outcome):
    """Names, node ids, marks and settings choose what runs."""
    folder.inline_run(*arguments).assertoutcome(**outcome)


def test_the_last_failed_run_again(folder):
    """`--lf` runs the case that failed, and it alone."""
    for expected in ({"passed": 2, "failed": 1}, {"failed": 1}):
        folder.inline_run("-p", "cacheprovider", "--lf", "-o", QUICK.replace(" = ", "=")).assertoutcome(**expected)


def test_a_failure_is_our_explanation(folder):
    """What AWS shows, which call was refused, the nearest statement and the fix; no traceback, no dict diff."""
    result = folder.runpytest_inprocess("-q", "-k", "surprise", "--color=no")
    text = result.stdout.str()
    assert "Traceback" not in text
    assert ".py" not in text
    start, end = text.index("nobody may send, and it is a surprise: FAILED"), text.index("=== short test summary")
    told = text[start:end].rstrip("= \n") + "\n"
    told = told.replace(str(folder.path), "<folder>")
    assert told == GOLDEN.read_text()


def test_faults_are_an_error_of_collection_with_their_place(folder):
    """The text of `turnstile run`, with line and column, and the other files go on."""
    (folder.path / "scenarios" / "faulty.scenario.yaml").write_text(ORDERS.replace("role: Exec\n", "role: Exek\n"))
    result = folder.runpytest_inprocess("--continue-on-collection-errors")
    result.assert_outcomes(passed=2, failed=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR collecting scenarios/faulty.scenario.yaml*", "fault: *`Exek`*"])
    result.stdout.fnmatch_lines(["  --> *faulty.scenario.yaml:*:*"])
    assert "Traceback" not in result.stdout.str()


def test_what_is_no_yaml_is_a_fault_as_well(folder):
    """Binary rubbish in a file with the right name."""
    (folder.path / "rubbish.scenario.yaml").write_bytes(b"\xff\xfe\x00: [")
    result = folder.runpytest_inprocess("rubbish.scenario.yaml")
    result.assert_outcomes(errors=1)
    assert "Traceback" not in result.stdout.str()


def test_what_is_not_emulated_is_an_error(folder):
    """Neither passed nor failed: pytest counts an error, and the text names the feature."""
    document = small("unknown")
    definition = document["state_machines"]["M"]["definition"]
    definition["States"]["A"] = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:gamelift:listFleets",
        "End": True,
    }
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    document["accounts"]["dev"]["roles"]["Exec"]["policies"] = {"All": policy}
    (folder.path / "gap.scenario.json").write_text(json.dumps(document))
    result = folder.runpytest_inprocess("gap.scenario.json", "-rE", "--color=no")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["unknown: UNSUPPORTED*", "*unsupported: *"])
    assert result.ret == 1


HOSTILE = [
    "a::b",
    "a ::: b",
    ":::",
    "[brackets]",
    "[",
    "slash/..\\back",
    "Zoë \u202e reversed",
    "-k",
    "%s {0}",
    "x" * 300,
    "a: :b",
]


def test_hostile_names_stay_on_one_line_and_apart(folder):
    """Whatever a case is called, its id is unique, printable, and chooses that case alone."""
    (folder.path / "hostile.scenario.json").write_text(json.dumps(small(*HOSTILE)))
    items, _ = folder.inline_genitems("hostile.scenario.json")
    assert len({item.nodeid for item in items}) == len(HOSTILE)
    assert all(item.nodeid.isprintable() for item in items)
    folder.inline_run(*(item.nodeid for item in items)).assertoutcome(passed=len(HOSTILE))
    folder.inline_run(items[0].nodeid).assertoutcome(passed=1)


def test_marks_of_files(folder):
    """Lines of the setting mark whole files; marks must be declared where pytest is strict."""
    folder.makeini(
        SETTINGS + QUICK + "\nmarkers =\n  night: n\n  big: b\n"
        "turnstile_marks =\n  scenarios/*: night big\n  nothing.yaml: night\n"
    )
    folder.inline_run("-m", "night and big").assertoutcome(passed=2, failed=1)
    folder.inline_run("-m", "not night").assertoutcome()


def test_marks_of_cases(folder):
    """A line may mean some of the cases; `skip` and `xfail` do what they do to any test."""
    folder.makeini(
        SETTINGS + QUICK + "\nturnstile_marks =\n  *.yaml::nobody may send: skip\n  scenarios/*::*surprise: xfail\n"
    )
    folder.runpytest_inprocess().assert_outcomes(passed=1, skipped=1, xfailed=1)


def test_marks_in_the_file(folder):
    """A case has the marks that it names, beside those of the settings; strict marks must be declared."""
    path = folder.path / "scenarios" / "orders.scenario.yaml"
    path.write_text(
        path.read_text().replace("- name: nobody may send\n", "- name: nobody may send\n    marks: [night, skip]\n")
    )
    folder.makeini(SETTINGS + QUICK + "\nmarkers =\n  night: n\n")
    folder.inline_run("-m", "night").assertoutcome(skipped=1)
    folder.inline_run("-m", "not night").assertoutcome(passed=1, failed=1)
    path.write_text(path.read_text().replace("[night, skip]", "[nobody_has_declared_it]"))
    result = folder.runpytest_inprocess("--strict-markers")
    result.stdout.fnmatch_lines(["*'nobody_has_declared_it' not found in `markers` configuration option*"])


@pytest.mark.parametrize("mark", ["two words", "skipif(True)", "7", ""])
def test_a_mark_that_is_no_word(folder, mark):
    """It is a fault of the file with its place."""
    path = folder.path / "scenarios" / "orders.scenario.yaml"
    path.write_text(
        path.read_text().replace("- name: nobody may send\n", f"- name: nobody may send\n    marks: [{mark!r}]\n")
    )
    result = folder.runpytest_inprocess()
    result.stdout.fnmatch_lines(["*a mark must be one word*"])


@pytest.mark.parametrize("line", ["night", "*.yaml:", "*.yaml::case"])
def test_a_line_of_marks_that_is_none(folder, line):
    """It is told as a usage error of the file."""
    result = folder.runpytest_inprocess("-o", f"turnstile_marks={line}")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*`{line}` is no line of turnstile_marks*"])


def test_the_seed_decides_about_ids(folder):
    """The same seed gives the same names of executions, another one others."""
    told = []
    for seed in ("5", "5", "6"):
        result = folder.runpytest_inprocess("-k", "surprise", f"--turnstile-seed={seed}", "--color=no")
        text = result.stdout.str()
        told.append(text[text.index("AWS shows") : text.index("short test summary")])
    assert told[0] == told[1]
    assert told[0] != told[2]


def test_golden_histories_are_written_on_request(folder):
    """`--turnstile-update` writes what is compared without it."""
    document = small("kept", status="SUCCEEDED", history="kept.json")
    (folder.path / "golden.scenario.json").write_text(json.dumps(document))
    folder.inline_run("golden.scenario.json").assertoutcome(failed=1)
    folder.inline_run("golden.scenario.json", "--turnstile-update").assertoutcome(passed=1)
    folder.inline_run("golden.scenario.json").assertoutcome(passed=1)


def test_a_world_is_staged_once_for_a_file(folder):
    """However many cases share it, the declared queue is created once."""
    (folder.path / "many.scenario.yaml").write_text(ORDERS[: ORDERS.index("  - name: nobody may send\n")])
    text = (folder.path / "many.scenario.yaml").read_text()
    case = text[text.index("  - name: an order") :]
    (folder.path / "many.scenario.yaml").write_text(
        text + "".join(case.replace("an order", f"{n} orders") for n in range(5))
    )
    folder.makeconftest(
        """
        from turnstile.scenario.running import staged
        calls = []
        stage = staged.stage
        async def counted(emulator, declarations):
            calls.append(1)
            await stage(emulator, declarations)
        staged.stage = counted
        def pytest_unconfigure():
            staged.stage = stage
            print("staged", len(calls))
        """
    )
    result = folder.runpytest_inprocess("many.scenario.yaml", "-s")
    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines(["staged 1"])


@pytest.mark.slow
def test_cases_are_the_same_on_two_workers(folder):
    """xdist shares the cases out; ids and outcomes are those of one process."""
    (folder.path / "small.scenario.json").write_text(json.dumps(small(*(f"case {n}" for n in range(6)))))
    result = folder.runpytest_subprocess("-n", "2", "-v", "--color=no", "-p", "xdist")
    result.assert_outcomes(passed=8, failed=1)
    result.stdout.fnmatch_lines(["*FAILED scenarios/orders.scenario.yaml::nobody may send, and it is a surprise*"])
    result.stdout.fnmatch_lines(["*refused by  caller-policy*"])


def test_junit_names_cases_and_their_virtual_time(folder):
    """Properties tell the status and the seconds on the world's clock."""
    folder.runpytest_inprocess("-k", "order and not nobody", "--junit-xml=out.xml", "-o", "junit_family=xunit1")
    written = (folder.path / "out.xml").read_text()
    assert 'name="an order is sent"' in written
    assert '<property name="turnstile_virtual_seconds" value="3600.0" />' in written
