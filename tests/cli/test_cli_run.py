from __future__ import annotations

import json

import pytest


def test_a_bare_definition_runs(turnstile):
    """Status, virtual time, output and that permissions were not judged; secrets are masked."""
    ended = turnstile("run", "hello.asl.json", "--input", "order.json")
    assert (ended.code, ended.err) == (0, "")
    head, _, output = ended.out.partition("\n")
    assert head.startswith("hello.asl.json  SUCCEEDED  in 1 min 30 s (")
    assert head.endswith(" wall), permissions not judged")
    assert json.loads(output) == {"order": 7, "said": {"greeting": "hello", "password": "********"}}


def test_a_definition_is_known_by_its_start(turnstile):
    """Any JSON or YAML file with `StartAt` is a definition, whatever its name."""
    ended = turnstile("run", "plain.json")
    assert (ended.code, ended.out.splitlines()[0].split()[:2]) == (0, ["plain.json", "SUCCEEDED"])


def test_a_failed_execution_is_exit_code_1(turnstile):
    """Error and cause are printed, and control characters in them are harmless."""
    ended = turnstile("run", "fail.asl.yaml")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out.splitlines()[1:] == ["  error  Order.Invalid", "  cause  no \\x1b[31mstock\\x1b[0m left"]


@pytest.mark.parametrize(
    ("value", "stdin"), [("order.json", None), ("-", '{"order": 7}'), ('{"order": 7}', None), (' {"order":7}', None)]
)
def test_input_is_a_file_or_stdin_or_text(turnstile, value, stdin):
    """The same input in each of its forms."""
    ended = turnstile("run", "plain.json", "--input", value, "--quiet", stdin=stdin)
    assert (ended.code, json.loads(ended.out)) == (0, {"order": 7})


def test_events_are_printed_on_request(turnstile):
    """`-v` adds a line for each event."""
    ended = turnstile("run", "hello.asl.json", "-v")
    events = [line.split()[-2:] for line in ended.out.splitlines() if "StateEntered" in line]
    assert (ended.code, len(events)) == (0, 2)


def test_the_name_of_the_execution(turnstile):
    """`--name` names the execution, and the case in the report."""
    ended = turnstile("run", "hello.asl.json", "--name", "monday", "--format", "json")
    assert json.loads(ended.out)["files"][0]["cases"][0]["name"] == "monday"


def test_reports_in_two_forms(turnstile, tmp_path):
    """One form goes to stdout and the other to a file."""
    ended = turnstile("run", "hello.asl.json", "--format", "text", "--format", "json=out.json")
    report = json.loads((tmp_path / "out.json").read_text())
    assert (ended.code, ended.out.split()[1], report["version"]) == (0, "SUCCEEDED", 1)


def test_a_report_in_a_file_leaves_the_text_on_stdout(turnstile, tmp_path):
    """Text is still printed where only a file was asked for."""
    ended = turnstile("run", "hello.asl.json", "--format", "json=out.json")
    assert (ended.out.split()[1], (tmp_path / "out.json").exists()) == ("SUCCEEDED", True)


@pytest.mark.parametrize(("color", "escapes"), [("always", True), ("never", False), ("auto", False)])
def test_colours(turnstile, color, escapes):
    """Colours are written on demand, and not into a pipe."""
    ended = turnstile("run", "hello.asl.json", "--color", color)
    assert ("\x1b[" in ended.out) is escapes


def test_two_runs_of_one_seed_are_the_same_but_for_wall_times(turnstile):
    """A seed gives the same report."""
    first, second = (
        json.loads(turnstile("run", "hello.asl.json", "--seed", "3", "--format", "json").out) for _ in range(2)
    )
    for report in (first, second):
        del report["files"][0]["cases"][0]["wall_seconds"]
    assert first == second


def test_faults_of_a_definition(turnstile):
    """Every fault at once, with file, line and source, and exit code 2."""
    ended = turnstile("run", "faulty.asl.json")
    assert (ended.code, ended.out.count("fault: ")) == (2, 3)
    assert "--> faulty.asl.json:4:" in ended.out
    assert "--> faulty.asl.json:5:" in ended.out


def test_a_faulty_file_does_not_keep_the_others_from_running(turnstile):
    """The report holds what ran and the faults of what could not."""
    ended = turnstile("run", "hello.asl.json", "faulty.asl.json", "--format", "json")
    first, second = json.loads(ended.out)["files"]
    assert (ended.code, first["cases"][0]["passed"], len(second["faults"])) == (2, True, 3)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nothing.yaml"], 2, "no such file or folder: `nothing.yaml`"),
        (["empty"], 5, "no scenario in `empty`"),
        (["binary.json"], 2, "`binary.json` is not UTF-8 text"),
        (["broken.yaml"], 2, "not YAML"),
        (["broken.json"], 2, "not JSON"),
        (["deep.json"], 2, "nested too deeply"),
        (["unknown.scenario.yaml"], 2, "acounts"),
        (["hello.asl.json", "--input", "empty"], 2, "the input `empty` is a folder"),
        (["hello.asl.json", "--input", "nothing.json"], 2, "no such input file: `nothing.json`"),
        (["hello.asl.json", "--input", '{"order": 7'], 2, "not JSON"),
        (["hello.asl.json", "--input", "broken.json"], 2, "--> broken.json:2:1"),
        (["hello.asl.json", "--input", "binary.json"], 2, "`binary.json` is not UTF-8 text"),
        (["hello.asl.json", "--input", "constant.json"], 2, "`NaN` is not a JSON number"),
        (["hello.asl.json", "--input", "hello"], 2, "not JSON"),
        (["unknown.scenario.yaml", "--input", "{}"], 2, "--input"),
        (["unknown.scenario.yaml", "--name", "x"], 2, "--name"),
        (["hello.asl.json", "--format", "xml"], 2, "`xml` is not"),
        (["hello.asl.json", "--format", "json="], 2, "`json=` is not"),
        (["hello.asl.json", "--format", "json", "--format", "text"], 2, "only one report can go to stdout"),
        (["hello.asl.json", "--format", "json=empty"], 2, "`empty` cannot be written: is a directory"),
        (["hello.asl.json", "--seed", "x"], 2, "--seed"),
        (["hello.asl.json", "--seed", "-1"], 2, "--seed"),
        (["hello.asl.json", "--color", "blue"], 2, "--color"),
        (["hello.asl.json", "--nonsense"], 2, "--nonsense"),
        ([], 2, "acounts"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(turnstile, arguments, code, said):
    """Every wrong use ends with its code and a message, never with a traceback."""
    ended = turnstile("run", *arguments)
    assert (ended.code, said in ended.out + ended.err) == (code, True)
    assert "Traceback" not in ended.out + ended.err


@pytest.mark.parametrize(("extra", "code"), [([], 3), (["fail.asl.yaml"], 3), (["broken.yaml"], 2)])
def test_what_is_not_emulated_does_not_keep_the_others_from_running(turnstile, tmp_path, extra, code):
    """It is a case like the others, told on stdout with its place; only a file that cannot be read is worse."""
    endpoint = {"ApiEndpoint": "nowhere", "Method": "GET"}
    state = {"Type": "Task", "Resource": "arn:aws:states:::apigateway:invoke", "Parameters": endpoint, "End": True}
    (tmp_path / "job.asl.json").write_text(json.dumps({"StartAt": "Job", "States": {"Job": state}}))
    ended = turnstile("run", "job.asl.json", "hello.asl.json", *extra)
    assert ended.code == code
    assert "job.asl.json  UNSUPPORTED" in ended.out
    assert "which the state `Job` needs" in " ".join(ended.out.split())
    assert "--> job.asl.json:1:" in ended.out
    assert "hello.asl.json  SUCCEEDED" in ended.out


def test_stdin_that_is_no_text(turnstile):
    """Bytes on stdin that are not UTF-8 are refused in a sentence."""
    ended = turnstile("run", "hello.asl.json", "--input", "-", stdin=b"\xff\xfe\x00")
    assert (ended.code, "not UTF-8" in ended.err) == (2, True)


def test_absolute_paths_do_not_get_into_reports(turnstile, tmp_path):
    """Neither form of the report tells where the files are on this machine."""
    for form in ("text", "json"):
        ended = turnstile("run", tmp_path / "hello.asl.json", tmp_path / "faulty.asl.json", "--format", form)
        assert str(tmp_path) not in ended.out
