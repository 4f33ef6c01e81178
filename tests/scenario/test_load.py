"""Scenario files as values."""

import json
from contextlib import suppress
from pathlib import Path

import pytest

from turnstile.clock import DAWN
from turnstile.faults import Rejected
from turnstile.gate.link import Link
from turnstile.scenario.load import load
from turnstile.scenario.models.file import ScenarioEntry

ONBOARDING = Path(__file__).parents[2] / "scenarios" / "data-onboarding.scenario.yaml"
ECHO = {"StartAt": "Echo", "States": {"Echo": {"Type": "Pass", "End": True}}}
TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "states.amazonaws.com"},
    },
}


def scenario(**changes):
    """A small scenario as a document; keyword arguments replace top-level keys."""
    whole = {
        "version": 1,
        "name": "small",
        "accounts": {"home": {"id": "111122223333", "roles": {"Runner": {"trust": TRUST}}}},
        "state_machines": {"Echo": {"account": "home", "role": "Runner", "definition": ECHO}},
        "cases": [{"name": "one", "expect": {"status": "SUCCEEDED"}}],
    }
    return whole | changes


@pytest.fixture
def loaded(tmp_path):
    """Load a document from a JSON file in a folder of its own."""

    def write_and_load(document, name="small.scenario.json"):
        path = tmp_path / name
        path.write_text(json.dumps(document), encoding="utf-8")
        return load(path)

    return write_and_load


def refused(act):
    with pytest.raises(Rejected) as caught:
        act()
    return caught.value.faults


@pytest.fixture(scope="module")
def onboarding():
    return load(ONBOARDING)


def test_the_shipped_scenario_has_the_seven_cases(onboarding):
    """One that works and one for each link of the chain, each with its own expectation."""
    assert len(onboarding.cases) == 7
    assert {case.machine.name for case in onboarding.cases} == {"DataOnboarding"}
    links = [link for case in onboarding.cases for kind in case.expectation.denied for link in kind.links]
    assert links == [
        Link.CALLER_POLICY,
        Link.TRUST_POLICY,
        Link.EXTERNAL_ID,
        Link.TARGET_POLICY,
        Link.SOURCE_CONDITION,
    ]


def test_a_policy_knows_its_own_line(onboarding):
    """Also one that only a case's changes bring in."""
    lines = ONBOARDING.read_text(encoding="utf-8").splitlines()

    def line(case, account, role):
        found = next(each for each in case.declarations.accounts if each.name == account)
        (role,) = (each for each in found.roles if each.name == role)
        return role.trust.origin.where().line

    first, *_ = onboarding.cases
    without_trust = onboarding.cases[2]
    assert lines[line(first, "dev", "DagTriggerRole") - 1].strip() == "trust:"
    assert line(without_trust, "dev", "DagTriggerRole") > line(first, "dev", "DagTriggerRole")
    assert lines[line(without_trust, "dev", "DagTriggerRole") - 1].strip() == "trust:"


def test_cases_share_what_they_do_not_change(onboarding):
    """A definition is one tree, a policy one value, however many cases there are."""
    assert len({id(case.machine.definition) for case in onboarding.cases}) == 1
    first, without_assume, *_ = onboarding.cases
    before, after = (case.declarations.accounts[0].roles[0] for case in (first, without_assume))
    assert before.trust is after.trust
    assert len(before.policies) == len(after.policies) + 1


def test_substitutions_reach_the_definition(onboarding):
    """`${Name}` is gone from the text that the state machine is created with."""
    machine = onboarding.cases[0].machine
    assert "${" not in machine.text
    assert "arn:aws:lambda:us-east-1:444455556666:function:MwaaDagsTrigger" in machine.text
    assert machine.definition.document == json.loads(machine.text)


def test_json_files_are_scenarios_too(loaded):
    """With the defaults of the format: the only machine, no input, seed 0, the usual start of time."""
    small = loaded(scenario())
    (case,) = small.cases
    assert (small.name, small.seed, small.start) == ("small", 0, DAWN)
    assert (case.name, case.machine.name, case.input) == ("one", "Echo", {})
    assert case.expectation.denied is None
    assert case.expectation.given == {"status": "SUCCEEDED"}


def test_a_case_comes_before_the_defaults(loaded, tmp_path):
    """Machine and input of the case, then of `defaults`."""
    (tmp_path / "in.json").write_text('{"from": "file ${home/id}"}', encoding="utf-8")
    machine = {"account": "home", "role": "Runner", "definition": ECHO}
    small = loaded(
        scenario(
            state_machines={"Echo": machine, "Other": machine},
            defaults={
                "state_machine": "Other",
                "input": "in.json",
                "seed": 7,
                "start_time": "2030-01-01T01:00:00+01:00",
            },
            cases=[
                {"name": "one", "expect": {"status": "SUCCEEDED"}},
                {"name": "two", "state_machine": "Echo", "input": None, "expect": {"status": "SUCCEEDED"}},
            ],
        )
    )
    assert [case.machine.name for case in small.cases] == ["Other", "Echo"]
    assert [case.input for case in small.cases] == [{"from": "file 111122223333"}, None]
    assert (small.seed, small.start) == (7, 1_893_456_000.0)


def test_an_account_id_may_stand_without_quotes(tmp_path):
    """It stays text where a number would lose its zeros."""
    text = json.dumps(scenario()).replace('"111122223333"', "011122223333")
    path = tmp_path / "small.scenario.yaml"
    path.write_text(text, encoding="utf-8")
    assert load(path).cases[0].declarations.accounts[0].id == "011122223333"


def test_substitutions_may_be_numbers(loaded):
    """They become text, as CloudFormation has them."""
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "${N} ${T}", "End": True}}}
    machine = {
        "account": "home",
        "role": "Runner",
        "definition": definition,
        "substitutions": {"N": 5, "T": True},
    }
    assert '"5 true"' in loaded(scenario(state_machines={"Echo": machine})).cases[0].machine.text


def test_paths_may_lead_out_of_the_folder(tmp_path):
    """By `..`, and by symlinks that stay in the project, as long as there is a file at the end."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "shared").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "shared" / "echo.asl.json").write_text(json.dumps(ECHO), encoding="utf-8")
    (tmp_path / "here" / "linked.asl.json").symlink_to(tmp_path / "shared" / "echo.asl.json")
    machines = {
        name: {"account": "home", "role": "Runner", "definition": path}
        for name, path in (("Up", "../shared/echo.asl.json"), ("Linked", "linked.asl.json"))
    }
    document = scenario(state_machines=machines, defaults={"state_machine": "Up"})
    path = tmp_path / "here" / "small.scenario.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert len(load(path).cases[0].declarations.machines) == 2


@pytest.mark.parametrize("place", ["definition", "handler", "code", "template", "policy"])
def test_links_out_of_the_project_are_refused(place, tmp_path):
    """Whatever file or folder the scenario names, by a link or behind one."""
    outside, here = tmp_path / "outside", tmp_path / "here"
    (outside / "code").mkdir(parents=True)
    here.mkdir()
    (outside / "x.json").write_text(json.dumps(ECHO), encoding="utf-8")
    (outside / "x.py").write_text("def handler(event, context): pass", encoding="utf-8")
    (here / "linked").symlink_to(outside)
    document = scenario()
    home = document["accounts"]["home"]
    match place:
        case "definition":
            document["state_machines"] = {"Echo": {"account": "home", "role": "Runner", "definition": "linked/x.json"}}
        case "handler":
            home["functions"] = {"F": {"handler": "linked/x.py:handler"}}
        case "code":
            home["functions"] = {"F": {"code": {"directory": "linked/code", "handler": "x.handler"}}}
        case "template":
            home["templates"] = [{"path": "linked/x.json"}]
        case _:
            home["roles"]["Runner"]["policies"] = {"P": "linked/x.json"}
    path = here / "small.scenario.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    codes = {fault.code for fault in refused(lambda: load(path))}
    assert "symbolic-link" in codes


def test_a_scenario_of_fifty_megabytes_is_refused_unread(tmp_path):
    """By its size, for YAML takes its time."""
    path = tmp_path / "large.scenario.yaml"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    (fault,) = refused(lambda: load(path))
    assert fault.code == "file-too-large"


def test_a_dangling_link_says_where_it_points(tmp_path, loaded):
    """The fault names the missing target."""
    (tmp_path / "linked.json").symlink_to("gone.json")
    (fault,) = refused(lambda: loaded(scenario(defaults={"input": "linked.json"})))
    assert "a link to `gone.json`, which does not exist" in fault.message


def test_a_named_file_that_is_broken_is_told_in_its_own_lines(tmp_path, loaded):
    """Once, though two machines use it."""
    (tmp_path / "cut.asl.json").write_text('{"StartAt": "A",\n "States": {', encoding="utf-8")
    machine = {"account": "home", "role": "Runner", "definition": "cut.asl.json"}
    (fault,) = refused(
        lambda: loaded(
            scenario(
                state_machines={"Echo": machine, "Other": machine},
                cases=[
                    {"name": "one", "state_machine": "Echo", "expect": {"status": "SUCCEEDED"}},
                ],
            )
        )
    )
    assert (fault.code, Path(fault.where.file).name, fault.where.line) == ("json-syntax", "cut.asl.json", 2)


@pytest.mark.parametrize("text", ["", "null", "[]", "17", '"text"'])
def test_what_is_no_mapping_is_no_scenario(tmp_path, text):
    """An empty file as little as a list."""
    path = tmp_path / "small.scenario.yaml"
    path.write_text(text, encoding="utf-8")
    (fault,) = refused(lambda: load(path))
    assert fault.message == "a scenario is a mapping"


def test_a_file_that_is_not_there_is_one_fault(tmp_path):
    """As is a folder in its place."""
    assert [fault.code for fault in refused(lambda: load(tmp_path / "no.yaml"))] == ["unreadable-file"]
    assert [fault.code for fault in refused(lambda: load(tmp_path))] == ["unreadable-file"]


def test_a_device_in_the_place_of_a_file_is_named_as_none(loaded):
    """Nothing is read of it, and nothing of its folder is suggested."""
    (fault,) = refused(lambda: loaded(scenario(defaults={"input": "/dev/zero"})))
    assert (fault.code, fault.help) == ("missing-file", "name a text file")
    assert fault.message == "the file `/dev/zero` cannot be used: it is not a regular file"


def test_a_name_that_no_file_can_have_is_a_fault(loaded):
    """Whatever the system has against it."""
    (fault,) = refused(lambda: loaded(scenario(defaults={"input": "x" * 5000})))
    assert (fault.code, fault.message.rpartition(": ")[2]) == ("missing-file", "file name too long")


def test_many_handlers_are_imported_at_once(tmp_path, loaded):
    """They are told apart, and none is in the way of another."""
    (tmp_path / "work.py").write_text("def handler(event, context):\n    return event\n", encoding="utf-8")
    functions = {f"Work{number}": {"handler": "work.py:handler"} for number in range(12)}
    home = {"id": "111122223333", "roles": {"Runner": {"trust": TRUST}}, "functions": functions}
    assert len(loaded(scenario(accounts={"home": home})).cases[0].declarations.accounts[0].functions) == 12


def test_the_format_can_be_published():
    """As a JSON Schema that refuses unknown keys and describes the known ones."""
    schema = ScenarioEntry.model_json_schema()
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["DeniedEntry"]["properties"]["action"]["description"].startswith("The IAM action")


@pytest.mark.parametrize("value", [None, True, 0, 1.5, "text", [], {}, [1], {"a": 1}, [{}], "\0", "${x}", "a:b", -1])
@pytest.mark.parametrize(
    "place",
    ["version", "name", "accounts", "state_machines", "defaults", "cases", "accounts/home", "accounts/home/id",
     "accounts/home/region", "accounts/home/roles", "accounts/home/roles/Runner", "accounts/home/roles/Runner/trust",
     "accounts/home/functions", "accounts/home/resources", "state_machines/Echo", "state_machines/Echo/account",
     "state_machines/Echo/role", "state_machines/Echo/definition", "state_machines/Echo/substitutions", "cases/0",
     "cases/0/name", "cases/0/state_machine", "cases/0/changes", "cases/0/changes/accounts", "cases/0/expect",
     "cases/0/expect/status", "cases/0/expect/denied", "cases/0/expect/denied/0/who"],
)  # fmt: skip
def test_any_value_anywhere_loads_or_is_rejected(loaded, place, value):
    """Nothing but `Rejected` comes out."""
    document = json.loads(json.dumps(scenario()))
    document["cases"][0]["expect"]["denied"] = [{"action": "s3:GetObject"}]
    document["cases"][0]["changes"] = {"accounts": {}}
    *way, last = place.split("/")
    parent = document
    for name in way:
        parent = parent[int(name)] if isinstance(parent, list) else parent[name]
    parent[int(last) if isinstance(parent, list) else last] = value
    with suppress(Rejected):
        loaded(document)
