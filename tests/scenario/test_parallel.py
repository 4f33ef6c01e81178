from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from turnstile.report.json import render
from turnstile.scenario.processes.parallel import Effort, Plan, run_plans
from turnstile.scenario.running.choice import Choice
from turnstile.scenario.running.keyword import Keyword

SCENARIOS = Path(__file__).parents[2] / "scenarios"
LAMBDA, GUARDRAILS = SCENARIOS / "cross-account-lambda.scenario.yaml", SCENARIOS / "guardrails.scenario.yaml"


def timeless(report):
    """The report as text, without wall times."""
    files = [replace(file, cases=tuple(replace(case, wall=0.0) for case in file.cases)) for file in report.files]
    return render(replace(report, files=tuple(files)))


@pytest.mark.parametrize("paths", [(LAMBDA,), (LAMBDA, GUARDRAILS)])
def test_processes_change_nothing_but_times(paths):
    """Parts of a file and whole files come together in order, byte for byte; each case is told of once."""
    plans, heard = [Plan(path) for path in paths], []
    alone = run_plans(plans, Effort())
    spread = run_plans(plans, Effort(jobs=3), lambda path, name, passed: heard.append((path, name, passed)))
    assert timeless(spread) == timeless(alone)
    assert sorted(heard) == sorted((Path(file.path), case.name, True) for file in alone.files for case in file.cases)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("most", [1, 2])
def test_enough_failures_end_a_run_at_the_same_case(tmp_path, jobs, most):
    """What comes after the last failure that is allowed is not in the report, however many processes there are."""
    path = tmp_path / "pass.scenario.yaml"
    cases = "".join(
        f"  - {{name: '{n}', expect: {{status: {'FAILED' if n in (2, 4) else 'SUCCEEDED'}}}}}\n" for n in range(7)
    )
    path.write_text(
        'version: 1\nname: pass\naccounts: {home: {id: "111122223333", region: us-east-1, roles: {R: {trust: '
        '{Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: states.amazonaws.com}, '
        "Action: 'sts:AssumeRole'}]}}}}}\n"
        "state_machines: {M: {account: home, role: R, definition: {StartAt: A, States: {A: {Type: Succeed}}}}}\n"
        f"cases:\n{cases}"
    )
    report = run_plans([Plan(path), Plan(LAMBDA)], Effort(jobs=jobs, most=most))
    ended = [case.name for file in report.files for case in file.cases]
    assert ended == [str(n) for n in range((2, 4)[most - 1] + 1)]


def test_faults_of_a_file_are_told_once(tmp_path):
    """Each process reads the file; its faults are those of one."""
    path = tmp_path / "none.scenario.yaml"
    report = run_plans([Plan(path, Choice(keyword=Keyword("x")))], Effort(jobs=2))
    assert [fault.code for file in report.files for fault in file.faults] == ["unreadable-file"]
