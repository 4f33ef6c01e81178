"""Settings of a scenario file are the settings of its worlds."""

import pytest
import yaml

from turnstile.scenario.load import load
from turnstile.scenario.run import run_files
from turnstile.scenario.running.stage import build
from turnstile.world.settings import Settings
from turnstile.world.world import World

SERVICE = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
DENY = {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"}


@pytest.fixture
def written(tmp_path):
    """Writes a file with settings, whose second case changes some; the machine asks for a role that is denied."""

    def write(settings, changes):
        task = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "arn:aws-cn:lambda:cn-north-1:111122223333:function:f"},
            "Credentials": {"RoleArn": "arn:aws-cn:iam::111122223333:role/Runner"},
            "End": True,
        }
        home = {
            "id": "111122223333",
            "region": "cn-north-1",
            "partition": "aws-cn",
            "alias": "orders-home",
            "policies": {"Shared": {"Version": "2012-10-17", "Statement": [DENY]}},
            "roles": {
                "Runner": {"trust": {"Version": "2012-10-17", "Statement": [SERVICE]}, "managed_policies": ["Shared"]}
            },
        }
        document = {
            "version": 1,
            "name": "settings",
            "accounts": {"home": home},
            "settings": settings,
            "state_machines": {
                "M": {"account": "home", "role": "Runner", "definition": {"StartAt": "T", "States": {"T": task}}}
            },
            "cases": [
                {"name": "as the file says", "expect": {"status": "FAILED"}},
                {"name": "otherwise", "changes": {"settings": changes}, "expect": {"status": "FAILED"}},
            ],
        }
        path = tmp_path / "settings.scenario.yaml"
        path.write_text(yaml.safe_dump(document))
        return path

    return write


def test_a_world_has_the_settings_of_its_case(written):
    """The file's, and for one case its changes over them; what is left out is as documented."""
    path = written({"events": "off", "poll_seconds": [2, 30]}, {"events": "on", "event_quota": 100})
    as_written, otherwise = load(path).cases
    assert as_written.declarations.settings == Settings(events=False, poll_first=2.0, poll_longest=30.0)
    assert otherwise.declarations.settings == Settings(poll_first=2.0, poll_longest=30.0, event_quota=100)
    world = build(otherwise.declarations, seed=0, start=0.0)
    assert world.settings is otherwise.declarations.settings
    assert next(iter(world.accounts.values())).alias == "orders-home"


def test_settings_decide_what_a_run_shows(written):
    """Whether Tasks of China have Credentials, and whether a denial names the managed policy that denied."""
    changes = {"commercial_regions_only": True, "policy_arns_in_denials": False}
    (file,) = run_files([written({}, changes)]).files
    links = [[barrier.link.value for barrier in case.refused[0].ruling.barriers] for case in file.cases]
    assert links == [[], ["partition"]]
    assert [case.refused[0].ruling.policy_arns for case in file.cases] == [True, False]


@pytest.mark.parametrize("given", [{}, {"event_quota": 500}])
def test_null_is_a_choice_in_changes_too(given, written):
    """A case may take a quota away, whether the file sets one or not."""
    scenario = load(written(given, {"event_quota": None}))
    quotas = [build(case.declarations, seed=0, start=0.0).settings.event_quota for case in scenario.cases]
    assert quotas == [given.get("event_quota", 25_000), None]


def test_choices_of_a_world_are_given_when_it_is_made():
    """An attribute of that name would do nothing, so there is none."""
    with pytest.raises(AttributeError, match="`event_quota` is one of the world's `settings`"):
        World().event_quota = 5
