"""The policy cases of `iam-cases/`, against the committed list of those that must pass."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CASES = HERE / "iam-cases"

_spec = importlib.util.spec_from_file_location("conformance_iam", HERE / "iam.py")
conformance = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = conformance
_spec.loader.exec_module(conformance)

MUST_PASS = (HERE / "iam-must-pass.txt").read_text("utf-8").split()
BY_ID = {case["id"]: (file, index, case) for file, index, case in conformance.cases(CASES)}


def test_the_list_holds_known_ids_once():
    """Every id that must pass is the id of one case."""
    assert len(MUST_PASS) == len(set(MUST_PASS))
    assert set(MUST_PASS) <= BY_ID.keys()


@pytest.mark.parametrize("name", MUST_PASS)
def test_case(name):
    """Verdict and reason of a listed case are the expected ones."""
    result = conformance.check(*BY_ID[name])
    assert (result.failure, result.skipped) == ("", "")


def test_the_command_counts_and_succeeds(capsys):
    """The command ends with the counts, and with success where nothing failed."""
    assert conformance.main(["--cases", str(CASES)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"{len(BY_ID)} passed, 0 failed, 0 skipped"


def test_the_command_names_a_failing_case(tmp_path, capsys):
    """A case with the wrong verdict is printed with expected, found and the deciding statement."""
    _, _, case = BY_ID["doc-002"]
    (tmp_path / "wrong.json").write_text(json.dumps([case | {"expected": "deny", "expected_reason": "implicit_deny"}]))
    assert conformance.main(["--cases", str(tmp_path)]) == 1
    line, counts = capsys.readouterr().out.splitlines()
    assert line == (
        "FAIL doc-002: expected deny implicit_deny, found allow allowed; resource none, identity allow;"
        " identity_policies/0/Statement/0, mismatching: nothing"
    )
    assert counts == "0 passed, 1 failed, 0 skipped"


def test_a_faulty_policy_fails_its_case(tmp_path, capsys):
    """A policy that is refused counts as a failure, with its faults."""
    _, _, case = BY_ID["doc-002"]
    (tmp_path / "faulty.json").write_text(json.dumps([case | {"identity_policies": [{"Statement": []}]}]))
    assert conformance.main(["--cases", str(tmp_path)]) == 1
    assert "[empty-list]" in capsys.readouterr().out
