"""Cases that share a world: it is staged once, and each begins as if it were alone."""

from dataclasses import replace

import pytest
import yaml

from turnstile.report.json import render
from turnstile.scenario.run import run_files

SERVICE = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def reading(prefix, *, writes):
    """A distributed Map over the names of objects, which perhaps writes its results beside them."""
    mapped = {
        "Type": "Map",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:listObjectsV2",
            "Parameters": {"Bucket": "bucket", "Prefix": prefix},
        },
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": str(writes),
            "States": {str(writes): {"Type": "Pass", "End": True}},
        },
        "End": True,
    }
    if writes:
        mapped["ResultWriter"] = {
            "Resource": "arn:aws:states:::s3:putObject",
            "Parameters": {"Bucket": "bucket", "Prefix": prefix},
        }
        mapped |= {"ResultPath": None, "Next": "List"}
        del mapped["End"]
        return {"StartAt": "M", "States": {"M": mapped, "List": reading(prefix, writes=False)["States"]["M"]}}
    return {"StartAt": "M", "States": {"M": mapped}}


def resource(service, operation, **parameters):
    return {"service": service, "operation": operation, "parameters": parameters}


@pytest.fixture
def path(tmp_path):
    """A file of five cases, of which two change the world, beside one whose two cases are refused their machines."""
    identity = {"trust": {"Version": "2012-10-17", "Statement": [SERVICE]}, "policies": {"All": ALL}}
    nobody = {"Runner": {"trust": {"Version": "2012-10-17", "Statement": [{**SERVICE, "Effect": "Deny"}]}}}
    document = {
        "version": 1,
        "name": "shared",
        "accounts": {
            "home": {
                "id": "111122223333",
                "roles": {"Runner": identity},
                "resources": [
                    resource("s3", "CreateBucket", Bucket="bucket"),
                    resource("s3", "PutObject", Bucket="bucket", Key="in/1", Body="x"),
                    resource("kms", "CreateKey"),
                    resource("sqs", "CreateQueue", QueueName="q"),
                ],
            },
            "away": {"id": "444455556666", "resources": [resource("secretsmanager", "CreateSecret", Name="s")]},
        },
        "state_machines": {
            name: {"account": "home", "role": "Runner", "definition": reading("in/", writes=writes)}
            for name, writes in (("Write", True), ("Read", False))
        },
        "cases": [
            {"name": "first", "state_machine": "Write", "expect": {"status": "SUCCEEDED"}},
            {"name": "second", "state_machine": "Read", "expect": {"status": "SUCCEEDED"}},
            {"name": "third", "state_machine": "Write", "expect": {"status": "SUCCEEDED"}},
            *(
                {
                    "name": f"changed {number}",
                    "state_machine": "Read",
                    "changes": {"accounts": {"home": {"roles": {"Runner": {"tags": {"number": number}}}}}},
                    "expect": {"status": "SUCCEEDED"},
                }
                for number in "12"
            ),
        ],
    }
    shared = tmp_path / "shared.scenario.yaml"
    shared.write_text(yaml.safe_dump(document))
    refused = tmp_path / "refused.scenario.yaml"
    document["accounts"]["home"]["roles"] = nobody
    document["cases"] = [
        {"name": name, "state_machine": "Read", "expect": {"status": "NOT_CREATED"}} for name in ("one", "two")
    ]
    refused.write_text(yaml.safe_dump(document))
    return shared


def cases(path, **settings):
    """The cases of a run, and by name their JSON reports without wall times."""
    report = run_files([path], **settings)
    (file,) = report.files
    assert file.faults == ()
    timeless = [replace(case, wall=0.0) for case in file.cases]
    shown = {case.name: render(replace(report, files=(replace(file, cases=(case,)),))) for case in timeless}
    return shown, file.cases


def test_a_case_is_the_same_alone_and_among_others(path):
    """Output, events, ids and times: everything that a report shows."""
    together, _ = cases(path, seed=4)
    assert len(together) == 5
    for name, shown in together.items():
        alone, _ = cases(path, seed=4, select=name)
        assert alone[name] == shown
    assert cases(path, seed=5)[0] != together


def test_what_a_case_writes_no_other_case_sees(path):
    """One that writes lists what it wrote, and the next one begins as it began."""
    listed = {case.name: len(case.output) for case in cases(path)[1]}
    assert listed["second"] == listed["changed 1"] == 1
    assert listed["first"] == listed["third"] > 1


def test_a_refusal_on_staging_is_every_cases_own(path):
    """Each case of a world that cannot be made ends with the refusal, and shows the refused call."""
    _, (one, two) = cases(path.with_name("refused.scenario.yaml"))
    assert one.status == two.status == "NOT_CREATED"
    assert (one.error, one.cause) == (two.error, two.cause)
    assert len(one.refused) == len(two.refused) > 0
