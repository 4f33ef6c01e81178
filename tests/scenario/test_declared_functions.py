"""Functions in scenario files: every form of code, answers, versions, aliases, events, and what is refused of them."""

from __future__ import annotations

import json
import zipfile

import pytest

from turnstile.scenario.run import run_scenario

LAMBDA = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
STATES = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ECHO = "def handler(event, context):\n    return event\n"


@pytest.fixture
def run(tmp_path):
    """The report's only case, or its faults, for a machine that invokes the function `f` of these facts."""

    def go(facts, *, qualifier="", expect=None, payload=None):
        resource = "${home/function/f}" + qualifier
        state = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
        state["Parameters"] = {"FunctionName": resource, **({"Payload": payload} if payload is not None else {})}
        state["OutputPath"] = "$.Payload"
        document = {
            "version": 1,
            "name": "functions",
            "accounts": {
                "home": {
                    "id": "111122223333",
                    "roles": {
                        "Runner": {"trust": _trust(STATES), "policies": {"All": ALL}},
                        "Worker": {"trust": _trust(LAMBDA), "policies": {"All": ALL}},
                    },
                    "functions": {"f": facts},
                }
            },
            "state_machines": {
                "M": {
                    "account": "home",
                    "role": "Runner",
                    "definition": {"StartAt": "A", "States": {"A": state}},
                }
            },
            "cases": [{"name": "one", "input": {"x": 1}, "expect": expect or {"status": "SUCCEEDED"}}],
        }
        path = tmp_path / "f.scenario.yaml"
        path.write_text(json.dumps(document))
        (file,) = run_scenario(path).files
        return file.faults or file.cases[0]

    return go


def _trust(statement):
    return {"Version": "2012-10-17", "Statement": [statement]}


def _zip(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


def test_code_stands_in_folders_archives_and_inline(run, tmp_path):
    """Each answers as a file would."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src/app.py").write_text(ECHO)
    _zip(tmp_path / "f.zip", {"app.py": ECHO})
    for code in ({"directory": "src", "handler": "app.handler"}, {"zip": "f.zip", "handler": "app.handler"}):
        assert run({"code": code}, payload={"a": 1}).output == {"a": 1}
    assert run({"code": {"inline": ECHO, "handler": "index.handler"}}, payload=[2]).output == [2]


def test_answers_are_declared_in_the_place_of_code(run):
    """One, one error, or several by what is asked."""
    assert run({"returns": None}).output is None
    assert run({"returns": {"rate": 1}}).output == {"rate": 1}
    failed = run({"raises": {"error_type": "Broken", "message": "no"}}, expect={"status": "FAILED", "error": "Broken"})
    assert failed.passed
    answers = [{"when": {"c": "EUR"}, "returns": 1}, {"returns": 2}]
    assert run({"answers": answers}, payload={"c": "EUR", "more": True}).output == 1
    assert run({"answers": answers}, payload={"c": "USD"}).output == 2
    assert run({"answers": answers[:1]}, payload={"c": "USD"}).status == "UNSUPPORTED"


def test_versions_and_aliases_are_declared(run):
    """A version has what it says, else what the function has."""
    facts = {
        "returns": "latest",
        "versions": [{"returns": "one"}, {"description": "as it is"}],
        "aliases": {"live": {"version": "1"}, "next": {"version": "2", "weights": {"1": 1.0}}},
    }
    found = {name: run(facts, qualifier=name).output for name in ("", ":1", ":2", ":live", ":next")}
    assert found == {"": "latest", ":1": "one", ":2": "latest", ":live": "one", ":next": "one"}


def test_a_handlers_calls_are_part_of_the_case(run):
    """They are the function's session's, whose name is made long enough for STS."""
    code = (
        "import boto3\n"
        "def handler(event, context):\n"
        "    return boto3.client('sts').get_caller_identity()['Arn'].rpartition(':')[2]\n"
    )
    facts = {"code": {"inline": code, "handler": "index.handler"}, "role": "Worker", "timeout": 30, "memory": 512}
    assert run(facts).output == "assumed-role/Worker/f-"


REFUSED = {
    "two sources": ({"returns": 1, "raises": {"error_type": "x"}}, "function-code"),
    "no source": ({"timeout": 1}, "missing-key"),
    "no folder": ({"code": {"directory": "none", "handler": "a.b"}}, "missing-file"),
    "two ways to pack": ({"code": {"inline": "", "zip": "x", "handler": "a.b"}}, "function-code"),
    "no module": ({"code": {"inline": "", "handler": "handler"}}, "handler"),
    "an archive that leads out": ({"code": {"zip": "bad.zip", "handler": "a.b"}}, "bad-archive"),
    "a layer that leads out": ({"returns": 1, "layers": ["bad.zip"]}, "bad-archive"),
    "a link out of the folder": ({"code": {"directory": "linked", "handler": "a.b"}}, "link-out"),
    "an alias of nothing": ({"returns": 1, "aliases": {"live": {"version": "1"}}}, "alias"),
    "a number as alias": ({"returns": 1, "aliases": {"1": {"version": "$LATEST"}}}, "alias"),
    "destinations without a role": (
        {"returns": 1, "events": {"on_failure": "arn:aws:sqs:us-east-1:111122223333:q"}},
        "no-role",
    ),
    "inline code with a syntax error": ({"code": {"inline": "def (", "handler": "a.b"}}, "handler-syntax"),
    "inline code without the handler": ({"code": {"inline": "x = 1", "handler": "a.b"}}, "handler-not-found"),
}


@pytest.mark.parametrize(("facts", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_function_is_a_fault(run, tmp_path, facts, code):
    """At its place, with a remedy."""
    _zip(tmp_path / "bad.zip", {"../evil.py": ""})
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked/etc").symlink_to("/etc")
    found = run(facts)
    assert [fault.code for fault in found] == [code]
    assert found[0].help


def test_a_function_without_a_role_fails_by_its_calls(run):
    """The error that its handler does not catch names the remedy."""
    code = (
        "import boto3\n"
        "def handler(event, context):\n"
        "    boto3.client('lambda').invoke(FunctionName='f-none', InvocationType='Event')\n"
    )
    facts = {"code": {"inline": code, "handler": "index.handler"}, "timeout": 30, "memory": 512}
    case = run(facts, expect={"status": "FAILED", "cause_like": "*give it a `role`*"})
    assert case.passed, case.cause
