"""The recorded behaviour of AWS in `recordings/`, against the list of cases that must pass; and its runner."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from unittest.mock import ANY

import compare
import pytest
import recordings
from open_work import reason
from recorded_run import Played
from recordings import FAILED, PASSED, SKIPPED, Verdict
from tokens import Tokens

from turnstile.faults import Unsupported

HERE = Path(__file__).parent
CASES = HERE / "recordings"
MUST_PASS = HERE / "recordings-must-pass.txt"
SAMPLE = "base.base/test_state_pass_result"


@pytest.fixture(scope="session")
def cases():
    """Every copied case by id."""
    return {case["id"]: case for case in recordings.load(CASES)}


@pytest.fixture(scope="session")
def verdicts(cases):
    """What became of every case, run once."""
    return {verdict.id: verdict for verdict in recordings.run(cases.values())}


@pytest.fixture
def sample(cases, verdicts):
    """A case with a whole history that passes, and what happened in it."""
    return copy.deepcopy(cases[SAMPLE]), copy.deepcopy(verdicts[SAMPLE].actual)


def one(case, actual):
    """The verdict on something that happened."""
    return recordings.graded(case, Played(actual, {}))


def test_what_must_pass_passes(verdicts):
    """Each listed case is equal to its recording in everything."""
    broken = [verdicts[each] for each in recordings.must_pass(MUST_PASS) if verdicts[each].word != PASSED]
    assert not broken, "\n".join(f"{verdict.word} {verdict.id}: {verdict.text}" for verdict in broken)


def test_the_list_is_sorted_and_holds_known_ids_once(cases):
    """The list can be compared line by line."""
    listed = recordings.must_pass(MUST_PASS)
    assert listed == sorted(set(listed))
    assert set(listed) <= cases.keys()


def test_every_skip_names_an_open_issue(verdicts):
    """A skipped case says which issue it waits for."""
    skipped = [verdict for verdict in verdicts.values() if verdict.word == SKIPPED]
    assert all("(issue " in verdict.text for verdict in skipped)


def test_the_comparer_knows_its_cases(monkeypatch, cases, capsys):
    """Each recording is equal to itself, and no change of it is overlooked."""
    monkeypatch.setattr(compare, "load", lambda _paths: cases.values())
    assert compare.self_test([CASES]) == 0
    assert "0 blind to a change" in capsys.readouterr().out


def test_a_changed_recording_fails(sample):
    """The runner compares: another expected output makes the case fail, with place and both values."""
    case, actual = sample
    case["expected"]["events"][-1]["executionSucceededEventDetails"]["output"] = {"Arg1": "other"}
    verdict = one(case, actual)
    assert verdict.word == FAILED
    assert '$.events[3].executionSucceededEventDetails.output.Arg1: differs; AWS: "other"' in verdict.text


def test_a_changed_history_fails(sample):
    """Any one leaf of what happened may be wrong; so may an event too many or too few."""
    case, actual = sample
    assert one(case, actual).word == PASSED
    changed, mutated = compare.mutate(actual)
    assert changed
    assert one(case, mutated).word == FAILED
    assert one(case, {"events": actual["events"][:-1]}).word == FAILED
    assert one(case, {"events": [*actual["events"], actual["events"][-1]]}).word == FAILED


def test_the_right_outcome_by_another_way_fails(sample):
    """A history with the recorded end and another middle is no pass."""
    case, actual = sample
    actual["events"][1]["previousEventId"] = 1
    verdict = one(case, actual)
    assert (verdict.word, verdict.text.split()[0]) == (FAILED, "outcome")


@pytest.mark.parametrize(
    ("kind", "expected", "actual"),
    [
        ("execution", {}, {"events": [{"type": "ExecutionStarted"}]}),
        ("execution", {"status": None, "events": []}, {"events": []}),
        ("execution", {"status": "SUCCEEDED"}, {"events": []}),
        ("api", {}, {}),
        ("validation", {"response": {}}, {}),
    ],
)
def test_nothing_equal_to_nothing_is_no_pass(kind, expected, actual):
    """An empty recording or an empty run cannot pass."""
    verdict = one({"id": "x", "kind": kind, "expected": expected}, actual)
    assert (verdict.word, verdict.text) == (FAILED, "nothing to compare: one side is empty")


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        ("judging `sqs:SendMessage`", "permissions of other services (issue 4)"),
        ("the resource `arn:aws:states:::sqs:sendMessage`", None),
        ("something nobody planned", None),
        ("the resource `nonsense`", None),
    ],
)
def test_a_reason_names_what_is_missing_and_its_issue(feature, expected):
    """Reasons come from the refusal's own words; an unknown refusal has none."""
    assert reason(feature) == expected


@pytest.mark.parametrize(
    ("error", "word", "text"),
    [
        (Unsupported("judging `x`"), SKIPPED, "permissions of other services (issue 4)"),
        (Unsupported("a surprise"), FAILED, "refused: no open issue is known to bring a surprise"),
        (KeyError("lost"), FAILED, "crashed: KeyError: 'lost'"),
        (TimeoutError(), FAILED, "no end within 10 s"),
    ],
)
async def test_no_error_leaves_a_case_unjudged(monkeypatch, sample, error, word, text):
    """Refusals skip or fail by the table; a crash and a hang fail."""

    async def failing(_case):
        raise error

    monkeypatch.setattr(recordings, "play", failing)
    verdict = await recordings.judge(sample[0])
    assert (verdict.word, verdict.text) == (word, text)


def test_the_command_reports_dumps_and_accepts(tmp_path, capsys, sample):
    """It ends with the counts, writes what happened, adds passing ids and takes none out."""
    case, _ = sample
    broken = copy.deepcopy(case) | {"id": "broken"}
    broken["expected"]["output"] = broken["expected"]["events"] = []
    broken["expected"]["status"] = "FAILED"
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"cases": [case, broken]}))
    accepted = tmp_path / "accepted.txt"
    accepted.write_text("another\n")
    arguments = ["--cases", str(file), "--dump", str(tmp_path / "dump"), "--accept", str(accepted)]
    assert recordings.main(arguments) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("FAILED broken: ")
    assert lines[-1] == "1 passed, 1 failed, 0 skipped"
    assert accepted.read_text() == f"another\n{SAMPLE}\n"
    dumped = json.loads((tmp_path / "dump" / "base.base_test_state_pass_result.json").read_text())
    assert [event["id"] for event in dumped["events"]] == [1, 2, 3, 4]
    assert recordings.main(["--cases", str(file), "--only", "base.*"]) == 0


def test_the_report_counts_reasons():
    """Failures first, then what is waited for with its number, then the counts."""
    shown = [Verdict("a", SKIPPED, "x (issue 3)"), Verdict("b", FAILED, "why"), Verdict("c", SKIPPED, "x (issue 3)")]
    assert list(recordings.lines(shown)) == ["FAILED b: why", "SKIPPED 2: x (issue 3)", "0 passed, 1 failed, 2 skipped"]


def tokens(notes=None, **classes):
    placeholders = {f"<{name.replace('__', '-')}>": kind for name, kind in classes.items()}
    return Tokens({"placeholders": placeholders, "environment": {}, "given_notes": notes or {}})


def test_a_token_has_one_value_everywhere():
    """Chosen tokens are replaced in names and texts, others stay."""
    case = tokens(region="given", function__name="given", uuid="bind")
    filled = case.fill({"<function-name>": ["<function-name> in <region>", "<uuid>", 1]})
    name = next(iter(filled))
    assert filled[name] == [f"{name} in us-east-1", "<uuid>", 1]
    assert case.given == {"<region>": "us-east-1", "<function-name>": name}


def test_accounts_are_numbers_of_their_own():
    """Two account tokens are two accounts of twelve digits, neither the written one."""
    case = tokens(test_aws_account_id="given", secondary_test_aws_account_id="given")
    first, second = case.fill(["<test_aws_account_id>", "<secondary_test_aws_account_id>"])
    assert len({first, second, "111111111111"}) == 3
    assert all(len(each) == 12 and each.isdigit() for each in (first, second))


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("now + 24855 days (the longest), shaped like 0000-00-00T00:00:00.000Z", "2094-01-19T00:00:00.000Z"),
        ("now + 24856 days and a minute (too long), shaped like 0000-00-00T00:00:00.000Z", "2094-01-20T00:01:00.000Z"),
        ("a time in the near future, shaped like 0000-00-00T00:00:00.000000Z", "2026-01-01T00:00:10.000000Z"),
        ("a time in the near future, shaped like 0000-00-00T00:00:00", "2026-01-01T00:00:10"),
    ],
)
def test_times_follow_their_note(note, expected):
    """A time is counted from the start of virtual time and written in the noted shape."""
    assert tokens({"<timestamp>": note}, timestamp="given").fill("<timestamp>") == expected


def test_a_name_that_the_service_makes_up_is_learned():
    """An answer fills the tokens that have no value yet, and no others."""
    case = tokens(region="given", name="given", machine="given", date="any")
    case.fill("<machine>")
    case.learn({"arn": "<region>:<machine>:<name>"}, {"arn": f"us-east-1:{case.fill('<machine>')}:made-up"})
    assert case.fill("<name>") == "made-up"


@pytest.fixture
def crossing(cases):
    """The recorded cross-account invocation of a function, its JSONata written as JSONPath."""
    case = copy.deepcopy(cases["credentials.credentials_base/test_cross_account_lambda_task"])
    del case["definition"]["QueryLanguage"]
    case["definition"]["States"]["LambdaTask"]["Credentials"] = {"RoleArn.$": "$.CredentialsRoleArn"}
    return case


async def test_a_case_with_roles_is_judged_by_their_policies(crossing):
    """With the recorded roles the call goes through as recorded; without the trust or the permission it does not."""
    assert await recordings.judge(crossing) == Verdict(crossing["id"], PASSED, "", ANY)
    (role,) = crossing["environment"]["roles"]
    for policy, changed in (
        ("trust_policy", {"Principal": {"AWS": "arn:aws:iam::999999999999:root"}}),
        ("permissions_policy", {"Action": "s3:*"}),
    ):
        case = copy.deepcopy(crossing)
        case["environment"]["roles"] = [copy.deepcopy(role)]
        case["environment"]["roles"][0][policy]["Statement"][0] |= changed
        verdict = await recordings.judge(case)
        assert verdict.word == FAILED
        assert verdict.actual["events"][-1]["type"] == "ExecutionFailed"
