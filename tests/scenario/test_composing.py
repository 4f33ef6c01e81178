"""Scenario files made of others, matrices of cases, and defaults: what comes of them, and where faults are told."""

import json
from pathlib import Path

import pytest

from turnstile.faults import Rejected
from turnstile.scenario.load import load
from turnstile.scenario.run import run_scenario

TRUST = (
    '{Version: "2012-10-17", Statement: {Effect: Allow, Action: "sts:AssumeRole",'
    " Principal: {Service: states.amazonaws.com}}}"
)
HOME = f"""\
accounts:
  home:
    id: "111122223333"
    roles: {{Runner: {{trust: {TRUST}}}}}
"""
MACHINE = """\
state_machines:
  Echo: {account: home, role: Runner, definition: {StartAt: Echo, States: {Echo: {Type: Pass, End: true}}}}
"""
CASES = """\
cases:
  - {name: one, input: {a: 1}, expect: {output: {a: 1}}}
"""
HEAD = "version: 1\nname: made of parts\n"


@pytest.fixture
def files(tmp_path):
    """Write files by name, the scenario being `main`; its path."""

    def write(main, **others):
        for name, text in others.items():
            path = tmp_path / (name.replace("__", "/") + ".yaml")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        path = tmp_path / "main.scenario.yaml"
        path.write_text(main, encoding="utf-8")
        return path

    return write


def faults(path):
    with pytest.raises(Rejected) as caught:
        load(path)
    return [(Path(one.where.file).name, one.where.line, one.code) for one in caught.value.faults]


def findings(path):
    (file,) = run_scenario(path).files
    assert file.faults == ()
    return {case.name: [finding.message for finding in case.findings] for case in file.cases}


def test_included_files_stand_beside_the_file(files):
    """Accounts join name by name, lists one behind the other, and an included file may include others."""
    extra = "accounts: {home: {functions: {Work: {returns: 1}}, authorization_details: []}}\n"
    path = files(
        HEAD + "include: [shared/all.yaml, shared/home.yaml]\n" + CASES,
        shared__all="include: [home.yaml, machine.yaml]\n" + extra,
        shared__home=HOME,
        shared__machine=MACHINE,
    )
    assert findings(path) == {"one": []}
    (account,) = load(path).cases[0].declarations.accounts
    assert ([role.name for role in account.roles], [one.name for one in account.functions]) == (["Runner"], ["Work"])


def test_paths_are_relative_to_the_file_they_are_written_in(files, tmp_path):
    """Also those of an included file in another folder, for policies, handlers, layers and inputs."""
    home = (
        'accounts:\n  home:\n    id: "111122223333"\n    roles: {Runner: {trust: trust.yaml}}\n'
        "    functions:\n      Work: {handler: work.py:handler, layers: [layer]}\n"
    )
    path = files(HEAD + "include: [shared/home.yaml]\n" + MACHINE + CASES, shared__home=home, shared__trust=TRUST)
    (tmp_path / "shared" / "layer").mkdir()
    (tmp_path / "shared" / "work.py").write_text("def handler(event, context):\n    return event\n", encoding="utf-8")
    assert findings(path) == {"one": []}


def test_faults_of_included_files_are_told_there(files):
    """A wrong value, a policy that is none, and a missing file: each at its line of its own file."""
    home = HOME.replace('"111122223333"', "12") + "    aliass: homely\n    policies: {Own: nowhere.json}\n"
    path = files(HEAD + "include: [home.yaml]\n" + MACHINE + CASES, home=home)
    assert faults(path) == [
        ("home.yaml", 3, "account-id"),
        ("home.yaml", 5, "unknown-key"),
        ("home.yaml", 6, "missing-file"),
    ]


MAIN = "main.scenario.yaml"


@pytest.mark.parametrize(
    ("main", "others", "wanted"),
    [
        (
            "include: [home.yaml]\n" + HOME.replace("3333", "3334"),
            {"home": HOME},
            [(MAIN, 6, "declared-twice")],
        ),
        ("include: [gone.yaml]\n", {}, [(MAIN, 3, "missing-file")]),
        (
            "include: [a.yaml]\n",
            {"a": "include: [b.yaml]\n", "b": "include: [a.yaml]\n"},
            [("b.yaml", 1, "file-circle")],
        ),
        ("extends: main.scenario.yaml\n", {}, [(MAIN, 3, "file-circle")]),
        ("include: [a.yaml]\n", {"a": "- 1\n"}, [("a.yaml", 1, "wrong-type")]),
        ("include: [a.yaml]\n", {"a": "{{\n"}, [("a.yaml", 2, "yaml-syntax")]),
        (
            "include: [a.yaml]\n",
            {"a": "cases: []\nacounts: {}\n"},
            [("a.yaml", 1, "unknown-key"), ("a.yaml", 2, "unknown-key")],
        ),
        ("include: a.yaml\n" + HOME + MACHINE, {}, [(MAIN, 3, "wrong-type")]),
        ("extends: [a.yaml]\n" + HOME + MACHINE, {}, [(MAIN, 3, "wrong-type")]),
        ("inherit_cases: true\n" + HOME + MACHINE, {}, [(MAIN, 3, "unknown-key")]),
        ("extends: a.yaml\naccounts: {away: null}\n", {"a": HOME + MACHINE}, [(MAIN, 4, "nothing-to-remove")]),
    ],
)
def test_parts_that_do_not_fit_are_faults(files, main, others, wanted):
    """Each at its place: a circle, a name that two files declare, a part that is none."""
    assert faults(files(HEAD + main + CASES, **others)) == wanted


def test_what_two_files_declare_names_both_places(files):
    """The fault stands in the one and names the other."""
    path = files(HEAD + "include: [home.yaml]\n" + HOME.replace("3333", "3334") + MACHINE + CASES, home=HOME)
    with pytest.raises(Rejected) as caught:
        load(path)
    (fault,) = caught.value.faults
    assert "home.yaml:3:5" in fault.message
    assert "extends" in fault.help


def test_a_file_is_laid_over_the_one_it_extends(files):
    """As changes are: mappings merge, null removes; cases are those of the file itself."""
    path = files(
        HEAD + "extends: base.yaml\ndefaults: {input: {b: 2}}\nstate_machines: {Other: null}\n"
        "cases: [{name: mine, expect: {output: {b: 2}}}]\n",
        base=HEAD + HOME + MACHINE + MACHINE.replace("state_machines:\n", "").replace("Echo:", "Other:", 1) + CASES,
    )
    assert findings(path) == {"mine": []}


def test_cases_are_inherited_when_asked_for(files):
    """Those of the base come first, and see what the file changes; a case of the same name is a fault."""
    base = HEAD + HOME + MACHINE + CASES
    own = HEAD + "extends: base.yaml\ninherit_cases: true\n"
    assert findings(files(own, base=base)) == {"one": []}
    more = "cases: [{name: two, input: {}, expect: {output: {}}}]\n"
    assert list(findings(files(own + more, base=base))) == ["one", "two"]
    assert faults(files(own + CASES, base=base)) == [("main.scenario.yaml", 6, "duplicate-case")]


def test_a_matrix_is_a_case_for_each_combination(files):
    """Values keep their types where they stand alone, keys take them too, and excluded combinations do not run."""
    cases = """\
cases:
  - name: greets
    matrix: {client: [acme, globex], count: [1, 2]}
    exclude: [{client: globex, count: 2}]
    input: {who: "${matrix.client}", n: "${matrix.count}", text: "${matrix.count} of $${matrix.client}"}
    expect:
      output_partial: {who: "${matrix.client}", n: 1}
      path: [Echo]
      event_counts: {PassStateEntered: 1}
  - name: keys
    matrix: {key: [a, b]}
    input: {"${matrix.key}": 1}
    expect: {output: {"${matrix.key}": 1}}
"""
    found = findings(files(HEAD + HOME + MACHINE + cases))
    assert list(found) == [
        "greets [client=acme, count=1]",
        "greets [client=acme, count=2]",
        "greets [client=globex, count=1]",
        "keys [key=a]",
        "keys [key=b]",
    ]
    assert {name: told for name, told in found.items() if told} == {
        "greets [client=acme, count=2]": ["the output differs: at `/n` `2` instead of `1`"]
    }


@pytest.mark.parametrize(
    ("case", "code", "line"),
    [
        ("matrix: {client: []}\n    input: '${matrix.client}'", "matrix", 9),
        ("matrix: {}", "matrix", 9),
        ("matrix: [a]", "wrong-type", 9),
        ("matrix: {client: acme}\n    input: ['${matrix.client}']", "wrong-type", 9),
        ("matrix: {client: [a]}\n    input: {a: '${matrix.clinet}', b: '${matrix.client}'}", "matrix", 10),
        ("matrix: {client: [a, b]}", "matrix", 9),
        ("matrix: {client: [a]}\n    exclude: [{clinet: a}]\n    input: {b: '${matrix.client}'}", "matrix", 10),
        ("matrix: {client: [a]}\n    exclude: [{client: b}]\n    input: {b: '${matrix.client}'}", "matrix", 10),
        ("matrix: {client: [a]}\n    exclude: [{client: a}]\n    input: {b: '${matrix.client}'}", "matrix", 10),
        ("exclude: [{client: a}]", "matrix", 9),
        ("input: {b: '${matrix.client}'}", "matrix", 9),
    ],
)
def test_a_matrix_that_does_not_fit_is_a_fault(files, case, code, line):
    """Told once, at its line, whatever number of cases would have come of it."""
    text = HEAD + HOME + MACHINE + f"cases:\n  - name: one\n    {case}\n    expect: {{status: SUCCEEDED}}\n"
    line += text.splitlines().index("  - name: one") + 2 - 9
    assert faults(files(text)) == [("main.scenario.yaml", line, code)]


def test_defaults_hold_for_cases_that_do_not_say_otherwise(files):
    """Keys of `expect` one by one, and the caller; a finding is told where the key is written."""
    text = """\
defaults:
  caller: home/root
  input: {a: 1}
  expect:
    status: SUCCEEDED
    output: {a: 2}
cases:
  - name: as the defaults say
  - {name: otherwise, expect: {output: {a: 1}}}
"""
    path = files(HEAD + HOME + MACHINE + text)
    (file,) = run_scenario(path).files
    first, second = file.cases
    line = path.read_text("utf-8").splitlines().index("    output: {a: 2}") + 1
    assert [(one.code, one.where.line) for one in first.findings] == [("output", line)]
    assert second.findings == ()


def test_stubs_at_the_top_answer_in_every_account(files):
    """An account's own answers to an operation take their place; a wrong one is told once, at its line."""
    asking = """\
state_machines:
  Ask:
    account: home
    role: Runner
    definition:
      StartAt: Ask
      States: {Ask: {Type: Task, Resource: "arn:aws:states:::aws-sdk:glue:getJob", Parameters: {JobName: x}, End: true}}
cases:
  - {name: one, expect: {output: {Job: {Name: shared}}}}
  - name: own
    changes: {accounts: {home: {stubs: {"glue:GetJob": {returns: {Job: {Name: own}}}}}}}
    expect: {output: {Job: {Name: own}}}
"""
    rights = 'policies: {All: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "*", Resource: "*"}}}'
    home = HOME.replace("{Runner: {", f"{{Runner: {{{rights}, ") + '  away: {id: "444455556666"}\n'
    stubs = 'stubs: {"glue:GetJob": {returns: {Job: {Name: shared}}}}\n'
    assert findings(files(HEAD + home + asking + stubs)) == {"one": [], "own": []}
    path = files(HEAD + home + asking + stubs.replace("Name: shared", "Name: 7"))
    assert faults(path) == [("main.scenario.yaml", len(path.read_text("utf-8").splitlines()), "answer-shape")]


def test_json_files_work_like_yaml(tmp_path):
    """Included, extended and with a matrix; `$schema` is for editors."""
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "states.amazonaws.com"},
        },
    }  # fmt: skip
    home = {"$schema": "x", "accounts": {"home": {"id": "111122223333", "roles": {"Runner": {"trust": trust}}}}}
    definition = {"StartAt": "Echo", "States": {"Echo": {"Type": "Pass", "End": True}}}
    base = {
        "version": 1,
        "name": "base",
        "include": ["home.json"],
        "state_machines": {"Echo": {"account": "home", "role": "Runner", "definition": definition}},
        "cases": [],
    }
    case = {"name": "one", "matrix": {"n": [1, 2]}, "input": "${matrix.n}.json", "expect": {"output": ["${matrix.n}"]}}
    main = {"$schema": "scenario.schema.json", "version": 1, "extends": "base.json", "cases": [case]}
    for name, document in {"home": home, "base": base, "main.scenario": main, "1": [1], "2": [2]}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    assert findings(tmp_path / "main.scenario.json") == {"one [n=1]": [], "one [n=2]": []}
