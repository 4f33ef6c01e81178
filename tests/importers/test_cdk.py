"""Cloud assemblies as the CDK writes them: stacks, nested assemblies and assets."""

import json
import shutil
from pathlib import Path

import pytest

from turnstile.faults import Rejected
from turnstile.importers.cdk import read_assembly
from turnstile.importers.kinds import Stack
from turnstile.importers.stacked import bring, stack_template

ASSEMBLY = Path(__file__).parents[1] / "cases" / "importers" / "cdk"


@pytest.fixture
def broken(tmp_path):
    """A copy of the assembly whose manifest is changed by a function; the codes of its faults."""

    def codes(change):
        folder = tmp_path / "cdk.out"
        shutil.copytree(ASSEMBLY, folder)
        manifest = json.loads((folder / "manifest.json").read_text())
        change(manifest["artifacts"])
        (folder / "manifest.json").write_text(json.dumps(manifest))
        with pytest.raises(Rejected) as rejected:
            read_assembly(folder)
        return [fault.code for fault in rejected.value.faults]

    return codes


def test_every_stack_is_found_with_its_environment():
    """Those of stages as well, in the order of the manifests."""
    found = [(each.name, each.account, each.region) for each in read_assembly(ASSEMBLY)]
    assert found == [
        ("Later-Archive", "111122223333", "us-east-1"),
        ("ReportsDev", "444455556666", "us-east-1"),
        ("ReportsStaging", "111122223333", "us-east-1"),
    ]


def test_code_is_the_asset_of_the_function():
    """It is found by the key under which it would be uploaded."""
    dev = next(each for each in read_assembly(ASSEMBLY) if each.name == "ReportsDev")
    ((name, path),) = dev.code.items()
    assert name == "ReportTrigger170E2DB5"
    assert (path / "app.py").is_file()


def test_a_machine_has_the_policies_for_polling():
    """What the CDK writes for `.sync` arrives in the role, with all tokens resolved."""
    staging = next(each for each in read_assembly(ASSEMBLY) if each.name == "ReportsStaging")
    wanted = stack_template(staging.template, Stack("", "111122223333", "us-east-1"), name=staging.name)
    (found,), faults = bring([wanted])
    assert not faults
    machines = {machine.name: machine for machine in found.draft.machines.values()}
    assert set(machines) == {"NightlyReports", "NightlyBatch"}
    (policy,) = found.draft.roles[machines["NightlyBatch"].role_arn].policies
    resources = {action: statement.resources for statement in policy.statements for action in statement.actions}
    assert resources["glue:GetJobRun"] == ("arn:aws:glue:us-east-1:111122223333:job/convert",)
    assert resources["states:DescribeExecution"] == ("arn:aws:states:us-east-1:111122223333:execution:NightlyReports*",)
    assert resources["events:PutRule"][0].endswith("rule/StepFunctionsGetEventsForStepFunctionsExecutionRule")


def test_a_folder_without_manifest_is_no_assembly(tmp_path):
    """The remedy names the command."""
    with pytest.raises(Rejected) as rejected:
        read_assembly(tmp_path)
    assert "cdk synth" in rejected.value.faults[0].help


@pytest.mark.parametrize(
    ("artifact", "key", "value", "code"),
    [
        ("ReportsDev", "templateFile", "Missing.template.json", "missing-file"),
        ("ReportsDev", "templateFile", "../Outside.template.json", "outside-assembly"),
        ("ReportsDev", "templateFile", 1, "wrong-type"),
        ("ReportsDev.assets", "file", "../../etc/passwd", "outside-assembly"),
        ("assembly-Later", "directoryName", "..", "outside-assembly"),
        ("assembly-Later", "directoryName", "missing", "no-assembly"),
    ],
)
def test_what_is_wrong_is_a_fault(broken, artifact, key, value, code):
    """Nothing leads out of the assembly."""
    assert code in broken(lambda artifacts: artifacts[artifact]["properties"].update({key: value}))
