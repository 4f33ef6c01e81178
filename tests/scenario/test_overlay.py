"""Changes over a document, and the places of the result."""

from turnstile.scenario.composition.overlay import Written, overlay
from turnstile.source import Origin, Source, read

TEXT = """\
accounts:
  home:
    id: "1"
    roles:
      Runner:
        trust: { Version: a, Statement: b }
        policies: { One: { Version: a }, Two: two.json }
state_machines: {}
changes:
  accounts:
    home:
      roles:
        Runner:
          trust: { Statement: c }
          policies: { One: null, Three: three.json }
        New: { trust: new.json }
"""
SOURCE = Source("f.yaml", TEXT)


def base():
    document = read(SOURCE)
    return Written({key: document[key] for key in ("accounts", "state_machines")}, SOURCE), document["changes"]


def test_mappings_merge_null_removes_and_policies_are_replaced_whole():
    """The result is a new document; the old one stays as it was."""
    old, changes = base()
    before = str(old.document)
    new, faults = overlay(old, changes, Origin(SOURCE, "/changes"))
    assert new.document["accounts"]["home"]["roles"] == {
        "Runner": {"trust": {"Statement": "c"}, "policies": {"Two": "two.json", "Three": "three.json"}},
        "New": {"trust": "new.json"},
    }
    assert not faults
    assert str(old.document) == before


def test_parts_without_changes_are_shared():
    """Only the way to a change is made anew."""
    old, _ = base()
    new, _ = overlay(old, {"state_machines": {"Flow": 1}}, Origin(SOURCE, "/changes"))
    assert new.document["accounts"] is old.document["accounts"]


def test_each_part_knows_the_line_it_was_written_at():
    """Values of the changes point into the changes, all others to where they were."""
    old, changes = base()
    new, _ = overlay(old, changes, Origin(SOURCE, "/changes"))
    lines = {
        ("accounts", "home", "id"): 3,
        ("accounts", "home", "roles", "Runner"): 5,
        ("accounts", "home", "roles", "Runner", "trust"): 14,
        ("accounts", "home", "roles", "Runner", "trust", "Statement"): 14,
        ("accounts", "home", "roles", "Runner", "policies", "Two"): 7,
        ("accounts", "home", "roles", "Runner", "policies", "Three"): 15,
        ("accounts", "home", "roles", "New", "trust"): 16,
    }
    assert {names: new.origin(*names).where().line for names in lines} == lines


def test_changes_of_changes_keep_the_first_places():
    """A base that is itself made of parts is laid over in the same way."""
    old, changes = base()
    once, _ = overlay(old, changes, Origin(SOURCE, "/changes"))
    twice, _ = overlay(once, {"state_machines": {"Flow": {}}}, Origin(SOURCE, "/more"))
    assert twice.origin("accounts", "home", "roles", "New").where().line == 16
    assert twice.origin("state_machines", "Flow").pointer == "/more/state_machines/Flow"


def test_removing_what_is_not_there_is_a_fault():
    """A misspelt name must not switch a case off."""
    old, _ = base()
    _, faults = overlay(old, {"accounts": {"hom": None}}, Origin(SOURCE, "/changes"))
    assert [(fault.code, fault.help) for fault in faults] == [("nothing-to-remove", "did you mean `home`?")]
