"""Steps with their data after each stage, in every form that shows them.

Golden files are renewed as those of `test_golden`: GOLDEN=write python -m pytest tests/report/test_steps.py
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from turnstile.cli.bare import run_definition
from turnstile.cli.manner import Kind, Manner
from turnstile.report import execution, html
from turnstile.report.layout import Paint
from turnstile.report.masking import MASK
from turnstile.report.renderers import Options, render
from turnstile.report.report import Report
from turnstile.report.steps import followed
from turnstile.report.steps_json import as_json
from turnstile.report.steps_text import steps
from turnstile.scenario.processes.parallel import Effort, Plan, run_plans
from turnstile.scenario.run import run_files
from turnstile.scenario.running.choice import Choice
from turnstile.world.stages import Recorded, Stage

ROOT = Path(__file__).parent.parent.parent
DEFINITION = ROOT / "tests" / "cases" / "report" / "steps.asl.json"
GOLDEN = ROOT / "tests" / "golden"
NESTED = ROOT / "scenarios" / "nested-sync.scenario.yaml"
INPUT = {"list": [1, 2], "long": "ä" * 400, "password": "hunter22"}
PLAIN, COLOURED = Paint(on=False), Paint(on=True)
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def watched():
    """A definition with states of most types in both languages, run and watched."""
    manner = Manner("first", Kind.STANDARD, None, redrive=False, watched=True)
    return run_definition(DEFINITION, INPUT, manner, seed=0)


@pytest.fixture(scope="module")
def nested():
    """The cases of a scenario whose machine runs another, watched."""
    return run_files([NESTED], watched=True)


@pytest.mark.parametrize("width", [60, 100])
def test_text(watched, width):
    """Stages stand beside their names; what is long is cut, and nothing is wider than the terminal."""
    lines = steps(watched.cases[0], PLAIN, width, indent=2)
    rendered = "\n".join(lines) + "\n"
    file = GOLDEN / f"steps-{width}.txt"
    if os.environ.get("GOLDEN") == "write":
        file.write_text(rendered, "utf-8")
    assert rendered == file.read_text("utf-8")
    assert max(map(len, lines)) <= width


def test_colour_adds_nothing(watched):
    """Without its colours, coloured text is the plain text."""
    case = watched.cases[0]
    coloured = "\n".join(steps(case, COLOURED, 100, indent=2))
    assert ESCAPE.search(coloured)
    assert ESCAPE.sub("", coloured) == "\n".join(steps(case, PLAIN, 100, indent=2))


def test_a_long_value_tells_its_size(watched):
    """What is cut says how many bytes all of it has."""
    told = "\n".join(steps(watched.cases[0], PLAIN, 100, indent=2))
    assert re.search(r"\(1,6\d\d\s+bytes,\s+cut\s+after\s+300\s+characters\)", told)


def test_headers_of_messages_are_masked(watched):
    """Headers of an HTTP Task are one text; those that look secret have no value in it."""
    case = watched.cases[0]
    run = case.runs[0]
    first = run.stages.visits[0]
    message = Stage("request", {"method": "GET", "headers": "[x-api-key: s3cret, Accept: */*]"})
    asking = replace(first, tries=[replace(first.tries[0], stages=[*first.tries[0].stages, message])])
    told = "\n".join(steps(replace(case, runs=(replace(run, stages=Recorded((asking,))),)), PLAIN, 100, indent=2))
    assert 'request              {"method": "GET", "headers": "[x-api-key: ********, Accept: */*]"}' in told


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_secrets_are_masked(watched, form):
    """A value under a secret key is in no form, wherever it passes by."""
    report = Report((watched,))
    text = execution.render(watched, color=False, width=100, verbose=2) if form == "text" else render(form, report)
    assert MASK in text
    assert "hunter22" not in text
    assert "2-key" not in text


def test_without_details_the_text_is_as_ever(watched):
    """What was kept changes nothing of `-v`, and without it `-vv` tells the events in full."""
    bare = replace(watched, cases=(replace(watched.cases[0], runs=(), calls=()),))
    for verbose in (-1, 0, 1):
        one, other = (execution.render(file, color=False, width=100, verbose=verbose) for file in (watched, bare))
        assert one == other
    assert "MapIterationStarted" in execution.render(bare, color=False, width=100, verbose=2)
    assert "MapIterationStarted" not in execution.render(watched, color=False, width=100, verbose=2)


def test_json_fits_its_schema(watched, nested):
    """The member `stages` is as the shipped schema says."""
    schema = json.loads(files("turnstile").joinpath("data/report.schema.json").read_text("utf-8"))
    for report in (Report((watched,)), nested):
        document = json.loads(render("json", report))
        cases = document["files"][0]["cases"]
        assert all(("stages" in case) is (case["status"] != "NOT_CREATED") for case in cases)
        jsonschema.Draft202012Validator(_closed(schema)).validate(document)


def _closed(schema):
    """The schema, with members refused that it does not name."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(each) for name, each in schema.items()}
    return {**closed, "additionalProperties": False} if "required" in schema and "properties" in schema else closed


def test_json_without_stages_has_no_member():
    """Nothing is told where nobody asked."""
    report = json.loads(render("json", run_files([NESTED], select="the tests pass")))
    assert "stages" not in report["files"][0]["cases"][0]


def test_json_tells_equal_documents_once(watched):
    """A document that passes through stays one: later stages name the stage that has it; a long one is cut."""
    (told,) = as_json(watched.cases[0], largest=500)["executions"]
    visits = {visit["state"]: visit for visit in told["visits"]}
    shape = {stage["name"]: stage for stage in visits["Shape"]["tries"][0]["stages"]}
    assert shape["afterInputPath"] == {"name": "afterInputPath", "same_as": "input"}
    assert shape["afterParameters"] == {"name": "afterParameters", "value": {"first": 1}}
    assert visits["Shape"]["output"] == {"name": "output", "same_as": "afterResultPath"}
    assert visits["Wait"]["output"]["same_as"] == "input"
    cut = next(stage for stage in visits["Long"]["tries"][0]["stages"] if stage["name"] == "afterParameters")
    assert (len(cut["cut"]), cut["bytes"]) == (
        500,
        len(json.dumps({"text": "ä" * 800}, ensure_ascii=False).encode()) - 1,
    )


def test_tries_have_their_calls(watched):
    """Each attempt of a Task has the call that it made, its error, and what took it."""
    (told,) = as_json(watched.cases[0])["executions"]
    first, second = next(visit for visit in told["visits"] if visit["state"] == "Send")["tries"]
    assert [call["action"] for call in (*first["calls"], *second["calls"])] == ["sqs:SendMessage"] * 2
    assert (first["taken_by"], second["taken_by"]) == (
        {"way": "Retry/0", "next": None},
        {"way": "Catch/0", "next": "End"},
    )
    assert second["at"] - first["at"] == 5


def test_nested_executions_are_told(nested):
    """Each execution has its own steps, with refused calls where they were made."""
    passing, *refused = nested.files[0].cases
    assert [[step.visit.name for step in one.steps] for one in followed(passing)] == [["Tests"], ["RunTests", "Passed"]]
    verdicts = [call.verdict for one in followed(refused[0]) for call in one.steps[0].attempts[0].calls]
    assert verdicts == ["refused by trust-policy"]


def test_polls_are_counted(nested):
    """Calls that follow each other and are alike stand once."""
    (attempt,) = next(followed(nested.files[0].cases[0])).steps[0].attempts
    assert [(call.action, call.times) for call in attempt.calls] == [
        ("sts:AssumeRole", 1),
        ("states:StartExecution", 1),
        ("states:DescribeExecution", 8),
    ]


def test_processes_change_nothing(nested):
    """What was kept comes from other processes as it is kept in one."""
    there = run_plans([Plan(NESTED, Choice(watched=True))], Effort(jobs=2))
    options = Options(width=100, verbose=2)
    walls = re.compile(r" +[\d.]+ m?s$", re.MULTILINE)
    assert walls.sub("", render("text", there, options)) == walls.sub("", render("text", nested, options))


def test_what_was_not_kept_is_counted(watched):
    """Where there was no more room, the text says how much is missing."""
    case = watched.cases[0]
    run = case.runs[0]
    kept = Recorded(run.stages.visits[:2], 9)
    told = steps(replace(case, runs=(replace(run, stages=kept),)), PLAIN, 100, indent=2)
    assert told[-1] == "  the data of 9 more visits was not kept"
    assert sum("#" in line for line in told) == 2


def test_the_page_has_them(watched):
    """The rows of the text are data of the page, by the event of entry."""
    page = html.render(Report((watched,)))
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])
    runs = data["files"][0]["cases"][0]["runs"]
    row = dict(zip(runs["keys"], runs["rows"][0], strict=True))
    shape = [data["shared"][ref] for ref in row["stages"]["2"]]
    assert dict(zip(shape[::2], shape[1::2], strict=True))["afterParameters"] == '{"first": 1}'
